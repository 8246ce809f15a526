"""`deploy --pipeline` where the pipeline's stacks stand in another region already."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from made_up_grant import GRANT

from rolecall.answer import CommandError
from rolecall.commands.pipeline_place import refuse_moved
from rolecall.model.grant import Estate
from rolecall.model.pipeline import GitHub, Pipeline

ONE, OTHER = "111111111111", "222222222222"
ROLE = "rolecall-acme-deploy"
PIPELINE = Pipeline(GitHub("acme/doors", "2", "production", "1"), ONE, "eu-central-1", ROLE)
GRANTS = (replace(GRANT, account=ONE, region="eu-central-1"), replace(GRANT, account=OTHER, region="ap-south-1"))
ESTATE = Estate("acme", GRANTS, pipeline=PIPELINE)


def policy(account: str) -> str:
    return f"arn:aws:iam::{account}:policy/rolecall-acme-execution"


class Answers:
    """CloudFormation of one account and region, and IAM of the account."""

    def __init__(self, stacks: dict[str, list[str]] | str, known: set[str]) -> None:
        self.stacks, self.known = stacks, known

    def get_paginator(self, _name: str) -> "Answers":
        return self

    def paginate(self, *, StackName: str) -> list[dict[str, Any]]:  # noqa: N803 -- boto3's
        if isinstance(self.stacks, str):
            raise ClientError({"Error": {"Code": self.stacks, "Message": ""}}, "ListStackResources")
        if StackName not in self.stacks:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": ""}}, "ListStackResources")
        return [{"StackResourceSummaries": [{"PhysicalResourceId": each} for each in self.stacks[StackName]]}]

    def get_role(self, *, RoleName: str) -> dict[str, Any]:  # noqa: N803
        return self._get(RoleName)

    def get_policy(self, *, PolicyArn: str) -> dict[str, Any]:  # noqa: N803
        return self._get(PolicyArn)

    def _get(self, what: str) -> dict[str, Any]:
        if what not in self.known:
            raise ClientError({"Error": {"Code": "NoSuchEntity", "Message": ""}}, "Get")
        return {}


def _lists(stacks: dict[str, list[str]] | str) -> list[list[str]]:
    return [] if isinstance(stacks, str) else [*stacks.values()]


class Accounts:
    """Accounts with these stacks by account and region, or the code of CloudFormation's error there."""

    def __init__(self, stacks: dict[tuple[str, str], dict[str, list[str]] | str], *by_hand: str) -> None:
        self.stacks = stacks
        self.known = {each for some in stacks.values() for ids in _lists(some) for each in ids} | {*by_hand}

    def client(self, account: str, _service: str, region: str) -> Answers:
        return Answers(self.stacks.get((account, region), {}), self.known)

    def environment(self, account: str) -> dict[str, str]:
        return {}


def standing(region: str) -> dict[tuple[str, str], dict[str, list[str]] | str]:
    """The stacks of both accounts in a region."""
    return {
        (ONE, region): {"rolecall-acme-pipeline": [ROLE], "rolecall-acme-execution": [policy(ONE)]},
        (OTHER, region): {"rolecall-acme-execution": [policy(OTHER)]},
    }


def test_nothing_is_refused_where_there_is_nothing_yet_or_all_of_it_stands_in_the_pipelines_region() -> None:
    refuse_moved(ESTATE, PIPELINE, [ONE, OTHER], Accounts({}))
    refuse_moved(ESTATE, PIPELINE, [ONE, OTHER], Accounts(standing("eu-central-1")))


@pytest.mark.parametrize("was", ["ap-south-1", "us-west-2"])
@pytest.mark.parametrize(
    ("account", "what", "stack"),
    [
        (ONE, f"role {ROLE} in account {ONE}", "rolecall-acme-pipeline"),
        (OTHER, f"policy {policy(OTHER)} in account {OTHER}", "rolecall-acme-execution"),
    ],
)
def test_a_stack_in_another_region_is_named_and_kept(account: str, what: str, stack: str, was: str) -> None:
    there = {(account, "af-south-1"): "AccessDenied", **standing(was)}
    with pytest.raises(CommandError) as refused:
        refuse_moved(ESTATE, PIPELINE, [account], Accounts(there))
    assert str(refused.value) == (
        f"{what} is of stack {stack} in {was}, and the pipeline's region is eu-central-1; nothing was deployed"
    )
    assert str(refused.value.tip).startswith(
        f"keep that stack, with `region: {was}` under `pipeline`; docs/deployer.md"
    )


def test_an_account_that_is_not_deployed_to_is_not_asked() -> None:
    there = {**standing("eu-central-1"), (OTHER, "eu-central-1"): {}, (OTHER, "us-west-2"): standing("x")[OTHER, "x"]}
    refuse_moved(ESTATE, PIPELINE, [ONE], Accounts(there))


def test_a_role_that_no_stack_has_is_not_taken_for_a_moved_one() -> None:
    off = {(ONE, "af-south-1"): "InvalidClientTokenId"}
    with pytest.raises(CommandError) as refused:
        refuse_moved(ESTATE, PIPELINE, [ONE], Accounts(off, ROLE))
    assert f"role {ROLE} in account {ONE} exists, and no stack rolecall-acme-pipeline" in str(refused.value)
    assert str(refused.value.tip).startswith("rename what meets it, or delete it")


def test_nobody_is_told_to_delete_what_a_region_may_have_that_cannot_be_read() -> None:
    shut = {(ONE, region): "ThrottlingException" for region in ("us-west-2", "ap-south-1")}
    with pytest.raises(CommandError) as refused:
        refuse_moved(ESTATE, PIPELINE, [ONE], Accounts(shut, ROLE))
    assert "may be in a region that could not be read; nothing was deployed" in str(refused.value)
    assert str(refused.value.tip).startswith("look for it in ap-south-1, us-west-2, and write its region")
