"""What a trust is refused for before a statement is written, and what the role's own statement has to say whole."""

import re
from typing import Any

import pytest

from rolecall.model.invalid import InvalidValueError
from rolecall.model.patterned_id import PatternedExternalId
from rolecall.model.services.names import S3_PREFIX, s3_prefix
from rolecall.model.trust import Trust, Verifier
from rolecall.policy.itself import lets_in_itself

REASON = "each stack sends an ID of its own"
PATTERN = PatternedExternalId("acme@*", "[a-z]+@[^?]*", REASON)
VENDOR = ("arn:aws:iam::324880187172:root",)
CI = "arn:aws:iam::111111111111:role/ci"
OWN, ROOT = "arn:aws:iam::111111111111:role/lake", "arn:aws:iam::111111111111:root"
ID = {"StringEquals": {"sts:ExternalId": "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b"}}
ONLY_ITSELF = {"ArnEquals": {"aws:PrincipalArn": OWN}}


@pytest.mark.parametrize("own_id", ["acme@verifier", "acme@"])
def test_a_verifier_sends_no_id_that_the_vendors_pattern_lets_in(own_id: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Trust(VENDOR, (PATTERN,), verifier=Verifier(CI, own_id))
    assert refused.value.rule == "RC108"


@pytest.mark.parametrize("own_id", ["acme-two@verifier", "ACME@verifier"])
def test_a_verifier_may_send_an_id_beside_the_vendors_pattern(own_id: str) -> None:
    assert Trust(VENDOR, (PATTERN,), verifier=Verifier(CI, own_id)).verifier


@pytest.mark.parametrize("form", [r"(acme)@\1?.*", "acme@(?<=@).*", "acme@[", "(a|aa)*" * 400])
def test_a_pattern_whose_form_nobody_can_judge_is_refused(form: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        PatternedExternalId("acme@*", form, REASON)
    assert refused.value.rule == "RC104"


def test_a_pattern_has_eight_stars_at_most() -> None:
    assert PatternedExternalId("acme@" + "*-" * 8, ".*", REASON)
    with pytest.raises(InvalidValueError):
        PatternedExternalId("acme@" + "*-" * 9, ".*", REASON)


@pytest.mark.parametrize("character", list("/_.=+@-"))
def test_a_prefix_in_a_bucket_ends_in_a_separator(character: str) -> None:
    assert s3_prefix("billing" + character) == "billing" + character


@pytest.mark.parametrize("character", [chr(code) for code in range(32, 127) if chr(code) not in "/_.=+@-"])
def test_a_prefix_in_a_bucket_ends_in_nothing_else(character: str) -> None:
    assert not re.fullmatch(S3_PREFIX, "billing" + character)
    with pytest.raises(InvalidValueError):
        s3_prefix("billing" + character)


@pytest.mark.parametrize(
    ("principals", "condition", "is_narrow"),
    [
        ([ROOT], ONLY_ITSELF | ID, True),
        ([ROOT, "arn:aws:iam::222222222222:root"], ONLY_ITSELF | ID, False),
        (["arn:aws:iam::222222222222:root"], ONLY_ITSELF | ID, False),
        ([], ONLY_ITSELF | ID, False),
        ([ROOT], ID, False),
        ([ROOT], {"ArnEquals": {"aws:PrincipalArn": OWN + "2"}} | ID, False),
        ([ROOT], {"ArnEquals": {"aws:PrincipalArn": [OWN, CI]}} | ID, False),
        ([ROOT], {"ArnNotEquals": {"aws:PrincipalArn": OWN}} | ID, False),
        ([ROOT], {"ArnEqualsIfExists": {"aws:PrincipalArn": OWN}} | ID, False),
        ([ROOT], {"ArnEquals": {"aws:SourceArn": OWN}} | ID, False),
        ([ROOT], ONLY_ITSELF | ID | {"Bool": {"aws:ViaAWSService": "true"}}, False),
        ([ROOT], ONLY_ITSELF, False),
        ([ROOT], ONLY_ITSELF | {"StringLike": {"sts:ExternalId": "acme@*"}}, False),
        ([ROOT], ONLY_ITSELF | {"StringEquals": {"sts:ExternalId": []}}, False),
    ],
)
def test_a_role_that_trusts_itself_lets_in_nobody_else(
    principals: list[str], condition: dict[str, Any], is_narrow: bool
) -> None:
    assert lets_in_itself({"Effect": "Allow", "Condition": condition}, principals, OWN) is is_narrow
