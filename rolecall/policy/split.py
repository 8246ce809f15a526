"""A permission policy that is too large for one managed policy, in parts that stay put when secrets are added.

Each resource has its place by a hash, as in extendible hashing: a part that grows too large is halved by the next bit,
and no other part notices. The half with a 0 keeps the part's name. So a new secret changes one part, or makes one.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from rolecall.model.services import S3Access
from rolecall.policy.document import Document, Statement, as_list, document
from rolecall.policy.kms import CONTEXT_KEY_PREFIX, CONTEXT_OPERATOR
from rolecall.policy.size import MANAGED_POLICY_MAX_CHARACTERS, characters

_RESOURCE = "Resource"
_BITS = 256


@dataclass(frozen=True)
class _Piece:
    """The smallest part of a statement that is never divided: by what it lists, one of each list; or the whole.

    Where a statement lists both resources and values of a condition, the two are divided by turns: a part has then
    all pairs of some resources and some values, as one statement can say them.
    """

    index: int
    listed: tuple[str, ...]

    def bit(self, depth: int, statement: Statement) -> int:
        turns = len(self.listed) or 1
        named = json.dumps(statement, sort_keys=True)
        if self.listed:
            named = f"{statement.get('Sid')} {self.listed[depth % turns]}"
        digest, place = hashlib.sha256(named.encode()).digest(), depth // turns
        return digest[place // 8] >> (7 - place % 8) & 1


def policies(statements: Sequence[Statement], whole: Sequence[Statement] = ()) -> dict[str, Document]:
    """Documents that say together what the statements say, by the name of their part; the first one's is empty.

    Args:
        statements: those that may be divided by their resources.
        whole: those that may not.

    A statement that is too large by itself makes a part that is: that is for the caller to measure.
    """
    everything = [*statements, *whole]
    if characters(together := document(*everything)) <= MANAGED_POLICY_MAX_CHARACTERS:
        return {"": together}
    pieces = [piece for i, s in enumerate(statements) for piece in _pieces(i, s)]
    pieces += [_Piece(len(statements) + i, ()) for i in range(len(whole))]
    return dict(_halved(everything, pieces, ""))


def _halved(everything: Sequence[Statement], pieces: list[_Piece], bits: str) -> Iterator[tuple[str, Document]]:
    made = document(*_rebuilt(everything, pieces))
    if len(pieces) <= 1 or len(bits) == _BITS or characters(made) <= MANAGED_POLICY_MAX_CHARACTERS:
        yield bits.rstrip("0"), made
        return
    for bit in (0, 1):
        half = [piece for piece in pieces if piece.bit(len(bits), everything[piece.index]) == bit]
        if half:
            yield from _halved(everything, half, f"{bits}{bit}")


def _pieces(index: int, statement: Statement) -> Iterator[_Piece]:
    lists = _lists(statement).values()
    yield from (_Piece(index, each) for each in product(*lists))


def _lists(statement: Statement) -> dict[str, list[str]]:
    """What a statement may be divided by: its resources, or what its condition lists, or by turns both.

    A list of a bucket has always both, so that a second bucket or prefix does not move what was there.
    """
    resources, key = as_list(statement[_RESOURCE]), _listing_key(statement)
    found = {_RESOURCE: resources} if len(resources) > 1 or key == S3Access.prefix_key else {}
    if key is not None and (not found or key == S3Access.prefix_key):
        found[key] = as_list(statement["Condition"][CONTEXT_OPERATOR][key])
    return found


def _listing_key(statement: Statement) -> str | None:
    """The condition key that lists what a key of KMS is used for, or what may be listed of a bucket; mostly None.

    Any one of its values is enough, so that two statements with a half of them each allow the same.
    """
    keys = statement.get("Condition", {}).get(CONTEXT_OPERATOR, {})
    return next((key for key in keys if key == S3Access.prefix_key or key.startswith(CONTEXT_KEY_PREFIX)), None)


def _rebuilt(everything: Sequence[Statement], pieces: list[_Piece]) -> Iterator[Statement]:
    for index in sorted({piece.index for piece in pieces}):
        statement, kept = everything[index], [piece.listed for piece in pieces if piece.index == index]
        for turn, name in enumerate(_lists(statement) if kept != [()] else ()):
            statement = _narrowed(statement, name, list(dict.fromkeys(listed[turn] for listed in kept)))
        yield statement


def _narrowed(statement: Statement, name: str, kept: list[str]) -> Mapping[str, Any]:
    if name == _RESOURCE:
        return {**statement, _RESOURCE: kept}
    condition = statement["Condition"]
    listed = {**condition[CONTEXT_OPERATOR], name: kept}
    return {**statement, "Condition": {**condition, CONTEXT_OPERATOR: listed}}
