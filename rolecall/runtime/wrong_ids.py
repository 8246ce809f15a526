"""External IDs that must not open a role: what a typing error, a guess or a neighbouring project would send."""

import bisect
import hashlib
import re
import secrets as randomness
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rolecall.runtime.expectation import WrongId

MAX_NEIGHBOURS = 8
"""One role is asked with at most so many of its neighbours' IDs."""
_WRONG, _NEIGHBOUR = "wrong_external_id", "neighbour_external_id"
# botocore's model of sts:AssumeRole, externalIdType, read 2026-11-22.
_MIN_CHARACTERS, _MAX_CHARACTERS = 2, 1224
# A number at the end: the whole ID, or behind a sign that divides it.
_NUMBERED = re.compile(r"((?:.*[_+=,.@:/-])?)([0-9]+)")


# What stands for each star of a pattern in an ID that fits, or that fits but for one thing.
_ANY = "rolecall"
# A customer's own part stands at the beginning of a pattern.
_FIRST_PART = re.compile(r"[A-Za-z0-9_-]+")
_OTHER_CUSTOMER = "rolecall-not-yours"


def wrong_ids(right: tuple[str, ...], patterns: tuple[str, ...] = ()) -> list[WrongId]:
    """A random ID; of each right one one character more, one less, other letter case, the next number.

    Never one that is right. During a rotation both IDs are varied: the older one has had more time to be loosened.

    Args:
        right: the exact IDs.
        patterns: what other right IDs fit, with `*` for any text; of each its fixed parts are varied.
    """
    found = [WrongId(_WRONG, f"rolecall-{randomness.token_hex(16)}", "a random ID")]
    found += [wrong for pattern in patterns for wrong in _beside_pattern(pattern)]
    for external_id in right:
        found += [
            WrongId(_WRONG, f"{external_id}0", "one character more"),
            WrongId(_WRONG, external_id[:-1], "one character less"),
            WrongId(_WRONG, external_id.swapcase(), "other letter case"),
            *_derived(external_id),
        ]
    sendable = {
        wrong.value: wrong for wrong in reversed(found) if _MIN_CHARACTERS <= len(wrong.value) <= _MAX_CHARACTERS
    }
    right_ones = [wrong for wrong in found if wrong.value in right or fits_any(wrong.value, patterns)]
    return [wrong for wrong in found if sendable.get(wrong.value) is wrong and wrong not in right_ones]


def example_of(pattern: str) -> str:
    """An external ID that fits a pattern, always the same one; of what is no pattern, itself."""
    return pattern.replace("*", _ANY)


def fits_any(external_id: str, patterns: Iterable[str]) -> bool:
    """Whether an ID fits one of the patterns, in which `*` stands for any text and nothing else has a meaning."""
    whole = (".*".join(map(re.escape, pattern.split("*"))) for pattern in patterns)
    return any(re.fullmatch(each, external_id, re.DOTALL) for each in whole)


def _beside_pattern(pattern: str) -> Iterator[WrongId]:
    """What a pattern with a little less of its fixed beginning would let in, and the beginning alone."""
    head, _, rest = pattern.partition("*")
    own, sign, behind = head[:-1], head[-1:], example_of(f"*{rest}")
    customer = _FIRST_PART.match(head)
    if customer is not None:
        others = f"{_OTHER_CUSTOMER}{head[customer.end() :]}{behind}"
        yield WrongId(_WRONG, others, "another customer's, of the same form")
    yield WrongId(_WRONG, f"{own}0{sign}{behind}", "a longer name of the fixed part")
    yield WrongId(_WRONG, f"{own[:-1]}{sign}{behind}", "a shorter name of the fixed part")
    yield WrongId(_WRONG, f"0{head}{behind}", "something before the fixed part")
    yield WrongId(_WRONG, f"{head.swapcase()}{behind}", "other letter case of the fixed part")
    yield WrongId(_WRONG, own, "the fixed part alone, cut short")
    yield WrongId(_WRONG, head, "the fixed part alone")
    yield WrongId(_WRONG, f"{head}{behind}0", "one character more")
    yield WrongId(_WRONG, head + _ANY, "the first fixed part without the others")


def _derived(external_id: str) -> list[WrongId]:
    """For IDs that end in numbers: the next number, and the workspace's own ID for a project's."""
    found = _NUMBERED.fullmatch(external_id)
    if found is None:
        return []
    stem, number = found.groups()
    derived = [WrongId(_WRONG, f"{stem}{int(number) + 1:0{len(number)}d}", "the next number")]
    workspaces = stem.removesuffix("_")
    if workspaces != stem and workspaces.rpartition("_")[2].isdigit():
        derived.append(WrongId(_WRONG, workspaces, "the workspace-wide ID"))
    return derived


@dataclass(frozen=True)
class Neighbours:
    """The external IDs that one vendor sends in an estate, each with the address of a role that it opens.

    Where they are many, a role is asked with a sample that stays the same from run to run: those that follow its own
    address on a ring of hashes, so that every ID is somebody's sample.
    """

    ring: tuple[tuple[bytes, str, str], ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Neighbours":
        """Take pairs of an ID and an address."""
        return cls(tuple(sorted((_hash(value), value, address) for value, address in dict(pairs).items())))

    def beside(self, address: str, right: tuple[str, ...], patterns: tuple[str, ...] = ()) -> list[WrongId]:
        """A sample of the IDs that are not the role's own: equal ones are no neighbours, nor are those that fit."""
        start = bisect.bisect_left(self.ring, (_hash(address), "", ""))
        size = len(self.ring)
        around = [self.ring[(start + step) % size] for step in range(min(size, MAX_NEIGHBOURS + len(right)))]
        others = [
            WrongId(_NEIGHBOUR, value, f"the ID of {whose}")
            for _, value, whose in around
            if value not in right and not fits_any(value, patterns)
        ]
        return others[:MAX_NEIGHBOURS]

    def left_out(self, right: tuple[str, ...]) -> int:
        """How many are not in a role's sample."""
        return max(0, len(self.ring) - len(right) - MAX_NEIGHBOURS)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
