"""A secret whose ARN an administrator chose: estates name secrets by whole ARNs, which no empty account has."""

import re
from typing import Any

import pytest
from embedded_world import CUSTOMER, REGION, World, allow, answer, unique

from rolecall.local import SECRET_SUFFIX_TAG

pytestmark = pytest.mark.embedded


def created(world: World, name: str, **more: Any) -> dict[str, Any]:
    answered = world.admin("secretsmanager").create_secret(Name=name, SecretString="{}", **more)
    return dict(answered)


def tagged(suffix: str) -> list[dict[str, str]]:
    return [{"Key": SECRET_SUFFIX_TAG, "Value": suffix}]


def test_the_arn_ends_in_the_tags_value(guarded: World) -> None:
    name = unique("prod/db")
    arn = created(guarded, name, Tags=tagged("AbCdEf"))["ARN"]
    assert arn == f"arn:aws:secretsmanager:{REGION}:{CUSTOMER}:secret:{name}-AbCdEf"
    assert guarded.admin("secretsmanager").get_secret_value(SecretId=arn)["Name"] == name


def test_the_version_keeps_its_random_id(guarded: World) -> None:
    versions = {created(guarded, unique("prod/db"), Tags=tagged("AbCdEf"))["VersionId"] for _ in range(2)}
    assert len(versions) == 2
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", version) for version in versions)


def test_the_next_secret_gets_a_random_end_again(guarded: World) -> None:
    created(guarded, unique("prod/db"), Tags=tagged("AbCdEf"))
    ends = {created(guarded, unique("prod/db"))["ARN"][-6:] for _ in range(2)}
    assert len(ends) == 2
    assert "AbCdEf" not in ends


def test_a_refused_creation_leaves_ends_random(guarded: World) -> None:
    name = unique("prod/db")
    created(guarded, name)
    client = guarded.admin("secretsmanager")
    assert answer(client.create_secret, Name=name, SecretString="{}", Tags=tagged("AbCdEf")) != "ok"
    assert not created(guarded, unique("prod/db"))["ARN"].endswith("AbCdEf")


def test_a_role_that_was_granted_the_whole_arn_reads_that_secret_alone(guarded: World) -> None:
    name = unique("prod/db")
    arn = created(guarded, name, Tags=tagged("AbCdEf"))["ARN"]
    client = guarded.caller_with(allow("secretsmanager:GetSecretValue", arn), service="secretsmanager")
    assert answer(client.get_secret_value, SecretId=arn) == "ok"
    other = created(guarded, f"{name}-other")["ARN"]
    assert answer(client.get_secret_value, SecretId=other) == "AccessDeniedException"


def test_plain_ministack_takes_no_notice_of_the_tag(plain: World) -> None:
    assert not created(plain, unique("prod/db"), Tags=tagged("AbCdEf"))["ARN"].endswith("AbCdEf")
