"""IAM's policy simulator: what is asked together, how answers are taken apart, and what leaves a question open."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.simulation import PROVES_NOTHING, RESOURCES_AT_ONCE, Question, simulate
from rolecall.runtime.verdict import Verdict, evidence, findings

ROLE = "arn:aws:iam::111111111111:role/vendors/r"
JIRA, PAYROLL = (f"arn:aws:secretsmanager:eu-central-1:111111111111:secret:{name}-AbCdEf" for name in ("jira", "pay"))
GET, DESCRIBE = "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"
INSIDE = Question("secret_in_scope", (GET, DESCRIBE), JIRA, (), Observed.ALLOWED, "jira")
BESIDE = Question("secret_out_of_scope", (GET, DESCRIBE), PAYROLL, (), Observed.DENIED, "pay")


@pytest.fixture
def iam() -> Any:
    """A client that talks to nobody."""
    return boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def result(action: str, words: dict[str, str], **more: Any) -> dict[str, Any]:
    """One action's result as AWS gives it: for all resources together, and for each of them."""
    order = ("explicitDeny", "implicitDeny", "allowed")
    each = [{"EvalResourceName": arn, "EvalResourceDecision": word, **more} for arn, word in words.items()]
    worst = min(words.values(), key=order.index)
    format_of_arn = "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${SecretId}"
    return {
        "EvalActionName": action,
        "EvalResourceName": format_of_arn,
        "EvalDecision": worst,
        "ResourceSpecificResults": each,
    }


def answer(*results: dict[str, Any], marker: str | None = None) -> dict[str, Any]:
    """A page."""
    more = {"IsTruncated": True, "Marker": marker} if marker else {"IsTruncated": False}
    return {"EvaluationResults": list(results), **more}


RIGHT = answer(*(result(action, {JIRA: "allowed", PAYROLL: "implicitDeny"}) for action in (GET, DESCRIBE)))


def asked(*resources: str, **more: Any) -> dict[str, Any]:
    """The request for the two actions."""
    request = {"PolicySourceArn": ROLE, "ActionNames": [GET, DESCRIBE], "ResourceArns": list(resources)}
    return {**request, "ContextEntries": [], **more}


def only(iam: Any, page: dict[str, Any], question: Question = INSIDE) -> Probe:
    """The probe of one question with this answer."""
    with Stubber(iam) as stub:
        stub.add_response("simulate_principal_policy", page)
        [probe] = simulate(iam, ROLE, [question])
    return probe


@pytest.mark.parametrize(
    ("named", "observed"),
    [
        (JIRA, Observed.ALLOWED),
        ("*", Observed.ALLOWED),
        ("arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${SecretId}", Observed.ALLOWED),
        (PAYROLL, Observed.UNDECIDED),
    ],
)
def test_an_answer_that_names_another_resource_is_none_to_this_question(
    iam: Any, named: str, observed: Observed
) -> None:
    alone = [{"EvalActionName": each, "EvalResourceName": named, "EvalDecision": "allowed"} for each in (GET, DESCRIBE)]
    assert only(iam, answer(*alone)).observed is observed


def test_questions_of_one_context_are_one_call_with_an_answer_for_each_resource(iam: Any) -> None:
    with Stubber(iam) as stub:
        stub.add_response("simulate_principal_policy", RIGHT, asked(JIRA, PAYROLL))
        probes = simulate(iam, ROLE, [INSIDE, BESIDE])
        stub.assert_no_pending_responses()
    assert [(probe.kind, probe.observed) for probe in probes] == [
        ("secret_in_scope", Observed.ALLOWED),
        ("secret_out_of_scope", Observed.DENIED),
    ]
    assert {probe.rung for probe in probes} == {Rung.PERMISSIONS}
    assert probes[0].asked == "by the simulator, GetSecretValue, DescribeSecret on jira"
    assert evidence(probes, None) == (Rung.PERMISSIONS,)


def test_a_context_of_its_own_is_a_call_of_its_own(iam: Any) -> None:
    context = (("aws:ResourceTag/project", "string", ("billing",)), ("x:Forced", "boolean", ("true",)))
    tagged = Question("secret_in_scope", (GET, DESCRIBE), PAYROLL, context, Observed.ALLOWED, "pay")
    entries = [
        {"ContextKeyName": "aws:ResourceTag/project", "ContextKeyType": "string", "ContextKeyValues": ["billing"]},
        {"ContextKeyName": "x:Forced", "ContextKeyType": "boolean", "ContextKeyValues": ["true"]},
    ]
    with Stubber(iam) as stub:
        stub.add_response("simulate_principal_policy", RIGHT, asked(JIRA))
        allowed = answer(*(result(action, {PAYROLL: "allowed"}) for action in (GET, DESCRIBE)))
        stub.add_response("simulate_principal_policy", allowed, asked(PAYROLL, ContextEntries=entries))
        probes = simulate(iam, ROLE, [INSIDE, tagged])
        stub.assert_no_pending_responses()
    assert [probe.observed for probe in probes] == [Observed.ALLOWED, Observed.ALLOWED]


def test_many_resources_are_several_calls(iam: Any) -> None:
    arns = [f"{JIRA}{number}" for number in range(RESOURCES_AT_ONCE + 1)]
    questions = [Question("secret_in_scope", (GET,), arn, (), Observed.ALLOWED, arn) for arn in arns]
    with Stubber(iam) as stub:
        for part in (arns[:RESOURCES_AT_ONCE], arns[RESOURCES_AT_ONCE:]):
            stub.add_response("simulate_principal_policy", answer(result(GET, dict.fromkeys(part, "allowed"))))
        probes = simulate(iam, ROLE, questions)
        stub.assert_no_pending_responses()
    assert {probe.observed for probe in probes} == {Observed.ALLOWED}


def test_every_page_is_read(iam: Any) -> None:
    with Stubber(iam) as stub:
        first = answer(result(GET, {JIRA: "allowed"}), marker="m")
        stub.add_response("simulate_principal_policy", first, asked(JIRA))
        second = answer(result(DESCRIBE, {JIRA: "allowed"}))
        stub.add_response("simulate_principal_policy", second, asked(JIRA, Marker="m"))
        [probe] = simulate(iam, ROLE, [INSIDE])
        stub.assert_no_pending_responses()
    assert probe.observed is Observed.ALLOWED


def test_one_action_of_several_decides_and_is_named(iam: Any) -> None:
    page = answer(result(GET, {JIRA: "allowed"}), result(DESCRIBE, {JIRA: "explicitDeny"}))
    lost = only(iam, page)
    assert (lost.observed, lost.observation.error_code) == (Observed.DENIED, "explicitDeny")
    assert findings([lost], []) == [
        (Verdict.UNDERPOWERED, "secret_in_scope: by the simulator, DescribeSecret on jira was denied (explicitDeny)")
    ]
    page = answer(result(GET, {PAYROLL: "implicitDeny"}), result(DESCRIBE, {PAYROLL: "allowed"}))
    gained = only(iam, page, BESIDE)
    assert findings([gained], []) == [
        (Verdict.OVERREACHING, "secret_out_of_scope: by the simulator, DescribeSecret on pay was allowed")
    ]


def test_letter_case_of_an_action_does_not_count(iam: Any) -> None:
    page = answer(result(GET.lower(), {JIRA: "allowed"}), result(DESCRIBE.upper(), {JIRA: "allowed"}))
    assert only(iam, page).observed is Observed.ALLOWED


def test_a_result_for_all_resources_counts_where_there_is_one_only(iam: Any) -> None:
    page = answer(*({"EvalActionName": action, "EvalDecision": "allowed"} for action in (GET, DESCRIBE)))
    assert only(iam, page).observed is Observed.ALLOWED
    with Stubber(iam) as stub:
        stub.add_response("simulate_principal_policy", page)
        probes = simulate(iam, ROLE, [INSIDE, BESIDE])
    assert {probe.observed for probe in probes} == {Observed.UNDECIDED}


def test_a_wrong_answer_counts_before_an_open_one(iam: Any) -> None:
    open_one = result(GET, {PAYROLL: "implicitDeny"}, MissingContextValues=["aws:SourceVpc"])
    probe = only(iam, answer(open_one, result(DESCRIBE, {PAYROLL: "allowed"})), BESIDE)
    assert (probe.observed, probe.failed) == (Observed.ALLOWED, True)


@pytest.mark.parametrize("word", ["allowed", "implicitDeny", "explicitDeny"])
def test_a_missing_condition_key_leaves_the_question_open(iam: Any, word: str) -> None:
    page = answer(*(result(a, {JIRA: word}, MissingContextValues=["aws:SourceVpc"]) for a in (GET, DESCRIBE)))
    probe = only(iam, page)
    assert probe.observed is Observed.UNDECIDED
    assert probe.observation.reason == "the answer hangs on aws:SourceVpc, which only a real call has"
    assert evidence([probe], None) == ()


def test_the_boundary_is_named_where_it_refuses(iam: Any) -> None:
    detail = {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}}
    page = answer(*(result(action, {JIRA: "implicitDeny"}, **detail) for action in (GET, DESCRIBE)))
    assert only(iam, page).observation.denied_by is DeniedBy.PERMISSIONS_BOUNDARY


def test_the_organization_is_named_where_it_refuses_every_resource(iam: Any) -> None:
    organization = {"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}
    refused = [{**result(action, {JIRA: "explicitDeny"}), **organization} for action in (GET, DESCRIBE)]
    assert only(iam, answer(*refused)).observation.denied_by is DeniedBy.SERVICE_CONTROL_POLICY
    words = {JIRA: "implicitDeny", PAYROLL: "allowed"}
    mixed = [{**result(action, words), **organization} for action in (GET, DESCRIBE)]
    assert only(iam, answer(*mixed)).observation.denied_by is None


@pytest.mark.parametrize("allowed", [True, None])
def test_nobody_is_named_who_does_not_refuse(iam: Any, allowed: bool | None) -> None:
    detail = {} if allowed is None else {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": True}}
    page = answer(*(result(action, {JIRA: "implicitDeny"}, **detail) for action in (GET, DESCRIBE)))
    assert only(iam, page).observation.denied_by is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("AccessDenied", "the simulator may not be used: iam:SimulatePrincipalPolicy was refused (AccessDenied)"),
        ("Throttling", "AWS throttled the call to the end (Throttling)"),
        ("ExpiredToken", "the credentials are missing, expired or not known to AWS (ExpiredToken)"),
        ("NoSuchEntity", "AWS answered NoSuchEntity"),
        ("PolicyEvaluation", "AWS answered PolicyEvaluation"),
    ],
)
def test_a_simulator_that_does_not_answer_decides_nothing(iam: Any, code: str, reason: str) -> None:
    with Stubber(iam) as stub:
        stub.add_client_error("simulate_principal_policy", code)
        probes = simulate(iam, ROLE, [INSIDE, BESIDE])
    assert {(probe.observed, probe.observation.reason) for probe in probes} == {(Observed.UNDECIDED, reason)}
    assert findings(probes, []) == []


def test_what_a_first_page_said_stands_where_the_second_does_not_come(iam: Any) -> None:
    with Stubber(iam) as stub:
        first = answer(result(GET, {JIRA: "allowed"}), result(DESCRIBE, {JIRA: "allowed"}), marker="m")
        stub.add_response("simulate_principal_policy", first)
        stub.add_client_error("simulate_principal_policy", "Throttling")
        probes = simulate(iam, ROLE, [INSIDE, BESIDE])
    assert [probe.observed for probe in probes] == [Observed.ALLOWED, Observed.UNDECIDED]


class Canned:
    """An IAM with one answer to everything."""

    def __init__(self, page: Any) -> None:
        self._page, self.requests = page, list[dict[str, Any]]()

    def simulate_principal_policy(self, **request: Any) -> Any:
        """The answer; endless where it says that it goes on."""
        self.requests.append(request)
        return self._page


@pytest.mark.parametrize(
    "page",
    [
        None,
        [],
        {},
        {"EvaluationResults": None},
        {"EvaluationResults": [{}]},
        {"EvaluationResults": []},
        {"EvaluationResults": [{"EvalActionName": GET, "EvalDecision": "perhaps"}]},
        {"EvaluationResults": [{"EvalActionName": GET, "ResourceSpecificResults": [{}], "EvalDecision": "allowed"}]},
    ],
)
def test_an_answer_of_another_shape_decides_nothing(page: Any) -> None:
    [probe] = simulate(Canned(page), ROLE, [INSIDE])
    assert probe.observed is Observed.UNDECIDED
    assert probe.observation.reason


def test_pages_without_end_are_read_to_a_bound() -> None:
    endless = Canned(answer(marker="again"))
    [probe] = simulate(endless, ROLE, [INSIDE])
    assert probe.observed is Observed.UNDECIDED
    assert len(endless.requests) == 20


def test_no_question_is_no_call() -> None:
    iam = Canned(None)
    assert simulate(iam, ROLE, []) == []
    assert iam.requests == []


def test_an_emulated_simulator_is_asked_about_one_resource_and_finds_roles_by_name() -> None:
    iam = Canned(answer(*({"EvalActionName": action, "EvalDecision": "allowed"} for action in (GET, DESCRIBE))))
    context = Question("kms_decrypt", ("kms:Decrypt",), JIRA, (), Observed.ALLOWED, "jira", "condition keys")
    probes = simulate(iam, ROLE, [INSIDE, BESIDE, context], is_emulated=True)
    assert [probe.observed for probe in probes] == [Observed.ALLOWED, Observed.ALLOWED, Observed.SKIPPED]
    assert [request["ResourceArns"] for request in iam.requests] == [[JIRA], [PAYROLL]]
    assert {request["PolicySourceArn"] for request in iam.requests} == {"arn:aws:iam::111111111111:role/r"}
    assert probes[2].observation.reason == "the embedded AWS's simulator does not heed condition keys"


def test_an_emulated_simulator_is_not_believed_when_it_denies_and_a_deny_hangs_on_a_condition() -> None:
    answers = answer(result(GET, {JIRA: "explicitDeny"}), result(DESCRIBE, {JIRA: "allowed"}))
    [doubted] = simulate(Canned(answers), ROLE, [INSIDE], is_emulated=True, denies_on_condition=True)
    assert doubted.observation.reason == "the embedded AWS's simulator does not heed condition keys"
    assert (doubted.observed, doubted.asked) == (Observed.SKIPPED, "by the simulator, GetSecretValue on jira")
    assert findings([doubted], []) == []
    for more in ({"is_emulated": True}, {"denies_on_condition": True}):
        [believed] = simulate(Canned(answers), ROLE, [INSIDE], **more)
        assert believed.observed is Observed.DENIED


def test_a_condition_on_a_deny_excuses_no_implicit_refusal() -> None:
    answers = answer(result(GET, {JIRA: "implicitDeny"}), result(DESCRIBE, {JIRA: "allowed"}))
    [lost] = simulate(Canned(answers), ROLE, [INSIDE], is_emulated=True, denies_on_condition=True)
    assert lost.failed


def test_refusals_of_an_emulated_simulator_prove_nothing_by_themselves() -> None:
    refusing = Canned(answer(*({"EvalActionName": a, "EvalDecision": "implicitDeny"} for a in (GET, DESCRIBE))))
    probes = simulate(refusing, ROLE, [INSIDE, BESIDE], is_emulated=True)
    assert [probe.observed for probe in probes] == [Observed.DENIED, Observed.SKIPPED]
    assert probes[1].observation.reason == PROVES_NOTHING
    assert [probe.observed for probe in simulate(refusing, ROLE, [BESIDE])] == [Observed.DENIED]
