"""The patterns of wrong IDs that trusts let in: each weak operator has one of its own, so that it betrays itself.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html, read 2026-11-22.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# What was let in, by the words of `wrong_ids`.
NONE, RANDOM = "a call without an external ID", "a random ID"
MORE, LESS = "one character more", "one character less"
CASE, NEXT, WHOLE = "other letter case", "the next number", "the workspace-wide ID"
NEIGHBOUR = "a neighbour's"

DO_NOT_STORE = "a vendor should not store such a role"
"""AWS's advice to vendors: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user_externalid.html"""


@dataclass(frozen=True)
class Pattern:
    """What was let in (all of it), what was not (none of it), and what trust does that."""

    let_in: frozenset[str]
    refused: frozenset[str]
    text: str


def _pattern(let_in: Sequence[str], refused: Sequence[str], text: str) -> Pattern:
    return Pattern(frozenset(let_in), frozenset(refused), text)


# Where the right ID is let in too. The first that fits is told.
WEAK = (
    _pattern(
        [NONE, RANDOM],
        [],
        "the trust asks for no external ID: a statement of it has no condition on sts:ExternalId; "
        f"{DO_NOT_STORE}. Write StringEquals with the ID there",
    ),
    _pattern(
        [NONE],
        [RANDOM],
        "the trust lets in whoever sends no external ID: its operator is StringEqualsIfExists or ForAllValues:…, or one"
        f" statement has none; {DO_NOT_STORE}. Write StringEquals there",
    ),
    _pattern(
        [RANDOM],
        [NONE],
        'the trust takes any external ID: StringLike with "*", or Null alone. Write StringEquals with the ID there',
    ),
    _pattern(
        [CASE],
        [MORE, LESS],
        "the trust does not look at letter case: its operator is StringEqualsIgnoreCase. Write StringEquals there",
    ),
    _pattern(
        [MORE],
        [LESS, NEXT, NEIGHBOUR, WHOLE],
        'the trust takes everything that begins with the ID: StringLike with "*" behind it. Write StringEquals there',
    ),
    _pattern(
        [MORE],
        [],
        'the trust takes every ID of one pattern, such as a whole workspace\'s: StringLike with "*" or "?". Write'
        " StringEquals with the one ID there",
    ),
    _pattern(
        [WHOLE],
        [],
        "the trust takes the workspace-wide external ID besides, as after a change of the vendor's scope: take it out"
        " once the vendor sends the project's",
    ),
    _pattern([NEIGHBOUR], [], "the trust takes a neighbour's external ID besides its own: take it out of the list"),
    _pattern([], [], "the trust takes a second external ID besides the right one: take it out of the list"),
)
# Where the right ID is refused.
ASTRAY = (
    _pattern(
        [NONE, RANDOM],
        [],
        "the trust lets in everything but the right external ID: its operator is a negated one (StringNotEquals). Write"
        " StringEquals there",
    ),
    _pattern(
        [NONE],
        [],
        'the trust lets in only whoever sends no external ID: Null with "true". Write StringEquals with the ID there',
    ),
    _pattern(
        [CASE],
        [],
        "the trust holds the external ID in other letter case than was sent, and IAM compares exactly: correct the"
        " trust, or what you sent",
    ),
    _pattern(
        [WHOLE],
        [],
        "the trust still asks for the workspace-wide external ID: either write the project's there, or the vendor's"
        " external-ID scope is not what it is thought to be",
    ),
    _pattern([NEIGHBOUR], [], "the trust asks for a neighbour's external ID: two projects were mixed up; correct it"),
    _pattern(
        [LESS],
        [],
        "the trust holds the external ID without its last character, or one too many was sent: correct the trust, or"
        " what you sent",
    ),
    _pattern(
        [],
        [],
        "the trust holds another external ID, one character away from the one that was sent: correct the trust, or what"
        " you sent",
    ),
)


def first(patterns: Sequence[Pattern], let_in: frozenset[str]) -> str:
    """The text of the first that fits what was let in."""
    return next(p.text for p in patterns if p.let_in <= let_in and not p.refused & let_in)
