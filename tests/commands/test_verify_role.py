"""What `verify-role` is given: ARNs that are none of a role's are told before anybody is called."""

import pytest
from botocore.exceptions import ProfileNotFound

from rolecall.answer import CANNOT_TELL, USAGE
from rolecall.commands.verify_role import verify_role
from rolecall.refusals import Refusal, refusal
from rolecall.runtime.clients import Clients
from rolecall.verification.wish import Wish
from tests.runtime.fake_sts import FakeClients, FakeSts

ARN, RIGHT = "arn:aws:iam::111111111111:role/vendors/acme", "the-right-id"


class CalledError(AssertionError):
    """Somebody was called."""


def _nobody() -> Clients:
    def fail(_: object) -> str:
        raise CalledError

    return FakeClients(FakeSts(fail))


def _refusal(arn: str) -> Refusal:
    with pytest.raises(Exception) as caught:
        verify_role(arn, RIGHT, _nobody(), Wish(mode="vendor"))
    return refusal(caught.value)


@pytest.mark.parametrize(
    ("arn", "words"),
    [
        (f"{ARN} ", "it holds a blank at its end"),
        (f" {ARN}", "it holds a blank at its beginning"),
        (f"{ARN}\n", "it holds a line break at its end"),
        (f"{ARN}\u200b", "it holds an invisible sign (zero-width blank) at its end"),
        (ARN.replace("vendors", "ven\u200bdors"), "it holds an invisible sign (zero-width blank) as character"),
        (f"\u201c{ARN}\u201d", "it holds the quote"),
    ],
)
def test_a_stray_sign_is_told_before_the_form(arn: str, words: str) -> None:
    told = _refusal(arn)
    assert words in told.sentence
    assert told.exit_code == USAGE
    assert "\u200b" not in told.sentence + told.tip


def test_a_sign_that_nobody_sees_is_shown_as_it_is_written() -> None:
    assert r"acme\u200b" in _refusal(f"{ARN}\u200b").sentence


def test_a_sessions_arn_is_told_as_such_with_where_the_roles_is() -> None:
    told = _refusal("arn:aws:sts::111111111111:assumed-role/acme/me@example.com")
    assert "is the ARN of a session of the role acme, and not of the role" in told.sentence
    assert "arn:aws:iam::111111111111:role/" in told.tip


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111111111111:user/acme",
        "arn:aws:iam:::role/acme",
        "arn:aws:iam:eu-central-1:111111111111:role/acme",
        "arn:aws:s3:::bucket",
    ],
)
def test_what_is_no_role_is_told(arn: str) -> None:
    told = _refusal(arn)
    assert f"{arn} is not the ARN of a role" in told.sentence
    assert told.exit_code == USAGE


def test_a_profile_that_does_not_exist_is_told_by_its_name() -> None:
    told = refusal(ProfileNotFound(profile="acme-prod"))
    assert told.sentence == "there is no AWS profile called acme-prod"
    assert "aws configure list-profiles" in told.tip
    assert told.exit_code == CANNOT_TELL
