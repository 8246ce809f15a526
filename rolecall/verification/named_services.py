"""Resources of services that exist on AWS: those that an estate names, for the roles that were not granted them."""

import bisect
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from rolecall.model.grant import Grant
from rolecall.runtime.expectation import ServiceCall
from rolecall.verification.tried_services import PermittedCalls, inside, is_known

_LOOKED_AT = 50
"""Of a role's neighbours at most so many calls are looked at: a role that may make them all shall not take long."""


@dataclass(frozen=True)
class NamedServices:
    """All calls that an estate grants by account, on a ring of hashes, as NamedSecrets has it."""

    rings: Mapping[str, tuple[tuple[bytes, ServiceCall], ...]]

    @classmethod
    def of(cls, grants: Iterable[Grant]) -> "NamedServices":
        """Take the whole estate."""
        rings: dict[str, dict[bytes, ServiceCall]] = {}
        for grant in grants:
            for call in inside(PermittedCalls(grant)) if grant.permissions.services else ():
                if call.resource != "*" and is_known(call):
                    rings.setdefault(grant.account, {})[_hash(repr(call))] = call
        return cls({account: tuple(sorted(ring.items())) for account, ring in rings.items()})

    def beside(self, permitted: PermittedCalls, most: int) -> tuple[ServiceCall, ...]:
        """Calls of neighbours in the role's account that nothing of the role covers."""
        ring = self.rings.get(permitted.grant.account, ())
        start = bisect.bisect_left(ring, _hash(permitted.grant.address), key=lambda each: each[0])
        sample = (call for _, call in (*ring[start:], *ring[:start])[:_LOOKED_AT])
        return tuple(islice((call for call in sample if not permitted.may(call)), most))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
