"""ARNs of secrets that a grant covers, that stand beside it, and that are its neighbours'. None of them need exist."""

import bisect
from collections.abc import Iterable, Iterator

from rolecall.model.grant import Grant
from rolecall.model.secret import Secret

# What Secrets Manager appends to a name; any six letters do.
SUFFIX = "-AbCdEf"
NAME = "rolecall-simulated"
# Neighbours are looked at from the nearest on, as many as this to each side, until there are MAX_SECRETS.
_AS_FAR_AS = 25


class Neighbourhood:
    """One secret for each name, prefix and ARN that an estate grants, in the order of the alphabet, by account."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        found: dict[str, set[str]] = {}
        for grant in grants:
            named = [secret for secret in grant.permissions.secrets if secret.kind != "tag"]
            found.setdefault(grant.account, set()).update(inside(grant, secret) for secret in named)
        self._sorted = {account: sorted(arns) for account, arns in found.items()}

    def near(self, account: str, arn: str) -> Iterator[str]:
        """The account's secrets that an ARN stands among, the nearest first: they share the most of its beginning."""
        arns = self._sorted.get(account, [])
        at = bisect.bisect_left(arns, arn)
        for distance in range(_AS_FAR_AS):
            yield from arns[at + distance : at + distance + 1]
            yield from arns[at - distance - 1 : at - distance] if at > distance else []


def inside(grant: Grant, secret: Secret) -> str:
    """The ARN of one secret that the grant covers; it need not exist."""
    if secret.kind == "arn":
        return secret.value
    name = {"name": secret.value, "prefix": f"{secret.value}{NAME}", "tag": NAME}[secret.kind]
    return arn_of(grant, secret.region_in(grant.region), name)


def next_to(grant: Grant, secret: Secret) -> str:
    """The ARN of a secret whose name goes on where the granted one ends, or stops short of a prefix."""
    if secret.kind == "prefix":
        return arn_of(grant, secret.region_in(grant.region), f"{secret.value[:-1]}beside")
    return f"{inside(grant, secret)[: -len(SUFFIX)]}-beside{SUFFIX}"


def arn_of(grant: Grant, region: str, name: str) -> str:
    """The ARN of a secret of the role's account by its name."""
    return f"arn:{grant.partition}:secretsmanager:{region}:{grant.account}:secret:{name}{SUFFIX}"
