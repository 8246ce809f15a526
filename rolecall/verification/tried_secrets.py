"""Which secrets of a grant are tried: inside each of its grants, beside it, and in another region."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from rolecall.model.grant import Grant
from rolecall.model.identifiers import Arn, partition_of
from rolecall.model.regions import KNOWN
from rolecall.model.secret import ARN_SUFFIX_CHARACTERS, MAX_NAME_CHARACTERS, Secret
from rolecall.policy.compile import Home, permission_document
from rolecall.policy.pattern import matches, overlaps
from rolecall.policy.permissions import Atom, atoms
from rolecall.runtime.expectation import SecretToRead

READ, DESCRIBE = "secretsmanager:getsecretvalue", "secretsmanager:describesecret"
# Regions that every account has open come first. https://docs.aws.amazon.com/accounts/latest/reference/
# manage-acct-regions.html, read 2026-11-22.
REGIONS = ("eu-west-1", "us-east-1", "us-west-2", *sorted(KNOWN))


class Place(Enum):
    """Where a secret stands, seen from a grant."""

    INSIDE = auto()
    BESIDE = auto()
    ELSEWHERE = auto()
    """Called as one inside is, in a region that the role was not granted."""


@dataclass(frozen=True)
class Stand:
    """A secret to try: which grant's secret it stands for, its name, its region and its place."""

    secret: Secret
    name: str
    region: str
    place: Place

    @property
    def arn_suffix(self) -> str | None:
        """The end of its ARN, where the grant names that."""
        if self.secret.kind != "arn" or self.place is Place.BESIDE:
            return None
        return self.secret.value[-ARN_SUFFIX_CHARACTERS:]


class Permitted:
    """What a role may do according to the estate, its own statements included, as patterns of resources."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant

    @cached_property
    def _allowed(self) -> list[Atom]:
        home = Home(self.grant.partition, self.grant.account, self.grant.region)
        document = permission_document(self.grant.permissions, home)
        return [atom for atom in atoms([document] if document else []) if atom.effect == "Allow"]

    def may(self, action: str) -> bool:
        """Whether it may do it (lower case) anywhere."""
        return any(matches(atom.action, action) for atom in self._allowed)

    def covers(self, action: str, name: str, region: str, *, conditional: bool) -> bool:
        """Whether it may do it with a secret of that name, whatever its ARN ends in.

        Args:
            conditional: whether what a condition allows counts; nobody knows the tags of a secret that exists.
        """
        arn = Secret("name", name, region=region).resource(self.grant.partition, region, self.grant.account)
        allowed = (atom for atom in self._allowed if conditional or not atom.condition)
        return any(matches(atom.action, action) and _may_be(atom.resource, arn) for atom in allowed)


def _may_be(resource: str, arn: str) -> bool:
    """Whether a resource may be a secret whose ARN ends in characters that nobody knows. The cheap looks come first."""
    if "*" not in resource and len(resource) != len(arn):
        return False
    return matches(resource, arn) or overlaps(resource, arn)


def stands(grant: Grant) -> Iterator[Stand]:
    """All of them, where each can be made if it is not there: inside, beside, and one elsewhere."""
    permitted, all_inside = Permitted(grant), list(inside(grant))
    yield from all_inside
    for stand in all_inside:
        name = _beside(permitted, stand)
        if name is not None:
            yield Stand(stand.secret, name, stand.region, Place.BESIDE)
    yield from elsewhere(permitted, all_inside)


def inside(grant: Grant) -> Iterator[Stand]:
    """One secret that each grant covers."""
    for secret in grant.permissions.secrets:
        yield Stand(secret, _inside(secret), secret.region_in(grant.region), Place.INSIDE)


def elsewhere(permitted: Permitted, all_inside: list[Stand]) -> list[Stand]:
    """The first one, in the first region of the partition where the role may not read it."""
    for stand in all_inside[:1]:
        for region in REGIONS:
            is_near = partition_of(region) == permitted.grant.partition
            if is_near and not permitted.covers(READ, stand.name, region, conditional=True):
                return [Stand(stand.secret, stand.name, region, Place.ELSEWHERE)]
    return []


def to_read(permitted: Permitted, stand: Stand) -> SecretToRead:
    """The secret as something to try to read: by its whole ARN where the grant names that."""
    grant, secret, is_inside = permitted.grant, stand.secret, stand.place is Place.INSIDE
    without_end = f"arn:{grant.partition}:secretsmanager:{stand.region}:{grant.account}:secret:{stand.name}"
    arn = f"{without_end}-{stand.arn_suffix}" if stand.arn_suffix else None
    return SecretToRead(
        secret_id=arn or stand.name,
        resource=arn or f"{without_end}*",
        region=stand.region,
        keys=secret.keys if is_inside else (),
        kms_key=secret.kms_key if is_inside else None,
        needs_json=is_inside and (bool(secret.keys) or grant.json_secrets),
        may_describe=is_inside and permitted.may(DESCRIBE),
    )


def _inside(secret: Secret) -> str:
    if secret.kind == "arn":
        resource = Arn.parse(secret.value).resource
        return resource.removeprefix("secret:")[: -ARN_SUFFIX_CHARACTERS - 1]
    if secret.kind == "tag":
        return f"rolecall/{hashlib.sha256(repr(secret.tags).encode()).hexdigest()[:12]}"
    return secret.value if secret.kind == "name" else f"{secret.value}rolecall-stand-in"


def _beside(permitted: Permitted, stand: Stand) -> str | None:
    """A name close to the granted one that nothing of this role covers; None where it may read everything."""
    far = hashlib.sha256(f"{permitted.grant.role_arn} {stand.name}".encode()).hexdigest()[:12]
    for name in (f"{stand.name.rstrip('/')}-beside", f"rolecall-beside/{far}"):
        if len(name) <= MAX_NAME_CHARACTERS and not permitted.covers(READ, name, stand.region, conditional=False):
            return name
    return None
