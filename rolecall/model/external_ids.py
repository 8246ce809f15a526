"""External IDs: what STS accepts, what somebody really chose, and what merely stands where one belongs."""

import re

from rolecall.model.invalid import InvalidValueError
from rolecall.model.stray_signs import stray_sign

# botocore's model of sts:AssumeRole, externalIdType, read 2026-11-22: 2 to 1,224 of [\w+=,.@:\/-], \w being ASCII.
MAX_CHARACTERS = 1224
SHOWN_OF_MASKED = 4
"""Characters of an external ID that the customer chose, wherever one is shown."""
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


def looks_like_one(text: str) -> bool:
    """Whether a text that stands somewhere else is rather an external ID."""
    return _LIKE_AN_EXTERNAL_ID.fullmatch(text) is not None


def masked(external_id: str) -> str:
    """An external ID without most of it; a reference to a parameter says nothing that is to be hidden."""
    return external_id if external_id.startswith("{{") else f"{external_id[:SHOWN_OF_MASKED]}…"
