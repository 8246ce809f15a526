"""The policy that AWS names when it refuses, in every format that it documents."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from case_tables import cases

from rolecall.runtime.denial import DeniedBy, denied_by, denied_explicitly
from rolecall.runtime.observation import Observed, observe


@pytest.mark.parametrize("case", cases("denials"))
def test_the_policy_that_a_message_names(case: dict[str, Any]) -> None:
    assert denied_by(case["message"]) == case["by"]
    assert denied_explicitly(case["message"]) is case.get("explicitly", False)


def test_every_kind_of_policy_has_a_message() -> None:
    assert {case.values[0]["by"] for case in cases("denials")} - {None} == set(DeniedBy)


@pytest.mark.parametrize("message", [None, 7, {"a": 1}])
def test_a_message_that_is_none_names_nothing(message: object) -> None:
    assert denied_by(message) is None


def test_the_words_of_the_message_go_no_further() -> None:
    said = "User: arn:aws:iam::1:user/hidden with an explicit deny in a resource control policy"
    response: Any = {"Error": {"Code": "AccessDenied", "Message": said}, "ResponseMetadata": {"HTTPStatusCode": 403}}

    def refuse() -> None:
        raise ClientError(response, "AssumeRole")

    seen, answer = observe(refuse)
    assert (seen.observed, seen.denied_by, answer) == (Observed.DENIED, DeniedBy.RESOURCE_CONTROL_POLICY, None)
    assert seen.explicitly
    assert "hidden" not in repr(seen)
