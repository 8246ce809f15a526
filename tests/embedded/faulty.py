"""Clients that lose patience quickly, roles to ask about, and what must hold whatever the endpoint does."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from rolecall.runtime import clients as runtime_clients
from rolecall.runtime import deadline
from rolecall.runtime.assume_role import MAX_SESSION_SECONDS
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observed
from rolecall.runtime.patience import AT_ONCE
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.trust_probes import TrustProbes
from rolecall.runtime.verdict import Verdict, evidence, findings, verdict
from rolecall.runtime.wrong_ids import wrong_ids
from tests.embedded.fault_proxy import FaultProxy, fault_proxy
from tests.embedded.faults import Rule
from tests.embedded.world import WORKATO, World

RIGHT_ID = "workato_iam_external_id_777_888"


@contextmanager
def role(world: World, name: str, *external_ids: str) -> Iterator[str]:
    """A role that trusts Workato's account with these external IDs; with none, whatever is sent."""
    statement = {"Effect": "Allow", "Principal": {"AWS": WORKATO}, "Action": "sts:AssumeRole"}
    condition = {"Condition": {"StringEquals": {"sts:ExternalId": list(external_ids)}}} if external_ids else {}
    trust = {"Version": "2012-10-17", "Statement": [{**statement, **condition}]}
    made = world.iam().create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    try:
        yield made["Role"]["Arn"]
    finally:
        world.iam().delete_role(RoleName=name)


def bind(monkeypatch: pytest.MonkeyPatch, proxy: FaultProxy, identity: str, tries: int = 1) -> Clients:
    """Clients of a caller, through the proxy, that wait a second for a piece of an answer and three for all of it."""
    quick = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": tries})
    for name, value in proxy.environment(identity).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(runtime_clients, "CONFIG", quick)
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 3)
    return Clients(boto3.Session())


def ask(
    world: World, monkeypatch: pytest.MonkeyPatch, folder: Path, role_arn: str, *rules: Rule, tries: int = 1
) -> tuple[Verdict, list[Probe]]:
    """The verdict about one role and its trust probes, asked as the vendor through a proxy with these rules."""
    with fault_proxy(world.aws, folder, *rules) as proxy:
        probes = list(TrustProbes(expected(role_arn), AT_ONCE).as_vendor(bind(monkeypatch, proxy, WORKATO, tries)))
    return verdict(findings(probes, []), evidence(probes, None), (Rung.ASSUMED,)), probes


def expected(role_arn: str, asked: int | None = None, longest: int = MAX_SESSION_SECONDS) -> RoleExpectation:
    """What `verify-role` expects of a role, and the lengths of sessions, in seconds, that it does not know."""
    return RoleExpectation(
        workspace="",
        project=role_arn.rpartition("/")[2],
        role_arn=role_arn,
        region="eu-central-1",
        external_ids=(RIGHT_ID,),
        wrong_ids=tuple(wrong_ids((RIGHT_ID,))),
        session_seconds=asked,
        max_session_seconds=longest,
    )


def observed(probes: Sequence[Probe]) -> list[str]:
    """What was seen, in the order in which it was asked."""
    return [probe.observed.value for probe in probes]


def every_open_question_has_a_reason(probes: Sequence[Probe]) -> bool:
    """Whether each probe that was not decided says why."""
    return all(probe.observation.reason for probe in probes if probe.observed in (Observed.UNDECIDED, Observed.SKIPPED))
