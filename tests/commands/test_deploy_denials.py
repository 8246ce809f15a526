"""What is told of a refusal that cdk or CloudFormation ran into, case by case in tests/cases/deploy_denials.yaml."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from case_tables import cases

from rolecall.commands.cdk_cli import Cdk, failure
from rolecall.denials import Deployment, denials, explained
from rolecall.denials.denial import Denial
from rolecall.estate import sound
from rolecall.model.pipeline import GitHub, Pipeline
from rolecall.runtime.denial import DeniedBy

ACME = Path(__file__).parents[2] / "examples" / "acme"
BY_HAND = Deployment('PATH=/npm:"$PATH" cdk bootstrap --app=')
BY_PIPELINE = replace(BY_HAND, role="rolecall-acme-deploy", execution_policy="rolecall-acme-execution")


@pytest.mark.parametrize("case", cases("deploy_denials"))
def test_a_refusal_names_action_resource_caller_and_remedy(case: dict[str, Any]) -> None:
    found = denials(case["said"])
    assert [str(each) for each in found] == case["found"]
    for deployment, remedy in ((BY_HAND, "remedy"), (BY_PIPELINE, "by_pipeline")):
        if found:
            expected = case.get(remedy, case["remedy"])
            assert found[0].remedy(deployment) == expected
            sentence, tip = explained(found, deployment)
            assert sentence.startswith(case["found"][0])
            assert tip.startswith(expected)


@pytest.mark.parametrize("case", cases("denials"))
def test_the_policy_that_the_probes_would_name_is_named_here_too(case: dict[str, Any]) -> None:
    found = [each for each in denials(case["message"]) if isinstance(each, Denial)]
    if "is not authorized to perform" in case["message"]:
        assert [(each.by, each.explicitly) for each in found] == [(case["by"], case.get("explicitly", False))]
    else:
        assert found == []


def test_what_stands_far_behind_a_refusal_is_said_of_something_else() -> None:
    refused = "User: arn:aws:iam::111111111111:user/ci is not authorized to perform: iam:CreateRole on resource: role x"
    (found,) = denials(f"{refused}{' and so on' * 40}, with an explicit deny in a service control policy")
    assert isinstance(found, Denial)
    assert (found.by, found.explicitly) == (None, False)


@pytest.mark.parametrize("by", DeniedBy)
def test_every_kind_of_policy_has_a_place_where_the_permission_belongs(by: DeniedBy) -> None:
    assert Denial("kms:Decrypt", "a key", by=by).remedy(BY_HAND).startswith("allow it in the ")


def test_of_many_refusals_the_first_is_explained_and_three_more_are_named() -> None:
    refused = (
        "User: arn:aws:iam::111111111111:user/ci is not authorized to perform: iam:CreatePolicy on resource: policy"
    )
    said = "\n".join(f"{refused} p{number}" for number in range(6))
    sentence, _ = explained(denials(said), BY_HAND)
    assert "policy p0 (and 5 more: " in sentence
    assert "policy p3" in sentence
    assert "policy p4" not in sentence


@pytest.mark.parametrize(
    "said",
    [
        "User: " + "arn:aws:iam::111111111111:" * 20_000,
        "arn:aws:iam::111111111111:x is not authorized to perform: " * 20_000,
        "arn:aws:iam::111111111111:x is" + " " * 200_000,
        "Failed to publish asset " * 20_000,
        "fail: Access Denied " * 20_000,
        "fail: Access Denied\n" * 20_000,
        "requires bootstrap stack version '1', found '1' in aws://" * 20_000,
        "Role " * 20_000 + " " * 200_000,
    ],
)
def test_a_hostile_text_is_read_in_a_moment(said: str) -> None:
    assert len(denials(said)) <= 1


NOT_BOOTSTRAPPED = "SSM parameter /cdk-bootstrap/hnb659fds/version not found in aws://111111111111/eu-central-1."
KEPT = (
    "User: arn:aws:sts::111111111111:assumed-role/cdk-hnb659fds-cfn-exec-role-111111111111-eu-central-1/x is not"
    " authorized to perform: iam:DeletePolicy on resource: policy y with an explicit deny in an identity-based policy:"
    " arn:aws:iam::111111111111:policy/rolecall-acme-execution"
)


@pytest.mark.parametrize(
    ("said", "by_hand", "by_pipeline"),
    [
        (
            NOT_BOOTSTRAPPED,
            "cdk bootstrap --app= aws://111111111111/eu-central-1`",
            "as an administrator of the account, run `rolecall deploy --pipeline`",
        ),
        (KEPT, "take the Deny out of the execution policy", "leave the policies that are boundaries out"),
        (
            "User: arn:aws:sts::111111111111:assumed-role/deployer/x is not authorized to perform: sts:AssumeRole",
            "allow it in the policy of role deployer of account 111111111111",
            "as an administrator of the account, run `rolecall deploy --pipeline`",
        ),
    ],
)
def test_the_tip_knows_whether_the_estate_has_a_pipeline(said: str, by_hand: str, by_pipeline: str) -> None:
    estate = sound(ACME)
    pipeline = Pipeline(
        GitHub("acme/doors", "456789", "production", "123456"), "111111111111", "eu-central-1", "deployer"
    )
    cdk = Cdk(Path("/npm/cdk"), "/npm")
    tip = failure("cdk deploy", said, replace(estate, pipeline=None), cdk).tip
    assert tip is not None and by_hand in tip
    tip = failure("cdk deploy", said, replace(estate, pipeline=pipeline), cdk).tip
    assert tip is not None and by_pipeline in tip


def test_the_bootstrap_that_is_told_is_a_command_for_a_shell() -> None:
    tip = failure("cdk deploy", NOT_BOOTSTRAPPED, sound(ACME), Cdk(Path("/a b/cdk"), "/a b")).tip
    assert tip is not None
    words = shlex.split(tip.split("`")[1])
    assert words[0].startswith("PATH=/a b")
    assert words[1:] == ["cdk", "bootstrap", "--app=", "aws://111111111111/eu-central-1"]
