"""One role of the world, its expectation, and its probes without the command line."""

from dataclasses import replace
from typing import Any

from rolecall.accounts.reach import LocalReach
from rolecall.estate import sound
from rolecall.model.grant import Grant
from rolecall.model.secret import Secret
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.secret_probes import SecretProbes
from rolecall.runtime.wrong_ids import Neighbours
from rolecall.verification.expectations import expectation
from rolecall.verification.stand_ins import make_secrets
from tests.embedded.world import World


def grant_of(world: World, address: str) -> Grant:
    """The grant of one role."""
    return next(grant for grant in sound(world.folder).grants if grant.address == address)


def with_secrets(grant: Grant, *secrets: Secret) -> Grant:
    """The grant with other secrets."""
    return replace(grant, permissions=replace(grant.permissions, secrets=secrets))


def expected_of(grant: Grant, **more: Any) -> RoleExpectation:
    """What is asked about it."""
    ids = {grant.address: grant.trust.written_ids}
    return expectation(grant, ids, Neighbours.of([]), **{"secrets": True, **more})


def stand_ins_for(world: World, grant: Grant) -> None:
    """What `verify` makes before it asks; all of it has to be possible."""
    make_secrets(LocalReach(world.aws), [grant], [grant, *sound(world.folder).grants], _must_not_be_said)


def _must_not_be_said(words: str) -> None:
    raise AssertionError(words)


def clients(world: World, principal: str) -> Clients:
    """A caller of its own for each test."""
    return Clients(world.aws.session(principal))


def secret_probes(world: World, principal: str, role: RoleExpectation) -> list[Probe]:
    """The probes of the vendor's principal."""
    return list(SecretProbes(role).as_vendor(clients(world, principal)))


def seen(probes: list[Probe], kind: str) -> list[Observed]:
    """What the probes of a kind showed, in their order."""
    return [probe.observed for probe in probes if probe.kind == kind]


def one(probes: list[Probe], kind: str) -> Probe:
    """The only probe of a kind."""
    (probe,) = [probe for probe in probes if probe.kind == kind]
    return probe
