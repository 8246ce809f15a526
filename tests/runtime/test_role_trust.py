"""One role's trust in one call: the verdict, and what is never taken for verified."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3

from rolecall import runtime
from rolecall.runtime import (
    AT_ONCE,
    Clients,
    Observed,
    RoleExpectation,
    Rung,
    Trouble,
    Verdict,
    unasked,
    verify_trust,
    verify_trust_as_verifier,
    wrong_ids,
)
from tests.runtime.fake_sts import FakeClients, FakeSts

RIGHT, VERIFIERS = "the-right-id", "the-verifiers-id"
ROLE = RoleExpectation(
    workspace="w",
    project="p",
    role_arn="arn:aws:iam::111111111111:role/r",
    region="eu-central-1",
    external_ids=(RIGHT,),
    wrong_ids=tuple(wrong_ids((RIGHT,))),
    verifier_id=VERIFIERS,
    max_session_seconds=43200,
)


def only(*right: str) -> FakeSts:
    """An STS that lets in with these IDs alone."""
    return FakeSts(lambda request: None if request.get("ExternalId") in right else "AccessDenied")


def verdict(sts: FakeSts, role: RoleExpectation = ROLE) -> Verdict:
    """As the vendor."""
    return verify_trust(role, FakeClients(sts), patience=AT_ONCE).verdict


def test_a_sound_role_is_verified_by_having_been_assumed() -> None:
    result = verify_trust(ROLE, FakeClients(only(RIGHT)), patience=AT_ONCE)
    assert (result.verdict, result.evidence, result.findings) == (Verdict.VERIFIED, (Rung.ASSUMED,), ())
    assert result.hint is None
    assert (result.address, result.role_arn) == ("w/p", ROLE.role_arn)


def test_a_role_that_opens_without_an_id_is_unprotected() -> None:
    assert verdict(FakeSts(lambda _: None)) is Verdict.UNPROTECTED


def test_a_role_that_refuses_the_right_id_is_not_assumable_and_a_hint_says_where_to_look() -> None:
    result = verify_trust(ROLE, FakeClients(only()), patience=AT_ONCE)
    assert (result.verdict, result.evidence) == (Verdict.NOT_ASSUMABLE, ())
    assert result.hint
    assert RIGHT not in result.hint


def test_a_dead_endpoint_and_stale_credentials_are_inconclusive() -> None:
    for code in ("offline", "ExpiredToken"):
        assert verdict(FakeSts(lambda _, code=code: code)) is Verdict.INCONCLUSIVE


def test_a_pending_role_is_verified_when_everybody_is_refused() -> None:
    pending = replace(ROLE, external_ids=())
    assert verdict(only(), pending) is Verdict.VERIFIED
    assert verdict(FakeSts(lambda _: None), pending) is Verdict.UNPROTECTED
    assert verify_trust_as_verifier(pending, FakeClients(only()), patience=AT_ONCE).verdict is Verdict.VERIFIED


def test_the_verifier_climbs_a_rung_of_its_own() -> None:
    result = verify_trust_as_verifier(ROLE, FakeClients(only(VERIFIERS)), patience=AT_ONCE)
    assert (result.verdict, result.evidence) == (Verdict.VERIFIED, (Rung.ASSUMED_BY_VERIFIER,))


def test_a_verifier_that_opens_with_the_vendors_id_makes_the_role_unprotected() -> None:
    sts = only(VERIFIERS, RIGHT)
    assert verify_trust_as_verifier(ROLE, FakeClients(sts), patience=AT_ONCE).verdict is Verdict.UNPROTECTED


def test_a_role_without_an_id_for_the_verifier_is_inconclusive() -> None:
    role = replace(ROLE, verifier_id=None)
    assert verify_trust_as_verifier(role, FakeClients(only()), patience=AT_ONCE).verdict is Verdict.INCONCLUSIVE


def test_whatever_the_moment_at_which_time_runs_out_a_role_is_not_verified() -> None:
    asked = len(verify_trust(ROLE, FakeClients(only(RIGHT)), patience=AT_ONCE).probes)
    for probes in range(asked):
        result = verify_trust(ROLE, FakeClients(only(RIGHT)), patience=AT_ONCE, has_time=_times(probes))
        assert result.verdict is Verdict.INCONCLUSIVE
        assert [probe.decided for probe in result.probes].count(True) == probes
        assert "time was over" in str(result.probes[probes].observation.reason)


def test_a_caller_whose_arn_is_none_raises_nothing() -> None:
    result = verify_trust(ROLE, FakeClients(only()), patience=AT_ONCE, caller_arn="me")
    assert result.verdict is Verdict.NOT_ASSUMABLE


def test_a_client_that_cannot_be_made_is_in_the_result() -> None:
    """botocore itself refuses such a region; nothing is sent."""
    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    broken = replace(ROLE, region="eu central 1")
    for verify in (verify_trust, verify_trust_as_verifier):
        result = verify(broken, Clients(boto3.Session(**keys)), patience=AT_ONCE)
        assert result.verdict is Verdict.INCONCLUSIVE
        assert result.probes[0].observation.trouble is Trouble.REQUEST


def test_what_public_results_hold_can_be_named() -> None:
    assert {"Contact", "DeniedBy", "Difference", "Trouble"} <= set(runtime.__all__)


def test_what_was_seen_before_time_ran_out_still_counts() -> None:
    result = verify_trust(ROLE, FakeClients(FakeSts(lambda _: None)), patience=AT_ONCE, has_time=_times(2))
    assert result.verdict is Verdict.UNPROTECTED


def test_a_role_that_was_not_asked_has_a_reason_at_every_probe() -> None:
    result = unasked(ROLE, "nobody was there")
    assert result.verdict is Verdict.INCONCLUSIVE
    assert {probe.observed for probe in result.probes} == {Observed.SKIPPED}
    assert {probe.observation.reason for probe in result.probes} == {"nobody was there"}


def _times(number: int) -> Any:
    """Says yes so many times, then no."""
    answers: Iterator[bool] = iter([True] * number)
    return lambda: next(answers, False)
