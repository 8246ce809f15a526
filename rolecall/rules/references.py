"""RC215 and RC216: references to secrets, as somebody wrote them into the vendor's connections."""

from collections.abc import Iterator, Mapping
from typing import Any

from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.grant import Estate, Grant
from rolecall.model.identifiers import Arn
from rolecall.model.invalid import InvalidValueError, four_parts
from rolecall.model.reference import VENDOR, SecretReference, references_in
from rolecall.model.secret import ARN_SUFFIX_CHARACTERS, Secret
from rolecall.policy.pattern import matches
from rolecall.policy.pattern_index import PatternIndex

# What the vendor does with them.
_ACTION = "secretsmanager:GetSecretValue"
# The hyphen belongs to it.
_SUFFIX = ARN_SUFFIX_CHARACTERS + 1
_ANY_SUFFIX = "-" + "?" * ARN_SUFFIX_CHARACTERS

_Granted = tuple[Grant, Secret]


def judge_references(file: str, text: str, estate: Estate) -> list[Finding]:
    """Every finding about the references in a text: their form, and whether a project of the estate is granted them."""
    granted = _GrantedSecrets(estate)
    return [
        Finding(rule, severity, Location(file, line, column), message)
        for line, column, written in references_in(text)
        for rule, severity, message in _problems(written, granted)
    ]


class _GrantedSecrets:
    """What the vendor may read, found by a secret's ARN without asking every grant."""

    def __init__(self, estate: Estate) -> None:
        grants = [grant for grant in estate.grants if grant.vendor == VENDOR]
        self._statements = [statement for grant in grants for statement in grant.permissions.statements]
        self.by_tag: list[_Granted] = []
        single: dict[str, list[_Granted]] = {}
        below: dict[str, list[_Granted]] = {}
        for grant in grants:
            for secret in grant.permissions.secrets:
                if secret.kind == "tag":
                    self.by_tag.append((grant, secret))
                else:
                    found = below if secret.kind == "prefix" else single
                    found.setdefault(_resource(grant, secret).removesuffix("*"), []).append((grant, secret))
        self._single, self._below = single, PatternIndex(below)
        self._named = {_name_in(resource)[:-_SUFFIX]: found for resource, found in single.items()}
        self._names_below = PatternIndex({_name_in(head): found for head, found in below.items()})

    def meant(self, arn: str) -> list[_Granted]:
        """The grants of a secret, by its ARN, its name or a prefix."""
        named = arn[:-_SUFFIX] + _ANY_SUFFIX
        return [*self._single.get(arn, ()), *self._single.get(named, ()), *_all(self._below.beginnings_of(arn))]

    def elsewhere(self, arn: str) -> _Granted | None:
        """A grant of a secret of this name that is in another place, or of another that was called so."""
        name = _name_in(arn)
        return next(iter([*self._named.get(name[:-_SUFFIX], ()), *_all(self._names_below.beginnings_of(name))]), None)

    def is_stated(self, arn: str) -> bool:
        """Whether a statement of a project allows to read the secret, as far as the resource tells."""
        return any(_allows(statement, arn) for statement in self._statements)


def _resource(grant: Grant, secret: Secret) -> str:
    return secret.resource(grant.partition, grant.region, grant.account)


def _name_in(resource: str) -> str:
    """What stands behind the last colon of an ARN, or of a pattern for one."""
    return resource.rpartition(":")[2]


def _all(found: Iterator[tuple[str, list[_Granted]]]) -> Iterator[_Granted]:
    return (granted for _, several in found for granted in several)


def _allows(statement: Mapping[str, Any], arn: str) -> bool:
    actions, resources = (
        [statement[key]] if isinstance(statement[key], str) else statement[key] for key in ("Action", "Resource")
    )
    return any(matches(action, _ACTION, ignore_case=True) for action in actions) and any(
        matches(resource, arn) for resource in resources
    )


def _problems(written: str, granted: _GrantedSecrets) -> Iterator[tuple[str, Severity, str]]:
    try:
        reference = SecretReference.parse(written)
    except InvalidValueError as error:
        yield error.rule, Severity.ERROR, str(error)
        return
    meant = granted.meant(reference.arn)
    if not meant:
        if not granted.is_stated(reference.arn):
            yield "RC216", *_not_granted(reference, granted)
        return
    keyed = [(grant, secret) for grant, secret in meant if secret.keys]
    if keyed and not any(reference.key in secret.keys for _, secret in keyed):
        known = ", ".join(sorted({key for _, secret in keyed for key in secret.keys}))
        what = f"key is not one that {keyed[0][0].address} names for this secret"
        change = "correct the key, or add it under `keys`"
        yield "RC216", Severity.ERROR, four_parts(what, reference.key, known, change)


def _not_granted(reference: SecretReference, granted: _GrantedSecrets) -> tuple[Severity, str]:
    """Why no project reads the secret: it is granted in another place, under another ARN, by its tags, or nowhere."""
    arn = reference.secret
    for grant, secret in granted.by_tag:
        if (grant.partition, secret.region_in(grant.region), grant.account) == (arn.partition, arn.region, arn.account):
            what = f"only AWS can tell whether {grant.address} reads the secret, by its tags"
            wanted = ", ".join(f"{key}={value}" for key, value in secret.tags)
            return Severity.INFO, four_parts(what, reference.arn, f"tagged {wanted}", "look at its tags")
    found = granted.elsewhere(reference.arn)
    if found is None:
        allowed, change = "a secret that a project is granted", "grant it, or correct the reference"
        return Severity.ERROR, four_parts("secret is granted to no project", reference.arn, allowed, change)
    grant, secret = found
    resource = _resource(grant, secret)
    if resource[:-_SUFFIX] == reference.arn[:-_SUFFIX]:
        what = f"secret is granted to {grant.address} with another suffix, as one that was made anew has"
        change = "copy the ARN of the secret that there is now, here or into the estate"
        return Severity.ERROR, four_parts(what, reference.arn, resource, change)
    what = f"secret is granted to {grant.address} in another place"
    return Severity.ERROR, four_parts(what, reference.arn, _place_of(resource), "copy the ARN of that secret")


def _place_of(resource: str) -> str:
    arn = Arn(*resource.split(":", 5)[1:])
    return f"partition {arn.partition}, region {arn.region}, account {arn.account}"
