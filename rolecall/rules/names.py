"""RC301, RC309: names that meet, and stacks that are full."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator

from rolecall.model import naming
from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Estate, Grant
from rolecall.model.invalid import four_parts

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, read 2026-11-22.
OUTPUTS_PER_STACK = 200


def colliding_role_names(estate: Estate) -> Iterator[Finding]:
    """RC301: role names are unique in an account, letter case aside."""
    yield from _meeting(estate, "role name", lambda g: (g.account, g.role_name.lower()), lambda g: g.role_name)


def colliding_output_keys(estate: Estate) -> Iterator[Finding]:
    """RC301: output keys are unique in a stack; letter case does not tell them apart here."""

    def key(grant: Grant) -> Hashable:
        return grant.stack, grant.account, grant.region, naming.output_key(grant.project).lower()

    yield from _meeting(estate, "output key", key, lambda g: naming.output_key(g.project))


def full_stacks(estate: Estate) -> Iterator[Finding]:
    """RC309: CloudFormation takes 200 outputs a stack, and each role has one."""
    counts = Counter((grant.stack, grant.account, grant.region) for grant in estate.grants)
    for grant in estate.grants:
        count = counts.pop((grant.stack, grant.account, grant.region), 0)
        if count > OUTPUTS_PER_STACK:
            message = four_parts(
                f"roles of workspace {grant.workspace} in account {grant.account}",
                str(count),
                f"{OUTPUTS_PER_STACK} in one account and region",
                "split the workspace",
            )
            yield Finding("RC309", Severity.ERROR, grant.location, message)


def _meeting(
    estate: Estate, what: str, key: Callable[[Grant], Hashable], shown: Callable[[Grant], str]
) -> Iterator[Finding]:
    first: dict[Hashable, Grant] = {}
    for grant in estate.grants:
        other = first.setdefault(key(grant), grant)
        if other is not grant:
            message = four_parts(
                f"{what} is also that of {other.address} ({other.location})",
                shown(grant),
                "one role each",
                "rename one project",
            )
            yield Finding("RC301", Severity.ERROR, grant.location, message)
