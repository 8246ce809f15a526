"""Stand-ins on the embedded AWS for resources of services that an estate names: empty ones, and one beside each.

Existing ones are left alone, their policies too.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from rolecall.accounts.reach import Reach
from rolecall.answer import Say
from rolecall.model.grant import Grant
from rolecall.runtime.expectation import ServiceCall
from rolecall.runtime.observation import Observed, observe
from rolecall.runtime.service_calls import attempt
from rolecall.runtime.service_probes import ABSENT
from rolecall.verification.services_beside import STAND_IN_OBJECT, is_makeable
from rolecall.verification.tried_services import PermittedCalls, granted_calls, service_stands

_EXECUTION_PATH = "/rolecall-stand-in/"
_EXECUTION_ROLE = "rolecall-stand-in-function"
"""Lambda makes no function without a role for it. This one may do nothing."""
_LAMBDA_MAY_ASSUME = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
# The one region that takes no LocationConstraint: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
_WITHOUT_LOCATION = "us-east-1"


def make_services(reach: Reach, grants: Iterable[Grant], say: Say) -> None:
    """Queues, topics, buckets with an object, functions, log groups and identities that are not there.

    What cannot be made is told, and is then found missing by the probes of its role alone.
    """
    done: set[tuple[str, str]] = set()
    for grant in (each for each in grants if each.permissions.services):
        for call in filter(is_makeable, _wanted(grant)):
            if (call.resource, call.key) in done:
                continue
            done.add((call.resource, call.key))
            seen, _ = observe(partial(_make, partial(reach.client, grant.account), call))
            if seen.observed is not Observed.ALLOWED:
                what = f"{grant.address}: {call.name} in {call.region}"
                say(f"{what} could not be made as a stand-in: {seen.error_code or seen.reason}")


def _wanted(grant: Grant) -> Iterator[ServiceCall]:
    """Whatever it was granted, and what is tried of it and beside it."""
    yield from granted_calls(PermittedCalls(grant))
    yield from (stand.call for stand in service_stands(grant) if stand.call.resource != "*")


_Clients = Callable[[str, str], Any]
"""A client of the role's account, by service and region."""


def _make(clients: _Clients, call: ServiceCall) -> None:
    make = _MAKERS.get(call.action.partition(":")[0])
    if make is not None:
        make(lambda service: clients(service, call.region), call)


_Here = Callable[[str], Any]
"""The same in the region of what is made."""


def _queue(clients: _Here, call: ServiceCall) -> None:
    if _is_absent(clients("sqs"), "sqs:GetQueueAttributes", call):
        attributes = {"FifoQueue": "true"} if call.name.endswith(".fifo") else {}
        clients("sqs").create_queue(QueueName=call.name, Attributes=attributes)


def _topic(clients: _Here, call: ServiceCall) -> None:
    if _is_absent(clients("sns"), "sns:GetTopicAttributes", call):
        attributes = {"FifoTopic": "true"} if call.name.endswith(".fifo") else {}
        clients("sns").create_topic(Name=call.name, Attributes=attributes)


def _bucket(clients: _Here, call: ServiceCall) -> None:
    s3 = clients("s3")
    if _is_absent(s3, "s3:GetBucketLocation", call):
        here = {} if call.region == _WITHOUT_LOCATION else {"LocationConstraint": call.region}
        s3.create_bucket(Bucket=call.name, **({"CreateBucketConfiguration": here} if here else {}))
    if call.key.endswith(STAND_IN_OBJECT) and _is_absent(s3, "s3:GetObject", call):
        s3.put_object(Bucket=call.name, Key=call.key, Body=b"")


def _function(clients: _Here, call: ServiceCall) -> None:
    client, (name, _, alias) = clients("lambda"), call.name.partition(":")
    whole = ServiceCall(call.action, call.resource.removesuffix(f":{alias}") if alias else call.resource, call.region)
    if _is_absent(client, "lambda:InvokeFunction", whole):
        role = _execution_role(clients("iam"))
        code = {"ZipFile": _empty_code()}
        client.create_function(FunctionName=name, Runtime="python3.12", Handler="index.handler", Role=role, Code=code)
    if not alias or alias == "$LATEST" or not _is_absent(client, "lambda:InvokeFunction", call):
        return
    version = client.publish_version(FunctionName=name)["Version"]
    if not alias.isdigit():
        client.create_alias(FunctionName=name, Name=alias, FunctionVersion=version)
        return
    while int(version) < int(alias):
        # Lambda publishes none while nothing has changed since the last one.
        client.update_function_configuration(FunctionName=name, Description=f"after version {version}")
        version = client.publish_version(FunctionName=name)["Version"]


def _execution_role(iam: Any) -> str:
    try:
        return str(iam.get_role(RoleName=_EXECUTION_ROLE)["Role"]["Arn"])
    except iam.exceptions.NoSuchEntityException:
        made = iam.create_role(
            RoleName=_EXECUTION_ROLE, Path=_EXECUTION_PATH, AssumeRolePolicyDocument=_LAMBDA_MAY_ASSUME
        )
        return str(made["Role"]["Arn"])


def _empty_code() -> bytes:
    """A function that does nothing; nobody ever runs it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return None\n")
    return held.getvalue()


def _log_group(clients: _Here, call: ServiceCall) -> None:
    if _is_absent(clients("logs"), "logs:DescribeLogStreams", call):
        clients("logs").create_log_group(logGroupName=call.name)


def _identity(clients: _Here, call: ServiceCall) -> None:
    ses, name = clients("sesv2"), call.name.removeprefix("identity/")
    try:
        ses.get_email_identity(EmailIdentity=name)
    except ses.exceptions.NotFoundException:
        ses.create_email_identity(EmailIdentity=name)


_MAKERS: dict[str, Callable[[_Here, ServiceCall], None]] = {
    "sqs": _queue,
    "sns": _topic,
    "s3": _bucket,
    "lambda": _function,
    "logs": _log_group,
    "ses": _identity,
}


def _is_absent(client: Any, action: str, call: ServiceCall) -> bool:
    """Whether the service knows no such resource; an error of another kind is the caller's to tell."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 -- boto3 takes a quarter of a second

    try:
        attempt(client, ServiceCall(action, call.resource, call.region, call.key))
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return True
        raise
    return False
