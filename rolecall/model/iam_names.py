"""Names and paths of roles and policies, and ARNs of boundaries: the forms that estates and constructs share.

Forms and lengths are those of botocore's model of iam (roleNameType, policyNameType, policyPathType; read 2026-11-22).
Roles themselves may have other paths, but the policies of a role lie at its own path, and those take fewer signs: none
that means more than itself in a policy, where paths and ARNs end up.
"""

import re

from rolecall.model.invalid import InvalidValueError

SIGN = "[A-Za-z0-9_+=,.@-]"
"""Regular expression of one character of a name."""
FOLDERS = f"({SIGN}+/)*"
"""Of what stands in a path after its first slash."""
BOUNDARY_ARN = f"arn:aws[a-z-]*:iam::([0-9]{{12}}|aws):policy/{FOLDERS}{SIGN}{{1,128}}"
"""Of the ARN of one managed policy."""
PATH_MAX_CHARACTERS = 512
_IN_WORDS = "A-Z a-z 0-9 _ + = , . @ -"
_ROLE_NAME = re.compile(f"{SIGN}{{1,64}}")
_POLICY_NAME = re.compile(f"{SIGN}{{1,128}}")
_PATH = re.compile(f"/{FOLDERS}")
_BOUNDARY_ARN = re.compile(BOUNDARY_ARN)


def role_name(value: object) -> str:
    """The name of one role. Raises InvalidValueError, RC306."""
    if isinstance(value, str) and _ROLE_NAME.fullmatch(value):
        return value
    raise InvalidValueError("role_name", value, f"1 to 64 characters of {_IN_WORDS}", "shorten it", rule="RC306")


def policy_name(value: object) -> str:
    """The name of one managed policy. Raises InvalidValueError, RC306."""
    if isinstance(value, str) and _POLICY_NAME.fullmatch(value):
        return value
    raise InvalidValueError("policy_name", value, f"1 to 128 characters of {_IN_WORDS}", "shorten it", rule="RC306")


def role_path(value: object) -> str:
    """The path of a role and of its policies: begins and ends with a slash. Raises InvalidValueError, RC305."""
    if isinstance(value, str) and _PATH.fullmatch(value) and len(value) <= PATH_MAX_CHARACTERS:
        return value
    allowed = f"up to {PATH_MAX_CHARACTERS} characters that begin and end in /, between them / and {_IN_WORDS}"
    raise InvalidValueError("role_path", value, allowed, "write /vendors/", rule="RC305")


def is_boundary_arn(value: object) -> bool:
    """Whether a value is the ARN of one managed policy, of an account's own or of AWS's."""
    return isinstance(value, str) and _BOUNDARY_ARN.fullmatch(value) is not None
