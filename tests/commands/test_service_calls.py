"""From grants of services to what is called and asked, and that the compiled policies answer as expected."""

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from rolecall.model import services as model
from rolecall.model.grant import Grant, Permissions
from rolecall.model.services import Documented, ServiceAccess
from rolecall.policy.compile import Home, permission_document
from rolecall.runtime.expectation import RoleExpectation, ServiceCall
from rolecall.runtime.observation import Observed
from rolecall.runtime.service_calls import harmless
from rolecall.runtime.wrong_ids import Neighbours
from rolecall.verification.expectations import MAX_NEIGHBOURS, expectation
from rolecall.verification.named_services import NamedServices
from rolecall.verification.service_questions import service_questions
from rolecall.verification.services_beside import MAX_VERSION
from rolecall.verification.tried_services import MAX_RESOURCES, service_stands
from tests.case_tables import cases
from tests.made_up_grant import GRANT

_OF = {
    access.service: access
    for access in (
        model.SqsAccess,
        model.SnsAccess,
        model.S3Access,
        model.LambdaAccess,
        model.SesAccess,
        model.LexAccess,
        model.CloudWatchAccess,
    )
}


def accesses(written: Mapping[str, Any], account_wide: list[str] | None = None) -> tuple[ServiceAccess, ...]:
    documented = Documented(account_wide=tuple((action, "a list to choose from") for action in account_wide or []))
    return tuple(_OF[service](**parts, documented=documented) for service, parts in written.items())


def grant(case: Mapping[str, Any], project: str = "p") -> Grant:
    found = accesses(case["services"], case.get("account_wide"))
    permissions = Permissions(services=found, statements=tuple(case.get("statements", ())))
    return replace(GRANT, project=project, permissions=permissions)


def tried(case: Mapping[str, Any], *, stand_ins: bool) -> RoleExpectation:
    role = grant(case)
    others = [grant({"services": each}, f"n{at}") for at, each in enumerate(case.get("neighbours", []))]
    of_estate = NamedServices.of([role, *others])
    ids = {role.address: ("an-id",)}
    return expectation(role, ids, Neighbours.of([]), secrets=True, stand_ins=stand_ins, services=of_estate)


def words(role: RoleExpectation) -> list[str]:
    inside = [f"allowed {call.where}" for call in role.callable]
    return sorted([*inside, *(f"denied {call.where}" for call in role.uncallable)])


def resource_of(call: ServiceCall) -> str:
    """What IAM compares with a Resource, by AWS's documentation of each service."""
    if call.action == "s3:GetObject":
        return f"{call.resource}/{call.key}"
    return f"{call.resource}:log-stream:" if call.action == "logs:DescribeLogStreams" else call.resource


def answer(of: Grant, action: str, resource: str, context: Mapping[str, str]) -> Observed:
    """What IAM says of the compiled document: worked out from its documentation and nothing of ours."""
    document = permission_document(of.permissions, Home(of.partition, of.account, of.region))
    assert document is not None
    is_allowed = any(
        any(fnmatchcase(action, pattern) for pattern in listed(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))
        and all(holds(operator, keys, context) for operator, keys in statement.get("Condition", {}).items())
        for statement in document["Statement"]
    )
    return Observed.ALLOWED if is_allowed else Observed.DENIED


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    assert operator in ("StringEquals", "StringEqualsIfExists", "StringLike")
    return all(
        any(fnmatchcase(context[key], value) for value in listed(values))
        if key in context
        else operator.endswith("IfExists")
        for key, values in keys.items()
    )


@pytest.mark.parametrize("case", cases("service_calls"))
def test_what_is_called_of_a_grant(case: dict[str, Any]) -> None:
    on_aws = tried(case, stand_ins=False)
    assert words(on_aws) == sorted(case["on_aws"])
    if "embedded" in case:
        assert words(tried(case, stand_ins=True)) == sorted([*case["on_aws"], *case["embedded"]])
    assert list(on_aws.uncalled) == case.get("uncalled", [])


@pytest.mark.parametrize("case", [each for each in cases("service_calls") if "simulated" in each.values[0]])
def test_what_the_simulator_is_asked_of_a_grant(case: dict[str, Any]) -> None:
    found = service_questions(grant(case))
    said = [f"{q.expected.value} {', '.join(a.partition(':')[2] for a in q.actions)} on {q.asked}" for q in found]
    assert sorted(said) == sorted(case["simulated"])
    assert sum(bool(question.hangs_on) for question in found) == case.get("embedded_cannot", 0)
    for question in found:
        context = {key: values[0] for key, _, values in question.context}
        answers = {answer(grant(case), action, question.resource, context) for action in question.actions}
        assert answers == {question.expected}, question


@pytest.mark.parametrize("case", cases("service_calls"))
def test_a_compiled_role_answers_every_call_as_expected(case: dict[str, Any]) -> None:
    role = tried(case, stand_ins=True)
    for calls, expected in ((role.callable, Observed.ALLOWED), (role.uncallable, Observed.DENIED)):
        for call in calls:
            prefix = {"s3:prefix": call.key} if call.action == "s3:ListBucket" else {}
            assert answer(grant(case), call.action, resource_of(call), prefix) is expected, call
            assert harmless(call.action) is not None


def test_without_the_flag_no_service_is_called() -> None:
    role = grant({"services": {"sqs": {"queues": ["orders"]}}})
    quiet = expectation(role, {role.address: ("an-id",)}, Neighbours.of([]), secrets=False, stand_ins=True)
    assert (quiet.callable, quiet.uncallable, quiet.uncalled) == ((), (), ())


def test_a_role_without_services_is_not_asked_for_its_neighbours() -> None:
    case = {"services": {}, "neighbours": [{"sqs": {"queues": ["invoices"]}}]}
    assert words(tried(case, stand_ins=True)) == []


def test_of_many_resources_a_few_are_called_and_of_many_neighbours_too() -> None:
    case = {
        "services": {"sqs": {"queues": [f"q{n}" for n in range(30)]}, "lambda": {"functions": ["enrich"]}},
        "neighbours": [{"sqs": {"queues": [f"n{n}" for n in range(30)]}}],
    }
    role = tried(case, stand_ins=False)
    assert len(role.callable) == MAX_RESOURCES + 1
    assert len([call for call in role.uncallable if call.name.startswith("n")]) == MAX_NEIGHBOURS
    assert len(service_questions(grant(case))) == 2 * (MAX_RESOURCES + 1)
    assert role.uncalled == ()


def test_of_many_resources_that_no_harmless_call_is_granted_of_a_few_are_named() -> None:
    role = tried({"services": {"sns": {"topics": [f"t{n}" for n in range(30)]}}}, stand_ins=False)
    assert len(role.uncalled) == MAX_RESOURCES


def test_a_neighbour_of_another_account_is_not_asked_for() -> None:
    role = grant({"services": {"sqs": {"queues": ["orders"]}}})
    other = replace(grant({"services": {"sqs": {"queues": ["invoices"]}}}, "n"), account="222222222222")
    of_estate = NamedServices.of([role, other])
    ids = {role.address: ("an-id",)}
    assert expectation(role, ids, Neighbours.of([]), secrets=True, services=of_estate).uncallable == ()


@pytest.mark.parametrize(("region", "other"), [("cn-north-1", "cn-northwest-1"), ("us-gov-west-1", "us-gov-east-1")])
def test_another_region_is_of_the_same_partition(region: str, other: str) -> None:
    role = replace(grant({"services": {"lambda": {"functions": ["enrich"]}}}), region=region)
    [elsewhere] = [stand.call for stand in service_stands(role) if stand.call.region != region]
    assert (elsewhere.region, elsewhere.resource.split(":")[1]) == (other, role.partition)


def test_of_many_prefixes_of_many_buckets_a_few_are_called() -> None:
    folders = [f"team-{n}/" for n in range(20)]
    role = tried(
        {"services": {"s3": {"buckets": [f"exports-{n}" for n in range(20)], "prefixes": folders}}}, stand_ins=True
    )
    for action in ("s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"):
        assert len([call for call in role.callable if call.action == action]) == MAX_RESOURCES
    assert len(role.uncallable) <= 6 * MAX_RESOURCES


def test_of_a_function_with_very_many_versions_no_stand_in_is_looked_for() -> None:
    case = {"services": {"lambda": {"functions": [f"enrich:{MAX_VERSION}", f"rate:{MAX_VERSION + 1}"]}}}
    embedded, on_aws = tried(case, stand_ins=True), tried(case, stand_ins=False)
    assert [call.name for call in embedded.callable] == [f"enrich:{MAX_VERSION}"]
    assert embedded.unmade == (f"lambda:InvokeFunction on rate:{MAX_VERSION + 1} in eu-central-1",)
    assert (len(on_aws.callable), on_aws.unmade) == (2, ())
