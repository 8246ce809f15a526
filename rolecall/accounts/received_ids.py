"""External IDs that come from elsewhere than the estate's files: checked, and never told whole."""

from dataclasses import dataclass

from rolecall.model.external_ids import SHOWN_OF_MASKED, external_id
from rolecall.model.invalid import InvalidValueError


@dataclass(frozen=True)
class _Beginning:
    """What may be told of a value that is perhaps an ID that the customer chose."""

    shown: str
    characters: int

    def __str__(self) -> str:
        return f"{self.shown + '…'!r}, {self.characters} characters"


def checked(value: str, what: str) -> str:
    """An external ID, as it came.

    Args:
        what: where it came from, in words.

    Raises:
        InvalidValueError: RC111; of the value no more is told than its beginning, its length and a stray sign.
    """
    try:
        return external_id(value, what)
    except InvalidValueError as error:
        beginning = _Beginning(value[:SHOWN_OF_MASKED], len(value))
        raise InvalidValueError(error.what, beginning, error.allowed, error.change, rule=error.rule) from None
