"""What exists and on what it can be allowed, against a table for review; and everything that Rolecall itself names."""

import time
from pathlib import Path
from typing import Any

import pytest
from case_tables import cases
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rolecall.model.grant import READ_ACTIONS, WRITE_ACTIONS
from rolecall.policy import actions
from rolecall.rules.actions import idle_parts
from rolecall.rules.permissions import NEVER_ALLOW, NEVER_ALLOW_BESIDE_TAGS
from rolecall.vendors import catalog

ROOT = Path(__file__).parent.parent.parent
KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt")
IN_CATALOG = [
    a for vendor in catalog.entries().values() for name in vendor if name.endswith("_actions") for a in vendor[name]
]
SECRET = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:billing/*"
# Texts that look like patterns and ARNs far more often than random ones do.
PATTERNS = st.text() | st.lists(st.sampled_from(["s3", "iam", ":", "*", "?", "Get", "List", "[", "]", "!"])).map(
    "".join
)
RESOURCES = st.text() | st.lists(
    st.sampled_from(["arn", "aws", "s3", ":", "*", "?", "/", "«", "»", "${", "}", "{{resolve:", "x"])
).map("".join)


@pytest.mark.parametrize("case", cases("iam_actions"))
def test_the_answer_is_the_one_in_the_table(case: dict[str, Any]) -> None:
    asked = [case[name] for name in ("action", "resource") if name in case]
    assert getattr(actions, case["ask"])(*asked) == case["answer"]


@pytest.mark.parametrize("action", sorted({*READ_ACTIONS, *WRITE_ACTIONS, *IN_CATALOG}))
def test_what_a_grant_allows_exists_in_that_spelling_and_takes_a_secret(action: str) -> None:
    assert actions.actions_matching(action) == {action}
    assert actions.takes(action, SECRET)


@pytest.mark.parametrize("action", KEY_ACTIONS)
def test_what_a_grant_allows_with_keys_exists_in_that_spelling_and_takes_a_key(action: str) -> None:
    assert actions.actions_matching(action) == {action}
    assert actions.takes(action, "arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab")


@pytest.mark.parametrize("pattern", NEVER_ALLOW + NEVER_ALLOW_BESIDE_TAGS)
def test_what_a_guardrail_forbids_exists(pattern: str) -> None:
    assert actions.exists(pattern)


def test_the_actions_that_a_pattern_matches_are_spelled_as_aws_spells_them() -> None:
    assert actions.actions_matching("SQS:*messagebatch") == set()
    assert actions.actions_matching("SQS:*message") == {"sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"}
    assert actions.actions_matching("*") >= {"s3:GetObject", "iam:PassRole", "states:InvokeHTTPEndpoint"}


@given(PATTERNS, RESOURCES)
@example("s3:*", "arn:aws:s3:::«")
@example("", "")
def test_no_text_makes_a_question_fail(pattern: str, resource: str) -> None:
    assert actions.exists(pattern) in (True, False)
    assert actions.takes(pattern, resource) in (True, False, None)
    assert actions.takes_only_everything(pattern) in (True, False)


@given(PATTERNS)
@settings(max_examples=50, deadline=None)
def test_what_is_nearest_exists(pattern: str) -> None:
    found = actions.nearest(pattern)
    assert found is None or actions.exists(found)


@given(RESOURCES)
def test_more_actions_and_a_wider_resource_are_never_refused_where_fewer_are_taken(resource: str) -> None:
    if actions.takes("s3:GetObject", resource):
        assert actions.takes("s3:Get*", resource)
        assert actions.takes("s3:GetObject", f"{resource}*")
        assert actions.takes("*", resource)


def test_a_thousand_questions_take_no_time() -> None:
    for each in (actions._data, actions._service, actions._all_formats, actions._fits):
        each.cache_clear()
    started = time.process_time()
    for number in range(250):
        actions.exists("s3:GetObject")
        actions.exists("ec2:Describe*")
        actions.takes("s3:GetObject", f"arn:aws:s3:::data-{number}/*")
        actions.takes("kms:Decrypt", f"arn:aws:kms:*:111111111111:alias/{number}*")
    assert time.process_time() - started < 0.5


def test_the_data_file_is_small_and_names_its_source() -> None:
    text = (ROOT / "rolecall" / "policy" / "iam_actions.json").read_text("utf-8")
    assert len(text) < 700_000
    assert '"source": "cfn-lint ' in text
    assert str(ROOT) not in text


@pytest.mark.parametrize("count", [3_000, 250])
def test_a_statement_of_many_actions_and_resources_takes_no_time(count: int) -> None:
    started = time.process_time()
    actions_of_it = [f"s3:Get{number}*" for number in range(count)] + ["s3:*Object*", "ec2:" + "*e" * 500]
    resources = [f"arn:aws:sqs:::q{number}" for number in range(count)]
    list(idle_parts({"Effect": "Allow", "Action": actions_of_it, "Resource": resources}))
    assert time.process_time() - started < 2


def test_an_action_that_the_deployment_fills_in_is_not_called_unknown() -> None:
    assert not list(idle_parts({"Effect": "Allow", "Action": ["«Action»", "s3:«Name»"], "Resource": "*"}))
