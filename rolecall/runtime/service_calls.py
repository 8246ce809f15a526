"""Calls to AWS services that do nothing and show whether a role may make them. Nothing of their answers is kept.

No message, object or log line is ever asked for. A list is asked for its first entry, whose name goes no further.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from rolecall.runtime.expectation import ServiceCall

_DRY_RUN_STATUS = 204
"""https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, read 2026-11-22."""
_LIST = 1
"""The fewest entries that a list can be asked for."""


@dataclass(frozen=True)
class Harmless:
    """One call: which boto3 client makes it, how, and whether an answer is one about this very resource."""

    client: str
    make: Callable[[Any, ServiceCall], Any]
    is_about: Callable[[Any, ServiceCall], bool]


def harmless(action: str) -> Harmless | None:
    """The call that shows whether an IAM action is allowed; None where every call of that action does something."""
    return _CALLS.get(action.lower())


def attempt(client: Any, call: ServiceCall) -> bool:
    """Make a call; whether the answer is the service's own about this resource. KeyError or TypeError for no shape."""
    how = _CALLS[call.action.lower()]
    return how.is_about(how.make(client, call), call)


def _queue_url(call: ServiceCall) -> str:
    """A queue's address: known from its ARN, so that no right to look it up is needed.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
    """
    _, partition, _, region, account, name = call.resource.split(":", 5)
    suffix = ".cn" if partition == "aws-cn" else ""
    return f"https://sqs.{region}.amazonaws.com{suffix}/{account}/{name}"


def _dry_run(client: Any, call: ServiceCall) -> Any:
    """The alias as part of the name: that is the resource which Lambda then asks the policies for."""
    answer = client.invoke(FunctionName=call.name, InvocationType="DryRun")
    with closing(answer["Payload"]):
        return answer


def _holds(part: str) -> Callable[[Any, ServiceCall], bool]:
    """Whether an answer has a list of that name."""
    return lambda answer, _: isinstance(answer[part], list)


def _is_of_prefix(answer: Mapping[str, Any], call: ServiceCall) -> bool:
    return bool(answer["Name"] == call.name and answer["Prefix"] == call.key and answer["KeyCount"] <= _LIST)


_CALLS: dict[str, Harmless] = {
    "sqs:getqueueattributes": Harmless(
        "sqs",
        lambda sqs, call: sqs.get_queue_attributes(QueueUrl=_queue_url(call), AttributeNames=["QueueArn"]),
        lambda answer, call: bool(answer["Attributes"]["QueueArn"] == call.resource),
    ),
    "sqs:getqueueurl": Harmless(
        "sqs",
        lambda sqs, call: sqs.get_queue_url(QueueName=call.name, QueueOwnerAWSAccountId=call.resource.split(":")[4]),
        lambda answer, call: bool(answer["QueueUrl"].endswith(f"/{call.name}")),
    ),
    # An account without queues is answered without the list.
    "sqs:listqueues": Harmless(
        "sqs",
        lambda sqs, _: sqs.list_queues(MaxResults=_LIST),
        lambda answer, _: isinstance(answer.get("QueueUrls", []), list),
    ),
    "sns:gettopicattributes": Harmless(
        "sns",
        lambda sns, call: sns.get_topic_attributes(TopicArn=call.resource),
        lambda answer, call: bool(answer["Attributes"]["TopicArn"] == call.resource),
    ),
    "sns:listtopics": Harmless("sns", lambda sns, _: sns.list_topics(), _holds("Topics")),
    "s3:listbucket": Harmless(
        "s3",
        lambda s3, call: s3.list_objects_v2(Bucket=call.name, Prefix=call.key, MaxKeys=_LIST),
        _is_of_prefix,
    ),
    "s3:getbucketlocation": Harmless(
        "s3",
        lambda s3, call: s3.get_bucket_location(Bucket=call.name),
        lambda answer, _: "LocationConstraint" in answer,  # None for us-east-1
    ),
    "s3:listallmybuckets": Harmless("s3", lambda s3, _: s3.list_buckets(MaxBuckets=_LIST), _holds("Buckets")),
    "s3:getobject": Harmless(
        "s3",
        lambda s3, call: s3.head_object(Bucket=call.name, Key=call.key),
        lambda answer, _: answer["ContentLength"] >= 0,
    ),
    "lambda:invokefunction": Harmless(
        "lambda", _dry_run, lambda answer, _: bool(answer["StatusCode"] == _DRY_RUN_STATUS)
    ),
    "lambda:listfunctions": Harmless(
        "lambda", lambda client, _: client.list_functions(MaxItems=_LIST), _holds("Functions")
    ),
    "logs:describelogstreams": Harmless(
        "logs",
        lambda logs, call: logs.describe_log_streams(logGroupName=call.name, limit=_LIST),
        _holds("logStreams"),
    ),
    "logs:describeloggroups": Harmless(
        "logs", lambda logs, _: logs.describe_log_groups(limit=_LIST), _holds("logGroups")
    ),
    "ses:getsendquota": Harmless(
        "ses", lambda ses, _: ses.get_send_quota(), lambda answer, _: "Max24HourSend" in answer
    ),
    "ses:listidentities": Harmless("ses", lambda ses, _: ses.list_identities(MaxItems=_LIST), _holds("Identities")),
    "ses:getidentityverificationattributes": Harmless(
        "ses",
        lambda ses, _: ses.get_identity_verification_attributes(Identities=[]),
        lambda answer, _: isinstance(answer["VerificationAttributes"], dict),
    ),
}
