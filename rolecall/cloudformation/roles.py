"""The roles of a template: each read in every world that makes a difference to it."""

from collections.abc import Iterator

from rolecall.cloudformation.attached import PolicyResources
from rolecall.cloudformation.budget import Budget, WorkLimitError
from rolecall.cloudformation.functions import evaluation_of
from rolecall.cloudformation.pieces import Piece, assignments_of, pieces_of
from rolecall.cloudformation.role import Origin, Place, RoleVariant, TemplateRole
from rolecall.cloudformation.role_in_world import read_role
from rolecall.cloudformation.serverless import makes_role
from rolecall.cloudformation.template import Template
from rolecall.cloudformation.variants import merged
from rolecall.cloudformation.world import (
    MAX_WORLDS,
    Assignment,
    Exploration,
    ImpossibleWorldError,
    Outcome,
    World,
    explore,
)
from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import four_parts

# A role takes some hundred steps, and a million steps a second or two.
ROLE_STEPS = 300_000
FILE_STEPS = 1_000_000
# What it takes to ask for a world at all, however small the piece of a role.
WORLD_STEPS = 50


class RoleReader:
    """Reads the roles of one template, with one budget for all worlds of all of them."""

    def __init__(
        self, file: str, template: Template, policies: PolicyResources, within: str = "", left: int = FILE_STEPS
    ) -> None:
        self._file, self._template, self._policies = file, template, policies
        self._within = within
        self.left = left
        """The work that is left for this file; below nothing, only the first world of each role is read."""
        self.findings: list[Finding] = []
        """Roles that could not be read, because they ask for too much work."""

    def roles(self) -> Iterator[TemplateRole]:
        """Those that exist in some world."""
        for logical_id, part in self._template.resources.items():
            kind = part.entries()["Type"].text() if "Type" in part.entries() else None
            if kind == "AWS::IAM::Role" or (kind == "AWS::Serverless::Function" and makes_role(part)):
                role = self._role(Place(self._file, logical_id, part, self._within))
                if role:
                    yield role

    def _role(self, place: Place) -> TemplateRole | None:
        reserve = max(0, self.left // 2)

        def read(world: World) -> RoleVariant | None:
            if self.left < reserve and world.assigned:
                return None
            return self._variant(place, world)

        found = explore(read, MAX_WORLDS if self.left > 0 else 1)
        is_complete = found.is_complete and self.left > reserve
        if not is_complete and self.left > 0:
            found = self._piece_by_piece(place, found)
            is_complete = found.is_complete and self.left > 0
        if found.outcomes:
            return TemplateRole(place.shown_id, merged(found), place, is_complete=is_complete)
        variant = self._variant(place, World({}, is_lenient=True))
        return TemplateRole(place.shown_id, (variant,), place) if variant else None

    def _piece_by_piece(self, place: Place, found: Exploration[RoleVariant]) -> Exploration[RoleVariant]:
        """What was found, and every outcome of each piece of the role in a world of its own."""

        def read(piece: Piece, world: World) -> RoleVariant | None:
            self.left -= WORLD_STEPS
            return self._variant(piece.place, world, piece.policies) if self.left > 0 else None

        pieces = list(pieces_of(place, self._policies))
        assignments, is_complete = assignments_of(pieces, read, MAX_WORLDS)
        read_too = (self._outcome(place, assignment) for assignment in assignments if self.left > 0)
        return Exploration((*found.outcomes, *filter(None, read_too)), is_complete)

    def _outcome(self, place: Place, assignment: Assignment) -> Outcome[RoleVariant] | None:
        """The role under these answers; with what they leave open, CloudFormation may refuse its defaults."""
        for is_lenient in (False, True):
            world = World(assignment, is_lenient=is_lenient)
            try:
                variant = self._variant(place, world)
            except ImpossibleWorldError:
                continue
            return Outcome({name: world.assigned[name] for name in world.asked}, variant) if variant else None
        return None

    def _variant(self, place: Place, world: World, policies: PolicyResources | None = None) -> RoleVariant | None:
        # The first world of each role is read even when the work for others is used up, up to as much again.
        steps = max(0, min(ROLE_STEPS, FILE_STEPS + self.left))
        budget = Budget(steps)
        try:
            return read_role(evaluation_of(self._template, world, budget), place, policies or self._policies)
        except (WorkLimitError, RecursionError):
            origin = Origin(place, base=("Properties", "AssumeRolePolicyDocument"))
            self.findings.append(_too_much(place.location(())))
            return RoleVariant("", {}, origin.written(), (), (), None, None, None, None, origin)
        finally:
            self.left -= steps - budget.left


def _too_much(location: Location) -> Finding:
    allowed = "what a real template asks for"
    message = four_parts(
        "role cannot be read", "too many or too long values", allowed, "write it with fewer functions and conditions"
    )
    return Finding("RC001", Severity.ERROR, location, message)
