"""What roles can reach, asked of deployed roles: each fault is planted, found under its name, and taken out again."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.estate import sound
from rolecall.model.secret import Secret
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.expectation import SecretToRead
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.secret_probes import NOT_NAMED, NOTHING_THERE
from rolecall.runtime.secret_reading import NO_VALUE
from rolecall.verification.named_secrets import NamedSecrets
from tests.embedded.asked_role import (
    clients,
    expected_of,
    grant_of,
    one,
    secret_probes,
    seen,
    stand_ins_for,
    with_secrets,
)
from tests.embedded.world import ACCOUNT, WORKATO, World

REGION = "eu-central-1"
BILLING, PAYROLL = "acme-prod/billing", "acme-prod/payroll"
HR, JIRA = "prod/payroll/hr-system", "prod/jira"
KEY = "arn:aws:kms:eu-central-1:111111111111:key/6f1c1d3e-7d0f-4c55-9c6e-2b9d3a1f0c11"
ALLOWED, DENIED, UNDECIDED = Observed.ALLOWED, Observed.DENIED, Observed.UNDECIDED
VALUE = "value-that-must-not-leak-7c1e"


def probes_of(world: World, address: str, **more: Any) -> list[Probe]:
    """All secret probes of a role as it is, with its stand-ins."""
    grant = grant_of(world, address)
    stand_ins_for(world, grant)
    return secret_probes(world, WORKATO, expected_of(grant, **more))


def admin(world: World, service: str = "secretsmanager", region: str = REGION) -> Any:
    return world.aws.client(ACCOUNT, service, region)


@contextmanager
def value(world: World, name: str, **content: Any) -> Iterator[None]:
    """A secret with other content, for a while."""
    client = admin(world)
    before = client.get_secret_value(SecretId=name)["SecretString"]
    client.update_secret(SecretId=name, **content)
    try:
        yield
    finally:
        client.update_secret(SecretId=name, SecretString=before)


@contextmanager
def added(world: World, role: str, *statements: dict[str, Any]) -> Iterator[None]:
    """A role with an inline policy more, for a while."""
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    world.iam().put_role_policy(RoleName=role, PolicyName="planted", PolicyDocument=document)
    try:
        yield
    finally:
        world.iam().delete_role_policy(RoleName=role, PolicyName="planted")


@contextmanager
def made(world: World, name: str, region: str = REGION, **more: Any) -> Iterator[str]:
    """A secret more, for a while: its ARN."""
    client = admin(world, region=region)
    yield client.create_secret(Name=name, SecretString=json.dumps({"a": VALUE}), **more)["ARN"]
    client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def called(secret: SecretToRead, name: str) -> SecretToRead:
    """The same with another name."""
    return replace(secret, secret_id=name, resource=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}*")


def role_name(world: World, address: str) -> str:
    return grant_of(world, address).role_name


def test_a_sound_role_reads_what_it_was_granted_and_nothing_beside_or_elsewhere(world: World) -> None:
    probes = probes_of(world, BILLING)
    assert seen(probes, "secret_in_scope") == [ALLOWED, ALLOWED]
    assert seen(probes, "secret_shape") == [ALLOWED, ALLOWED]
    assert seen(probes, "secret_out_of_scope") == [DENIED, DENIED]
    assert (one(probes, "region").observed, one(probes, "region").asked) == (DENIED, f"{JIRA} in eu-west-1")
    assert seen(probes, "kms_decrypt") == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"SecretString": VALUE}, "it is plain text, and no JSON"),
        ({"SecretString": '{"token": "' + VALUE}, "it is plain text, and no JSON"),
        ({"SecretString": "[" * 100_000}, "it is plain text, and no JSON"),
        ({"SecretString": json.dumps([VALUE])}, "it is JSON, but no object"),
        ({"SecretString": json.dumps(VALUE)}, "it is JSON, but no object"),
        ({"SecretString": json.dumps({"token": VALUE, "User": VALUE})}, 'it lacks user (it has "User")'),
        ({"SecretString": json.dumps({VALUE: 1})}, "it lacks token, user"),
        ({"SecretBinary": VALUE.encode()}, "it is binary, and no JSON"),
    ],
    ids=["plain text", "broken off", "too deep", "list", "text", "one key", "no key", "binary"],
)
def test_a_secret_of_another_form_is_told_and_nothing_of_its_content(
    world: World, content: dict[str, Any], reason: str
) -> None:
    stand_ins_for(world, grant_of(world, BILLING))
    with value(world, JIRA, **content):
        probes = probes_of(world, BILLING)
    (shape,) = [probe for probe in probes if probe.kind == "secret_shape" and probe.asked.startswith(JIRA)]
    assert (shape.observed, shape.observation.reason) == (DENIED, reason)
    assert shape.asked == f"{JIRA} in {REGION} as a JSON object with token, user"
    assert VALUE not in repr(probes) + json.dumps([probe.as_json() for probe in probes])


def test_a_json_object_can_be_needed_without_any_key(world: World) -> None:
    grant = grant_of(world, PAYROLL)
    stand_ins_for(world, grant)
    role = expected_of(grant)
    role = replace(role, readable=tuple(replace(secret, needs_json=True) for secret in role.readable))
    assert one(secret_probes(world, WORKATO, role), "secret_shape").observed is ALLOWED


def test_a_role_that_may_read_and_not_describe_has_half_of_what_was_granted(world: World) -> None:
    deny = {"Effect": "Deny", "Action": "secretsmanager:DescribeSecret", "Resource": f"*:secret:{JIRA}-??????"}
    with added(world, role_name(world, BILLING), deny):
        probes = probes_of(world, BILLING)
    (probe,) = [probe for probe in probes if probe.failed]
    assert (probe.kind, probe.observed) == ("secret_in_scope", DENIED)
    assert probe.asked == f"describing {JIRA} in {REGION}"


def test_a_secret_that_is_not_there_cannot_be_read(world: World) -> None:
    grant = grant_of(world, BILLING)
    stand_ins_for(world, grant)
    admin(world).delete_secret(SecretId="billing/rolecall-stand-in", ForceDeleteWithoutRecovery=True)
    try:
        probe = [p for p in secret_probes(world, WORKATO, expected_of(grant)) if p.kind == "secret_in_scope"][1]
        assert (probe.observed, probe.observation.error_code) == (DENIED, "ResourceNotFoundException")
    finally:
        stand_ins_for(world, grant)


@pytest.mark.parametrize("way", ["made without", "no current version"])
def test_a_secret_without_a_value_is_told_from_one_that_is_not_there(world: World, way: str) -> None:
    name = "billing/empty"
    admin(world).create_secret(Name=name)
    if way == "no current version":
        content = {"SecretString": "{}", "VersionStages": ["OTHER"]}
        admin(world).put_secret_value(SecretId=name, **content)
    role = expected_of(grant_of(world, BILLING))
    role = replace(role, readable=(called(role.readable[1], name),), unreadable=(), elsewhere=())
    try:
        with pytest.raises(
            ClientError, match="find the specified secret value for staging label: AWSCURRENT"
        ) as caught:
            admin(world).get_secret_value(SecretId=name)
        (probe,) = secret_probes(world, WORKATO, role)
    finally:
        admin(world).delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert (probe.kind, probe.observed, probe.observation.reason) == ("secret_in_scope", DENIED, NO_VALUE)


def test_a_secret_that_waits_for_its_deletion_cannot_be_read(world: World) -> None:
    grant = grant_of(world, PAYROLL)
    stand_ins_for(world, grant)
    admin(world).delete_secret(SecretId=HR, RecoveryWindowInDays=7)
    try:
        probe = one(secret_probes(world, WORKATO, expected_of(grant)), "secret_in_scope")
        assert (probe.observed, probe.observation.error_code) == (DENIED, "InvalidRequestException")
    finally:
        admin(world).restore_secret(SecretId=HR)


def test_a_grant_that_was_taken_away_is_found(world: World) -> None:
    stand_ins_for(world, grant_of(world, BILLING))
    deny = {**allow("secretsmanager:GetSecretValue", "*"), "Effect": "Deny"}
    with added(world, role_name(world, BILLING), deny):
        probes = probes_of(world, BILLING)
    assert seen(probes, "secret_in_scope") == [DENIED, DENIED]
    assert probes[0].observation.error_code == "AccessDeniedException"
    assert seen(probes, "secret_shape") == []


def test_the_customer_managed_key_of_the_estate_opens(world: World) -> None:
    probe = one(probes_of(world, PAYROLL), "kms_decrypt")
    assert (probe.observed, probe.asked) == (ALLOWED, f"{HR} in {REGION}, encrypted with {KEY}")


@contextmanager
def key_policy(world: World, key: str, *principals: str) -> Iterator[None]:
    """A key that leaves nothing to the account's own policies and names these principals alone."""
    kms = admin(world, "kms")
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    named = {**allow("kms:*", "*"), "Principal": {"AWS": list(principals)}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [named]})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    try:
        yield
    finally:
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


def test_a_key_policy_that_leaves_the_role_out_is_told_from_a_missing_grant(world: World) -> None:
    stand_ins_for(world, grant_of(world, PAYROLL))
    administrator = world.aws.client(ACCOUNT, "sts").get_caller_identity()["Arn"]
    with key_policy(world, KEY, administrator):
        probes = probes_of(world, PAYROLL)
    assert one(probes, "secret_in_scope").observed is DENIED
    assert one(probes, "kms_decrypt").observed is DENIED
    assert one(probes, "kms_decrypt").observation.denied_by is DeniedBy.KEY


def test_a_key_that_is_switched_off_is_found(world: World) -> None:
    stand_ins_for(world, grant_of(world, PAYROLL))
    admin(world, "kms").disable_key(KeyId=KEY)
    try:
        probe = one(probes_of(world, PAYROLL), "kms_decrypt")
        assert (probe.observed, probe.observation.error_code) == (DENIED, "DecryptionFailure")
    finally:
        admin(world, "kms").enable_key(KeyId=KEY)


def test_a_customer_managed_key_that_the_estate_does_not_name_is_found(world: World) -> None:
    stand_ins_for(world, grant_of(world, BILLING))
    key = admin(world, "kms").create_key()["KeyMetadata"]["Arn"]
    with made(world, "billing/under-a-key", KmsKeyId=key):
        role = expected_of(grant_of(world, BILLING))
        other = called(role.readable[1], "billing/under-a-key")
        role = replace(role, readable=(other,), unreadable=(), elsewhere=())
        shut = secret_probes(world, WORKATO, role)
        with added(world, role_name(world, BILLING), allow("kms:Decrypt", key)):
            opened = secret_probes(world, WORKATO, role)
    assert [(probe.kind, probe.observed) for probe in shut] == [("secret_in_scope", DENIED), ("kms_decrypt", DENIED)]
    assert one(shut, "kms_decrypt").asked.endswith("encrypted with a customer managed key")
    assert one(opened, "kms_decrypt").observed is ALLOWED
    assert one(opened, "kms_decrypt").asked.endswith(f"encrypted with {key}")


def test_a_role_that_reads_everything_is_found_beside_and_elsewhere(world: World) -> None:
    with added(world, role_name(world, BILLING), allow("secretsmanager:GetSecretValue", "*")):
        probes = probes_of(world, BILLING)
    assert seen(probes, "secret_out_of_scope") == [ALLOWED, ALLOWED]
    assert seen(probes, "region") == [ALLOWED]


def test_a_role_that_reads_the_same_name_in_every_region_is_found(world: World) -> None:
    wide = f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:{JIRA}-??????"
    with added(world, role_name(world, BILLING), allow("secretsmanager:GetSecretValue", wide)):
        probes = probes_of(world, BILLING)
    assert seen(probes, "secret_out_of_scope") == [DENIED, DENIED]
    assert seen(probes, "region") == [ALLOWED]


def test_nothing_to_be_refused_is_no_refusal(world: World) -> None:
    """AWS refuses what is not granted, there or not: whoever is told that there is nothing was let through."""
    role = expected_of(grant_of(world, BILLING))
    nothing = SecretToRead("nothing/there", f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:nothing/there*", REGION)
    far = replace(nothing, region="us-east-1")
    role = replace(role, readable=(), unreadable=(nothing,), elsewhere=(far,))
    assert {probe.observed for probe in secret_probes(world, WORKATO, role)} == {DENIED}
    with added(world, role_name(world, BILLING), allow("secretsmanager:GetSecretValue", "*")):
        probes = secret_probes(world, WORKATO, role)
    assert {(probe.observed, probe.observation.reason) for probe in probes} == {(UNDECIDED, NOTHING_THERE)}


def test_a_secret_that_its_key_alone_keeps_shut_is_no_refusal_by_the_role(world: World) -> None:
    key = admin(world, "kms").create_key()["KeyMetadata"]["Arn"]
    with made(world, "others/under-a-key", KmsKeyId=key):
        beside = SecretToRead("others/under-a-key", f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:others/*", REGION)
        role = replace(expected_of(grant_of(world, BILLING)), readable=(), unreadable=(beside,), elsewhere=())
        assert one(secret_probes(world, WORKATO, role), "secret_out_of_scope").observed is DENIED
        with added(world, role_name(world, BILLING), allow("secretsmanager:GetSecretValue", "*")):
            assert one(secret_probes(world, WORKATO, role), "secret_out_of_scope").observed is UNDECIDED


def test_secrets_with_names_of_any_length_are_asked_for_without_being_refused_by_us(world: World) -> None:
    names = [f"billing/{letter * 490}" for letter in "abcdef"]
    role = expected_of(grant_of(world, BILLING))
    long = tuple(called(role.readable[1], name) for name in names)
    for name in names:
        admin(world).create_secret(Name=name, SecretString="{}")
    try:
        assert set(seen(secret_probes(world, WORKATO, replace(role, readable=long)), "secret_in_scope")) == {ALLOWED}
    finally:
        for name in names:
            admin(world).delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


@contextmanager
def role_with(world: World, *secrets: Secret) -> Iterator[Callable[[], list[Probe]]]:
    """A role of its own that was granted these secrets as they compile; asks its probes."""
    from rolecall.policy.compile import Home, permission_document, trust_document  # noqa: PLC0415

    grant = replace(with_secrets(grant_of(world, BILLING), *secrets), role_name="planted", role_path="/")
    document = permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region))
    world.iam().create_role(RoleName="planted", AssumeRolePolicyDocument=json.dumps(trust_document(grant.trust)))
    world.iam().put_role_policy(RoleName="planted", PolicyName="p", PolicyDocument=json.dumps(document))
    stand_ins_for(world, grant)
    try:
        yield partial(secret_probes, world, WORKATO, expected_of(grant))
    finally:
        world.iam().delete_role_policy(RoleName="planted", PolicyName="p")
        world.iam().delete_role(RoleName="planted")


def test_a_whole_arn_is_made_with_exactly_that_end_and_asked_for_by_it(world: World) -> None:
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:whole/db-AbCdEf"
    with role_with(world, Secret("arn", arn, keys=("password",))) as ask:
        probes = ask()
    assert [(probe.kind, probe.observed, probe.asked) for probe in probes] == [
        ("secret_in_scope", ALLOWED, f"{arn} in {REGION}"),
        ("secret_shape", ALLOWED, f"{arn} in {REGION} as a JSON object with password"),
        ("secret_out_of_scope", DENIED, f"whole/db-beside in {REGION}"),
        ("region", DENIED, f"{arn.replace(REGION, 'eu-west-1')} in eu-west-1"),
    ]
    with role_with(world, Secret("arn", arn)) as ask:
        every = allow("secretsmanager:GetSecretValue", arn.replace(REGION, "*"))
        with added(world, "planted", every):
            assert one(ask(), "region").observed is ALLOWED


def test_a_secret_that_was_made_anew_under_its_name_is_not_the_one_of_the_arn(world: World) -> None:
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:anew/db-AbCdEf"
    with made(world, "anew/db"), role_with(world, Secret("arn", arn)) as ask:
        assert one(ask(), "secret_in_scope").observation.error_code == "ResourceNotFoundException"


def test_a_tag_grant_reads_what_carries_the_tag(world: World) -> None:
    with role_with(world, Secret("tag", tags=(("project", "billing"),))) as ask:
        assert [(probe.kind, probe.observed) for probe in ask()] == [
            ("secret_in_scope", ALLOWED),
            ("secret_shape", ALLOWED),
            ("secret_out_of_scope", DENIED),
            ("region", DENIED),
        ]


def test_of_existing_secrets_the_named_are_read_and_the_others_said_to_be_unknown(world: World) -> None:
    """As on AWS, where nothing is made: the estate's names, and a neighbour's in the same account and region."""
    existing = NamedSecrets.of(sound(world.folder).grants)
    for address in (BILLING, PAYROLL):
        stand_ins_for(world, grant_of(world, address))
    probes = secret_probes(world, WORKATO, expected_of(grant_of(world, BILLING), existing=existing))
    assert [(p.kind, p.observed, p.asked) for p in probes] == [
        ("secret_in_scope", Observed.SKIPPED, f"a secret below billing/ in {REGION}"),
        ("secret_in_scope", ALLOWED, f"{JIRA} in {REGION}"),
        ("secret_shape", ALLOWED, f"{JIRA} in {REGION} as a JSON object with token, user"),
        ("secret_out_of_scope", DENIED, f"{HR} in {REGION}"),
        ("region", DENIED, f"{JIRA} in eu-west-1"),
    ]
    assert probes[0].observation.reason == NOT_NAMED


def test_a_role_that_is_not_let_in_is_said_to_be_so_with_every_probe(world: World) -> None:
    role = replace(expected_of(grant_of(world, BILLING)), external_ids=("not-the-right-one",))
    probes = secret_probes(world, WORKATO, role)
    assert {probe.observed for probe in probes} == {Observed.SKIPPED}
    assert {probe.observation.reason for probe in probes} == {"the role could not be assumed: AccessDenied"}


def test_each_region_and_session_costs_one_client(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = grant_of(world, BILLING)
    stand_ins_for(world, grant)
    caller, made_for = clients(world, WORKATO), []
    original = caller.temporary

    def counted(service: str, region: str, credentials: Any) -> Any:
        made_for.append((service, region))
        return original(service, region, credentials)

    monkeypatch.setattr(caller, "temporary", counted)
    from rolecall.runtime.secret_probes import SecretProbes  # noqa: PLC0415

    assert len(list(SecretProbes(expected_of(grant)).as_vendor(caller))) > 4
    assert sorted(made_for) == [("secretsmanager", REGION), ("secretsmanager", "eu-west-1")]
