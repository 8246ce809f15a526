"""Conditions on the caller's ARN, and on what Secrets Manager's requests carry."""

import pytest
from embedded_world import CUSTOMER, OK, REGION, VENDOR, Case, World, allow, answer, deny, trust, unique

READER = "arn:aws:iam::210987654321:role/tools/reader"
READER_SESSION = "arn:aws:sts::210987654321:assumed-role/reader/rolecall"
CALLING_USER = f"arn:aws:iam::{VENDOR}:user/rolecall-caller"


def as_account(world: World, **condition: dict[str, str]) -> str:
    return world.assume("vendor:account", world.role(trust(**condition)))


def as_role(world: World, **condition: dict[str, str]) -> str:
    return world.assume("vendor:role", world.role(trust({"AWS": "arn:aws:iam::210987654321:root"}, **condition)))


def created(world: World, pattern: str) -> str:
    condition = {"secretsmanager:Name": pattern}
    client = world.caller_with(allow("secretsmanager:CreateSecret", StringLike=condition), service="secretsmanager")
    return answer(client.create_secret, Name=unique("billing/one"), SecretString="x")


def deleted(world: World, *denied: dict[str, object], **parameters: object) -> str:
    name = unique("deleted")
    world.admin("secretsmanager").create_secret(Name=name, SecretString="x")
    client = world.caller_with(allow("secretsmanager:DeleteSecret"), *denied, service="secretsmanager")
    return answer(client.delete_secret, SecretId=name, **parameters)


def forced(world: World) -> str:
    condition = {"secretsmanager:ForceDeleteWithoutRecovery": "true"}
    return deleted(world, deny("secretsmanager:DeleteSecret", Bool=condition), ForceDeleteWithoutRecovery=True)


def hurried(world: World, days: int) -> str:
    condition = {"secretsmanager:RecoveryWindowInDays": "30"}
    denied = deny("secretsmanager:DeleteSecret", NumericLessThan=condition)
    return deleted(world, denied, RecoveryWindowInDays=days)


def read(world: World, stage: str | None, **condition: dict[str, str]) -> str:
    name = unique("read")
    world.admin("secretsmanager").create_secret(Name=name, SecretString="x")
    client = world.caller_with(allow("secretsmanager:GetSecretValue", **condition), service="secretsmanager")
    return answer(client.get_secret_value, SecretId=name, **({"VersionStage": stage} if stage else {}))


CURRENT = {"secretsmanager:VersionStage": "AWSCURRENT"}

CASES = [
    Case(
        "an ARN pattern whose star would run across segments",
        lambda world: as_account(world, ArnLike={"aws:PrincipalArn": "arn:*rolecall-caller"}),
        "AccessDenied",
        OK,
    ),
    Case(
        "ArnEquals likewise",
        lambda world: as_account(world, ArnEquals={"aws:PrincipalArn": "arn:aws:*/rolecall-caller"}),
        "AccessDenied",
        OK,
    ),
    Case(
        "ArnNotLike likewise",
        lambda world: as_account(world, ArnNotLike={"aws:PrincipalArn": "arn:*rolecall-caller"}),
        OK,
        "AccessDenied",
    ),
    Case(
        "ArnNotEquals likewise",
        lambda world: as_account(world, ArnNotEquals={"aws:PrincipalArn": "arn:*rolecall-caller"}),
        OK,
        "AccessDenied",
    ),
    Case(
        "a session's own ARN as aws:PrincipalArn",
        lambda world: as_role(world, StringEquals={"aws:PrincipalArn": READER_SESSION}),
        "AccessDenied",
        OK,
    ),
    Case(
        "a session's role as aws:PrincipalArn",
        lambda world: as_role(world, ArnEquals={"aws:PrincipalArn": READER}),
        OK,
        "AccessDenied",
    ),
    Case(
        "aws:PrincipalIsAWSService false",
        lambda world: as_account(world, Bool={"aws:PrincipalIsAWSService": "false"}),
        OK,
        "AccessDenied",
    ),
    Case(
        "aws:ViaAWSService false",
        lambda world: as_account(world, Bool={"aws:ViaAWSService": "false"}),
        OK,
        "AccessDenied",
    ),
    Case("a secret's name that is allowed", lambda world: created(world, "billing/*"), OK, "AccessDeniedException"),
    Case("a forced deletion that is denied", forced, "AccessDeniedException", OK),
    Case("a recovery window that is denied", lambda world: hurried(world, 7), "AccessDeniedException", OK),
    Case(
        "a stage that is allowed",
        lambda world: read(world, "AWSCURRENT", StringEquals=CURRENT),
        OK,
        "AccessDeniedException",
    ),
    Case(
        "a secret id that is allowed",
        lambda world: read(world, None, StringLike={"secretsmanager:SecretId": "read-*"}),
        OK,
        "AccessDeniedException",
    ),
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
def test_patterns_within_a_segment_match(guarded: World) -> None:
    matching = (CALLING_USER, f"arn:*:iam::{VENDOR}:user/*", "arn:aws:iam::*:user/rolecall-?aller", "arn:*:*:*:*:*")
    assert [as_account(guarded, ArnLike={"aws:PrincipalArn": arn}) for arn in matching] == [OK] * len(matching)


@pytest.mark.embedded
def test_a_user_s_arn_is_its_own(guarded: World) -> None:
    assert as_account(guarded, StringEquals={"aws:PrincipalArn": CALLING_USER}) == OK


@pytest.mark.embedded
def test_nobody_is_an_aws_service(guarded: World) -> None:
    assert as_account(guarded, Bool={"aws:PrincipalIsAWSService": "true"}) == "AccessDenied"


@pytest.mark.embedded
def test_other_names_windows_and_stages_stay_refused_or_allowed(guarded: World) -> None:
    assert created(guarded, "invoices/*") == "AccessDeniedException"
    assert hurried(guarded, 30) == OK
    assert read(guarded, "AWSPREVIOUS", StringEquals=CURRENT) == "AccessDeniedException"
    condition = {"secretsmanager:ForceDeleteWithoutRecovery": "true"}
    assert deleted(guarded, deny("secretsmanager:DeleteSecret", Bool=condition), RecoveryWindowInDays=7) == OK


@pytest.mark.embedded
def test_tags_of_the_request_are_still_there(guarded: World) -> None:
    """The function that was extended supplies aws:RequestTag to every service."""
    statement = allow("secretsmanager:CreateSecret", StringEquals={"aws:RequestTag/project": "billing"})
    client = guarded.caller_with(statement, allow("secretsmanager:TagResource"), service="secretsmanager")
    for value, expected in (("billing", OK), ("other", "AccessDeniedException")):
        tags = [{"Key": "project", "Value": value}]
        assert answer(client.create_secret, Name=unique("tagged"), SecretString="x", Tags=tags) == expected


@pytest.mark.embedded
def test_a_secret_of_another_region_stays_apart(guarded: World) -> None:
    assert REGION != "eu-west-1"
    other = guarded.aws.client(CUSTOMER, "secretsmanager", region="eu-west-1")
    name = unique("regional")
    guarded.admin("secretsmanager").create_secret(Name=name, SecretString="x")
    assert answer(other.get_secret_value, SecretId=name) == "ResourceNotFoundException"
