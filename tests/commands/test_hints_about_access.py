"""Hints about roles whose policies are as compiled, and that are refused what those grant all the same."""

from dataclasses import replace

import pytest

from rolecall.model.grant import Grant
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import Verdict
from rolecall.verification.comparison import differences
from rolecall.verification.diagnosis import hint
from tests.commands.test_diagnosis import NOON, estate, expected, live

BILLING, PAYROLL, UNIFIED = "acme-prod/billing", "acme-prod/payroll", "unified-prod/connections"
HR, JIRA = "prod/payroll/hr-system in eu-central-1", "prod/jira in eu-central-1"
MADE = "create unified/rolecall-probe-0123456789abcdef in eu-central-1"
BOUNDARY = "arn:aws:iam::111111111111:policy/vendor-boundary"


def said(grant: Grant, *probes: Probe, verdict: Verdict = Verdict.UNDERPOWERED) -> list[str]:
    """The causes of the hint about a role that is as compiled, its boundary too."""
    role = replace(live(grant, {}), boundary=grant.permissions_boundary)
    assert differences(grant, role, grant.trust.written_ids) == []
    text = hint(grant, expected(grant), role, [], probes, verdict, now=NOON)
    return str(text).split(". Or: ")


def refused(what: str, by: DeniedBy | None, kind: str = "secret_in_scope", rung: Rung = Rung.ASSUMED) -> Probe:
    """A probe that should have been allowed."""
    return Probe(kind, Observed.ALLOWED, Observation(Observed.DENIED, "AccessDenied", denied_by=by), what, rung)


def bounded(address: str) -> Grant:
    """A role of the estate with a boundary of the estate's."""
    return replace(estate()[address], permissions_boundary=BOUNDARY)


@pytest.mark.parametrize("kinds", [["secret_in_scope"], ["secret_in_scope", "kms_decrypt"]])
def test_a_boundary_is_named_before_the_policy_of_a_key(kinds: list[str]) -> None:
    asked = {"secret_in_scope": HR, "kms_decrypt": f"{HR}, encrypted with a customer managed key"}
    probes = [refused(asked[kind], DeniedBy.KEY, kind) for kind in kinds]
    boundary, policy, other = said(bounded(PAYROLL), *probes)
    assert boundary.startswith(
        "the permissions boundary vendor-boundary does not allow what the role's policies grant (kms:Decrypt to decrypt"
    )
    assert policy.startswith("the KMS key policy does not let the role decrypt prod/payroll/hr-system")
    assert other.startswith(f"the secret {HR} is encrypted with another key than the estate's `kms_key`")


def test_a_key_that_refuses_may_do_so_by_a_deny_or_be_another() -> None:
    policy, other = said(estate()[PAYROLL], refused(HR, DeniedBy.KEY))
    assert policy.endswith("take it out of that, as an Allow does not help against a Deny")
    assert "key/6f1c1d3e" in policy
    assert "`aws secretsmanager describe-secret` names it" in other


def test_a_key_that_the_estate_does_not_name_comes_before_the_boundary() -> None:
    key, boundary = said(bounded(BILLING), refused(JIRA, DeniedBy.KEY))
    assert key.startswith(f"the secret {JIRA} is encrypted with a customer managed KMS key that the estate does not")
    assert boundary.startswith("the permissions boundary vendor-boundary does not allow")


def test_of_a_key_for_new_secrets_nobody_is_told_that_a_secret_has_another() -> None:
    (policy,) = said(estate()[UNIFIED], refused(MADE, DeniedBy.KEY))
    assert policy.startswith("the KMS key policy does not let the role encrypt what the vendor keeps below unified/ in")


def test_a_secret_that_may_be_read_and_not_described_is_told_by_the_action() -> None:
    policy, organization, _ = said(estate()[BILLING], refused(f"describing {JIRA}", None))
    what = f"(secretsmanager:DescribeSecret on {JIRA})"
    assert policy.startswith(f"the secret's own resource policy denies it {what}")
    assert organization.endswith(what)


@pytest.mark.parametrize(
    ("address", "what", "rung"),
    [
        (UNIFIED, MADE, Rung.ASSUMED),
        (BILLING, f"by the simulator, GetSecretValue on {JIRA}", Rung.PERMISSIONS),
    ],
)
def test_no_resource_policy_is_blamed_where_there_is_none_to_ask(address: str, what: str, rung: Rung) -> None:
    first, *others = said(estate()[address], refused(what, None, rung=rung))
    assert first.startswith("a service or resource control policy (SCP, RCP) of the role's organization denies it")
    assert not [text for text in others if "resource policy" in text or "no such secret" in text]


def test_a_trust_as_compiled_that_lets_in_one_of_two_ids_is_not_spread_yet() -> None:
    asked = [Observation(Observed.ALLOWED), Observation(Observed.DENIED, "AccessDenied")]
    probes = [Probe("right_external_id", Observed.ALLOWED, seen, "right external ID") for seen in asked]
    (text,) = said(estate()[BILLING], *probes, verdict=Verdict.NOT_ASSUMABLE)
    assert text.startswith("the trust is as compiled, and let in one right external ID or caller and not another: IAM")


def test_a_role_at_another_path_is_left_where_it_is_or_made_anew_in_two_steps() -> None:
    grant = estate()[BILLING]
    role = live(grant, {"path": "/"})
    differing = differences(grant, role, grant.trust.written_ids)
    text = str(hint(grant, expected(grant), role, differing, [], Verdict.NOT_ASSUMABLE, now=NOON, is_local=True))
    assert text == (
        "the role is arn:aws:iam::111111111111:role/workato-acme-prod-billing, and the vendor calls"
        " arn:aws:iam::111111111111:role/vendors/workato-acme-prod-billing: its path is / instead of /vendors/. Hand"
        " the vendor the ARN as it is; or, if `role_path` was changed since the last deployment, put `role_path: /`"
        " back. To move the role, which shuts the vendor out meanwhile: delete it, as a name is unique across paths,"
        " then deploy once without the project and again with it (`rolecall deploy acme-prod --target local`); a plain"
        " deploy does not do that"
    )


def test_one_id_that_lets_in_one_of_two_principals_is_no_rotation() -> None:
    grant, asked = estate()[BILLING], [Observation(Observed.ALLOWED), Observation(Observed.DENIED, "AccessDenied")]
    probes = [Probe("right_external_id", Observed.ALLOWED, seen, "right external ID") for seen in asked]
    text = str(hint(grant, expected(grant), None, [], probes, Verdict.NOT_ASSUMABLE))
    assert text.startswith("the trust names only some of the vendor's principals"), text
    both = replace(expected(grant), external_ids=("one", "two"))
    text = str(hint(grant, both, None, [], probes, Verdict.NOT_ASSUMABLE))
    assert text.startswith("the trust takes only one of the two external IDs of the rotation"), text
