"""Secrets that exist on AWS: those that an estate names, for the role that was granted them and for its neighbours."""

import bisect
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from rolecall.model.grant import Grant
from rolecall.runtime.expectation import SecretToRead
from rolecall.verification.tried_secrets import READ, Permitted, Place, Stand, inside, to_read

# Of a role's neighbours at most so many secrets are looked at: a role that may read them all shall not take long.
_LOOKED_AT = 50
_NAMED = ("name", "arn")
_Where = tuple[str, str]
"""Account and region."""


def named(grant: Grant) -> list[Stand]:
    """The secrets that the role was granted by name or ARN."""
    return [stand for stand in inside(grant) if stand.secret.kind in _NAMED]


def unnamed(grant: Grant) -> tuple[str, ...]:
    """The other grants in words: which secrets there are under a prefix or a tag, no vendor can ask."""
    others = (stand for stand in inside(grant) if stand.secret.kind not in _NAMED)
    return tuple(f"a secret {_under(stand)} in {stand.region}" for stand in others)


def _under(stand: Stand) -> str:
    secret = stand.secret
    if secret.kind == "prefix":
        return f"below {secret.value}"
    return f"tagged {', '.join(f'{key}={value}' for key, value in secret.tags)}"


@dataclass(frozen=True)
class NamedSecrets:
    """All named secrets of an estate by account and region, on a ring of hashes.

    A role is asked with those that follow its own address there: a sample that stays the same from run to run.
    """

    rings: Mapping[_Where, tuple[tuple[bytes, str, SecretToRead], ...]]

    @classmethod
    def of(cls, grants: Iterable[Grant]) -> "NamedSecrets":
        """Take the whole estate."""
        rings: dict[_Where, dict[str, tuple[bytes, str, SecretToRead]]] = defaultdict(dict)
        for grant in grants:
            permitted = Permitted(grant)
            for stand in named(grant):
                secret = to_read(permitted, Stand(stand.secret, stand.name, stand.region, Place.INSIDE))
                bare = SecretToRead(secret.secret_id, secret.resource, secret.region)
                rings[grant.account, stand.region][bare.secret_id] = (_hash(bare.secret_id), stand.name, bare)
        return cls({where: tuple(sorted(ring.values(), key=lambda each: each[:2])) for where, ring in rings.items()})

    def beside(self, permitted: Permitted, most: int) -> tuple[SecretToRead, ...]:
        """Secrets of neighbours in the role's account and regions that nothing of the role covers."""
        grant = permitted.grant
        regions = sorted({grant.region} | {stand.region for stand in inside(grant)})
        found = (
            secret
            for region in regions
            for name, secret in self._sample(grant, region)
            if not permitted.covers(READ, name, region, conditional=True)
        )
        return tuple(islice(found, most))

    def _sample(self, grant: Grant, region: str) -> list[tuple[str, SecretToRead]]:
        ring = self.rings.get((grant.account, region), ())
        start = bisect.bisect_left(ring, _hash(grant.address), key=lambda each: each[0])
        return [(name, secret) for _, name, secret in (*ring[start:], *ring[:start])[:_LOOKED_AT]]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
