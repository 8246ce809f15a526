"""Roles of other partitions than `aws`, of which the embedded AWS proves nothing."""

from dataclasses import replace

import pytest

from rolecall.answer import CANNOT_TELL, CommandError
from rolecall.commands.local import callers_of
from rolecall.model.grant import Estate
from rolecall.model.trust import Trust, Verifier
from rolecall.runtime.verdict import Verdict
from rolecall.verification.left_out import result, taking_part, tell_left_out
from tests.made_up_grant import GRANT

FAR = replace(
    GRANT,
    workspace="far",
    account="222222222222",
    region="cn-north-1",
    trust=Trust(("arn:aws-cn:iam::353360065216:root",), ("an-id",)),
)
GOV = replace(
    FAR, workspace="gov", region="us-gov-west-1", trust=Trust(("arn:aws-us-gov:iam::353360065216:root",), ("an-id",))
)
OWN = Verifier("arn:aws-cn:iam::222222222222:role/ci", "own-id")


def test_nobody_has_to_exist_for_roles_of_other_partitions() -> None:
    callers = callers_of(Estate("e", (FAR, GRANT, GOV), default_region="cn-north-1", verifier=OWN))
    assert callers.arns() == GRANT.trust.principals
    assert callers.customer_accounts == (GRANT.account,)
    assert callers.region == GRANT.region


def test_the_roles_that_are_left_out_are_told() -> None:
    said: list[str] = []
    tell_left_out((GRANT,), said.append)
    tell_left_out((FAR, GRANT, GOV), said.append)
    assert said == [
        "the embedded AWS knows the partition aws alone: 2 roles of aws-cn, aws-us-gov left out"
        f" ({FAR.address}, {GOV.address})"
    ]


def test_an_estate_without_any_other_is_told_where_its_roles_are_proved() -> None:
    with pytest.raises(CommandError, match="none of the roles is of it") as refused:
        tell_left_out((FAR,), print)
    assert refused.value.exit_code == CANNOT_TELL
    assert "aws-cn" in refused.value.tip


def test_a_role_that_is_left_out_is_not_verified_and_says_why() -> None:
    found = result(FAR)
    assert (found.verdict, found.evidence, found.probes) == (Verdict.INCONCLUSIVE, (), ())
    assert found.hint == "the embedded AWS knows the partition aws alone, and this role is of aws-cn"
    assert {why for _, why in found.not_climbed} == {found.hint}


def test_what_takes_part_keeps_a_verifier_that_can_call() -> None:
    ours = Verifier("arn:aws:iam::111111111111:role/ci", "own-id")
    estate = taking_part(Estate("e", (FAR, GRANT), verifier=ours))
    assert (estate.grants, estate.verifier) == ((GRANT,), ours)
