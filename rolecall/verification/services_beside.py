"""What is called alike and tried beside a granted call, and of what there can be stand-ins."""

from collections.abc import Iterator
from dataclasses import replace

from rolecall.runtime.expectation import ServiceCall

STAND_IN_OBJECT = "rolecall-stand-in"
"""What the object is called that is looked for below a prefix; on AWS nobody knows one."""
# The longest names: of a queue https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
# API_CreateQueue.html, of a topic https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html, of a bucket
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, of a function
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html, of a log group
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html, of an alias
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html, read 2026-11-22.
_MAX_CHARACTERS = {"sqs": 80, "sns": 256, "s3": 63, "lambda": 64, "logs": 512}
_MAX_ALIAS_CHARACTERS = 128
_BESIDE = "-beside"
MAX_VERSION = 500
"""Stand-ins of functions get versions up to this: each is published by itself, one after the other."""


def beside(call: ServiceCall) -> Iterator[ServiceCall]:
    """Names that go on where the granted one ends; of a bucket's prefix, another one in the same bucket too."""
    service = call.action.partition(":")[0]
    if call.resource == "*":
        return
    if call.key:
        folder = call.key.removesuffix(STAND_IN_OBJECT)
        if folder:
            yield replace(call, key=f"{folder[:-1]}{_BESIDE}/{call.key.removeprefix(folder)}")
    name, dot, fifo = call.resource.partition(".fifo")
    alias = call.name.partition(":")[2] if ":function:" in name else ""
    if alias:  # the function without it, and with another one
        yield replace(call, resource=name.removesuffix(f":{alias}"))
    longest = _MAX_ALIAS_CHARACTERS if alias else _MAX_CHARACTERS.get(service)
    if longest is None or len(alias or call.name) + len(_BESIDE) <= longest:
        yield replace(call, resource=f"{name}{_BESIDE}{dot}{fifo}")


def is_makeable(call: ServiceCall) -> bool:
    """Whether what is called can be made as a stand-in."""
    version = call.name.partition(":")[2] if call.action.startswith("lambda:") else ""
    return not version.isdigit() or int(version) <= MAX_VERSION
