"""Values of the files that end up on an IAM role as they stand: its path, name, boundary and session length."""

import re

from rolecall.config.values import text
from rolecall.model.grant import MAX_SESSION_SECONDS, MIN_SESSION_SECONDS
from rolecall.model.invalid import InvalidValueError

_PLACEHOLDERS = ("{vendor}", "{workspace}", "{project}")
# botocore's model of iam: pathType and roleNameType, read 2026-11-22.
_ROLE_PATH = re.compile(r"/([\u0021-\u002e\u0030-\u007e]+/)*")
_ROLE_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]+")
_BOUNDARY_ARN = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/([\u0021-\u007e]+/)?[A-Za-z0-9_+=,.@-]{1,128}")
_BOUNDARY_NAME = re.compile(r"/?([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,128}")
_READER_ROLE = re.compile(
    r"arn:aws[a-z-]*:iam::([0-9]{12}|\{account\}):role/([\u0021-\u007a\u007c\u007e]+/)?[A-Za-z0-9_+=,.@-]{1,64}"
)


def permissions_boundary(value: object) -> str:
    """The name of a policy in the role's account, with its path if it has one, or a policy's whole ARN."""
    if isinstance(value, str) and (_BOUNDARY_ARN.fullmatch(value) or _BOUNDARY_NAME.fullmatch(value)):
        return value
    allowed = "a policy's name, or its whole ARN"
    raise InvalidValueError("permissions_boundary", value, allowed, "copy it from the IAM console", rule="RC303")


def reader_role(value: object) -> str:
    """The ARN of a role, in which {account} may stand for the account's id."""
    text(value)
    if isinstance(value, str) and _READER_ROLE.fullmatch(value):
        return value
    allowed = "arn:aws:iam::{account}:role/NAME, or 12 digits in the place of {account}"
    raise InvalidValueError("reader_role", value, allowed, "write the role's whole ARN", rule="RC303")


def session_seconds(value: object) -> int:
    """A session length in seconds, from `1h` to `12h`."""
    match = re.fullmatch(r"([1-9][0-9]{0,3})([hm])", value) if isinstance(value, str) else None
    seconds = int(match[1]) * (3600 if match[2] == "h" else 60) if match else 0
    if MIN_SESSION_SECONDS <= seconds <= MAX_SESSION_SECONDS:
        return seconds
    raise InvalidValueError("session", value, "a whole number with h or m, 1h to 12h", "write 1h", rule="RC304")


def role_path(value: object) -> str:
    """An IAM path: begins and ends with a slash."""
    if (
        isinstance(value, str)
        and _ROLE_PATH.fullmatch(value)
        and len(value) <= 512
        and not re.search(r"[*?${}]", value)
    ):
        return value
    raise InvalidValueError(
        "role_path", value, "up to 512 characters that begin and end in /", "write /vendors/", rule="RC305"
    )


def own_role_name(value: object) -> str:
    """The name of one role, without placeholders."""
    if isinstance(value, str) and _ROLE_NAME.fullmatch(value) and len(value) <= 64:
        return value
    allowed = "1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -"
    raise InvalidValueError("role_name", value, allowed, "shorten it", rule="RC306")


def name_template(value: object) -> str:
    """A role name with the placeholders {vendor}, {workspace} and {project}."""
    rest = value if isinstance(value, str) else ""
    for placeholder in _PLACEHOLDERS:
        rest = rest.replace(placeholder, "x")
    if isinstance(value, str) and _ROLE_NAME.fullmatch(rest) and "{project}" in value:
        return value
    raise InvalidValueError(
        "role_name",
        value,
        "{vendor}, {workspace} and {project}, this last one required, and A-Z a-z 0-9 _ + = , . @ -",
        "write {vendor}-{workspace}-{project}",
        rule="RC306",
    )
