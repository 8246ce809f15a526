"""Values of the files that end up on an IAM role as they stand: its path, name, boundary and session length."""

import re

from rolecall.config.values import text
from rolecall.model import iam_names
from rolecall.model.grant import MAX_SESSION_SECONDS, MIN_SESSION_SECONDS
from rolecall.model.identifiers import ROLE_ARN
from rolecall.model.invalid import InvalidValueError

_PLACEHOLDERS = ("{vendor}", "{workspace}", "{project}")
_NAME = re.compile(f"{iam_names.SIGN}+")
_BOUNDARY_NAME = re.compile(f"/?{iam_names.FOLDERS}{iam_names.SIGN}{{1,128}}")


def permissions_boundary(value: object) -> str:
    """The name of a policy in the role's account, with its path if it has one, or a policy's whole ARN."""
    if isinstance(value, str) and (iam_names.is_boundary_arn(value) or _BOUNDARY_NAME.fullmatch(value)):
        return value
    allowed = "a policy's name, or its whole ARN"
    raise InvalidValueError("permissions_boundary", value, allowed, "copy it from the IAM console", rule="RC303")


def reader_role(value: object) -> str:
    """The ARN of a role, in which {account} may stand for the account's id."""
    text(value)
    one = value.replace("::{account}:", "::000000000000:") if isinstance(value, str) else ""
    if isinstance(value, str) and ROLE_ARN.fullmatch(one) and "{" not in one:
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


def name_template(value: object) -> str:
    """A role name with the placeholders {vendor}, {workspace} and {project}."""
    rest = value if isinstance(value, str) else ""
    for placeholder in _PLACEHOLDERS:
        rest = rest.replace(placeholder, "x")
    if isinstance(value, str) and _NAME.fullmatch(rest) and "{project}" in value:
        return value
    raise InvalidValueError(
        "role_name",
        value,
        "{vendor}, {workspace} and {project}, this last one required, and A-Z a-z 0-9 _ + = , . @ -",
        "write {vendor}-{workspace}-{project}",
        rule="RC306",
    )
