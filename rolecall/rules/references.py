"""RC215 and RC216: references to secrets, as somebody wrote them into the vendor's connections."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.grant import Estate, Grant
from rolecall.model.identifiers import Arn
from rolecall.model.invalid import InvalidValueError, four_parts
from rolecall.model.reference import SecretReference, references_in
from rolecall.model.secret import Secret
from rolecall.policy.pattern import matches

# The one vendor whose connections hold such references.
_VENDOR = "workato"
_SUFFIX = 7


def judge_references(file: str, text: str, estate: Estate) -> list[Finding]:
    """Every finding about the references in a text: their form, and whether a project of the estate is granted them."""
    granted = [(grant, secret) for grant in estate.grants if grant.vendor == _VENDOR for secret in _secrets(grant)]
    return [
        Finding(rule, Severity.ERROR, Location(file, line, column), message)
        for line, column, written in references_in(text)
        for rule, message in _problems(written, granted)
    ]


def _secrets(grant: Grant) -> Iterator[Secret]:
    """Those that have an ARN; what a tag grants is known to AWS alone."""
    return (secret for secret in grant.permissions.secrets if secret.kind != "tag")


def _problems(written: str, granted: list[tuple[Grant, Secret]]) -> Iterator[tuple[str, str]]:
    try:
        reference = SecretReference.parse(written)
    except InvalidValueError as error:
        yield error.rule, str(error)
        return
    meant = [(grant, secret) for grant, secret in granted if matches(_resource(grant, secret), reference.arn)]
    if not meant:
        yield "RC216", _not_granted(reference, granted)
        return
    keyed = [secret for _, secret in meant if secret.keys]
    if keyed and not any(reference.key in secret.keys for secret in keyed):
        known = ", ".join(sorted({key for secret in keyed for key in secret.keys}))
        what = f"key is not one that {meant[0][0].address} names for this secret"
        yield "RC216", four_parts(what, reference.key, known, "correct the key, or add it under `keys`")


def _resource(grant: Grant, secret: Secret) -> str:
    return secret.resource(grant.partition, grant.region, grant.account)


def _not_granted(reference: SecretReference, granted: list[tuple[Grant, Secret]]) -> str:
    """Why no project reads the secret: it is granted elsewhere, or nowhere."""
    arn = reference.secret
    for grant, secret in granted:
        elsewhere = _elsewhere(arn, grant, secret)
        if elsewhere is not None:
            what = f"secret is granted to {grant.address} in another place"
            return four_parts(what, reference.arn, elsewhere, "copy the ARN of that secret")
    return four_parts("secret is granted to no project", reference.arn, "a granted secret", "grant it, or correct it")


def _elsewhere(arn: Arn, grant: Grant, secret: Secret) -> str | None:
    """Region and account where the same name is granted, if they are others; a new suffix means a new secret."""
    wanted = Arn.parse(secret.value) if secret.kind == "arn" else None
    region, account = secret.region_in(grant.region), wanted.account if wanted else grant.account
    moved = Arn(grant.partition, arn.service, region, account, arn.resource)
    if wanted and arn.resource[:-_SUFFIX] == wanted.resource[:-_SUFFIX]:
        return secret.value
    return f"region {region}, account {account}" if matches(_resource(grant, secret), str(moved)) else None
