"""What the calls alone betray of secrets, their keys and the policies before them."""

import json
from typing import Any

import pytest

from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis import hint
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.secret_reading import NO_VALUE, _flaw
from rolecall.runtime.verdict import Verdict

ROLE = "arn:aws:iam::111111111111:role/vendors/acme"


def reading(rung: Rung = Rung.ASSUMED, what: str = "prod/jira in eu-central-1", **seen: Any) -> str:
    """The hint about a granted secret that was read and not got, or not for certain."""
    probe = Probe("secret_in_scope", Observed.ALLOWED, Observation(**seen), what, rung)
    word = Verdict.INCONCLUSIVE if probe.observed is Observed.UNDECIDED else Verdict.UNDERPOWERED
    return str(hint([probe], word, ROLE))


def test_a_simulator_that_may_not_be_used_is_told_with_what_to_grant() -> None:
    why = "the simulator may not be used: iam:SimulatePrincipalPolicy was refused (AccessDenied)"
    text = reading(Rung.PERMISSIONS, observed=Observed.UNDECIDED, error_code="AccessDenied", reason=why)
    assert text.startswith("IAM's simulator may not be used: grant iam:SimulatePrincipalPolicy"), text


def test_what_stayed_open_for_a_reason_is_told_with_it() -> None:
    text = reading(observed=Observed.UNDECIDED, error_code="LimitExceededException", reason="the quota is used up")
    assert text == "secret_in_scope stayed open: the quota is used up"


def test_a_secret_that_the_role_is_refused_may_also_not_be_there() -> None:
    for by in (None, DeniedBy.IDENTITY_POLICY):
        text = reading(observed=Observed.DENIED, error_code="AccessDeniedException", denied_by=by)
        assert text == (
            "there is no such secret (prod/jira in eu-central-1), or the role's policies do not allow"
            " secretsmanager:GetSecretValue on it: compare action, region, account and name with their Resource, which"
            " has to end in -?????? for one secret (a partial ARN without it fits none), in * for a prefix"
        )


MADE = "unified/rolecall-probe-0123456789abcdef in eu-central-1"


@pytest.mark.parametrize(
    ("rung", "what", "begins"),
    [
        (Rung.ASSUMED, f"create {MADE}", "secretsmanager:CreateSecret below unified/ in eu-central-1"),
        (Rung.ASSUMED, f"read {MADE}", "secretsmanager:GetSecretValue below unified/ in eu-central-1"),
        (Rung.ASSUMED, f"update {MADE}", "secretsmanager:UpdateSecret below unified/ in eu-central-1"),
        (Rung.ASSUMED, f"delete {MADE}", "secretsmanager:DeleteSecret below unified/ in eu-central-1"),
    ],
)
def test_who_writes_is_told_the_action_and_the_prefix(rung: Rung, what: str, begins: str) -> None:
    text = reading(rung, what, observed=Observed.DENIED, error_code="AccessDeniedException")
    assert text == (
        f"the role's policies do not allow {begins}: compare action, region and prefix; the Resource has to end in"
        " unified/*"
    )


@pytest.mark.parametrize(
    ("rung", "what", "begins"),
    [
        (
            Rung.PERMISSIONS,
            "by the simulator, GetSecretValue, DescribeSecret on prod/jira in eu-central-1",
            "secretsmanager:GetSecretValue, secretsmanager:DescribeSecret on prod/jira in eu-central-1: compare",
        ),
        (Rung.ASSUMED, "describing prod/jira in eu-central-1", "secretsmanager:DescribeSecret on prod/jira in eu-ce"),
    ],
)
def test_who_does_not_read_is_told_of_policies_alone(rung: Rung, what: str, begins: str) -> None:
    text = reading(rung, what, observed=Observed.DENIED)
    assert text.startswith(f"the role's policies do not allow {begins}"), text


def test_of_a_deny_that_the_simulator_meets_no_allow_is_advised() -> None:
    what = "by the simulator, GetSecretValue on prod/jira in eu-central-1"
    text = reading(Rung.PERMISSIONS, what, observed=Observed.DENIED, error_code="explicitDeny", explicitly=True)
    assert text.startswith("a Deny in the role's own policies refuses it"), text


def test_the_action_that_a_boundary_lacks_is_told() -> None:
    text = reading(observed=Observed.DENIED, denied_by=DeniedBy.PERMISSIONS_BOUNDARY)
    assert text.endswith("add secretsmanager:GetSecretValue there"), text


@pytest.mark.parametrize(
    ("kind", "what", "begins"),
    [
        (
            "kms_decrypt",
            "prod/jira in eu-central-1, encrypted with a customer managed key",
            "KMS refuses to decrypt prod/jira in eu-central-1: either the role lacks kms:Decrypt on the key",
        ),
        (
            "secret_in_scope",
            f"create {MADE}",
            "KMS refuses to encrypt what the vendor keeps below unified/ in eu-central-1: either the role lacks"
            " kms:GenerateDataKey and kms:Decrypt on the key",
        ),
        ("secret_in_scope", f"read {MADE}", "KMS refuses to decrypt what the vendor keeps below unified/ in eu-cen"),
    ],
)
def test_of_a_key_that_refuses(kind: str, what: str, begins: str) -> None:
    seen = Observation(Observed.DENIED, "AccessDeniedException", denied_by=DeniedBy.KEY)
    text = str(hint([Probe(kind, Observed.ALLOWED, seen, what)], Verdict.UNDERPOWERED, ROLE))
    assert text.startswith(begins), text


def test_the_simulator_asks_no_key_and_so_blames_none() -> None:
    key = "arn:aws:kms:eu-central-1:111111111111:key/6f1c"
    what = f"by the simulator, Decrypt on {key} for prod/jira in eu-central-1"
    probe = Probe("kms_decrypt", Observed.ALLOWED, Observation(Observed.DENIED, "implicitDeny"), what)
    text = str(hint([probe], Verdict.UNDERPOWERED, ROLE))
    assert text.startswith(f"the role's policies do not allow kms:Decrypt on {key} for prod/jira in eu-cen"), text


def test_a_key_that_waits_for_its_deletion_is_kept_before_it_is_switched_on() -> None:
    text = reading(observed=Observed.DENIED, error_code="DecryptionFailure")
    assert text.index("enable-key` switches a disabled one on") < text.index("`aws kms cancel-key-deletion` first")


def test_a_key_that_cannot_encrypt_new_secrets_is_not_blamed_on_the_policies() -> None:
    text = reading(what=f"create {MADE}", observed=Observed.DENIED, error_code="EncryptionFailure")
    assert text.startswith("the KMS key for new secrets cannot be used"), text


@pytest.mark.parametrize(
    ("what", "begins"),
    [
        (f"delete {MADE} without recovery", "the Deny on secretsmanager:DeleteSecret with ForceDeleteWithoutRecovery"),
        (
            "by the simulator, DeleteSecret on unified/x in eu-central-1, without recovery",
            "the Deny on secretsmanager:DeleteSecret with ForceDeleteWithoutRecovery is missing from the role's",
        ),
        (
            "create unified-rolecall-probe-0123456789abcdef in eu-central-1, beside unified/",
            "the role's policies allow secretsmanager:CreateSecret beside unified/ in eu-central-1, where nothing was"
            " granted: the Resource has to end in unified/*",
        ),
        ("prod/hr in eu-central-1", "the role was let through where nothing was granted (prod/hr in eu-central-1)"),
        (
            "by the simulator, GetSecretValue on prod/hr in eu-central-1",
            "the role was let through where nothing was gr",
        ),
    ],
)
def test_what_should_have_been_refused_is_told_by_what_is_missing(what: str, begins: str) -> None:
    probe = Probe("secret_out_of_scope", Observed.DENIED, Observation(Observed.ALLOWED), what)
    text = str(hint([probe], Verdict.OVERREACHING, ROLE))
    assert text.startswith(begins), text
    assert ("own resource policy lets it in" in text) == what.startswith("prod/hr")


@pytest.mark.parametrize(
    ("by", "begins"),
    [
        (DeniedBy.IDENTITY_POLICY, "a Deny in the role's own policies refuses it (prod/jira in eu-central-1)"),
        (DeniedBy.PERMISSIONS_BOUNDARY, "a Deny in the role's permissions boundary refuses it"),
    ],
)
def test_a_deny_that_keeps_a_secret_shut_is_told(by: DeniedBy, begins: str) -> None:
    text = reading(observed=Observed.DENIED, error_code="AccessDeniedException", denied_by=by, explicitly=True)
    assert text.startswith(begins), text


def test_a_secret_without_a_value_is_told_with_the_command_that_gives_it_one() -> None:
    text = reading(observed=Observed.DENIED, reason=NO_VALUE)
    begins = (
        "the secret has no value yet (prod/jira in eu-central-1): give it one with `aws secretsmanager put-secret-v"
    )
    assert text.startswith(begins), text


@pytest.mark.parametrize(
    ("stored", "flaw"),
    [
        ({"Token": 1, "user": 1}, 'it lacks token (it has "Token")'),
        ({"token ": 1, "USER": 1}, 'it lacks token (it has "token "), user (it has "USER")'),
        ({"\u00a0token\n": 1, "user": 1}, 'it lacks token (it has "\\u00a0token\\n")'),
        ({"tokens": 1, "hunter2": 1, "user": 1}, "it lacks token"),
        ({f"token{' ' * 99}": 1, "user": 1}, "it lacks token"),
        ({"Token": 1, "token": 1, "user": 1}, ""),
    ],
)
def test_of_a_key_in_another_spelling_that_one_is_named_and_no_other(stored: dict[str, int], flaw: str) -> None:
    assert _flaw(json.dumps(stored), ("token", "user")) == flaw


def test_a_key_in_another_spelling_is_told_in_the_hint() -> None:
    seen = Observation(Observed.DENIED, reason=_flaw('{"Token": 1}', ("token",)))
    probe = Probe("secret_shape", Observed.ALLOWED, seen, "prod/jira in eu-central-1 as a JSON object with token")
    assert hint([probe], Verdict.UNDERPOWERED, ROLE) == (
        'the secret prod/jira in eu-central-1 lacks token (it has "Token"): add it there, or correct `keys` in the'
        " estate"
    )
