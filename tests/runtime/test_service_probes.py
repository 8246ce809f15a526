"""Service probes: forms of requests and answers, AWS's error codes; what AWS enforces is tested elsewhere."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from rolecall.runtime import session_policy
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation, ServiceCall
from rolecall.runtime.lines import TRIES, Lines
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.service_calls import harmless
from rolecall.runtime.service_probes import EITHER, LOOKED, NO_BUCKET, NO_HARMLESS_CALL, ServiceProbes
from rolecall.runtime.trouble import Trouble
from tests.runtime.fake_sts import FakeSts

REGION, ACCOUNT = "eu-central-1", "111111111111"
ALLOWED, DENIED, UNDECIDED, SKIPPED = Observed.ALLOWED, Observed.DENIED, Observed.UNDECIDED, Observed.SKIPPED
ROLE = RoleExpectation(
    workspace="w",
    project="p",
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/r",
    region=REGION,
    external_ids=("the-right-id",),
    verifier_id="the-verifiers-id",
)
HIDDEN = "name-of-an-object-that-must-not-leak-4d1f"


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


QUEUE = ServiceCall("sqs:GetQueueAttributes", arn("sqs", "orders"), REGION)
QUEUE_URL = replace(QUEUE, action="sqs:GetQueueUrl")
BUCKET = ServiceCall("s3:ListBucket", "arn:aws:s3:::exports", REGION, "billing/")
LOCATION = replace(BUCKET, action="s3:GetBucketLocation", key="")
OBJECT = replace(BUCKET, action="s3:GetObject", key="billing/one")
FUNCTION = ServiceCall("lambda:InvokeFunction", arn("lambda", "function:enrich:live"), REGION)
LOG_GROUP = ServiceCall("logs:DescribeLogStreams", arn("logs", "log-group:/app/billing"), REGION)
TOPIC = ServiceCall("sns:GetTopicAttributes", arn("sns", "alerts"), REGION)


def listing(action: str) -> ServiceCall:
    return ServiceCall(action, "*", REGION)


def payload() -> StreamingBody:
    return StreamingBody(io.BytesIO(b""), 0)


# Call, boto3's operation, the request that has to be sent, and an answer of AWS's.
SHAPES: list[tuple[ServiceCall, str, dict[str, Any], dict[str, Any]]] = [
    (
        QUEUE,
        "get_queue_attributes",
        {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders", "AttributeNames": ["QueueArn"]},
        {"Attributes": {"QueueArn": QUEUE.resource}},
    ),
    (
        QUEUE_URL,
        "get_queue_url",
        {"QueueName": "orders", "QueueOwnerAWSAccountId": ACCOUNT},
        {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders"},
    ),
    (listing("sqs:ListQueues"), "list_queues", {"MaxResults": 1}, {}),
    (TOPIC, "get_topic_attributes", {"TopicArn": TOPIC.resource}, {"Attributes": {"TopicArn": TOPIC.resource}}),
    (listing("sns:ListTopics"), "list_topics", {}, {"Topics": []}),
    (
        BUCKET,
        "list_objects_v2",
        {"Bucket": "exports", "Prefix": "billing/", "MaxKeys": 1},
        {"Name": "exports", "Prefix": "billing/", "KeyCount": 1, "Contents": [{"Key": f"billing/{HIDDEN}"}]},
    ),
    (LOCATION, "get_bucket_location", {"Bucket": "exports"}, {"LocationConstraint": REGION}),
    (listing("s3:ListAllMyBuckets"), "list_buckets", {"MaxBuckets": 1}, {"Buckets": [{"Name": HIDDEN}]}),
    (
        OBJECT,
        "head_object",
        {"Bucket": "exports", "Key": "billing/one"},
        {"ContentLength": 0, "Metadata": {"note": HIDDEN}},
    ),
    (
        FUNCTION,
        "invoke",
        {"FunctionName": "enrich:live", "InvocationType": "DryRun"},
        {"StatusCode": 204, "Payload": payload()},
    ),
    (listing("lambda:ListFunctions"), "list_functions", {"MaxItems": 1}, {"Functions": []}),
    (LOG_GROUP, "describe_log_streams", {"logGroupName": "/app/billing", "limit": 1}, {"logStreams": []}),
    (listing("logs:DescribeLogGroups"), "describe_log_groups", {"limit": 1}, {"logGroups": []}),
    (listing("ses:GetSendQuota"), "get_send_quota", {}, {"Max24HourSend": 200.0}),
    (listing("ses:ListIdentities"), "list_identities", {"MaxItems": 1}, {"Identities": []}),
    (
        listing("ses:GetIdentityVerificationAttributes"),
        "get_identity_verification_attributes",
        {"Identities": []},
        {"VerificationAttributes": {}},
    ),
]
IDS = [call.action for call, *_ in SHAPES]
AN_ANSWER = {call: (operation, request, answer) for call, operation, request, answer in SHAPES}


class Role(Clients):
    """A caller whose role opens, with real boto3 clients whose answers are scripted; they check requests and shapes."""

    def __init__(self, call: ServiceCall, **scripted: Any) -> None:
        self.sts = FakeSts(lambda _: None)
        how = harmless(call.action)
        assert how is not None
        made: Any = boto3.client
        self.made = made(how.client, region_name=REGION, aws_access_key_id="A", aws_secret_access_key="S")
        self.stub = Stubber(self.made)
        operation, request, answer = AN_ANSWER[call]
        if "code" in scripted:
            error = {"service_error_code": scripted["code"], "service_message": scripted.get("message", "")}
            self.stub.add_client_error(operation, **error, expected_params=request)
        else:
            self.stub.add_response(operation, scripted.get("answer", answer), request)
        self.stub.activate()

    def client(self, service: str, region: str | None = None) -> Any:
        return self.sts

    def temporary(self, service: str, region: str, credentials: Any) -> Any:
        return self.made


def inside(call: ServiceCall, **scripted: Any) -> Probe:
    """The probe of a granted call."""
    caller = Role(call, **scripted)
    (probe,) = ServiceProbes(replace(ROLE, callable=(call,))).as_vendor(caller)
    caller.stub.assert_no_pending_responses()
    return probe


def outside(call: ServiceCall, **scripted: Any) -> Probe:
    """The probe of a call that was not granted."""
    (probe,) = ServiceProbes(replace(ROLE, uncallable=(call,))).as_vendor(Role(call, **scripted))
    return probe


@pytest.mark.parametrize("call", [call for call, *_ in SHAPES], ids=IDS)
def test_each_call_asks_for_as_little_as_it_can_and_its_answer_is_a_yes(call: ServiceCall) -> None:
    probe = inside(call)
    assert (probe.kind, probe.observed, probe.asked) == ("service_in_scope", ALLOWED, call.where)
    assert not probe.failed
    assert HIDDEN not in repr(probe) + json.dumps(probe.as_json())


@pytest.mark.parametrize("call", [call for call, *_ in SHAPES], ids=IDS)
@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "AuthorizationError", "403"])
def test_a_refusal_is_a_no_inside_and_what_is_wanted_outside(call: ServiceCall, code: str) -> None:
    assert (inside(call, code=code).observed, inside(call, code=code).failed) == (DENIED, True)
    assert (outside(call, code=code).observed, outside(call, code=code).failed) == (DENIED, False)


@pytest.mark.parametrize(
    ("call", "code", "reason"),
    [
        (QUEUE, "AWS.SimpleQueueService.NonExistentQueue", EITHER),
        (QUEUE, "QueueDoesNotExist", EITHER),
        (BUCKET, "NoSuchBucket", NO_BUCKET),
        (FUNCTION, "ResourceNotFoundException", LOOKED),
        (LOG_GROUP, "ResourceNotFoundException", LOOKED),
        (TOPIC, "NotFound", LOOKED),
    ],
    ids=str,
)
def test_what_is_not_there_cannot_be_used_and_is_no_refusal(call: ServiceCall, code: str, reason: str) -> None:
    assert (inside(call, code=code).observed, inside(call, code=code).failed) == (DENIED, True)
    seen = outside(call, code=code)
    assert (seen.observed, seen.observation.reason, seen.failed) == (UNDECIDED, reason, False)


def test_what_is_let_through_outside_is_wrong() -> None:
    probe = outside(QUEUE)
    assert (probe.kind, probe.observed, probe.failed) == ("service_out_of_scope", ALLOWED, True)


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (QUEUE, {"Attributes": {"QueueArn": arn("sqs", "other")}}),
        (QUEUE, {"Attributes": {"QueueArn": QUEUE.resource.replace(REGION, "eu-west-1")}}),
        (QUEUE, {}),
        (QUEUE_URL, {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/other-orders"}),
        (TOPIC, {"Attributes": {"TopicArn": arn("sns", "other")}}),
        (BUCKET, {"Name": "other", "Prefix": "billing/", "KeyCount": 0}),
        (BUCKET, {"Name": "exports", "Prefix": "", "KeyCount": 1}),
        (BUCKET, {"Name": "exports", "Prefix": "billing/", "KeyCount": 1000}),
        (LOCATION, {}),
        (OBJECT, {}),
        (OBJECT, {"ContentLength": -1}),
        (FUNCTION, {"StatusCode": 200, "Payload": payload()}),
        (FUNCTION, {"StatusCode": 202, "Payload": payload()}),
        (LOG_GROUP, {}),
        (listing("sns:ListTopics"), {}),
    ],
    ids=[
        "another queue",
        "its namesake elsewhere",
        "nothing of a queue",
        "the address of another queue",
        "another topic",
        "another bucket",
        "another prefix",
        "more than one key",
        "no region of a bucket",
        "no length of an object",
        "no length that an object has",
        "a call that was made",
        "an event that was taken",
        "no streams",
        "no topics",
    ],
)
def test_an_answer_about_something_else_proves_nothing(call: ServiceCall, answer: Mapping[str, Any]) -> None:
    for probe in (inside(call, answer=answer), outside(call, answer=answer)):
        assert (probe.observed, probe.observation.trouble) == (UNDECIDED, Trouble.NONSENSE)


@pytest.mark.parametrize(
    ("code", "trouble"),
    [("ThrottlingException", Trouble.THROTTLED), ("ExpiredToken", Trouble.CREDENTIALS), ("SomethingNew", None)],
)
def test_any_other_code_leaves_it_open(code: str, trouble: Trouble | None) -> None:
    for probe in (inside(QUEUE, code=code), outside(QUEUE, code=code)):
        assert (probe.observed, probe.observation.trouble) == (UNDECIDED, trouble)


def test_a_refusal_by_the_session_policy_tells_nothing_of_the_role() -> None:
    words = "User: x is not authorized to perform: sqs:y because no session policy allows the sqs:y action"
    seen = outside(QUEUE, code="AccessDenied", message=words)
    assert seen.observed is UNDECIDED
    assert "session policy" in str(seen.observation.reason)


def test_the_session_may_do_what_is_asked_with_it_and_nothing_else() -> None:
    caller = Role(QUEUE)
    list(ServiceProbes(replace(ROLE, callable=(QUEUE,), uncallable=(BUCKET, FUNCTION))).as_vendor(caller))
    (statement,) = json.loads(caller.sts.requests[0]["Policy"])["Statement"]
    actions = ["lambda:InvokeFunction", "s3:ListBucket", "sqs:GetQueueAttributes"]
    assert statement == {"Effect": "Allow", "Action": actions, "Resource": ["*"]}


def test_a_session_policy_has_room_for_every_call_that_there_is() -> None:
    assert len(session_policy.calling([call for call, *_ in SHAPES])) < session_policy.MAX_CHARACTERS


def test_a_grant_without_a_harmless_call_is_skipped_and_leaves_nothing_open() -> None:
    (probe,) = ServiceProbes(replace(ROLE, uncalled=("ses identity/example.com",))).as_vendor(Role(QUEUE))
    assert (probe.kind, probe.observed, probe.asked) == ("service_in_scope", SKIPPED, "ses identity/example.com")
    assert (probe.observation.reason, probe.observation.moot) == (NO_HARMLESS_CALL, True)


def test_a_role_without_services_is_not_assumed() -> None:
    caller = Role(QUEUE)
    assert list(ServiceProbes(ROLE).as_vendor(caller)) == []
    assert caller.sts.requests == []


def test_the_verifier_asks_the_same_with_its_own_id() -> None:
    caller = Role(QUEUE)
    (probe,) = ServiceProbes(replace(ROLE, callable=(QUEUE,))).as_verifier(caller)
    assert (probe.observed, probe.rung) == (ALLOWED, Rung.ASSUMED_BY_VERIFIER)
    assert caller.sts.requests[0]["ExternalId"] == "the-verifiers-id"


def test_a_role_that_cannot_be_assumed_leaves_each_call_unmade() -> None:
    caller = Role(QUEUE)
    caller.sts = FakeSts(lambda _: "AccessDenied")
    role = replace(ROLE, callable=(QUEUE,), uncallable=(BUCKET,))
    found = list(ServiceProbes(role).as_vendor(caller))
    assert [probe.observed for probe in found] == [SKIPPED, SKIPPED]
    assert {probe.observation.reason for probe in found} == {"the role could not be assumed: AccessDenied"}


def test_an_endpoint_that_is_dead_is_not_asked_and_the_others_are() -> None:
    lines, caller = Lines(), Role(QUEUE)
    silent = inside(QUEUE, code="ThrottlingException").observation
    for _ in range(TRIES):
        lines.note(f"s3 in {REGION}", silent)
    found = list(ServiceProbes(replace(ROLE, callable=(BUCKET, QUEUE)), lines).as_vendor(caller))
    assert [probe.observed for probe in found] == [SKIPPED, ALLOWED]


def test_an_endpoint_that_answered_none_of_a_few_calls_is_not_asked_again() -> None:
    others = [replace(QUEUE, resource=arn("sqs", f"orders-{number}")) for number in range(TRIES)]
    caller = Role(QUEUE, code="ThrottlingException")
    for _ in others:
        caller.stub.add_client_error("get_queue_attributes", "ThrottlingException")
    found = list(ServiceProbes(replace(ROLE, callable=(QUEUE, *others))).as_vendor(caller))
    assert [probe.observed for probe in found] == [*[UNDECIDED] * TRIES, SKIPPED]
    assert found[-1].observation.reason == f"not asked: sqs in {REGION} answered none of the last {TRIES} calls"


def test_of_several_external_ids_the_first_is_enough() -> None:
    caller = Role(QUEUE)
    role = replace(ROLE, external_ids=("the-right-id", "another-right-id"), callable=(QUEUE,))
    (probe,) = ServiceProbes(role).as_vendor(caller)
    assert probe.observed is ALLOWED
    assert [request["ExternalId"] for request in caller.sts.requests] == ["the-right-id"]


def test_a_queue_in_china_has_its_address_there() -> None:
    call = replace(QUEUE, resource="arn:aws-cn:sqs:cn-north-1:111111111111:orders", region="cn-north-1")
    sent: dict[str, Any] = {}

    class Sqs:
        def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
            sent.update(request)
            return {"Attributes": {"QueueArn": call.resource}}

    how = harmless(call.action)
    assert how is not None
    assert how.is_about(how.make(Sqs(), call), call)
    assert sent["QueueUrl"] == "https://sqs.cn-north-1.amazonaws.com.cn/111111111111/orders"


@pytest.mark.parametrize(
    "action",
    [
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "sns:Publish",
        "s3:PutObject",
        "s3:DeleteObject",
        "ses:SendEmail",
        "lex:RecognizeText",
        "logs:GetLogEvents",
        "logs:FilterLogEvents",
        "lambda:GetFunction",
    ],
)
def test_nothing_that_reads_or_does_something_is_ever_called(action: str) -> None:
    assert harmless(action) is None
