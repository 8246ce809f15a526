"""Secrets under a customer managed key: KMS has its say, with the keys that policies use to narrow it."""

from collections.abc import Mapping
from contextlib import nullcontext
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import pytest
from embedded_world import CUSTOMER, OK, OTHER_CUSTOMER, REGION, Case, World, allow, answer, deny, document, unique

from rolecall.local.guard.kms_consent import DECRYPT, KmsConsent

READ = allow("secretsmanager:GetSecretValue")
VIA = {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}
CLOSED = "AccessDeniedException"


def delegated(account: str = CUSTOMER) -> dict[str, Any]:
    """A key policy statement that leaves the key to the account's IAM policies, as the console writes it."""
    return {**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}


def key(world: World, *statements: Mapping[str, Any], account: str = CUSTOMER) -> str:
    """A new key's ARN."""
    created = world.client(account, "kms").create_key(Policy=document(*(statements or (delegated(account),))))
    return str(created["KeyMetadata"]["Arn"])


def secret(world: World, key_arn: str | None) -> str:
    """A new secret's ARN."""
    encrypted = {"KmsKeyId": key_arn} if key_arn else {}
    created = world.admin("secretsmanager").create_secret(Name=unique("prod/jira"), SecretString="{}", **encrypted)
    return str(created["ARN"])


def read(world: World, *statements: Mapping[str, Any], key_arn: str | None = None, policy: str | None = None) -> str:
    arn = secret(world, key_arn or key(world))
    client = world.caller_with(READ, *statements, service="secretsmanager", policy=policy)
    return answer(client.get_secret_value, SecretId=arn)


def read_batch(world: World, *statements: Mapping[str, Any]) -> str:
    """The one error of a batch of one, or `ok`."""
    arn = secret(world, key(world))
    permissions = (READ, allow("secretsmanager:BatchGetSecretValue"), *statements)
    client = world.caller_with(*permissions, service="secretsmanager")
    batch = client.batch_get_secret_value(SecretIdList=[arn])
    assert len(batch["SecretValues"]) + len(batch["Errors"]) == 1
    return str(batch["Errors"][0]["ErrorCode"]) if batch["Errors"] else OK


def decrypts(**condition: Mapping[str, str]) -> dict[str, Any]:
    return allow("kms:Decrypt", **condition)


def without_this_role(world: World) -> str:
    """A key policy that names one other role and leaves nothing to the account."""
    named = {**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{CUSTOMER}:user/admin"}}
    return read(world, decrypts(), key_arn=key(world, named))


def of_another_account(world: World, *statements: Mapping[str, Any]) -> str:
    """A key of the other customer, who lets this one's admin use it, and whom the statements name."""
    admin = {**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{CUSTOMER}:user/admin"}}
    foreign = key(world, delegated(OTHER_CUSTOMER), admin, *statements, account=OTHER_CUSTOMER)
    return read(world, decrypts(), key_arn=foreign)


def disabled(world: World) -> str:
    key_arn = key(world)
    arn = secret(world, key_arn)
    world.admin("kms").disable_key(KeyId=key_arn)
    client = world.caller_with(READ, decrypts(), service="secretsmanager")
    return answer(client.get_secret_value, SecretId=arn)


def create(world: World, *statements: Mapping[str, Any], key_id: str | None = None) -> str:
    client = world.caller_with(allow("secretsmanager:CreateSecret"), *statements, service="secretsmanager")
    return answer(client.create_secret, Name=unique("made"), SecretString="x", KmsKeyId=key_id or key(world))


def write(world: World, operation: str, *statements: Mapping[str, Any], **parameters: str) -> str:
    arn = secret(world, key(world))
    actions = ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"]
    client = world.caller_with(allow(actions), *statements, service="secretsmanager")
    return answer(getattr(client, operation), SecretId=arn, **parameters)


CASES = [
    Case("reading without kms:Decrypt", read, CLOSED, OK),
    Case("reading in a batch without kms:Decrypt", read_batch, CLOSED, OK),
    Case("reading where kms:Decrypt is denied", lambda world: read(world, decrypts(), deny("kms:Decrypt")), CLOSED, OK),
    Case("reading where the key's policy leaves the role out", without_this_role, CLOSED, OK),
    Case(
        "reading through another region's Secrets Manager",
        lambda world: read(world, decrypts(StringEquals={"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"})),
        CLOSED,
        OK,
    ),
    Case(
        "reading with another secret's encryption context",
        lambda world: read(world, decrypts(StringLike={"kms:EncryptionContext:SecretARN": "*:secret:prod/crm-??????"})),
        CLOSED,
        OK,
    ),
    Case(
        "reading with another version's encryption context",
        lambda world: read(world, decrypts(StringEquals={"kms:EncryptionContext:SecretVersionId": "none"})),
        CLOSED,
        OK,
    ),
    Case(
        "reading with a session policy that leaves KMS out",
        lambda world: read(world, decrypts(), policy=document(READ)),
        CLOSED,
        OK,
    ),
    Case("reading with another account's key that does not consent", of_another_account, CLOSED, OK),
    Case("reading with a disabled key", disabled, "DecryptionFailure", OK),
    Case("creating without kms:GenerateDataKey", lambda world: create(world, decrypts()), CLOSED, OK),
    Case("creating without kms:Decrypt", lambda world: create(world, allow("kms:GenerateDataKey")), CLOSED, OK),
    Case(
        "creating with a key that does not exist",
        lambda world: create(world, allow("kms:*"), key_id=f"arn:aws:kms:{REGION}:{CUSTOMER}:key/none"),
        "EncryptionFailure",
        OK,
    ),
    Case(
        "putting a value without kms:GenerateDataKey",
        lambda world: write(world, "put_secret_value", decrypts(), SecretString="y"),
        CLOSED,
        OK,
    ),
    Case(
        "updating a value without kms:GenerateDataKey",
        lambda world: write(world, "update_secret", decrypts(), SecretString="y"),
        CLOSED,
        OK,
    ),
    Case(
        "moving to another key without kms:Decrypt for the old one",
        lambda world: moved(world, old=False),
        CLOSED,
        OK,
    ),
]


def moved(world: World, *, old: bool) -> str:
    """A secret gets another key, on which the caller may do everything; on the old one only if `old`."""
    before, after = key(world), key(world)
    arn = secret(world, before)
    statements = [allow("secretsmanager:UpdateSecret"), allow("kms:*", after)]
    if old:
        statements.append(allow("kms:Decrypt", before))
    client = world.caller_with(*statements, service="secretsmanager")
    return answer(client.update_secret, SecretId=arn, KmsKeyId=after)


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
    "condition",
    [
        {},
        {"StringEquals": VIA},
        {
            "StringLike": {
                "kms:EncryptionContext:SecretARN": f"arn:aws:secretsmanager:{REGION}:{CUSTOMER}:secret:prod/*"
            }
        },
        {"StringEquals": VIA, "StringLike": {"kms:EncryptionContext:SecretARN": "*:secret:prod/jira-*"}},
        {"StringLike": {"kms:EncryptionContext:SecretVersionId": "*"}},
        {"Bool": {"aws:ViaAWSService": "true"}},
        {"StringEquals": {"kms:CallerAccount": CUSTOMER}},
    ],
    ids=str,
)
def test_a_role_with_the_right_conditions_reads(condition: dict[str, dict[str, str]], guarded: World) -> None:
    assert read(guarded, decrypts(**condition)) == OK


@pytest.mark.embedded
def test_the_whole_batch_comes_with_kms_decrypt(guarded: World) -> None:
    assert read_batch(guarded, decrypts(StringEquals=VIA)) == OK


@pytest.mark.embedded
def test_writing_works_with_both_permissions(guarded: World) -> None:
    both = allow(["kms:GenerateDataKey", "kms:Decrypt"], StringEquals=VIA)
    assert create(guarded, both) == OK
    assert write(guarded, "put_secret_value", both, SecretString="y") == OK
    assert write(guarded, "update_secret", both, SecretString="y") == OK
    assert moved(guarded, old=True) == OK


@pytest.mark.embedded
def test_changing_a_description_asks_nothing_of_kms(guarded: World) -> None:
    assert write(guarded, "update_secret", Description="new") == OK


@pytest.mark.embedded
def test_a_consenting_key_of_another_account_opens(guarded: World) -> None:
    consent = {**decrypts(), "Principal": {"AWS": f"arn:aws:iam::{CUSTOMER}:root"}}
    assert of_another_account(guarded, consent) == OK


@pytest.mark.embedded
def test_the_aws_managed_key_asks_nothing_more(guarded: World) -> None:
    client = guarded.caller_with(READ, service="secretsmanager")
    assert answer(client.get_secret_value, SecretId=secret(guarded, None)) == OK
    assert answer(client.get_secret_value, SecretId=secret(guarded, "alias/aws/secretsmanager")) == OK


@pytest.mark.embedded
def test_a_refusal_is_worded_as_secrets_manager_words_it(guarded: World) -> None:
    client = guarded.caller_with(READ, service="secretsmanager")
    with pytest.raises(client.exceptions.ClientError) as refused:
        client.get_secret_value(SecretId=secret(guarded, key(guarded)))
    assert refused.value.response["Error"]["Message"] == "Access to KMS is not allowed"


@pytest.mark.parametrize(
    ("region", "via"),
    [
        ("eu-central-1", "secretsmanager.eu-central-1.amazonaws.com"),
        ("us-gov-west-1", "secretsmanager.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "secretsmanager.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_kms_is_asked_through_secrets_manager_as_the_partition_calls_it(region: str, via: str) -> None:
    asked: list[Mapping[str, Any]] = []
    consent = KmsConsent(
        kms=SimpleNamespace(_resolve_key=lambda key_id: {"KeyState": "Enabled", "Arn": key_id}),
        evaluator=SimpleNamespace(
            _verified_key=ContextVar("key", default="AKIA"), enforce=lambda *given: asked.append(given[-1])
        ),
        responses=SimpleNamespace(
            get_account_id=lambda: CUSTOMER, get_region=lambda: region, request_scope=lambda *_: nullcontext()
        ),
    )
    assert consent.refusal("one", DECRYPT, "arn", "version") is None
    assert [context["kms:ViaService"] for context in asked] == [via]
