"""RC309, RC311, RC312 and RC314: what a stack and an account have room for."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.headroom import Headroom
from rolecall.model.invalid import four_parts
from rolecall.policy import size
from rolecall.rules.role import Role

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, read 2026-11-22.
OUTPUTS_PER_STACK = 200
RESOURCES_PER_STACK = 500
TEMPLATE_MAX_BYTES = 1_000_000
# What a role takes in a synthesised template beside its documents: about 1,300 bytes with its policy, output and tags.
_BYTES_BESIDE_DOCUMENTS = 1500


def headroom(roles: list[Role]) -> list[Headroom]:
    """The room left in each account of the estate, by account id."""
    counts, policies = Counter(role.grant.account for role in roles), Counter[str]()
    for role in roles:
        policies[role.grant.account] += len(role.policy_sizes)
    return [
        Headroom(account, count, policies[account], _room(count, policies[account]))
        for account, count in sorted(counts.items())
    ]


def _room(roles: int, policies: int) -> int:
    return max(0, min(size.ROLES_PER_ACCOUNT - roles, size.POLICIES_PER_ACCOUNT - policies))


def full_accounts(roles: list[Role]) -> Iterator[Finding]:
    """RC311, RC312: more than an account takes: a warning over the default quota, an error over the highest."""
    first = {role.grant.account: role for role in reversed(roles)}
    for found in headroom(roles):
        for rule, what, count, default, most in (
            ("RC311", "roles", found.roles, size.ROLES_PER_ACCOUNT, size.RAISED_ROLES_PER_ACCOUNT),
            ("RC312", "managed policies", found.policies, size.POLICIES_PER_ACCOUNT, size.RAISED_POLICIES_PER_ACCOUNT),
        ):
            if count > default:
                severity = Severity.ERROR if count > most else Severity.WARNING
                message = four_parts(
                    f"{what} in account {found.account}",
                    str(count),
                    f"{default} by default, {most} at most",
                    "have the quota raised, or use a second account",
                )
                yield first[found.account].finding(rule, severity, message)


def full_stacks(roles: list[Role]) -> Iterator[Finding]:
    """RC309, RC314: what CloudFormation takes in one stack. Each role has one output and one or more policies."""
    stacks: dict[tuple[str, str, str], list[Role]] = defaultdict(list)
    for role in roles:
        stacks[role.grant.stack, role.grant.account, role.grant.region].append(role)
    for together in stacks.values():
        yield from _full(together)


def _full(together: list[Role]) -> Iterator[Finding]:
    first = together[0].grant
    whose = f"of workspace {first.workspace} in account {first.account}"
    resources = sum(1 + len(role.policy_sizes) for role in together)
    for what, count, limit in (
        ("roles", len(together), OUTPUTS_PER_STACK),
        ("roles and policies", resources, RESOURCES_PER_STACK),
    ):
        if count > limit:
            message = four_parts(
                f"{what} {whose}", str(count), f"{limit} in one account and region", "split the workspace"
            )
            yield together[0].finding("RC309", Severity.ERROR, message)
    # Measured only where the roles could fill a template by the sizes that they have at most.
    beside = _BYTES_BESIDE_DOCUMENTS * len(together)
    if beside + sum(role.trust_size + sum(role.policy_sizes.values()) for role in together) > TEMPLATE_MAX_BYTES:
        measured = beside + sum(role.measured() for role in together)
        if measured > TEMPLATE_MAX_BYTES:
            allowed = f"{TEMPLATE_MAX_BYTES} bytes in one template"
            message = four_parts(f"template {whose}", f"about {measured} bytes", allowed, "split the workspace")
            yield together[0].finding("RC314", Severity.ERROR, message)
