"""From a grant to the questions for IAM's policy simulator, and that the compiled policies answer them as expected."""

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from rolecall.estate import sound
from rolecall.model.grant import Access, Grant, Permissions
from rolecall.model.secret import Secret
from rolecall.policy.compile import Home, permission_document
from rolecall.runtime.observation import Observed
from rolecall.runtime.simulation import Question
from rolecall.verification.expectations import MAX_SECRETS
from rolecall.verification.questions import questions
from rolecall.verification.sample_secrets import Neighbourhood
from tests.case_tables import cases
from tests.embedded.world import ROOT
from tests.made_up_grant import GRANT


def secret(written: Mapping[str, Any]) -> Secret:
    """A secret as an estate writes it."""
    [kind] = {"name", "prefix", "arn", "tag"} & set(written)
    tags = tuple(written[kind].items()) if kind == "tag" else ()
    value = "" if kind == "tag" else written[kind]
    return Secret(kind, value, tags=tags, kms_key=written.get("kms_key"), region=written.get("region"))  # type: ignore[arg-type]


def grant(written: Mapping[str, Any]) -> Grant:
    """A grant as a case writes it."""
    permissions = Permissions(
        access=Access(written.get("access", "read")),
        secrets=tuple(map(secret, written["secrets"])),
        allow_permanent_delete=written.get("allow_permanent_delete", False),
        statements=tuple(written.get("statements", ())),
    )
    account, boundary = written.get("account", GRANT.account), written.get("permissions_boundary")
    return replace(GRANT, account=account, permissions=permissions, permissions_boundary=boundary)


def answer(document: Any, action: str, arn: str, context: Mapping[str, str]) -> Observed:
    """What IAM says of a compiled document: worked out from its documentation and nothing of ours."""
    effects = {
        statement["Effect"]
        for statement in (document or {"Statement": []})["Statement"]
        if any(fnmatchcase(action, pattern) for pattern in listed(statement["Action"]))
        and any(fnmatchcase(arn, pattern) for pattern in listed(statement["Resource"]))
        and all(holds(*clause, context) for clause in statement.get("Condition", {}).items())
    }
    return Observed.ALLOWED if effects == {"Allow"} else Observed.DENIED


def listed(value: Any) -> list[str]:
    """Several values, or one."""
    return value if isinstance(value, list) else [value]


def holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """One operator of a condition; the compiled ones are StringEquals, StringLike and Bool."""
    assert operator in ("StringEquals", "StringLike", "Bool")
    return all(
        key in context and any(fnmatchcase(context[key], value) for value in listed(values))
        for key, values in keys.items()
    )


def as_expected(of: Grant, question: Question) -> bool:
    """Whether the role answers a question as it should once it is as compiled."""
    document = permission_document(of.permissions, Home(of.partition, of.account, of.region))
    context = {key: values[0] for key, _, values in question.context}
    found = {answer(document, action, question.resource, context) for action in question.actions}
    return found == {question.expected}


@pytest.mark.parametrize("case", cases("simulated_questions"))
def test_the_questions_of_a_grant(case: dict[str, Any]) -> None:
    role = grant(case["role"])
    found = questions(role, Neighbourhood([role, *map(grant, case.get("neighbours", []))]))
    assert sorted(f"{one.expected.value} {one.kind} {one.asked}" for one in found) == sorted(case["asked"])
    assert sum(bool(one.hangs_on) for one in found) == case.get("embedded_cannot", 0)
    assert [one for one in found if not as_expected(role, one)] == []
    contexts = [{key: values[0] for key, _, values in one.context} for one in found]
    for wanted in case.get("context", []):
        assert any(wanted.items() <= context.items() for context in contexts), wanted


def test_every_compiled_role_of_the_examples_answers_as_expected() -> None:
    for folder in sorted((ROOT / "examples").iterdir()):
        if (folder / "estate.yaml").exists():
            grants = sound(folder).grants
            near = Neighbourhood(grants)
            assert [(g.address, q) for g in grants for q in questions(g, near) if not as_expected(g, q)] == []


def test_each_question_is_of_whole_actions_and_one_resource() -> None:
    wild = replace(GRANT.permissions, read_actions=("secretsmanager:Get*", "secretsmanager:GetSecretValue"))
    role = replace(
        GRANT, permissions=replace(wild, secrets=(Secret("prefix", "a/"), Secret("tag", "", tags=(("k", "v"),))))
    )
    found = questions(role, Neighbourhood([role]))
    assert {action for one in found for action in one.actions} == {"secretsmanager:GetSecretValue"}
    assert not [one for one in found if set("*?") & set(one.resource)]


def test_an_action_that_aws_asks_of_everything_alone_is_left_out() -> None:
    listing = Permissions(read_actions=("secretsmanager:ListSecrets",), secrets=(Secret("prefix", "a/"),))
    found = questions(replace(GRANT, permissions=listing), Neighbourhood([]))
    assert {action for one in found for action in one.actions} == {"secretsmanager:GetSecretValue"}
    assert {one.expected for one in found} == {Observed.DENIED}


def test_the_questions_of_a_large_estate_are_bounded() -> None:
    many = [
        replace(GRANT, permissions=Permissions(secrets=tuple(Secret("name", f"p{n}/s{m}") for m in range(20))))
        for n in range(50)
    ]
    found = questions(many[7], Neighbourhood(many))
    assert len([one for one in found if one.kind == "secret_in_scope"]) == MAX_SECRETS
    assert len(found) == 4 * MAX_SECRETS


@pytest.mark.parametrize(("region", "other"), [("cn-north-1", "cn-northwest-1"), ("us-gov-west-1", "us-gov-east-1")])
def test_another_region_is_of_the_same_partition(region: str, other: str) -> None:
    role = replace(GRANT, region=region, permissions=Permissions(secrets=(Secret("name", "a"),)))
    [elsewhere] = [one for one in questions(role, Neighbourhood([])) if one.kind == "region"]
    assert elsewhere.asked == f"a in {other}"
    assert elsewhere.resource.split(":")[1] == role.partition


def test_the_service_of_a_key_has_its_name_in_china() -> None:
    key = "arn:aws-cn:kms:cn-north-1:111111111111:key/1"
    role = replace(GRANT, region="cn-north-1", permissions=Permissions(secrets=(Secret("name", "a", kms_key=key),)))
    assert all(as_expected(role, one) for one in questions(role, Neighbourhood([])))
