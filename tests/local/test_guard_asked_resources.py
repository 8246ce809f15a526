"""Functions called by an alias, and log groups that are read: the ARN that AWS asks the policies for."""

import io
import zipfile

import pytest
from embedded_world import CUSTOMER, OK, REGION, Case, World, allow, answer, trust, unique

from rolecall.local.guard.asked_resources import with_asked_resources

REFUSED = "AccessDeniedException"
NO_OBJECT = "403"
"""An answer to HEAD has a status alone."""


def function(world: World) -> str:
    """The name of a new function with an alias `live`."""
    name, held, iam = unique("enrich"), io.BytesIO(), world.admin("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return None\n")
    world.admin("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Handler="index.handler",
        Role=f"arn:aws:iam::{CUSTOMER}:role/{name}",
        Code={"ZipFile": held.getvalue()},
    )
    version = world.admin("lambda").publish_version(FunctionName=name)["Version"]
    world.admin("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    return name


def invoked(world: World, granted: str, called: str = "", **beside: str) -> str:
    """What a role gets that may call `granted` of a new function, and names `called` of it and what is beside it."""
    name = function(world)
    resource = f"arn:aws:lambda:{REGION}:{CUSTOMER}:function:{name}{granted}"
    client = world.caller_with(allow("lambda:InvokeFunction", resource), service="lambda")
    return answer(client.invoke, FunctionName=f"{name}{called}", InvocationType="DryRun", **beside)


def described(world: World, end: str) -> str:
    """What a role gets that may describe the streams of a new log group, whose ARN in the policy ends like that."""
    name = unique("/app/billing")
    world.admin("logs").create_log_group(logGroupName=name)
    arn = f"arn:aws:logs:{REGION}:{CUSTOMER}:log-group:{name}"
    client = world.caller_with(allow("logs:DescribeLogStreams", f"{arn}{end}"), service="logs")
    return answer(client.describe_log_streams, logGroupName=name, limit=1)


def read_stream(world: World, stream: str) -> str:
    """What a role gets that may read the stream `one`, and reads another."""
    name = unique("/app/billing")
    world.admin("logs").create_log_group(logGroupName=name)
    for each in ("one", "two"):
        world.admin("logs").create_log_stream(logGroupName=name, logStreamName=each)
    arn = f"arn:aws:logs:{REGION}:{CUSTOMER}:log-group:{name}:log-stream:one"
    client = world.caller_with(allow("logs:GetLogEvents", arn), service="logs")
    return answer(client.get_log_events, logGroupName=name, logStreamName=stream, limit=1)


def looked_for(world: World, granted: str, key: str) -> str:
    """What a role gets that may read objects below `granted`, and looks for one."""
    bucket = unique("exports")
    here = {"LocationConstraint": REGION}
    world.admin("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=here)
    world.admin("s3").put_object(Bucket=bucket, Key=key, Body=b"")
    client = world.caller_with(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/{granted}"), service="s3")
    return answer(client.head_object, Bucket=bucket, Key=key)


CASES = [
    Case("an alias where the function alone was granted", lambda w: invoked(w, "", Qualifier="live"), REFUSED, OK),
    Case("an alias that was granted", lambda w: invoked(w, ":live", Qualifier="live"), OK, REFUSED),
    Case("a log group whose ARN stands alone", lambda w: described(w, ""), REFUSED, OK),
    Case("a log group with what is in it", lambda w: described(w, ":*"), OK, REFUSED),
    Case("a stream that was granted", lambda w: read_stream(w, "one"), OK, REFUSED),
    Case("a prefix that begins with a slash", lambda w: looked_for(w, "/lead/*", "/lead/a"), OK, NO_OBJECT),
    Case("a prefix that is a slash", lambda w: looked_for(w, "/*", "/a"), OK, NO_OBJECT),
    Case("a prefix with two slashes", lambda w: looked_for(w, "..//*", "..//a"), OK, NO_OBJECT),
    Case("a key that ends in a slash", lambda w: looked_for(w, "lead/", "lead/"), OK, NO_OBJECT),
    Case("what begins with a slash, granted without", lambda w: looked_for(w, "lead/*", "/lead/a"), NO_OBJECT, OK),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_guard_asks_as_aws_does(guarded: World, case: Case) -> None:
    assert case.ask(guarded) == case.aws


@pytest.mark.parametrize("case", CASES, ids=str)
def test_ministack_alone_asks_for_another_resource(plain: World, case: Case) -> None:
    assert case.ask(plain) == case.ministack


@pytest.mark.parametrize(
    ("named", "path", "asked"),
    [
        ("enrich", "/2015-03-31/functions/enrich/invocations", "enrich:live"),
        ("enrich:live", "/2015-03-31/functions/enrich:live/invocations", "enrich:live"),
        ("enrich", "/2015-03-31/functions/enrich", "enrich"),
        ("enrich", "/2015-03-31/functions/enrich/policy", "enrich"),
    ],
)
def test_a_qualifier_beside_the_name_counts_in_invocations_alone(named: str, path: str, asked: str) -> None:
    head = f"arn:aws:lambda:{REGION}:{CUSTOMER}:function:"
    found = with_asked_resources(lambda *_: f"{head}{named}")
    assert found("lambda", "POST", path, {}, b"", {"Qualifier": ["live"]}, REGION, CUSTOMER) == f"{head}{asked}"


def test_an_alias_may_stand_in_the_name_and_beside_it(guarded: World, plain: World) -> None:
    for world in (guarded, plain):
        assert invoked(world, ":live", ":live", Qualifier="live") == OK


def test_what_was_not_granted_stays_refused_by_both(guarded: World, plain: World) -> None:
    for world in (guarded, plain):
        assert read_stream(world, "two") == REFUSED
        assert described(world, "-beside:*") == REFUSED
