"""sts:AssumeRole: what AWS refuses and ministack alone lets through."""

import json

import pytest
from embedded_world import CUSTOMER, OK, VENDOR, Case, World, answer, trust

ROLE_IDENTITY = "vendor:role"


def opened(world: World, **parameters: object) -> str:
    """The vendor's call for a role that asks for no external ID."""
    return world.assume("vendor:account", world.role(trust()), **parameters)


def chained(world: World, seconds: int) -> str:
    role = world.role(trust({"AWS": "arn:aws:iam::210987654321:root"}), MaxSessionDuration=43200)
    return world.assume(ROLE_IDENTITY, role, DurationSeconds=seconds)


def renamed(world: World, old: str, new: str) -> str:
    arn = world.role(trust(), path="/vendors/")
    return world.assume("vendor:account", arn.replace(old, new))


def in_json(world: World) -> str:
    """A body that names another action than the header, for which alone ministack asks the caller's policy."""
    role = world.role(trust({"AWS": f"arn:aws:iam::{CUSTOMER}:root"}))
    body = json.dumps({"Action": "AssumeRole", "RoleArn": role, "RoleSessionName": "probe"})
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSSecurityTokenServiceV20110615.GetCallerIdentity",
    }
    return world.signed_answer("/", headers, body)


def two_actions(world: World) -> str:
    role = world.role(trust({"AWS": f"arn:aws:iam::{CUSTOMER}:root"}))
    body = f"Action=AssumeRole&RoleArn={role}&RoleSessionName=probe&Version=2011-06-15"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return world.signed_answer("/?Action=GetCallerIdentity", headers, body)


def external_id(value: str) -> Case:
    shown = ascii(value) if len(value) < 20 else f"{len(value)} characters"
    return Case(f"external ID {shown}", lambda world: opened(world, ExternalId=value), "ValidationError", OK)


def session_name(value: str | None) -> Case:
    shown = f"session name {value!a}" if len(value or "") < 20 else f"session name of {len(value or '')} characters"
    return Case(shown, lambda world: opened(world, RoleSessionName=value), "ValidationError", OK)


def duration(seconds: int) -> Case:
    return Case(f"{seconds} seconds", lambda world: opened(world, DurationSeconds=seconds), "ValidationError", OK)


CASES = [
    *(external_id(value) for value in ("", "a", "a" * 1225, "with blank", "a!", "ä1", "abc\n")),
    *(session_name(value) for value in (None, "", "a", "a" * 65, "with blank", "a/b")),
    *(duration(seconds) for seconds in (-1, 0, 899, 3601, 43200, 43201)),
    Case("more than an hour for a role that assumes a role", lambda world: chained(world, 3601), "ValidationError", OK),
    Case(
        "a duration that is no number",
        lambda world: opened(world, DurationSeconds="1h"),
        "MalformedInput",
        "unreadable",
    ),
    Case("a role ARN without its path", lambda world: renamed(world, "/vendors/", "/"), "AccessDenied", OK),
    Case("a role ARN with another path", lambda world: renamed(world, "/vendors/", "/others/"), "AccessDenied", OK),
    Case(
        "a role ARN of another partition", lambda world: renamed(world, "arn:aws:", "arn:aws-cn:"), "AccessDenied", OK
    ),
    Case(
        "the JSON protocol, which STS does not have",
        in_json,
        "UnknownOperationException",
        OK,
    ),
    Case("an action in the address and another in the body", two_actions, "MalformedQueryString", OK),
]


@pytest.mark.embedded
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_guard_answers_as_aws_does(case: Case, guarded: World) -> None:
    assert case.ask(guarded) == case.aws


@pytest.mark.embedded
@pytest.mark.parametrize("case", CASES, ids=str)
def test_ministack_alone_answers_otherwise(case: Case, plain: World) -> None:
    assert case.ask(plain) == case.ministack


@pytest.mark.embedded
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"ExternalId": "ab"},
        {"ExternalId": "a" * 1224},
        {"ExternalId": "workato_iam_external_id_12345_678"},
        {"ExternalId": "=,.@:/-+_"},
        {"RoleSessionName": "ab"},
        {"RoleSessionName": "a" * 64},
        {"DurationSeconds": 900},
        {"DurationSeconds": 3600},
        {"Policy": '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'},
        {"Tags": [{"Key": "k", "Value": "v"}]},
    ],
    ids=str,
)
def test_what_aws_allows_is_allowed(parameters: dict[str, object], guarded: World) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{VENDOR}:root"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    role = guarded.role(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert guarded.assume("vendor:account", role, **parameters) == OK


@pytest.mark.embedded
def test_the_role_sets_how_long_a_session_may_be(guarded: World) -> None:
    role = guarded.role(trust(), MaxSessionDuration=7200)
    answers = [guarded.assume("vendor:account", role, DurationSeconds=seconds) for seconds in (7200, 7201)]
    assert answers == [OK, "ValidationError"]


@pytest.mark.embedded
def test_an_hour_is_not_too_long_for_a_role_that_assumes_a_role(guarded: World) -> None:
    assert chained(guarded, 3600) == OK


@pytest.mark.embedded
def test_a_caller_who_is_not_trusted_does_not_learn_the_longest_session(guarded: World) -> None:
    assert guarded.assume("foreign", guarded.role(trust()), DurationSeconds=7200) == "AccessDenied"


@pytest.mark.embedded
def test_a_role_that_does_not_exist_is_refused_in_the_words_for_one_that_does(guarded: World) -> None:
    refusals = []
    for role in (guarded.role(trust()), f"arn:aws:iam::{CUSTOMER}:role/none"):
        sts = guarded.client("foreign", "sts")
        with pytest.raises(sts.exceptions.ClientError) as refused:
            sts.assume_role(RoleArn=role, RoleSessionName="probe")
        refusals.append(refused.value.response["Error"]["Message"].replace(role, "ROLE"))
    caller = "arn:aws:iam::999999999999:user/rolecall-caller"
    assert refusals == [f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: ROLE"] * 2


@pytest.mark.embedded
def test_a_refusal_names_the_parameter_and_its_limit(guarded: World) -> None:
    sts = guarded.client("vendor:account", "sts")
    with pytest.raises(sts.exceptions.ClientError) as refused:
        sts.assume_role(RoleArn=guarded.role(trust()), RoleSessionName="probe", DurationSeconds=899)
    assert refused.value.response["Error"]["Message"] == (
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: "
        "Member must have value greater than or equal to 900"
    )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.embedded
def test_the_right_external_id_opens_and_the_others_do_not(guarded: World) -> None:
    role = guarded.role(trust(StringEquals={"sts:ExternalId": "right-id"}))
    given = ("right-id", None, "wrong-id", "right-id1", "right-i", "Right-id")
    answers = [guarded.assume("vendor:account", role, ExternalId=value) for value in given]
    assert answers == [OK, *["AccessDenied"] * 5]


@pytest.mark.embedded
def test_each_attempt_leaves_one_line_without_credentials(guarded: World) -> None:
    role = guarded.role(trust(StringEquals={"sts:ExternalId": "right-id"}))
    sts = guarded.client("vendor:account", "sts")
    keys = sts.assume_role(RoleArn=role, RoleSessionName="first", ExternalId="right-id")["Credentials"]
    guarded.assume("foreign", role, RoleSessionName="second", ExternalId="right-id")
    forged = guarded.with_key("sts", CUSTOMER, "forged")
    assert answer(forged.assume_role, RoleArn=role, RoleSessionName="third") == "SignatureDoesNotMatch"
    journal = guarded.state.assume_role_journal.read_text()
    lines = [entry for entry in map(json.loads, journal.splitlines()) if entry["role"] == role]
    assert [(entry["caller"], entry["session"], entry["outcome"], entry["error_code"]) for entry in lines] == [
        (f"arn:aws:iam::{VENDOR}:user/rolecall-caller", "first", "allowed", None),
        ("arn:aws:iam::999999999999:user/rolecall-caller", "second", "denied", "AccessDenied"),
        (None, "third", "denied", "SignatureDoesNotMatch"),
    ]
    assert not any(value in journal for value in (keys["SecretAccessKey"], keys["SessionToken"], keys["AccessKeyId"]))
