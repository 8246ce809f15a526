"""RC212 and RC213: actions that IAM does not know, and resources on which an action grants nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import READ_ACTIONS, WRITE_ACTIONS
from rolecall.model.invalid import four_parts
from rolecall.policy import actions, size
from rolecall.policy.compile import Reasoned
from rolecall.policy.document import Statement, as_list
from rolecall.rules.role import Role

# Looking for what was meant takes long; nobody means hundreds of things.
_SUGGESTED = 20
_OUR_OWN = frozenset(READ_ACTIONS + WRITE_ACTIONS)


@dataclass(frozen=True)
class Idle:
    """A part of a statement that grants nothing."""

    rule: str
    what: str
    value: str
    allowed: str
    change: str

    @property
    def message(self) -> str:
        """The four parts."""
        return four_parts(self.what, self.value, self.allowed, self.change)


def idle_parts(statement: Statement) -> Iterator[Idle]:
    """Actions that do not exist, actions that take none of the statement's resources, resources that none takes."""
    if _is_too_large(statement):
        return
    named = list(dict.fromkeys(str(action) for action in as_list(statement.get("Action"))))
    resources = list(dict.fromkeys(str(each) for each in as_list(statement.get("Resource"))))
    yield from unknown_actions(named)
    known = [action for action in named if actions.exists(action)]
    for action in known:
        if resources and all(actions.takes(action, each) is False for each in resources):
            only = "Resource * alone" if actions.takes_only_everything(action) else "other kinds of resources"
            what = "action does not take any resource of its statement, so it grants nothing"
            yield Idle("RC213", what, action, only, "name what it takes in a statement of its own")
    for each in resources if len(resources) > 1 else ():
        if known and all(actions.takes(action, each) is False for action in known):
            what = "resource is taken by no action of its statement, so it grants nothing"
            yield Idle("RC213", what, each, "resources of these actions", "correct it or take it out")


def _is_too_large(statement: Statement) -> bool:
    """Whether no policy takes it, which RC308 says; each action would have to be asked about each resource."""
    most = size.INLINE_POLICIES_MAX_CHARACTERS
    return size.at_most([statement]) > most and size.characters(dict(statement)) > most


def unknown_actions(named: Iterable[str]) -> Iterator[Idle]:
    """Those of some actions that IAM does not know; what the deployment fills in may be known."""
    unknown = (action for action in named if "«" not in action and not actions.exists(action))
    for count, action in enumerate(unknown):
        near = actions.nearest(action) if count < _SUGGESTED else None
        change = f"did you mean {near}?" if near else "correct it"
        yield Idle(
            "RC212", "action is not known to IAM", action, "actions of the service authorization reference", change
        )


def unknown(roles: list[Role]) -> Iterator[Finding]:
    """RC212, RC213 for the statements that an estate writes itself, and for the actions of its own vendors."""
    asked: set[frozenset[str]] = set()
    for role in roles:
        for reasoned in _not_ours(role):
            for idle in idle_parts(reasoned.statement):
                message = f"{role.grant.address}: {idle.message}"
                yield role.finding(idle.rule, Severity.WARNING, message, at=reasoned.location)
        vendors = frozenset(role.grant.permissions.read_actions + role.grant.permissions.write_actions) - _OUR_OWN
        if vendors and vendors not in asked:
            asked.add(vendors)
            for idle in unknown_actions(sorted(vendors)):
                message = f"actions of vendor {role.grant.vendor}: {idle.message}"
                yield role.finding(idle.rule, Severity.WARNING, message)


def _not_ours(role: Role) -> Iterator[Reasoned]:
    """The statements with actions that somebody else wrote: the estate itself, or a vendor's entry on a service."""
    permissions = role.grant.permissions
    by_vendors = any(each.documented.actions or each.documented.account_wide for each in permissions.services)
    for reasoned in role.statements if permissions.statements or by_vendors else ():
        if reasoned.is_the_estates or reasoned.service:
            yield reasoned
