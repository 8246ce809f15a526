"""RC301: names that meet."""

from collections.abc import Callable, Hashable, Iterable, Iterator

from rolecall.model import naming
from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.rules.role import Role


def colliding_role_names(roles: list[Role]) -> Iterator[Finding]:
    """RC301: role names are unique in an account, letter case aside."""
    yield from _meeting(roles, "role name", lambda role: [role.grant.role_name], _account)


def colliding_policy_names(roles: list[Role]) -> Iterator[Finding]:
    """RC301: so are the names of managed policies; the parts of a large one have names of their own."""

    if any(len(role.policy_sizes) > 1 for role in roles):
        yield from _meeting(roles, "policy name", _policy_names, _account)


def colliding_output_keys(roles: list[Role]) -> Iterator[Finding]:
    """RC301: output keys are unique in a stack; letter case does not tell them apart here."""
    yield from _meeting(roles, "output key", lambda role: [naming.output_key(role.grant.project)], _stack)


def _policy_names(role: Role) -> Iterable[str]:
    return [naming.policy_name(role.grant.role_name, part) for part in role.policy_sizes]


def _account(role: Role) -> Hashable:
    return role.grant.account


def _stack(role: Role) -> Hashable:
    return role.grant.stack, role.grant.account, role.grant.region


def _meeting(
    roles: list[Role], what: str, names: Callable[[Role], Iterable[str]], place: Callable[[Role], Hashable]
) -> Iterator[Finding]:
    first: dict[Hashable, Role] = {}
    for role in roles:
        for name in names(role):
            other = first.setdefault((place(role), name.lower()), role)
            if other is not role:
                message = four_parts(
                    f"{what} is also that of {other.spoken}", name, "one role each", "rename one project"
                )
                yield role.finding("RC301", Severity.ERROR, message)
