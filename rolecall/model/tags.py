"""Tags of a role, as IAM takes them."""

import re

from rolecall.model.invalid import InvalidValueError

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and botocore's model of iam (tagKeyType,
# tagValueType), read 2026-11-22.
MAX_TAGS = 50
_OUR_OWN = frozenset({"rolecall:estate", "rolecall:workspace", "rolecall:project"})
_KEY = re.compile(r"(?!(?i:aws):)[\w .:/=+@-]{1,128}")
_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")


def tag_key(value: object) -> str:
    """The key of a tag.

    Raises:
        InvalidValueError: RC310.
    """
    if isinstance(value, str) and _KEY.fullmatch(value):
        return value
    allowed = "1 to 128 letters, digits, blanks and _ . : / = + @ -, not beginning with aws:"
    raise InvalidValueError("key of a tag", value, allowed, "rename it", rule="RC310")


def owners_tag_key(value: object) -> str:
    """The key of a tag that somebody chose: none of Rolecall's own, whatever its letter case, as IAM ignores that.

    Raises:
        InvalidValueError: RC310.
    """
    key = tag_key(value)
    if key.lower() in _OUR_OWN:
        raise InvalidValueError(
            "key of a tag is Rolecall's own", key, "any other key", "take it out: the role gets it anyway", rule="RC310"
        )
    return key


def tag_value(value: object) -> str:
    """The value of a tag.

    Raises:
        InvalidValueError: RC310.
    """
    if isinstance(value, str) and _VALUE.fullmatch(value):
        return value
    allowed = "up to 256 letters, digits, blanks and _ . : / = + @ -, as text"
    change = "correct it" if isinstance(value, str) else "put it in quotes"
    raise InvalidValueError("value of a tag", value, allowed, change, rule="RC310")
