"""The roles of a template: each read in every world that makes a difference to it."""

from collections.abc import Iterator

from rolecall.cloudformation.attached import PolicyResources
from rolecall.cloudformation.budget import Budget, WorkLimitError
from rolecall.cloudformation.functions import evaluation_of
from rolecall.cloudformation.role import Origin, Place, RoleVariant, TemplateRole
from rolecall.cloudformation.role_in_world import read_role
from rolecall.cloudformation.serverless import makes_role
from rolecall.cloudformation.template import Template
from rolecall.cloudformation.variants import merged
from rolecall.cloudformation.world import MAX_WORLDS, World, explore
from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import four_parts

# A role takes some hundred steps, and a million steps a second or two.
ROLE_STEPS = 300_000
FILE_STEPS = 1_000_000


class RoleReader:
    """Reads the roles of one template, with one budget for all worlds of all of them."""

    def __init__(self, file: str, template: Template, policies: PolicyResources) -> None:
        self._file, self._template, self._policies = file, template, policies
        self._left = FILE_STEPS
        self.findings: list[Finding] = []
        """Roles that could not be read, because they ask for too much work."""

    def roles(self) -> Iterator[TemplateRole]:
        """Those that exist in some world."""
        for logical_id, part in self._template.resources.items():
            kind = part.entries()["Type"].text() if "Type" in part.entries() else None
            if kind == "AWS::IAM::Role" or (kind == "AWS::Serverless::Function" and makes_role(part)):
                role = self._role(Place(self._file, logical_id, part))
                if role:
                    yield role

    def _role(self, place: Place) -> TemplateRole | None:
        def read(world: World) -> RoleVariant | None:
            if self._left < 0 and world.assigned:
                return None
            return self._variant(place, world)

        found = explore(read, MAX_WORLDS if self._left > 0 else 1)
        if found.outcomes:
            is_complete = found.is_complete and self._left > 0
            return TemplateRole(place.logical_id, merged(found), place, is_complete=is_complete)
        variant = self._variant(place, World({}, is_lenient=True))
        return TemplateRole(place.logical_id, (variant,), place) if variant else None

    def _variant(self, place: Place, world: World) -> RoleVariant | None:
        # The first world of each role is read even when the work for others is used up, up to as much again.
        steps = max(0, min(ROLE_STEPS, FILE_STEPS + self._left))
        budget = Budget(steps)
        try:
            return read_role(evaluation_of(self._template, world, budget), place, self._policies)
        except (WorkLimitError, RecursionError):
            origin = Origin(place, base=("Properties", "AssumeRolePolicyDocument"))
            self.findings.append(_too_much(place.location(())))
            return RoleVariant("", {}, origin.written(), (), (), None, None, None, None, origin)
        finally:
            self._left -= steps - budget.left


def _too_much(location: Location) -> Finding:
    allowed = "what a real template asks for"
    message = four_parts(
        "role cannot be read", "too many or too long values", allowed, "write it with fewer functions and conditions"
    )
    return Finding("RC001", Severity.ERROR, location, message)
