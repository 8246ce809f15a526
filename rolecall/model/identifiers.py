"""Identifiers of AWS and of Rolecall: text that has been checked once and is a plain string from then on."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from rolecall.model.invalid import InvalidValueError

# botocore's model of sts:AssumeRole, externalIdType, read 2026-11-22: 2 to 1,224 of [\w+=,.@:\/-], \w being ASCII.
EXTERNAL_ID_MAX_CHARACTERS = 1224
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")
# What documents and forms show where the real ID belongs, as the whole value or behind Workato's derived prefix:
# YOUR_EXTERNAL_ID (Unified's guide), wwwww_pppp (Workato's guide), NONE (a Terraform default seen in the wild), and the
# usual marks of unfinished text.
_PLACEHOLDER = re.compile(
    r"(?i)(workato_iam_external_id_)?"
    r"(your[_-].*|(my|the|your|aws)?[_-]?external[_-]?id([_-]here)?|replace[_-]?me|change[_-]?me|placeholder|todo|tbd"
    r"|fixme|pending|changeit|none|null|undefined|w{3,}(_p{3,})?|x{3,}(_x{3,})?|[0-]+|[x-]+)?"
)
# A UUID, Workato's derived ID, or what a machine made: long, with several digits, and no part of it a word.
_LIKE_AN_EXTERNAL_ID = re.compile(
    r"(?i:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|workato_iam_external_id_.*)"
    r"|(?=.*[A-Za-z])(?=(.*?[0-9]){4})(?!(.*[_-])?[A-Za-z]{3,}([_-]|$))[A-Za-z0-9_-]{16,1224}"
)
# What comes along when a value is copied from a screen or a document: blanks, signs that nobody sees, and quotes.
_STRAY = re.compile(
    "[\\s\\x00-\\x1f\\x7f-\\xa0\\u00ad\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\"'`\u2018\u2019\u201c\u201d]"
)
_NAMES_OF_SIGNS = {
    " ": "a blank",
    "\u00a0": "a no-break blank",
    "\t": "a tab",
    "\n": "a line break",
    "\r": "a line break",
    "\u200b": "an invisible sign (zero-width blank)",
}
_SERVICE = re.compile(r"[A-Za-z0-9.-]+\.amazonaws\.com(\.cn)?")
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[0-9]{12}|):(?P<rest>.+)"
)
# botocore's model of iam: roleNameType, pathType, read 2026-11-22.
_PRINCIPAL_RESOURCE = re.compile(r"root|(user|role)/([\u0021-\u007e]+/)?[A-Za-z0-9_+=,.@-]{1,64}")
_BAD_ACCOUNT = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::([^:*?$\s]*):.+")
_WILDCARD = re.compile(r"[*?$\s]")


def account_id(value: object, what: str = "account") -> str:
    """An AWS account id: exactly 12 digits.

    Raises:
        InvalidValueError: RC112, for what looks like an external ID; RC111, for anything else, an integer included
            (YAML reads 010101010101 as another number).
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]{12}", value):
        return value
    if isinstance(value, str) and _LIKE_AN_EXTERNAL_ID.fullmatch(value):
        raise InvalidValueError(
            f"{what} holds what looks like an external ID: the two are the wrong way round",
            value,
            "12 digits, as quoted text",
            "put the account here and the external ID into `external_id`",
            rule="RC112",
        )
    change = "put the number in quotes" if isinstance(value, int) else "copy the 12 digits from the AWS console"
    raise InvalidValueError(
        f"{what} is not an AWS account id", value, "12 digits, as quoted text", change, rule="RC111"
    )


def external_id(value: object, what: str = "external_id") -> str:
    """An external ID that STS accepts and that somebody really chose.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html

    Raises:
        InvalidValueError: RC111, for the wrong characters or length, or for a placeholder that was never filled in.
    """
    allowed = "2 to 1,224 characters of A-Z a-z 0-9 _ + = , . @ : / -"
    if not isinstance(value, str) or not _EXTERNAL_ID.fullmatch(value):
        stray = stray_sign(value) if isinstance(value, str) else None
        raise InvalidValueError(
            f"{what} is no external ID: it holds {stray}" if stray else f"{what} is no external ID",
            value,
            allowed,
            "copy it from the vendor's screen, without blanks" if isinstance(value, str) else "put it in quotes",
            rule="RC111",
        )
    if _PLACEHOLDER.fullmatch(value):
        raise InvalidValueError(
            f"{what} still holds a placeholder",
            value,
            allowed,
            "put the vendor's real value in its place",
            rule="RC111",
        )
    return value


def stray_sign(text: str) -> str | None:
    """A blank, a quote or a sign that nobody sees, and where in the text it is; None where there is none."""
    found = _STRAY.search(text)
    if found is None:
        return None
    sign, before = found[0], found.start()
    name = _NAMES_OF_SIGNS.get(sign) or (
        f"the quote {sign}" if sign.isprintable() else f"an invisible sign ({_unicode_name(sign)})"
    )
    if not before:
        return f"{name} at its beginning"
    return f"{name} at its end" if not _STRAY.sub("", text[before:]) else f"{name} as character {before + 1}"


def without_stray_signs(text: str) -> str:
    """The text as it was meant, where such signs came along when it was copied."""
    return _STRAY.sub("", text)


def _unicode_name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()


def slug(value: object, what: str) -> str:
    """A name of Rolecall's own: estate, workspace or project.

    Raises:
        InvalidValueError: RC003.
    """
    if isinstance(value, str) and _SLUG.fullmatch(value):
        return value
    raise InvalidValueError(
        f"{what} is not a slug",
        value,
        "lower-case letters, digits and inner hyphens",
        "rename it; role and stack names are made from it",
        rule="RC003",
    )


def region(value: object, what: str = "region") -> str:
    """An AWS region, such as eu-central-1.

    Raises:
        InvalidValueError: RC302.
    """
    if isinstance(value, str) and _REGION.fullmatch(value):
        return value
    raise InvalidValueError(
        f"{what} is not an AWS region", value, "a name such as eu-central-1", "correct it", rule="RC302"
    )


@cache
def partition_of(region_name: str) -> str:
    """The partition that a region belongs to: aws, aws-cn, aws-us-gov or one of the isolated ones."""
    prefixes = {
        "cn-": "aws-cn",
        "us-gov-": "aws-us-gov",
        "us-iso-": "aws-iso",
        "us-isob-": "aws-iso-b",
        "eu-isoe-": "aws-iso-e",
        "us-isof-": "aws-iso-f",
        "eusc-": "aws-eusc",
    }
    return next((partition for prefix, partition in prefixes.items() if region_name.startswith(prefix)), "aws")


@dataclass(frozen=True)
class Arn:
    """An Amazon Resource Name, taken apart."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, value: object, what: str = "ARN") -> "Arn":
        """Take an ARN apart.

        Raises:
            InvalidValueError: RC303, where it is none or holds a wildcard.
        """
        found = _taken_apart(value) if isinstance(value, str) else None
        if found is None:
            stray = stray_sign(value) if isinstance(value, str) else None
            raise InvalidValueError(
                f"{what} is not an ARN: it holds {stray}" if stray else f"{what} is not an ARN",
                value,
                "arn:partition:service:region:account:resource",
                "copy it whole",
                rule="RC303",
            )
        return found

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


@lru_cache(maxsize=65536)
def _taken_apart(value: str) -> Arn | None:
    match = _ARN.fullmatch(value) if not _WILDCARD.search(value) else None
    return (
        Arn(match["partition"], match["service"], match["region"], match["account"], match["rest"]) if match else None
    )


def principal(value: object, partition: str, what: str = "principal") -> str:
    """A vendor's principal as an ARN: an account (12 digits become its :root), a user or a role; never `*`.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html

    Raises:
        InvalidValueError: RC106 for shapes that let in more than one account, user or role; RC110 for the bare id of a
            deleted user or role; RC111 for an account id that is not 12 digits.
    """
    return _principal(value, partition, what) if isinstance(value, str) else account_id(value, what)


@lru_cache(maxsize=65536)
def _principal(value: str, partition: str, what: str) -> str:
    allowed = "a 12-digit account id, or the ARN of an account's root, of one user or of one role"
    if re.fullmatch(r"A(IDA|ROA)[A-Z0-9]{12,}", value):
        raise InvalidValueError(
            f"{what} is the bare id of a user or role that was deleted",
            value,
            allowed,
            "name the ARN again",
            rule="RC110",
        )
    if account := _BAD_ACCOUNT.fullmatch(value):
        account_id(account[1], f"account of {what}")
    if not value.startswith("arn:"):
        if value == "*" or _WILDCARD.search(value):
            raise InvalidValueError(f"{what} is open to everybody", value, allowed, "name the vendor's", rule="RC106")
        if _SERVICE.fullmatch(value):
            raise InvalidValueError(f"{what} is a service of AWS", value, allowed, "name the vendor's", rule="RC106")
        return f"arn:{partition}:iam::{account_id(value, what)}:root"
    arn = Arn.parse(value, what) if not _WILDCARD.search(value) else None
    if (
        arn is None
        or arn.service != "iam"
        or arn.region
        or not arn.account
        or not _PRINCIPAL_RESOURCE.fullmatch(arn.resource)
    ):
        raise InvalidValueError(
            f"{what} is no principal to trust", value, allowed, "copy it from the vendor", rule="RC106"
        )
    return value
