"""Secret probes: forms of answers, faults on the way, the narrowed session; what AWS enforces is tested elsewhere."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.runtime import session_policy
from rolecall.runtime.assume_role import SESSION_NAME
from rolecall.runtime.expectation import RoleExpectation, SecretToRead
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.secret_probes import NOT_NAMED, SecretProbes
from rolecall.runtime.secret_reading import NO_VALUE, NOT_FOUND
from rolecall.runtime.trouble import Trouble
from tests.runtime.fake_secrets import PREFIX, REGION, FakeRole, FakeSecrets

VALUE = "value-that-must-not-leak-a91b"
JIRA = SecretToRead("prod/jira", f"{PREFIX}prod/jira*", REGION, keys=("token",), needs_json=True)
BESIDE = SecretToRead("prod/jira-beside", f"{PREFIX}prod/jira-beside*", REGION)
ROLE = RoleExpectation(
    workspace="w",
    project="p",
    role_arn="arn:aws:iam::111111111111:role/r",
    region=REGION,
    external_ids=("the-right-id",),
    verifier_id="the-verifiers-id",
    readable=(JIRA,),
)
SOUND = {"ARN": f"{PREFIX}prod/jira-AbCdEf", "Name": "prod/jira", "SecretString": json.dumps({"token": VALUE})}


def probes(role: RoleExpectation = ROLE, **answers: Any) -> list[Probe]:
    """The probes of a role whose Secrets Manager gives these answers."""
    return list(SecretProbes(role).as_vendor(FakeRole(FakeSecrets(**answers))))


def refused(code: str, role: RoleExpectation = ROLE) -> list[Probe]:
    return list(SecretProbes(role).as_vendor(FakeRole(FakeSecrets(lambda *_: code))))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"message": "<html>welcome</html>"},
        {"ARN": SOUND["ARN"]},
        {"SecretString": SOUND["SecretString"]},
        {**SOUND, "ARN": f"{PREFIX}prod/other-AbCdEf"},
        {**SOUND, "ARN": f"{PREFIX}prod/jira-2-AbCdEf", "Name": "prod/jira-2"},
        {**SOUND, "ARN": f"{PREFIX}team/prod/jira-AbCdEf", "Name": "team/prod/jira"},
        {**SOUND, "Name": "prod/other"},
        {**SOUND, "ARN": SOUND["ARN"].replace(REGION, "eu-west-1")},
        {**SOUND, "ARN": SOUND["ARN"].replace("111111111111", "222222222222")},
        {**SOUND, "ARN": SOUND["ARN"].replace("arn:aws:", "arn:aws-cn:")},
        {**SOUND, "ARN": f"{SOUND['ARN']}0"},
        {**SOUND, "ARN": None},
        {**SOUND, "SecretString": None},
        {**SOUND, "SecretString": 7},
        {"ARN": SOUND["ARN"], "SecretBinary": b""},
        None,
        "yes",
    ],
    ids=str,
)
def test_an_answer_that_is_none_of_secrets_managers_proves_nothing(answer: Any) -> None:
    (probe,) = probes(get_secret_value=answer)
    assert (probe.kind, probe.observed) == ("secret_in_scope", Observed.UNDECIDED)
    assert probe.observation.trouble is Trouble.NONSENSE


def test_the_answer_to_a_whole_arn_is_sound_too() -> None:
    whole = replace(JIRA, secret_id=SOUND["ARN"], resource=SOUND["ARN"])
    seen = probes(replace(ROLE, readable=(whole,)), get_secret_value=SOUND)
    assert [probe.observed for probe in seen] == [Observed.ALLOWED, Observed.ALLOWED]


@pytest.mark.parametrize(
    ("asked", "found", "is_it"),
    [
        ("prod/jira-AbCdEf", "prod/jira-AbCdEf", True),
        ("prod/jira", "prod/jira-AbCdEf", True),
        ("prod/jira", "prod/jira-2-AbCdEf", False),
        ("prod/ji", "prod/jira-AbCdEf", False),
        ("jira", "prod/jira-AbCdEf", False),
        ("prod/jira-AbCdEf", "prod/jira-GhIjKl", False),
    ],
)
def test_an_arn_is_answered_by_itself_or_with_its_end_alone(asked: str, found: str, is_it: bool) -> None:
    whole = replace(JIRA, secret_id=f"{PREFIX}{asked}")
    seen = probes(replace(ROLE, readable=(whole,)), get_secret_value={**SOUND, "ARN": f"{PREFIX}{found}"})
    assert (seen[0].observed is Observed.ALLOWED) is is_it


@pytest.mark.parametrize(
    ("described", "observed"),
    [
        ({**SOUND, "KmsKeyId": "alias/aws/secretsmanager"}, Observed.ALLOWED),
        ({"ARN": f"{PREFIX}prod/other-AbCdEf", "Name": "prod/other"}, Observed.UNDECIDED),
        ({**SOUND, "ARN": SOUND["ARN"].replace(REGION, "eu-west-1")}, Observed.UNDECIDED),
        ({**SOUND, "ARN": SOUND["ARN"].replace("111111111111", "222222222222")}, Observed.UNDECIDED),
        ({}, Observed.UNDECIDED),
        ("AccessDeniedException", Observed.DENIED),
        ("InternalServiceError", Observed.UNDECIDED),
    ],
)
def test_what_may_be_described_is_in_scope_only_if_it_was(described: Any, observed: Observed) -> None:
    role = replace(ROLE, readable=(replace(JIRA, may_describe=True),))
    is_code = isinstance(described, str)
    secrets = FakeSecrets(
        lambda operation, _: described if is_code and operation == "describe_secret" else None,
        get_secret_value=SOUND,
        **({} if is_code else {"describe_secret": described}),
    )
    probe, shape = SecretProbes(role).as_vendor(FakeRole(secrets))
    assert (probe.kind, probe.observed, shape.observed) == ("secret_in_scope", observed, Observed.ALLOWED)
    assert probe.asked.startswith("describing ") is (observed is not Observed.ALLOWED)


def test_an_answer_from_the_secrets_own_region_opens_nothing_in_another() -> None:
    """Something on the way may answer with what it kept."""
    elsewhere = replace(JIRA, resource=JIRA.resource.replace(REGION, "eu-west-1"), region="eu-west-1")
    seen = probes(replace(ROLE, elsewhere=(elsewhere,)), get_secret_value=SOUND)
    assert [(probe.kind, probe.observed) for probe in seen if probe.kind != "secret_shape"] == [
        ("secret_in_scope", Observed.ALLOWED),
        ("region", Observed.UNDECIDED),
    ]
    assert seen[-1].observation.trouble is Trouble.NONSENSE


def test_a_session_that_was_issued_for_another_call_reads_nothing() -> None:
    caller = FakeRole(FakeSecrets(get_secret_value=SOUND))
    kept = caller.sts.assume_role(RoleArn=ROLE.role_arn, RoleSessionName=f"{SESSION_NAME}-0a1b2c3d")
    caller.sts.assume_role = lambda **_: kept  # type: ignore[method-assign]
    (probe,) = SecretProbes(ROLE).as_vendor(caller)
    assert probe.observed is Observed.SKIPPED
    assert Trouble.NONSENSE in str(probe.observation.reason)


EMPTY = {key: value for key, value in SOUND.items() if key != "SecretString"}
WITHOUT_VALUE = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"


class Empty(FakeSecrets):
    """One that says of every secret what AWS says of one that has no value yet."""

    def get_secret_value(self, **request: Any) -> Any:
        raise ClientError({"Error": {"Code": NOT_FOUND, "Message": WITHOUT_VALUE}}, "GetSecretValue")


@pytest.mark.parametrize("secrets", [FakeSecrets(get_secret_value=EMPTY), Empty()], ids=["no content", "as AWS"])
def test_a_secret_without_a_value_is_there_and_of_no_use(secrets: FakeSecrets) -> None:
    (probe,) = SecretProbes(ROLE).as_vendor(FakeRole(secrets))
    assert (probe.kind, probe.observed, probe.observation.reason) == ("secret_in_scope", Observed.DENIED, NO_VALUE)
    assert probe.observation.trouble is None
    assert "AWSCURRENT" not in repr(probe)
    (beside,) = SecretProbes(replace(ROLE, readable=(), unreadable=(JIRA,))).as_vendor(FakeRole(secrets))
    assert (beside.observed, beside.observation.reason) == (Observed.UNDECIDED, NO_VALUE)


@pytest.mark.parametrize(
    "content",
    [VALUE, f'{{"token": "{VALUE}', f'["{VALUE}"]', json.dumps({VALUE: VALUE}), "[" * 100_000 + VALUE, "9" * 5000],
)
def test_no_content_leaves_the_function_that_looks_at_it(content: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        seen = probes(get_secret_value={**SOUND, "SecretString": content})
    told = repr(seen) + json.dumps([probe.as_json() for probe in seen]) + caplog.text
    assert [probe.observed for probe in seen] == [Observed.ALLOWED, Observed.DENIED]
    assert VALUE not in told
    assert "9999" not in told


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("AccessDeniedException", ["secret_in_scope"]),
        ("ResourceNotFoundException", ["secret_in_scope"]),
        ("InvalidRequestException", ["secret_in_scope"]),
        ("DecryptionFailure", ["secret_in_scope", "kms_decrypt"]),
    ],
)
def test_what_cannot_be_read_was_refused(code: str, kinds: list[str]) -> None:
    seen = refused(code)
    assert [(probe.kind, probe.observed) for probe in seen] == [(kind, Observed.DENIED) for kind in kinds]


@pytest.mark.parametrize("code", ["ExpiredTokenException", "ThrottlingException", "InternalServiceError", "Strange"])
def test_what_is_no_refusal_leaves_the_question_open(code: str) -> None:
    for role in (ROLE, replace(ROLE, readable=(), unreadable=(BESIDE,))):
        (probe,) = refused(code, role)
        assert probe.observed is Observed.UNDECIDED
        assert probe.observation.reason


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "InvalidRequestException", "DecryptionFailure"])
def test_only_a_refusal_by_the_role_counts_beside_the_grant(code: str) -> None:
    for role in (replace(ROLE, readable=(), unreadable=(BESIDE,)), replace(ROLE, readable=(), elsewhere=(BESIDE,))):
        (probe,) = refused(code, role)
        assert probe.observed is Observed.UNDECIDED


def test_the_verifier_asks_the_same_with_its_own_id_for_its_own_rung() -> None:
    caller = FakeRole(FakeSecrets(get_secret_value=SOUND))
    seen = list(SecretProbes(ROLE).as_verifier(caller))
    assert {probe.rung for probe in seen} == {Rung.ASSUMED_BY_VERIFIER}
    assert [request["ExternalId"] for request in caller.sts.requests] == ["the-verifiers-id"]
    assert list(SecretProbes(replace(ROLE, verifier_id=None)).as_verifier(caller)) == []


def test_a_role_whose_trust_is_pending_is_not_asked() -> None:
    assert probes(replace(ROLE, external_ids=())) == []


def test_a_grant_under_which_nobody_knows_a_secret_is_skipped_with_its_reason() -> None:
    (probe,) = probes(replace(ROLE, readable=(), unnamed=("a secret below billing/ in eu-central-1",)))
    assert (probe.observed, probe.observation.reason) == (Observed.SKIPPED, NOT_NAMED)


def test_session_policies_hold_everything_that_is_asked_within_their_limit() -> None:
    secrets = [replace(BESIDE, resource=f"{PREFIX}{letter * 500}*") for letter in "abcdefg"]
    batches = list(session_policy.batches(secrets))
    assert [secret for batch in batches for secret in batch] == secrets
    assert len(batches) > 1
    for batch in batches:
        policy = session_policy.reading(batch)
        assert len(policy) <= session_policy.MAX_CHARACTERS
        assert set(json.loads(policy)["Statement"][0]["Resource"]) == {secret.resource for secret in batch}


def test_each_batch_is_asked_with_a_session_of_its_own_policy() -> None:
    many = tuple(replace(JIRA, resource=f"{PREFIX}{letter * 500}*") for letter in "abcde")
    caller = FakeRole(FakeSecrets(get_secret_value=SOUND))
    seen = list(SecretProbes(replace(ROLE, readable=many)).as_vendor(caller))
    assert len([probe for probe in seen if probe.kind == "secret_in_scope"]) == 5
    policies = [json.loads(request["Policy"]) for request in caller.sts.requests]
    allowed = [resource for policy in policies for resource in policy["Statement"][0]["Resource"]]
    assert sorted(allowed) == sorted(secret.resource for secret in many)
