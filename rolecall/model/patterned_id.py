"""External IDs that a vendor makes anew for each call, of which only the beginning is known beforehand."""

import re
from dataclasses import dataclass

from rolecall.model.external_ids import MAX_CHARACTERS
from rolecall.model.invalid import InvalidValueError
from rolecall.model.safe_pattern import fits

# The customer's own part comes first, whole, and a sign that ends it: `acme*` would be `acme-two@…` as well. A hyphen
# ends nothing, since it stands in names. `?` has no use here, and is one more way to be wrong.
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+=,.@:/-]*[@/:.,=+_]\*[A-Za-z0-9_+=,.@:/*-]*")
_MAX_STARS = 8


@dataclass(frozen=True)
class PatternedExternalId:
    """A pattern for external IDs under StringLike, of a vendor that documents why it needs one: `acme@*`.

    There is none without a form and a reason, so that no trust asks for StringLike unless somebody gives both.

    Args:
        value: a fixed beginning that ends in one of @ / : . , = + _, and `*` for any text; at most 8 stars, no `?`.
        form: regular expression that the whole pattern fits, from the vendor's entry.
        reason: why the vendor needs a pattern, from the vendor's entry.

    Raises:
        InvalidValueError: RC104, for a pattern that means more than the beginning of one's own IDs, or that nobody
            has given a form and a reason for.
    """

    value: str
    form: str
    reason: str

    def __post_init__(self) -> None:
        for name, text in (("form", self.form), ("reason", self.reason)):
            if not isinstance(text, str) or not text.strip():
                allowed = "why the vendor's IDs are a pattern, and which patterns are in order"
                raise InvalidValueError(f"{name} of a patterned external ID", text, allowed, "give it", rule="RC104")
        value = self.value
        is_narrow = isinstance(value, str) and _FORM.fullmatch(value) and value.count("*") <= _MAX_STARS
        if not is_narrow or "**" in value or len(value) > MAX_CHARACTERS // 2 or fits(self.form, value) is not True:
            raise InvalidValueError(
                "external ID is a pattern that means too much",
                value,
                f"a fixed beginning that ends in one of @ / : . , = + _ before the first *, no ?, in the vendor's form"
                f" {self.form}",
                "write your own part of the IDs whole, or better one ID without a *",
                rule="RC104",
            )

    def __str__(self) -> str:
        return self.value

    def lets_in(self, external_id: str) -> bool:
        """Whether an ID fits the pattern; letter case counts, as under StringLike."""
        pieces = map(re.escape, self.value.split("*"))
        return re.fullmatch(".*".join(pieces), external_id, re.DOTALL) is not None
