"""Live roles asked by the embedded AWS's own policy simulator, as far as that can be believed."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from rolecall.estate import sound
from rolecall.model.grant import Grant
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.simulation import PROVES_NOTHING, simulate
from rolecall.runtime.verdict import evidence
from rolecall.verification.questions import questions
from rolecall.verification.sample_secrets import Neighbourhood
from tests.embedded.world import ACCOUNT, World, run

NAME = "workato-acme-prod-billing"


def grant_of(world: World, address: str) -> Grant:
    """One role of the estate."""
    return next(grant for grant in sound(world.folder).grants if grant.address == address)


def simulated(world: World, address: str) -> list[Probe]:
    """What the simulator says of one role."""
    grant = grant_of(world, address)
    asked = questions(grant, Neighbourhood(sound(world.folder).grants))
    return simulate(world.iam(grant.account), grant.role_arn, asked, is_emulated=True)


def failed(probes: Sequence[Probe]) -> set[str]:
    """The kinds of the questions that were answered wrongly."""
    return {probe.kind for probe in probes if probe.failed}


@pytest.fixture
def policy(world: World) -> Iterator[Any]:
    """The role's managed policy, as its ARN and document; put back afterwards."""
    arn = world.iam().list_attached_role_policies(RoleName=NAME)["AttachedPolicies"][0]["PolicyArn"]
    version = world.iam().get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = world.iam().get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    yield arn, json.loads(json.dumps(document))
    replace(world, arn, document)


def replace(world: World, arn: str, document: Any) -> None:
    """Make a document the policy's default version; the embedded AWS cannot go back to an older one."""
    old = world.iam().get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    world.iam().create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
    world.iam().delete_policy_version(PolicyArn=arn, VersionId=old)


@pytest.mark.parametrize("address", ["acme-prod/billing", "acme-dev/sandbox", "acme-prod/warehouse"])
def test_an_untouched_role_answers_as_the_estate_says(world: World, address: str) -> None:
    probes = simulated(world, address)
    assert {probe.kind for probe in probes} == {"secret_in_scope", "secret_out_of_scope", "region"}
    assert all(probe.observed is probe.expected for probe in probes)
    assert evidence(probes, None) == (Rung.PERMISSIONS,)


def test_an_extra_policy_that_allows_everything_reaches_out_of_scope(world: World) -> None:
    wide = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [wide]})
    world.iam().put_role_policy(RoleName=NAME, PolicyName="by-hand", PolicyDocument=document)
    try:
        probes = simulated(world, "acme-prod/billing")
    finally:
        world.iam().delete_role_policy(RoleName=NAME, PolicyName="by-hand")
    assert failed(probes) == {"secret_out_of_scope", "region"}
    assert all(probe.observed is Observed.ALLOWED for probe in probes)


@pytest.mark.parametrize(
    ("condition", "verdict", "observed"),
    [
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, None, "skipped"),
        ({}, "underpowered", "denied"),
    ],
)
def test_a_deny_is_believed_unless_it_hangs_on_a_condition_which_that_simulator_does_not_heed(
    world: World, condition: dict[str, Any], verdict: str | None, observed: str
) -> None:
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", **condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    world.iam().put_role_policy(RoleName=NAME, PolicyName="by-hand", PolicyDocument=document)
    command = ["rolecall", "verify", "acme-prod/billing", "--target", "aws", "--as", "owner", "--format", "json"]
    try:
        ended = run(*command, folder=world.folder, environment=world.aws.environment(ACCOUNT))
    finally:
        world.iam().delete_role_policy(RoleName=NAME, PolicyName="by-hand")
    (role,) = json.loads(ended.stdout)["roles"]
    inside = [probe for probe in role["probes"] if probe["kind"] == "secret_in_scope"]
    assert {probe["observed"] for probe in inside} == {observed}
    if verdict:
        assert role["verdict"] == verdict
    else:
        assert {probe["reason"] for probe in inside} == {"the embedded AWS's simulator does not heed condition keys"}
        assert "simulator" not in "".join(role["findings"])


def test_a_policy_for_other_secrets_loses_what_is_in_scope(world: World, policy: Any) -> None:
    arn, document = policy
    for statement in document["Statement"]:
        statement["Resource"] = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:elsewhere/*"
    replace(world, arn, document)
    probes = simulated(world, "acme-prod/billing")
    assert failed(probes) == {"secret_in_scope"}
    # Nothing at all is allowed, so that this simulator's refusals say nothing.
    refused = [probe for probe in probes if not probe.failed]
    assert {probe.observation.reason for probe in refused} == {PROVES_NOTHING}
    assert evidence(probes, None) == ()


def test_a_policy_for_one_prefix_too_many_reaches_a_neighbour(world: World, policy: Any) -> None:
    arn, document = policy
    neighbour = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:prod/*"
    document["Statement"][0]["Resource"] = [*document["Statement"][0]["Resource"], neighbour]
    replace(world, arn, document)
    wrong = [probe for probe in simulated(world, "acme-prod/billing") if probe.failed]
    assert {probe.kind for probe in wrong} == {"secret_out_of_scope"}
    assert any("prod/payroll/hr-system in eu-central-1" in probe.asked for probe in wrong)


@pytest.mark.parametrize(
    ("address", "kind", "heeds_not"),
    [
        ("acme-prod/payroll", "kms_decrypt", "condition keys"),
        ("unified-prod/connections", "secret_out_of_scope", "condition keys"),
        ("bounded/kept", "secret_in_scope", "the permissions boundary"),
    ],
)
def test_what_that_simulator_does_not_heed_is_not_asked_and_the_rung_not_climbed(
    world: World, address: str, kind: str, heeds_not: str
) -> None:
    probes = simulated(world, address)
    skipped = [probe for probe in probes if probe.kind == kind and probe.observed is Observed.SKIPPED]
    assert {probe.observation.reason for probe in skipped} == {
        f"the embedded AWS's simulator does not heed {heeds_not}"
    }
    assert not failed(probes)
    assert evidence(probes, None) == ()
