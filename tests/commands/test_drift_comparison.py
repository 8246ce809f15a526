"""What a live role has that the compiled one has not: as changes, as differences with a verdict, and by whose hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rolecall.estate import sound
from rolecall.model.grant import Grant
from rolecall.model.secret import Secret
from rolecall.model.services import S3Access, ServiceAccess, SnsAccess, SqsAccess
from rolecall.model.trust import ParameterReference, Trust, Verifier
from rolecall.policy.compile import Home, permission_policies, permission_statements, trust_document
from rolecall.policy.permissions import Change
from rolecall.runtime.live_role import LiveRole
from rolecall.runtime.verdict import Verdict
from rolecall.verification.comparison import changes, differences, policies_by_hand

ACME = Path(__file__).parents[2] / "examples" / "acme"
CI, OURS, VENDORS = "arn:aws:iam::111111111111:role/ci", "own-id-5d0c", "workato_iam_external_id_12345_678"
WORKATO = "arn:aws:iam::353360065216:root"
GRANTS = {grant.address: grant for grant in sound(ACME).grants}
BILLING, UNIFIED = GRANTS["acme-prod/billing"], GRANTS["unified-prod/connections"]
VERIFIED = replace(BILLING, trust=replace(BILLING.trust, verifier=Verifier(CI, OURS)))
PREFIX = "arn:aws:iam::111111111111:policy"


def live(grant: Grant, **more: Any) -> LiveRole:
    """The role as the estate has it, but for some of it."""
    statements = permission_statements(grant.permissions, Home(grant.partition, grant.account, grant.region))
    policies = permission_policies(statements)
    whole: dict[str, Any] = {
        "arn": grant.role_arn,
        "trust": trust_document(grant.trust),
        "policies": {
            f"{PREFIX}/vendors/{grant.role_name}{part and '+'}{part}": each for part, each in policies.items()
        },
        "boundary": None,
        "path": grant.role_path,
        "max_session_seconds": grant.max_session_seconds,
        "tags": dict(grant.all_tags),
    }
    return LiveRole(**(whole | more))


def verdicts(grant: Grant, role: LiveRole, verifier_id: str | None = None) -> dict[str, Verdict]:
    """Each difference in words with its verdict."""
    found = differences(grant, role, tuple(map(str, grant.trust.external_ids)), verifier_id)
    return {each.text: each.verdict for each in found}


@pytest.mark.parametrize("grant", [*GRANTS.values(), VERIFIED])
def test_a_role_as_compiled_has_changed_in_nothing(grant: Grant) -> None:
    assert changes(grant, live(grant), tuple(map(str, grant.trust.external_ids))) == {}


KEY = "arn:aws:kms:eu-central-1:111111111111:key/6f1c1d3e-7d0f-4c55-9c6e-2b9d3a1f0c11"
MANY = [f"orders-of-the-year-{number}" for number in range(100)]
# What is divided by the values of a condition, as its policy is too large for one.
DIVIDED: list[tuple[tuple[ServiceAccess, ...], tuple[Secret, ...]]] = [
    ((SqsAccess(queues=MANY, kms_key=KEY),), ()),
    ((SnsAccess(topics=MANY, kms_key=KEY),), ()),
    ((S3Access(buckets=MANY, kms_key=KEY),), ()),
    ((S3Access(buckets=["exports", "imports"], prefixes=[f"{name}/" for name in MANY]),), ()),
    ((), tuple(Secret("name", name, kms_key=KEY) for name in MANY)),
]


def with_many(services: tuple[ServiceAccess, ...], secrets: tuple[Secret, ...]) -> Grant:
    """The role of the estate with more than one policy holds."""
    return replace(BILLING, permissions=replace(BILLING.permissions, services=services, secrets=secrets))


@pytest.mark.parametrize(("services", "secrets"), DIVIDED)
def test_a_role_whose_policy_is_divided_has_changed_in_nothing_but_what_is_gone(
    services: tuple[ServiceAccess, ...], secrets: tuple[Secret, ...]
) -> None:
    grant = with_many(services, secrets)
    role = live(grant)
    assert len(role.policies) > 1
    assert verdicts(grant, role) == {}
    _, *rest = role.policies
    found = verdicts(grant, live(grant, policies={name: role.policies[name] for name in rest}))
    assert set(found.values()) == {Verdict.UNDERPOWERED}


def test_one_queue_less_in_one_of_several_policies_is_told_by_its_name_alone() -> None:
    grant, fewer = with_many(*DIVIDED[0]), with_many((SqsAccess(queues=MANY[1:], kms_key=KEY),), ())
    found = verdicts(grant, live(fewer))
    assert set(found.values()) == {Verdict.UNDERPOWERED}
    assert all(MANY[0] in text and MANY[1] not in text and "more" not in text for text in found)


def test_a_verifier_that_is_shut_out_is_drift_and_a_vendor_that_is_cannot_come_in() -> None:
    without = live(VERIFIED, trust=trust_document(BILLING.trust))
    assert verdicts(VERIFIED, without) == {f"no longer lets in {CI} with external ID own-…": Verdict.DRIFTED}
    alone = live(VERIFIED, trust=trust_document(Trust((CI,), (OURS,))))
    said = {f"no longer lets in {WORKATO} with external ID {VENDORS}": Verdict.NOT_ASSUMABLE}
    assert verdicts(VERIFIED, alone) == said


def test_a_verifier_that_no_file_names_is_let_in_all_the_same() -> None:
    assert verdicts(BILLING, live(VERIFIED)) == {f"lets in {CI} with external ID {OURS}": Verdict.UNPROTECTED}


def test_a_verifier_whose_id_is_another_is_a_door_more_and_one_less() -> None:
    other = replace(BILLING, trust=replace(BILLING.trust, verifier=Verifier(CI, "id-of-before")))
    assert verdicts(VERIFIED, live(other)) == {
        f"lets in {CI} with external ID id-o…": Verdict.UNPROTECTED,
        f"no longer lets in {CI} with external ID own-…": Verdict.DRIFTED,
    }


def test_a_verifiers_id_that_is_a_parameter_is_compared_by_its_value() -> None:
    kept = Verifier(CI, ParameterReference("/own", 1))
    grant = replace(BILLING, trust=replace(BILLING.trust, verifier=kept))
    assert verdicts(grant, live(VERIFIED), OURS) == {}
    assert list(verdicts(grant, live(VERIFIED), "another-id").values()) == [Verdict.UNPROTECTED, Verdict.DRIFTED]


def test_ids_that_the_customer_chose_are_masked_wherever_they_stand() -> None:
    (chosen,) = map(str, UNIFIED.trust.external_ids)
    trust = trust_document(replace(UNIFIED.trust, external_ids=("the-one-before",)))
    trust["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": chosen}},
        }
    )
    found = changes(UNIFIED, live(UNIFIED, trust=trust), (chosen,))["trust"]
    whom = UNIFIED.trust.principals[0]
    assert found == Change(
        (f"{whom} with external ID the-…",),
        (f"{whom} with external ID 3d3b…",),
        ("Deny sts:AssumeRole for * if sts:ExternalId StringEquals 3d3b… was added",),
    )


def test_a_pattern_that_is_all_but_the_end_of_a_chosen_id_is_masked_too() -> None:
    (chosen,) = map(str, UNIFIED.trust.external_ids)
    trust = trust_document(UNIFIED.trust)
    trust["Statement"][0]["Condition"] = {"StringLike": {"sts:ExternalId": f"{chosen[:-1]}*"}}
    texts = [each.text for each in differences(UNIFIED, live(UNIFIED, trust=trust), (chosen,))]
    assert any("3d3b…" in text for text in texts)
    assert not any(chosen[:6] in text for text in texts)


def test_an_id_too_short_to_be_masked_leaves_other_words_alone() -> None:
    trust = trust_document(replace(UNIFIED.trust, external_ids=("iam",)))
    found = changes(UNIFIED, live(UNIFIED, trust=trust), tuple(map(str, UNIFIED.trust.external_ids)))["trust"]
    assert found.gained == (f"{UNIFIED.trust.principals[0]} with external ID iam",)


BY_HAND = [
    ("debug", True),
    (BILLING.role_name, True),  # inline: the estate makes none
    (f"{PREFIX}/vendors/{BILLING.role_name}", False),
    (f"{PREFIX}/old/path/{BILLING.role_name}", False),
    (f"{PREFIX}/{BILLING.role_name}+011", False),
    (f"{PREFIX}/vendors/{BILLING.role_name}+x", True),
    (f"{PREFIX}/vendors/{BILLING.role_name}-2", True),
    (f"{PREFIX}/vendors/my-{BILLING.role_name}", True),
    (f"arn:aws:iam::222222222222:policy/vendors/{BILLING.role_name}", True),
    (f"arn:aws:iam::aws:policy/{BILLING.role_name}", True),
]


@pytest.mark.parametrize(("name", "by_hand"), BY_HAND)
def test_a_policy_under_a_name_that_the_estate_does_not_make_is_by_hand(name: str, by_hand: bool) -> None:
    assert policies_by_hand(BILLING, live(BILLING, policies={name: {}})) == ((name,) if by_hand else ())


def test_a_policy_that_iam_does_not_show_is_access_gained_and_by_hand() -> None:
    unseen = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"
    role = live(BILLING, unread_policies=(unseen,))
    text = f"what {unseen} allows, which IAM does not show"
    assert changes(BILLING, role, (VENDORS,)) == {"permissions": Change(gained=(text,))}
    assert verdicts(BILLING, role) == {f"gained {text}": Verdict.OVERREACHING}
    assert policies_by_hand(BILLING, role) == (unseen,)


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"boundary": f"{PREFIX}/b"}, Verdict.DRIFTED),
        ({"max_session_seconds": 7200}, Verdict.DRIFTED),
        ({"path": "/"}, Verdict.NOT_ASSUMABLE),  # it has another ARN, and the vendor calls the one it has
        ({"tags": {}}, Verdict.DRIFTED),
        ({"policies": {}}, Verdict.UNDERPOWERED),
    ],
)
def test_each_part_of_a_role_that_differs_has_its_verdict(more: dict[str, Any], verdict: Verdict) -> None:
    assert set(verdicts(BILLING, live(BILLING, **more)).values()) == {verdict}
