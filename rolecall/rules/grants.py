"""The secrets that roles are granted, arranged so that those which meet lie side by side.

A secret's ARN is its name, a hyphen and six letters or digits. So a prefix reaches exactly the secrets whose name and
hyphen begin with it, and a name reaches itself.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.model.finding import Location
from rolecall.model.secret import ARN_SUFFIX_CHARACTERS, Secret
from rolecall.rules.role import Role

# Where equal names mean the same secret: partition, region and account.
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
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
    def shared(self) -> bool:
        """Whether the entry says that others use it too."""
        return self.secret.shared

    @property
    def value(self) -> str:
        """What the entry names."""
        return self.secret.value or self.key

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


class Granted:
    """All entries of all roles by place and by what their ARNs begin with, arranged once for every rule that asks.

    A name and the ARN of the same name are the same secret; a prefix and a name are not, even if their text is.
    """

    def __init__(self, roles: list[Role]) -> None:
        self.names: Arranged = defaultdict(lambda: defaultdict(list))
        self.prefixes: Arranged = defaultdict(lambda: defaultdict(list))
        self.tags: Arranged = defaultdict(lambda: defaultdict(list))
        by_kind = {"name": self.names, "arn": self.names, "prefix": self.prefixes, "tag": self.tags}
        for role in roles:
            for secret in role.grant.permissions.secrets:
                use = Use(role, secret)
                # The text of tags is for people: `a=b, c=d` may be two tags, or the one tag `a` with a longer value.
                key = repr(sorted(secret.tags)) if secret.kind == "tag" else use.key
                by_kind[secret.kind][use.place][key].append(use)

    def together(self) -> Iterator[list[Use]]:
        """Entries that mean the same secrets, where there are several."""
        for arranged in (self.names, self.prefixes, self.tags):
            for found in arranged.values():
                yield from (users for users in found.values() if len(users) > 1)


Arranged = dict[Place, dict[str, list[Use]]]
