"""A role cut into pieces that are explored one by one, where its outcomes are too many to be combined."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rolecall.cloudformation.attached import PolicyResources
from rolecall.cloudformation.part import Part, function_of, mapping, sequence
from rolecall.cloudformation.role import Place, RoleVariant
from rolecall.cloudformation.role_in_world import TRUST
from rolecall.cloudformation.world import Assignment, Outcome, World, explore
from rolecall.policy.analyse import opens_to_others
from rolecall.policy.document import statements
from rolecall.policy.reading import Reading

_LISTS = ("Policies", "ManagedPolicyArns")
_FOREIGN = Reading(foreign=True)


@dataclass(frozen=True)
class Piece:
    """The role with one statement of its trust, with one policy, or with one other property."""

    place: Place
    policies: PolicyResources
    """The policies beside the role; of these at most one names it."""
    is_trust: bool


def pieces_of(place: Place, policies: PolicyResources) -> Iterator[Piece]:
    """The pieces of a role, the trust first; what no function stands in has no outcomes and is none."""
    entries = place.part.entries()
    properties = entries["Properties"].entries() if "Properties" in entries else {}
    alone = policies.naming_only(None, place.logical_id)
    if TRUST in properties:
        for part in _trusts(properties[TRUST]):
            if not part.is_constant:
                yield Piece(_cut(place, {TRUST: part}), alone, True)
    for name, part in properties.items():
        if name != TRUST and not part.is_constant:
            items = part.items() if name in _LISTS else []
            for each in [sequence([item], part.line, part.column) for item in items] or [part]:
                if not each.is_constant:
                    yield Piece(_cut(place, {name: each}), alone, False)
    named = {"RoleName": properties["RoleName"]} if "RoleName" in properties else {}
    for policy in policies.candidates(place.logical_id):
        yield Piece(_cut(place, named), policies.naming_only(policy, place.logical_id), False)


def _trusts(trust: Part) -> Iterator[Part]:
    """The trust, or where its statements are written as a list one trust for each of them."""
    listed = trust.entries().get("Statement") if function_of(trust) is None else None
    if listed is None or not listed.items():
        yield trust
        return
    for item in listed.items():
        yield mapping({"Statement": sequence([item], listed.line, listed.column)}, trust.line, trust.column)


def _cut(place: Place, properties: dict[str, Part]) -> Place:
    kept = {key: part for key, part in place.part.entries().items() if key in ("Type", "Condition")}
    cut = mapping(kept | {"Properties": mapping(properties, 1, 1)}, place.part.line, place.part.column)
    return Place(place.file, place.logical_id, cut, place.within)


def assignments_of(
    pieces: list[Piece], read: Callable[[Piece, World], RoleVariant | None], max_worlds: int
) -> tuple[list[Assignment], bool]:
    """The answers that show every outcome of each piece, and whether these are all.

    What a policy allows matters where the trust lets others in: its answers come with those that open the trust.
    """
    trusts: list[tuple[Outcome[RoleVariant], ...]] = []
    found: list[Assignment] = []
    is_complete = True
    for piece in pieces:
        explored = explore(lambda world, piece=piece: read(piece, world), max_worlds)  # type: ignore[misc]
        is_complete &= explored.is_complete
        answers = [outcome.answers for outcome in explored.outcomes]
        if piece.is_trust:
            trusts.append(tuple(sorted(explored.outcomes, key=_openness, reverse=True)))
            found += answers
        else:
            found += (_opened(each, trusts) for each in answers)
    return found, is_complete


def _openness(outcome: Outcome[RoleVariant]) -> int:
    return sum(opens_to_others(each, _FOREIGN) for each in statements(outcome.result.trust or {}))


def _opened(answers: Assignment, trusts: list[tuple[Outcome[RoleVariant], ...]]) -> Assignment:
    """The answers, with those that open each statement of the trust as far as they do not contradict."""
    for outcomes in trusts:
        fitting = (each.answers for each in outcomes if all(answers.get(k, v) == v for k, v in each.answers.items()))
        answers = next(fitting, {}) | answers
    return answers
