"""Who exists in the embedded AWS, and how one calls as them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from embedded_world import CALLERS, CUSTOMER, OK, OTHER_CUSTOMER, REGION, VENDOR, World, answer, unique

from rolecall.local import Callers, LocalAws, LocalAwsError, UnknownIdentity, down, up
from rolecall.local.callers import stranger_account

WHO_AM_I = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"

EXPECTED_ARNS = {
    CUSTOMER: f"arn:aws:iam::{CUSTOMER}:user/admin",
    OTHER_CUSTOMER: f"arn:aws:iam::{OTHER_CUSTOMER}:user/admin",
    "vendor:account": f"arn:aws:iam::{VENDOR}:user/rolecall-caller",
    "vendor:user": "arn:aws:iam::944579081756:user/tools/unified_assume_role_user",
    "vendor:role": "arn:aws:sts::210987654321:assumed-role/reader/rolecall",
    f"arn:aws:iam::{VENDOR}:root": f"arn:aws:iam::{VENDOR}:user/rolecall-caller",
    "arn:aws:iam::944579081756:user/tools/unified_assume_role_user": (
        "arn:aws:iam::944579081756:user/tools/unified_assume_role_user"
    ),
    "arn:aws:iam::210987654321:role/tools/reader": "arn:aws:sts::210987654321:assumed-role/reader/rolecall",
    "foreign": "arn:aws:iam::999999999999:user/rolecall-caller",
}


@pytest.mark.embedded
@pytest.mark.parametrize("identity", EXPECTED_ARNS)
def test_each_identity_is_who_it_says(identity: str, guarded: World) -> None:
    assert guarded.aws.client(identity, "sts").get_caller_identity()["Arn"] == EXPECTED_ARNS[identity]


@pytest.mark.embedded
def test_the_identities_are_listed(guarded: World) -> None:
    assert set(guarded.aws.identities()) == EXPECTED_ARNS.keys()


@pytest.mark.embedded
@pytest.mark.parametrize("identity", [CUSTOMER, "vendor:role"])
def test_the_environment_binds_an_sdk_whatever_the_shell_holds(identity: str, guarded: World, tmp_path: Path) -> None:
    elsewhere = tmp_path / "config"
    elsewhere.write_text("[profile work]\nregion = us-east-1\n")
    hostile = {
        "AWS_PROFILE": "work",
        "AWS_DEFAULT_PROFILE": "none",
        "AWS_CONFIG_FILE": str(elsewhere),
        "AWS_SESSION_TOKEN": "stale",
        "AWS_ENDPOINT_URL": "https://127.0.0.1:9",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_CA_BUNDLE": "/none",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "example.com",
    }
    environment = {**os.environ, **hostile, **guarded.aws.environment(identity)}
    who = subprocess.run([sys.executable, "-c", WHO_AM_I], env=environment, capture_output=True, text=True, check=False)
    assert who.stdout.strip() == EXPECTED_ARNS[identity], who.stderr


@pytest.mark.embedded
def test_a_session_is_bound_whatever_the_shell_holds(guarded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "none")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:9")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/none")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    session = guarded.aws.session("foreign")
    assert session.client("sts").get_caller_identity()["Arn"] == EXPECTED_ARNS["foreign"]
    assert session.region_name == REGION


@pytest.mark.embedded
def test_a_client_can_be_of_another_region(guarded: World) -> None:
    assert guarded.aws.client(CUSTOMER, "sqs", region="us-west-2").meta.region_name == "us-west-2"


@pytest.mark.embedded
def test_an_environment_keeps_the_proxy_exemptions_there_are(guarded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "example.com")
    assert guarded.aws.environment(CUSTOMER)["NO_PROXY"] == "example.com,127.0.0.1"


@pytest.mark.embedded
def test_buckets_are_addressed_by_path(guarded: World) -> None:
    s3, name = guarded.admin("s3"), unique("bucket")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=name, Key="_ministack/a", Body=b"content")
    assert s3.get_object(Bucket=name, Key="_ministack/a")["Body"].read() == b"content"


@pytest.mark.embedded
def test_the_admin_may_do_everything_in_its_account_alone(guarded: World) -> None:
    assert answer(guarded.admin("iam").list_roles) == OK
    name = unique("secret")
    guarded.admin("secretsmanager").create_secret(Name=name, SecretString="x")
    other = guarded.client(OTHER_CUSTOMER, "secretsmanager")
    assert answer(other.get_secret_value, SecretId=name) == "ResourceNotFoundException"


@pytest.mark.embedded
@pytest.mark.parametrize("identity", ["vendor:account", "vendor:user", "vendor:role", "foreign"])
def test_vendors_and_the_stranger_may_assume_roles_and_nothing_else(identity: str, guarded: World) -> None:
    assert answer(guarded.client(identity, "iam").list_roles) == "AccessDenied"
    assert answer(guarded.client(identity, "secretsmanager").list_secrets) == "AccessDeniedException"


@pytest.mark.embedded
def test_an_unknown_identity_is_answered_with_the_known_ones(guarded: World) -> None:
    with pytest.raises(UnknownIdentity, match="has no caller 'vendor:none'; it has 111111111111, 222222222222, arn:"):
        guarded.aws.client("vendor:none", "sts")
    assert issubclass(UnknownIdentity, KeyError)


@pytest.mark.embedded
def test_the_stranger_moves_when_its_account_gets_an_owner(tmp_path: Path) -> None:
    try:
        aws = up(tmp_path / "local", CALLERS)
        before = aws.client("foreign", "sts").get_caller_identity()["Account"]
        aws = up(tmp_path / "local", Callers((before,), {}, REGION))
        after = aws.client("foreign", "sts").get_caller_identity()["Account"]
        assert before != after
        assert aws.client(before, "sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{before}:user/admin"
    finally:
        down(tmp_path / "local")


@pytest.mark.embedded
def test_a_principal_that_exists_already_is_taken_as_it_is(tmp_path: Path) -> None:
    try:
        aws = up(tmp_path / "local", Callers((CUSTOMER,), {}, REGION))
        aws.client(CUSTOMER, "iam").create_user(UserName="ci", Path="/own/")
        arn = f"arn:aws:iam::{CUSTOMER}:user/own/ci"
        aws = up(tmp_path / "local", Callers((CUSTOMER,), {"own": (arn,)}, REGION))
        assert aws.client("vendor:own", "sts").get_caller_identity()["Arn"] == arn
    finally:
        down(tmp_path / "local")


def test_a_stopped_embedded_aws_says_how_to_start_it(tmp_path: Path) -> None:
    gone = LocalAws("https://127.0.0.1:1", tmp_path / "ca.pem", REGION, 1, 1, tmp_path)
    with pytest.raises(LocalAwsError, match=r"no embedded AWS runs in .*; start it with: rolecall local up"):
        gone.client(CUSTOMER, "sts")


@pytest.mark.parametrize("account", ["1234", "12345678901a", "1234567890123", ""])
def test_an_account_that_is_none_is_refused(account: str) -> None:
    with pytest.raises(LocalAwsError, match="no AWS account id"):
        Callers((account,), {}, REGION)


@pytest.mark.parametrize(
    "arn",
    [
        "123456789012",
        "*",
        "arn:aws:iam::123456789012:user/",
        "arn:aws:iam::123456789012:group/a",
        "arn:aws:iam::1234:root",
        "arn:aws-cn:iam::123456789012:root",
        "arn:aws:iam::123456789012:user/*",
        "arn:aws:iam::123456789012:root/a",
    ],
)
def test_a_principal_that_cannot_call_is_refused(arn: str) -> None:
    with pytest.raises(LocalAwsError, match="cannot call the embedded AWS"):
        Callers((), {"vendor": (arn,)}, REGION)


def test_the_stranger_s_account_is_nobody_s() -> None:
    assert stranger_account(["999999999999", "999999999998"]) == "999999999997"


def test_importing_the_package_loads_neither_boto3_nor_the_server() -> None:
    code = (
        "import sys, rolecall.local; print(sorted({'boto3', 'ministack', 'hypercorn', 'trustme'} & sys.modules.keys()))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
