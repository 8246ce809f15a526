"""What is told of a refusal that cdk or CloudFormation ran into, case by case in tests/cases/deploy_denials.yaml."""

from typing import Any

import pytest
from case_tables import cases

from rolecall.denials import denials, explained
from rolecall.denials.denial import Denial
from rolecall.runtime.denial import DeniedBy


@pytest.mark.parametrize("case", cases("deploy_denials"))
def test_a_refusal_names_action_resource_caller_and_remedy(case: dict[str, Any]) -> None:
    found = denials(case["said"])
    assert [str(each) for each in found] == case["found"]
    if found:
        assert found[0].remedy == case["remedy"]
        sentence, tip = explained(found)
        assert sentence.startswith(case["found"][0])
        assert tip.startswith(case["remedy"])


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
    assert Denial("kms:Decrypt", by=by).remedy.startswith("allow it in the ")


def test_of_many_refusals_the_first_is_explained_and_three_more_are_named() -> None:
    refused = (
        "User: arn:aws:iam::111111111111:user/ci is not authorized to perform: iam:CreatePolicy on resource: policy"
    )
    said = "\n".join(f"{refused} p{number}" for number in range(6))
    sentence, _ = explained(denials(said))
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
