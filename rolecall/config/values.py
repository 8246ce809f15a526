"""Single values of the files, checked: each function returns the value that the model wants or says what is wrong."""

import re
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from rolecall.model.external_ids import external_id as checked_external_id
from rolecall.model.identifiers import slug
from rolecall.model.invalid import AS_TEXT, InvalidValueError
from rolecall.model.safe_pattern import fits
from rolecall.model.secret import Secret, SecretKind, refuse_pasted_reference
from rolecall.model.trust import ExternalId, ParameterReference

if TYPE_CHECKING:
    from rolecall.config.schema import SecretEntry

PENDING = "pending"
_REFERENCE = re.compile(r"\{\{|\{%|\$\{")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, read 2026-11-22.
MAX_STACK_NAME_CHARACTERS = 128
MAX_PATTERN_CHARACTERS = 500
# The value of a tag, which holds an estate's and a project's slug too.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, read 2026-11-22.
MAX_SLUG_CHARACTERS = 256


def text(value: object) -> object:
    """Text without blanks around it and without control characters; what is no text is left for pydantic to name."""
    if not isinstance(value, str):
        return value
    if value != value.strip() or not value or not value.isprintable():
        raise InvalidValueError("text", value, "printable text without blanks around it", "correct it", rule="RC003")
    if _REFERENCE.search(value):
        refuse_pasted_reference(value)
        allowed = "text as it is meant: nothing fills in {{…}}, {%…%} or ${…}"
        raise InvalidValueError("reference in a text", value, allowed, "write it out", rule="RC003")
    return value


def vendor_id(value: object, what: str) -> str:
    """An identifier of the vendor's own: quoted, so that YAML does not make another number of it."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_.:-]{1,128}", value):
        return value
    change = "put it in quotes" if isinstance(value, int) else "copy it from the vendor's screen"
    raise InvalidValueError(what, value, f"letters, digits and _ . : -{AS_TEXT}", change, rule="RC003")


def external_id(value: object, what: str) -> ExternalId:
    """An external ID, a reference to a parameter that holds it, or `pending`."""
    if value == PENDING:
        return PENDING
    if not isinstance(value, dict):
        return checked_external_id(value, what)
    if set(value) == {"ssm_parameter", "version"}:
        return ParameterReference(value["ssm_parameter"], value["version"])
    allowed = "{ssm_parameter: /path, version: 3}, both required"
    raise InvalidValueError(f"{what} is no reference to a parameter", value, allowed, "name both", rule="RC111")


@dataclass(frozen=True)
class WrittenPattern:
    """A text with a `*` in an external ID's place, which a few vendors give a reason for; see `config.patterns`."""

    text: str


def vendors_external_id(value: object, what: str) -> ExternalId | WrittenPattern:
    """What a vendor sends: like any external ID, but it may hold a `*` until it is known whose it is."""
    if isinstance(value, str) and "*" in value:
        return WrittenPattern(value)
    return external_id(value, what)


def day(value: object) -> date:
    """A day, as YAML reads 2027-03-31 or as text of that form."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = value if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else "")
    except ValueError:
        raise InvalidValueError("date", value, "a day such as 2027-03-31", "correct it", rule="RC005") from None


def page(value: object) -> str:
    """The address of a page that everybody can open, and that nobody on the way can have changed."""
    if isinstance(value, str) and value.isprintable() and re.fullmatch(r"https://[^\s/?#]+([/?#]\S*)?", value):
        return value
    raise InvalidValueError("source", value, "the URL of a page, beginning with https://", "correct it", rule="RC005")


def principals(value: object) -> object:
    """A list of principals, whose items pydantic looks at. What is no list is told how to become one."""
    if isinstance(value, list | dict | None):
        return value
    change = "write it as a list, each in quotes"
    if value == PENDING:
        change = "leave the data centre out until somebody knows"
    raise InvalidValueError("principals", value, 'a list such as ["210987654321"]', change, rule="RC005")


def rule_id(value: object) -> str:
    """The id of a rule."""
    if isinstance(value, str) and re.fullmatch(r"RC[0-9]{3}", value):
        return value
    raise InvalidValueError("rule", value, "the id of a rule, such as RC203", "correct it", rule="RC005")


def address(value: object) -> str:
    """A workspace, or a workspace and one of its projects, by their slugs."""
    parts = value.split("/") if isinstance(value, str) else []
    if not 1 <= len(parts) <= 2:
        raise InvalidValueError("at", value, "WORKSPACE or WORKSPACE/PROJECT", "correct it", rule="RC005")
    return "/".join(slug(part, "at") for part in parts)


def is_account_number(value: object) -> bool:
    """Whether a text is what an AWS account id looks like."""
    return isinstance(value, str) and re.fullmatch(r"[0-9]{12}", value) is not None


def previous_external_id(value: object, what: str) -> ExternalId | WrittenPattern:
    """The external ID that a rotation replaces: like the current one, but it is known."""
    if value == PENDING:
        raise InvalidValueError(what, value, "the ID that the vendor still sends", "name it", rule="RC111")
    return vendors_external_id(value, what)


def verifier_id(value: object, what: str) -> ExternalId:
    """The external ID of the verifier: like a vendor's, but its owner makes it, so that nobody waits for it."""
    if value == PENDING:
        allowed = "an ID of your own making: no vendor hands this one out"
        raise InvalidValueError(f"{what} of the verifier", value, allowed, "write a UUID4", rule="RC111")
    return external_id(value, what)


def derived_id(value: object) -> str:
    """A rule for external IDs: text with {workspace_id} and {project_id}, and no other placeholder."""
    rest = value.replace("{workspace_id}", "1").replace("{project_id}", "1") if isinstance(value, str) else ""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_+=,.@:/-]{2,200}", rest):
        return value
    allowed = "external-ID characters, {workspace_id} and {project_id}"
    raise InvalidValueError("derived external ID", value, allowed, "correct the placeholder", rule="RC005")


def schema_version(value: object) -> int:
    """The version of the files' shape: 1."""
    if type(value) is int and value == 1:
        return value
    raise InvalidValueError("schema", value, "1", "write schema: 1", rule="RC005")


def short_slug(value: object, what: str) -> str:
    """A slug that fits into a tag."""
    if isinstance(value, str) and len(value) > MAX_SLUG_CHARACTERS:
        raise InvalidValueError(what, value, f"up to {MAX_SLUG_CHARACTERS} characters", "shorten it", rule="RC003")
    return slug(value, what)


def stack_slug(value: object, what: str) -> str:
    """A workspace's slug, which names a CloudFormation stack as well: it begins with a letter."""
    checked = slug(value, what)
    if not checked[0].isalpha() or len(checked) > MAX_STACK_NAME_CHARACTERS - len("-99"):
        allowed = f"begins with a letter, up to {MAX_STACK_NAME_CHARACTERS - 3} characters"
        raise InvalidValueError(f"{what} names a stack too", value, allowed, "rename it", rule="RC003")
    return checked


def pattern(value: object) -> str:
    """A regular expression that an external ID must match whole."""
    allowed = f"a regular expression of 1 to {MAX_PATTERN_CHARACTERS} characters, in quotes"
    if not isinstance(value, str) or not 0 < len(value) <= MAX_PATTERN_CHARACTERS:
        change = "write it in full" if value == "" else "shorten it" if isinstance(value, str) else "put it in quotes"
        raise InvalidValueError("pattern", value, allowed, change, rule="RC005")
    try:
        with warnings.catch_warnings():
            # What Python warns of, [[:digit:]] of POSIX above all, means something else than was meant.
            warnings.simplefilter("error", FutureWarning)
            re.compile(value)
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        raise InvalidValueError("pattern", value, allowed, f"correct it: {error}", rule="RC005") from None
    if fits(value, "") is None:
        change = "write it with classes, groups, | and repeats alone"
        raise InvalidValueError("pattern that cannot be matched in bounded time", value, allowed, change, rule="RC005")
    return value


def secret(entry: "SecretEntry") -> Secret:
    """The secret that an entry means."""
    given: list[SecretKind] = [k for k in ("name", "prefix", "arn", "tag") if getattr(entry, k) is not None]
    if len(given) != 1:
        raise InvalidValueError(
            "secret",
            " and ".join(given) or "none",
            "exactly one of name, prefix, arn, tag",
            "split the entry",
            rule="RC206",
        )
    for key in entry.tag or {}:
        text(key)
    kind = given[0]
    if entry.arn is not None and entry.arn.startswith("arn:") and re.search(r"[*?]", entry.arn):
        allowed, change = "the whole ARN of one secret", "write `prefix` for several secrets, `name` for one"
        raise InvalidValueError("arn of a secret is a pattern", entry.arn, allowed, change, rule="RC205")
    value, tags = ("", tuple(sorted(entry.tag.items()))) if entry.tag is not None else (getattr(entry, kind), ())
    return Secret(kind, value, tags, tuple(entry.keys), entry.kms_key, entry.region, entry.shared)
