"""External IDs that a vendor makes anew for each call, of which only the beginning is known beforehand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.model.external_ids import MAX_CHARACTERS
from rolecall.model.invalid import InvalidValueError
from rolecall.model.safe_pattern import fits
from rolecall.model.wildcards import matches

# The customer's own part comes first, whole, and a sign that ends it: `acme*` would be `acme-two@…` as well. A hyphen
# and a `_` end nothing, since they stand in names. `?` has no use here, and is one more way to be wrong.
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+=,.@:/-]*[@/:.,=+]\*[A-Za-z0-9_+=,.@:/*-]*")
_MAX_STARS = 8


@dataclass(frozen=True)
class PatternedExternalId:
    """A pattern for external IDs under StringLike, of a vendor that documents why it needs one: `acme@*`.

    There is none without a form and a reason, so that no trust asks for StringLike unless somebody gives both.

    Args:
        value: a fixed beginning that ends in one of @ / : . , = +, and `*` for any text; at most 8 stars, no `?`.
        form: regular expression that the whole pattern fits, from the vendor's entry.
        reason: why the vendor needs a pattern, from the vendor's entry.
        divider: the sign between the parts of a whole ID, which stands in no part; empty where nobody knows one.
        parts: how many parts each whole ID has; 0 where nobody knows.

    Raises:
        InvalidValueError: RC104, for a pattern that means more than the beginning of one's own IDs, or that nobody
            has given a form and a reason for.
    """

    value: str
    form: str
    reason: str
    divider: str = ""
    parts: int = 0

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
                f"a fixed beginning that ends in one of @ / : . , = + before the first *, no ?, in the vendor's form"
                f" {self.form}",
                "write your own part of the IDs whole, or better one ID without a *",
                rule="RC104",
            )

    def __str__(self) -> str:
        return self.value

    def lets_in(self, external_id: str) -> bool:
        """Whether an ID fits the pattern; letter case counts, as under StringLike."""
        return matches(self.value, external_id)

    def meets(self, other: "PatternedExternalId") -> bool:
        """Whether an ID that the vendor may send fits both patterns.

        `acme@*@one@*` and `acme@*@two@*` have nothing in common as long as an ID has four parts and no `@` in them.
        Where the number of parts is not known to be the same for both, every text counts.
        """
        is_same = (self.divider, self.parts) == (other.divider, other.parts)
        return _meet(self.value, other.value, self.divider if is_same else "", self.parts)


def _meet(one: str, other: str, divider: str, parts: int) -> bool:
    """Whether some text fits both, with exactly so many parts if there is a divider.

    Goes through both at once, from the beginning: a place is how far each has been read, and how many dividers that
    took. There are no more places than the product of the three, and each is looked at once.
    """
    allowed = parts - 1 if divider else 0
    todo, seen = [(0, 0, 0)], {(0, 0, 0)}
    while todo:
        i, j, dividers = todo.pop()
        if (i, j) == (len(one), len(other)) and dividers == allowed:
            return True
        for place in _next_places(one[i : i + 1], other[j : j + 1], (i, j, dividers), divider):
            if place[2] <= allowed and place not in seen:
                seen.add(place)
                todo.append(place)
    return False


def _next_places(sign: str, other: str, place: tuple[int, int, int], divider: str) -> Iterator[tuple[int, int, int]]:
    """Where one more sign of a text, or the end of a `*`, leads; empty signs are ends."""
    i, j, dividers = place
    if sign == "*":
        yield i + 1, j, dividers
        if other not in ("*", ""):
            yield i, j + 1, dividers + (other == divider)
    if other == "*":
        yield i, j + 1, dividers
        if sign not in ("*", ""):
            yield i + 1, j, dividers + (sign == divider)
    if sign == other == "*" and divider:
        yield i, j, dividers + 1
    if sign == other and sign not in ("*", ""):
        yield i + 1, j + 1, dividers + (sign == divider)
