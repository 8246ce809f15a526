"""The secrets of a role as its sheet tells them: ARNs and references ready to copy, or how to come by them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rolecall.handoff.line import Line, value, words
from rolecall.handoff.secret_arns import FoundSecret, State, reference, refers_to_secrets
from rolecall.handoff.subject import Subject, listed, names_service
from rolecall.model.secret import Secret

REFERENCE_FORM = "{{workato:sm:KEY:ARN}}"
_COLON = (
    "The key has a colon, and so has the ARN: how Workato tells them apart is not documented. Try it before you rely "
    "on it, or have the owner name the key otherwise."
)
_SECRETS_ARN = re.compile(r"\bsecret\b.*\bARN\b", re.IGNORECASE)
_NO_BRACES = "none: a key in a reference has no braces"


@dataclass(frozen=True)
class KeyReference:
    """One JSON key of a secret, and what a connection holds for it.

    Args:
        why_not: why there is no reference, as far as that is not said of the whole secret.
        remark: what to look out for.
    """

    key: str
    reference: str | None
    why_not: str = ""
    remark: str = ""


@dataclass(frozen=True)
class SheetSecret:
    """One grant of secrets.

    Args:
        title: what was granted, in a word or two and its name.
        region: where it is.
        arn: whole; None where it is not known, or where several secrets are meant.
        remarks: what else one has to know.
        keys: those that the estate names.
        is_open: whether somebody has to write an ARN in.
    """

    title: Line
    region: str
    arn: str | None
    remarks: tuple[Line, ...]
    keys: tuple[KeyReference, ...] = ()
    is_open: bool = False


def sheet_secrets(subject: Subject) -> tuple[SheetSecret, ...]:
    """Every grant of secrets of a role, in the order of the estate."""
    granted = tuple(_of(subject, secret) for secret in subject.grant.permissions.secrets)
    return (*granted, *_of_statements(subject))


def _of_statements(subject: Subject) -> Iterator[SheetSecret]:
    """What the estate's own statements allow of secrets; nobody knows which there are."""
    remarks = tuple(_several(subject, refers_to_secrets(subject.grant.vendor)))
    for statement in subject.grant.permissions.statements:
        if not any(names_service(action, "secretsmanager") for action in listed(statement["Action"])):
            continue
        for resource in listed(statement["Resource"]):
            region = resource.split(":")[3] if resource.count(":") > 4 else ""
            title = (*words("the secrets whose ARN fits "), *value(resource))
            known = region if region.strip("*") else subject.grant.region
            yield SheetSecret(title, known, None, remarks)


def _of(subject: Subject, secret: Secret) -> SheetSecret:
    region, with_references = secret.region_in(subject.grant.region), refers_to_secrets(subject.grant.vendor)
    if secret.kind in ("prefix", "tag"):
        remarks = tuple(_several(subject, with_references))
        return SheetSecret(_title(secret), region, None, remarks)
    found = subject.secrets.get(secret, FoundSecret(State.UNKNOWN))
    keys = tuple(_key(found, key) for key in secret.keys) if with_references else ()
    form = _form(found, secret) if with_references else _named_keys(subject, secret)
    is_open = found.arn is None and takes_arns(subject)
    # What says where to write the ARN comes last: the line for it follows.
    state = _state(found, secret, subject.grant.account, region) if is_open else _doubt(found)
    return SheetSecret(_title(secret), region, found.arn, (*form, *state), keys, is_open=is_open)


def takes_arns(subject: Subject) -> bool:
    """Whether a secret's ARN is entered at the vendor's, as far as its steps tell; without steps nobody knows."""
    known = subject.vendor.hand_off
    if refers_to_secrets(subject.grant.vendor) or known is None or not known.steps:
        return True
    return any(_SECRETS_ARN.search(label) for step in known.steps for label in step.enter)


def _named_keys(subject: Subject, secret: Secret) -> Iterator[Line]:
    """What is used of a secret that is JSON, where nobody writes references."""
    if secret.keys:
        yield (*words("Used of its JSON: "), *_listed(secret.keys))
    elif subject.grant.json_secrets:
        yield words(f"{subject.vendor.name} uses keys of its JSON. The owner knows them.")


def _listed(values: Sequence[str]) -> Line:
    return tuple(
        piece for index, each in enumerate(values) for piece in (*(words(", ") if index else ()), *value(each))
    )


def _title(secret: Secret) -> Line:
    if secret.kind == "prefix":
        return (*words("every secret whose name begins with "), *value(secret.value))
    if secret.kind == "tag":
        pairs = [value(f"{key}={text}") for key, text in secret.tags]
        joined: Line = pairs[0]
        for pair in pairs[1:]:
            joined = (*joined, *words(" and "), *pair)
        return (*words("every secret with the tag " if len(pairs) == 1 else "every secret with the tags "), *joined)
    return (*words("the secret "), *value(_name(secret)))


def _name(secret: Secret) -> str:
    """The secret's name; of an ARN what stands between `:secret:` and the six characters."""
    return secret.value if secret.kind == "name" else secret.value.partition(":secret:")[2][:-7]


def _key(found: FoundSecret, key: str) -> KeyReference:
    made = reference(found, key)
    return KeyReference(key, made, _NO_BRACES if found.arn and made is None else "", _COLON if ":" in key else "")


def _doubt(found: FoundSecret) -> Iterator[Line]:
    """What stands in the way of a secret whose ARN is known, or is nobody's to enter."""
    if found.state is State.ABSENT:
        yield words("This secret does not exist yet: have the owner make it.")
    elif found.state is State.LEAVING:
        yield words("This secret is scheduled for deletion: ask the owner before you use it.")


def _state(found: FoundSecret, secret: Secret, account: str, region: str) -> Iterator[Line]:
    """Why there is no ARN, and how to come by it."""
    if found.state is State.ABSENT:
        yield words(
            "This secret does not exist yet. AWS gives out its ARN when it is made: have the owner make it, then copy "
            "the ARN here:"
        )
    else:
        yield (
            *words(f"{_sentence(found.reason)}Copy the secret's ARN from the Secrets Manager console, account "),
            *value(account),
            *words(", region "),
            *value(region),
            *words(f" (Secrets > {_name(secret)} > Secret ARN), or have the owner do it. Write it here:"),
        )


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}. " if reason else ""


def _form(found: FoundSecret, secret: Secret) -> Iterator[Line]:
    """How a reference is made where none can be shown."""
    if not secret.keys:
        arn = found.arn or "ARN"
        yield (
            *words("A reference names one key of its JSON: "),
            *value(f"{{{{workato:sm:KEY:{arn}}}}}"),
            *words(", with the key's name for KEY. The owner knows the keys."),
        )
    elif found.arn is None:
        yield (
            *words("A reference is then "),
            *value(REFERENCE_FORM),
            *words(", with the secret's whole ARN and one of the keys."),
        )


def _several(subject: Subject, with_references: bool) -> Iterator[Line]:
    if with_references:
        yield (
            *words("Any of them may be used. A reference is "),
            *value(REFERENCE_FORM),
            *words(
                ": KEY is a key in the secret's JSON, ARN the secret's whole ARN, as the Secrets Manager console shows "
                "it or the owner tells you, with the six characters at its end."
            ),
        )
    elif subject.grant.vendor_names_secrets:
        yield words(f"{subject.vendor.name} makes and names them itself; there is nothing to copy.")
    else:
        yield words("Any of them may be used; the Secrets Manager console shows the ARN of each, or the owner does.")


def open_places(secrets: tuple[SheetSecret, ...]) -> int:
    """How many ARNs somebody has to write in."""
    return sum(1 for secret in secrets if secret.is_open)
