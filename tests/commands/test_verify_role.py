"""What `verify-role` is given: ARNs that are none of a role's are told before anybody is called."""

import pytest
from botocore.exceptions import ConfigParseError, ProfileNotFound

from rolecall.answer import CANNOT_TELL, USAGE
from rolecall.commands.verify_role import verify_role
from rolecall.model.invalid import InvalidValueError
from rolecall.refusals import Refusal, refusal
from rolecall.runtime.clients import Clients
from rolecall.verification.wish import Wish
from tests.runtime.fake_sts import FakeClients, FakeSts

CHOSEN = "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"
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


@pytest.mark.parametrize(
    ("external_id", "stray"),
    [
        (f"{CHOSEN} ", "a blank at its end"),
        (f"{CHOSEN}\n", "a line break at its end"),
        (f"\u200b{CHOSEN}", "an invisible sign (zero-width blank) at its beginning"),
        (f"{CHOSEN[:9]} {CHOSEN[9:]}", "a blank as character 10"),
    ],
)
def test_of_an_external_id_with_a_stray_sign_its_beginning_is_told_and_no_more(external_id: str, stray: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        verify_role(ARN, external_id, _nobody(), Wish(mode="vendor"))
    told = refusal(caught.value)
    assert told.sentence.startswith(f"external_id is no external ID: it holds {stray}: got '")
    assert "…', 37 characters; allowed: 2 to 1,224 characters of" in told.sentence
    assert CHOSEN[4:9] not in told.sentence + told.tip + repr(vars(caught.value))
    assert told.exit_code == USAGE


def test_a_profile_that_does_not_exist_is_told_by_its_name() -> None:
    told = refusal(ProfileNotFound(profile="acme-prod"))
    assert told.sentence == "there is no AWS profile called acme-prod"
    assert "aws configure list-profiles" in told.tip
    assert told.exit_code == CANNOT_TELL


def test_a_configuration_file_that_cannot_be_parsed_is_told_by_its_path() -> None:
    told = refusal(ConfigParseError(path="/home/me/.aws/config"))
    assert told.sentence == "boto3's configuration is broken: /home/me/.aws/config cannot be parsed"
    assert "AWS_CONFIG_FILE" in told.tip
    assert told.exit_code == CANNOT_TELL
