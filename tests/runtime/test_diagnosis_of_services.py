"""Hints about services: what is not there, what refused, and what let in."""

import pytest

from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis import hint
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import Verdict

ROLE = "arn:aws:iam::111111111111:role/r"
QUEUE = "sqs:GetQueueAttributes on orders in eu-central-1"
LIST = "s3:ListBucket on exports below billing/ in eu-central-1"
LOGS = "logs:DescribeLogStreams on /app/billing in eu-central-1"
SIMULATED = "by the simulator, SendMessage on orders in eu-central-1"


def refused(asked: str, code: str = "AccessDenied", by: DeniedBy | None = None, *, explicitly: bool = False) -> str:
    seen = Observation(Observed.DENIED, code, denied_by=by, explicitly=explicitly)
    rung = Rung.PERMISSIONS if asked == SIMULATED else Rung.ASSUMED
    probe = Probe("service_in_scope", Observed.ALLOWED, seen, asked, rung)
    return str(hint([probe], Verdict.UNDERPOWERED, ROLE))


def let_in(asked: str) -> str:
    probe = Probe("service_out_of_scope", Observed.DENIED, Observation(Observed.ALLOWED), asked)
    return str(hint([probe], Verdict.OVERREACHING, ROLE))


@pytest.mark.parametrize(
    ("asked", "code", "kind"),
    [
        (QUEUE, "AWS.SimpleQueueService.NonExistentQueue", "queue"),
        (LIST, "NoSuchBucket", "bucket"),
        (LOGS, "ResourceNotFoundException", "log group"),
    ],
)
def test_what_is_not_there_is_told_first(asked: str, code: str, kind: str) -> None:
    assert refused(asked, code).startswith(f"there is no such {kind} ({asked}): make it there, or correct its name")


def test_a_refusal_by_nobody_in_particular_is_the_roles_or_the_resources() -> None:
    text = refused(QUEUE)
    assert text.startswith(f"the role's policies do not allow {QUEUE}, or the queue's own policy (`aws sqs ")
    assert "compare action, region, account and name with their Resource" in text


def test_a_log_group_has_no_policy_of_its_own_and_a_list_has_a_prefix() -> None:
    assert "own policy" not in refused(LOGS)
    assert refused(LIST).endswith("with their Resource and the prefix in its condition")


@pytest.mark.parametrize("key", ["a below b", " below ", "x on y below z"])
def test_an_object_whose_key_holds_a_word_of_ours_has_no_prefix(key: str) -> None:
    asked = f"s3:GetObject on exports/{key} in eu-central-1"
    assert refused(asked).endswith("with their Resource")
    assert "s3:prefix" not in let_in(asked)


@pytest.mark.parametrize(
    ("by", "explicitly", "begins"),
    [
        (DeniedBy.RESOURCE_POLICY, True, "the queue's own policy (`aws sqs get-queue-attributes"),
        (DeniedBy.IDENTITY_POLICY, True, "a Deny in the role's own policies refuses it"),
        (DeniedBy.PERMISSIONS_BOUNDARY, False, "the role's permissions boundary does not allow it"),
        (DeniedBy.SERVICE_CONTROL_POLICY, False, "a service control policy (SCP)"),
    ],
)
def test_the_policy_that_aws_named_is_told(by: DeniedBy, explicitly: bool, begins: str) -> None:
    text = refused(QUEUE, by=by, explicitly=explicitly)
    assert text.startswith(begins)
    assert "secret" not in text


def test_the_simulator_looks_at_no_policy_of_a_resource() -> None:
    text = refused(SIMULATED, "implicitDeny")
    assert text.startswith("the role's policies do not allow SendMessage on orders in eu-central-1: compare")
    assert "own policy" not in text


def test_what_was_let_in_is_too_wide_or_the_resource_says_so() -> None:
    assert "a policy of it is too wide, or the queue's own policy" in let_in(QUEUE)
    assert "a policy of it is too wide or lacks the condition on s3:prefix, or the bucket's own policy" in let_in(LIST)
    assert let_in(LOGS).endswith("a policy of it is too wide")
