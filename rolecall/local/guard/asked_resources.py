"""The ARN that a policy's Resource is compared with, where ministack takes another than AWS does.

A function called by an alias or version is asked for as that alias or version, however the call names it. What is read
of a log group is asked for as what is in it: a Resource that is the group alone, without `:*` behind it, reads nothing.
An object's key is taken as it is, with slashes at its beginning, at its end, and several of them in a row.
https://docs.aws.amazon.com/lambda/latest/dg/versioning-aliases-permissions.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html (checked 2026-11-22)
"""

from collections.abc import Callable, Mapping
from typing import Any

from rolecall.local.guard.asgi import json_object

_READING_LOGS = ("DescribeLogStreams", "FilterLogEvents", "GetLogEvents")
_INVOCATIONS = "/invocations"
_S3 = "arn:aws:s3:::"


def with_asked_resources(original: Callable[..., str]) -> Callable[..., str]:
    """`extract_resource_arn`, which makes the ARN from a request, with AWS's for functions, log groups, objects."""

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query_params: Mapping[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        found = original(service, method, path, headers, body, query_params, region, account_id)
        if service == "lambda" and path.endswith(_INVOCATIONS):
            return _called(found, query_params)
        if service == "logs" and headers.get("x-amz-target", "").rpartition(".")[2] in _READING_LOGS:
            return _read(found, json_object(body))
        return _with_every_slash(found, path) if service == "s3" else found

    return extract_resource_arn


def _with_every_slash(arn: str, path: str) -> str:
    """The object that the path names, where the ARN is of it but for slashes that were taken for one, or for none."""
    named = path.lstrip("/")
    is_object = named.partition("/")[2] != ""
    same = "/".join(filter(None, named.split("/"))) == arn.removeprefix(_S3)
    return f"{_S3}{named}" if is_object and same else arn


def _called(arn: str, query_params: Mapping[str, Any]) -> str:
    """The function with the qualifier of the call, which may stand in its name or beside it."""
    given = query_params.get("Qualifier", "")
    qualifier = given[0] if isinstance(given, list) else given
    is_qualified = arn.partition(":function:")[2].count(":") > 0
    return f"{arn}:{qualifier}" if qualifier and not is_qualified else arn


def _read(arn: str, members: Mapping[str, Any]) -> str:
    """A stream of a group, without a name where all are meant. One called by its ARN ministack finds not."""
    return f"{arn}:log-stream:{members.get('logStreamName', '')}" if arn != "*" else arn
