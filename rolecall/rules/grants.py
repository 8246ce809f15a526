"""The secrets that roles are granted, arranged so that those which meet lie side by side.

A secret's ARN is its name, a hyphen and six letters or digits. So a prefix reaches exactly the secrets whose name and
hyphen begin with it, and a name reaches itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rolecall.model.finding import Location
from rolecall.model.secret import ARN_SUFFIX_CHARACTERS, Secret
from rolecall.rules.role import Role

# Where equal names mean the same secret: partition, region and account.
Place = tuple[str, str, str]


@dataclass(frozen=True)
class Use:
    """One entry under `secrets` of one role."""

    role: Role
    secret: Secret

    @property
    def location(self) -> Location:
        """Where it is written."""
        return self.secret.location or self.role.grant.location

    @property
    def spoken(self) -> str:
        """The role and the place, as a message names them."""
        return f"{self.role.grant.address} ({self.location})"

    @property
    def place(self) -> Place:
        """Where the secret is."""
        grant = self.role.grant
        return grant.partition, self.secret.region_in(grant.region), grant.account

    @property
    def key(self) -> str:
        """What the secret's ARN begins with behind `secret:`: a name with its hyphen, or a prefix; tags as text."""
        secret = self.secret
        if secret.kind == "arn":
            return secret.value.split(":", 6)[6][:-ARN_SUFFIX_CHARACTERS]
        if secret.kind == "tag":
            return ", ".join(f"{key}={value}" for key, value in secret.tags)
        return f"{secret.value}-" if secret.kind == "name" else secret.value


def uses(roles: list[Role], kinds: Collection[str]) -> Iterator[Use]:
    """All entries of some kinds: name, prefix, arn, tag."""
    for role in roles:
        for secret in role.grant.permissions.secrets:
            if secret.kind in kinds:
                yield Use(role, secret)


def by_key(roles: list[Role], kinds: Collection[str]) -> dict[Place, dict[str, list[Use]]]:
    """The entries of some kinds by place and by what their ARNs begin with."""
    found: dict[Place, dict[str, list[Use]]] = defaultdict(lambda: defaultdict(list))
    for use in uses(roles, kinds):
        found[use.place][use.key].append(use)
    return found
