"""Trust policies: which doors they open and what is wrong with them, case by case in tests/cases/trust.yaml."""

from typing import Any

import pytest
from case_tables import cases
from hypothesis import given
from hypothesis import strategies as st

from rolecall.policy.analyse import problems
from rolecall.policy.document import document
from rolecall.policy.principal import covers_principal
from rolecall.policy.reading import LIVE, OURS, Reading
from rolecall.policy.trust import doors

VENDOR = "arn:aws:iam::353360065216:root"
OPERATORS = [
    prefix + operator + suffix
    for prefix in ("", "ForAllValues:", "ForAnyValue:")
    for operator in ("StringEquals", "StringLike", "StringNotEquals", "StringEqualsIgnoreCase", "ArnLike", "Null")
    for suffix in ("", "IfExists")
]


@pytest.mark.parametrize("case", cases("trust"))
def test_of_a_trust_policy(case: dict[str, Any]) -> None:
    trust = {"Version": "2012-10-17", "Statement": case["Statement"]}
    found: dict[int, list[str]] = {}
    for problem in problems(trust):
        found.setdefault(problem.statement, []).append(f"{problem.rule} {problem.failure_mode}".strip())
    assert {index: sorted(said) for index, said in found.items()} == case.get("problems", {})
    assert sorted(map(str, doors(trust))) == sorted(case.get("doors", []))


@given(st.sampled_from(OPERATORS))
def test_only_plain_string_equals_is_without_a_problem(operator: str) -> None:
    trust = _trust({operator: {"sts:ExternalId": "acme-1"}})
    assert (not problems(trust)) == (operator == "StringEquals")


@given(st.permutations([0, 1, 2]), st.booleans())
def test_the_order_of_statements_changes_neither_doors_nor_kinds_of_problems(order: list[int], as_list: bool) -> None:
    three = [
        _statement({"StringEquals": {"sts:ExternalId": ["acme-1"] if as_list else "acme-1"}}),
        _statement({"StringLike": {"sts:ExternalId": "*"}}),
        _statement({"Null": {"sts:ExternalId": "false"}}),
    ]
    mixed = document(*(three[index] for index in order))
    assert doors(mixed) == doors(document(*three))
    assert {(order[p.statement], p.rule) for p in problems(mixed)} == {(1, "RC104"), (2, "RC105")}


def test_every_problem_says_what_to_write_instead() -> None:
    (problem,) = problems(_trust({"StringLike": {"sts:ExternalId": "*"}}))
    assert "write StringEquals on sts:ExternalId" in problem.message


@pytest.mark.parametrize("text", ["{{resolve:ssm:/vendors/acme:3}}", "«Parameter»", "acme-«Number»"])
@pytest.mark.parametrize(("reading", "rules"), [(OURS, []), (LIVE, ["RC111"])])
def test_what_a_deployment_fills_in_can_be_sent_unless_it_stands_in_a_live_trust(
    text: str, reading: Reading, rules: list[str]
) -> None:
    found = problems(_trust({"StringEquals": {"sts:ExternalId": text}}), reading)
    assert [problem.rule for problem in found] == rules


@pytest.mark.parametrize(
    ("wide", "narrow", "answer"),
    [
        ("*", VENDOR, True),
        (VENDOR, VENDOR, True),
        (VENDOR, "arn:aws:iam::353360065216:user/reader", True),
        ("arn:aws:iam::353360065216:user/reader", VENDOR, False),
        (VENDOR, "arn:aws:iam::944579081756:user/reader", False),
        (VENDOR, "*", False),
        (VENDOR, "Service:lambda.amazonaws.com", False),
        (VENDOR, "Federated:arn:aws:iam::353360065216:saml-provider/okta", False),
    ],
)
def test_trusting_one_principal_includes_another(wide: str, narrow: str, answer: bool) -> None:
    assert covers_principal(wide, narrow) is answer


def _statement(condition: dict[str, Any]) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": VENDOR}, "Action": "sts:AssumeRole", "Condition": condition}


def _trust(condition: dict[str, Any]) -> dict[str, Any]:
    return document(_statement(condition))
