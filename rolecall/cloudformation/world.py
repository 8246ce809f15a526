"""Worlds: every assignment of values to parameters that makes a difference to what is read.

Nobody says beforehand which parameters matter. A reading asks for a value where it has to decide something; the first
option is taken, and each other option is another world, to be read after this one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

MAX_WORLDS = 256

Assignment = dict[str, str]
Options = tuple[str, ...]
T = TypeVar("T")


class ImpossibleWorldError(Exception):
    """CloudFormation would refuse these values, such as a key that a mapping does not have."""


class World:
    """One assignment, completed as it is asked for."""

    def __init__(self, assigned: Assignment, *, is_lenient: bool = False) -> None:
        self.assigned = dict(assigned)
        self.is_lenient = is_lenient
        """Whether what CloudFormation would refuse is read as unknown."""
        self.asked: dict[str, Options] = {}
        """The questions that were asked and have several answers, in their order."""
        self.questions = 0
        self.is_contradictory = False
        """Whether a value was inserted before it was decided on, so that it may be another one."""
        self._inserted: set[str] = set()

    def choose(self, name: str, options: Options) -> str:
        """The value on which something depends; asked again, the longer list of options counts."""
        self.questions += 1
        if name not in self.assigned:
            self.assigned[name] = options[0]
            self.is_contradictory |= name in self._inserted
        if len(options) > 1:
            self.asked[name] = max(options, self.asked.get(name, ()), key=len)
        return self.assigned[name]

    def inserted(self, name: str) -> str | None:
        """The value that is only put into a text; None where nothing has depended on it so far."""
        self._inserted.add(name)
        return self.assigned.get(name)


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What was read in one world, and the answers that led there."""

    answers: Assignment
    result: T


@dataclass(frozen=True)
class Exploration(Generic[T]):
    """All that was read."""

    outcomes: tuple[Outcome[T], ...]
    is_complete: bool
    """Whether every world was read; otherwise those that differ from the first in one answer, and many others."""


def explore(read: Callable[[World], T | None], max_worlds: int = MAX_WORLDS) -> Exploration[T]:
    """Read every world; where there are too many, at least each answer once and the world where all is unknown."""
    asked: dict[str, Options] = {}
    seeds: list[Assignment] = [{}]
    outcomes: list[Outcome[T]] = []
    for _ in range(max_worlds):
        if not seeds:
            return Exploration(tuple(outcomes), True)
        seed = seeds.pop()
        world = _read_into(outcomes, read, seed)
        asked |= world.asked
        seeds += _other_worlds(world, seed)
    if not seeds:
        return Exploration(tuple(outcomes), True)
    for seed in islice(_one_by_one(asked), max_worlds):
        _read_into(outcomes, read, seed)
    return Exploration(tuple(outcomes), False)


def _read_into(outcomes: list[Outcome[T]], read: Callable[[World], T | None], seed: Assignment) -> World:
    world = World(seed)
    try:
        result = read(world)
        while world.is_contradictory:
            world = World(world.assigned)
            result = read(world)
    except ImpossibleWorldError:
        return world
    if result is not None:
        outcomes.append(Outcome({name: world.assigned[name] for name in world.asked}, result))
    return world


def _other_worlds(world: World, seed: Assignment) -> Iterator[Assignment]:
    """The worlds that part from this one at a question that its seed had not answered; the nearest one last."""
    before = dict(seed)
    for name, options in world.asked.items():
        if name not in seed:
            yield from (before | {name: option} for option in reversed(options) if option != world.assigned[name])
            before[name] = world.assigned[name]


def _one_by_one(asked: dict[str, Options]) -> Iterator[Assignment]:
    yield {name: options[-1] for name, options in asked.items()}
    for name, options in asked.items():
        yield from ({name: option} for option in options[1:])
