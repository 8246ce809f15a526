"""From grants to documents: permissions case by case in tests/cases/permissions.yaml, and the trust document."""

from collections.abc import Callable
from typing import Any

import pytest
from case_tables import cases
from hypothesis import given
from hypothesis import strategies as st

from rolecall.config.schema import Vendor
from rolecall.model.grant import READ_ACTIONS, WRITE_ACTIONS, Access, Permissions
from rolecall.model.identifiers import partition_of
from rolecall.model.invalid import InvalidValueError
from rolecall.model.secret import Secret
from rolecall.model.trust import ParameterReference, Trust, Verifier
from rolecall.policy.analyse import problems
from rolecall.policy.compile import Home, permission_document, permission_statements, trust_document
from rolecall.vendors import catalog

USER = "arn:aws:iam::944579081756:user/unified_assume_role_user"
ROOT = "arn:aws:iam::353360065216:root"
VERIFIER = Verifier("arn:aws:iam::111111111111:role/ci", "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304")
HOME = Home("aws", "111111111111", "eu-central-1")
KEY = "arn:aws:kms:eu-central-1:111111111111:key/6f1c1d3e-7d0f-4c55-9c6e-2b9d3a1f0c11"


@pytest.mark.parametrize("case", cases("permissions"))
def test_of_a_grant(case: dict[str, Any]) -> None:
    grant, expected = case["grant"], case["Statement"]
    region = grant.get("region", "eu-central-1")
    compiled = permission_document(_permissions(grant), Home(partition_of(region), "111111111111", region))
    assert compiled == (None if expected == "none" else {"Version": "2012-10-17", "Statement": expected})


def test_the_trust_document_holds_principal_action_and_external_id_and_nothing_else() -> None:
    assert trust_document(Trust((USER,), ("3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41",))) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": USER},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"}},
            }
        ],
    }


def test_two_principals_and_two_external_ids_stay_in_one_statement() -> None:
    (statement,) = trust_document(Trust((USER, ROOT), ("acme-1", "acme-2")))["Statement"]
    assert statement["Principal"] == {"AWS": [USER, ROOT]}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": ["acme-1", "acme-2"]}}


def test_an_external_id_in_a_parameter_becomes_its_dynamic_reference() -> None:
    (statement,) = trust_document(Trust((USER,), (ParameterReference("/vendors/acme", 3),)))["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "{{resolve:ssm:/vendors/acme:3}}"}}


def test_a_verifier_gets_a_statement_of_its_own_and_the_vendors_stays_as_it_is() -> None:
    alone = trust_document(Trust((USER,), ("acme-1", "acme-2")))["Statement"]
    statements = trust_document(Trust((USER,), ("acme-1", "acme-2"), verifier=VERIFIER))["Statement"]
    assert statements[:-1] == alone
    assert statements[-1] == {
        "Sid": "RolecallVerifier",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:role/ci"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304"}},
    }


def test_a_verifiers_id_in_a_parameter_becomes_its_dynamic_reference() -> None:
    verifier = Verifier("arn:aws:iam::111111111111:role/ci", ParameterReference("/ci/rolecall", 1))
    (_, statement) = trust_document(Trust((USER,), ("acme-1",), verifier=verifier))["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "{{resolve:ssm:/ci/rolecall:1}}"}}


def test_what_a_trust_says_of_the_vendor_says_nothing_of_the_verifier() -> None:
    trust = Trust((USER,), ("acme-1",), verifier=VERIFIER)
    assert (trust.principals, trust.external_ids, trust.written_ids) == ((USER,), ("acme-1",), ("acme-1",))


def test_both_statements_are_sound_to_the_one_judgement_about_trusts() -> None:
    document = trust_document(Trust((USER,), ("acme-1",), verifier=VERIFIER))
    assert problems(document) == []
    del document["Statement"][1]["Condition"]
    assert [(problem.rule, problem.statement) for problem in problems(document)] == [("RC101", 1)]


@pytest.mark.parametrize(
    ("trust", "rule"),
    [
        (lambda: Verifier("arn:aws:iam::111111111111:user/ci", "acme-ci"), "RC106"),
        (lambda: Verifier("arn:aws:iam::111111111111:role/*", "acme-ci"), "RC106"),
        (lambda: Verifier("111111111111", "acme-ci"), "RC106"),
        (lambda: Verifier("AROAEXAMPLE123456789A", "acme-ci"), "RC110"),
        (lambda: Verifier("arn:aws:iam::111111111111:role/ci", "*"), "RC111"),
        (lambda: Verifier("arn:aws:iam::111111111111:role/ci", "pending"), "RC111"),
        (lambda: Trust((USER,), (VERIFIER.external_id,), verifier=VERIFIER), "RC108"),
        (lambda: Trust((USER,), ("acme-1", VERIFIER.external_id), verifier=VERIFIER), "RC108"),
        (lambda: Trust(("arn:aws:iam::111111111111:root",), ("acme-1",), verifier=VERIFIER), "RC106"),
        (lambda: Trust(("arn:aws-cn:iam::353360065216:root",), ("acme-1",), verifier=VERIFIER), "RC106"),
    ],
)
def test_a_verifier_that_could_be_taken_for_somebody_else_is_refused(trust: Callable[[], object], rule: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        trust()
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    "trust",
    [
        Trust((USER,), (), True),
        Trust((), ("acme-1",), True),
        Trust((), (), True),
        Trust((USER,), (), True, VERIFIER),
    ],
)
def test_a_pending_trust_denies_everybody_and_allows_nobody(trust: Trust) -> None:
    (statement,) = trust_document(trust)["Statement"]
    assert statement == {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


def test_no_statement_has_a_condition_on_the_secret_name_because_the_resource_carries_the_prefix() -> None:
    document = permission_document(_permissions({"access": "read-write", "secrets": [{"prefix": "unified/"}]}), HOME)
    assert "secretsmanager:Name" not in str(document)


def test_every_statement_has_a_reason() -> None:
    grant = {"access": "read-write", "secrets": [{"prefix": "a/", "kms_key": KEY}, {"tag": {"a": "b"}}]}
    found = permission_statements(_permissions(grant), HOME)
    assert len(found) == 4
    assert all(reasoned.reason for reasoned in found)


def test_all_sids_of_a_policy_are_different() -> None:
    tagged = [{"tag": {"a": "b"}}, {"tag": {"a": "b"}, "region": "eu-west-1"}]
    found = permission_statements(_permissions({"secrets": tagged}), HOME)
    assert len({reasoned.statement["Sid"] for reasoned in found}) == len(found)


NAMES = st.lists(st.sampled_from(["a/b", "c", "d/e/f", "g"]), min_size=1, unique=True)


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_secrets_does_not_change_the_document(names: list[str], random: Any) -> None:
    mixed = random.sample(names, len(names))
    one, other = (_permissions({"secrets": [{"name": n, "kms_key": KEY} for n in each]}) for each in (names, mixed))
    assert permission_document(one, HOME) == permission_document(other, HOME)


@given(NAMES)
def test_a_key_serves_only_the_secrets_that_name_it(names: list[str]) -> None:
    grant = {"secrets": [*({"name": name} for name in names), {"name": "sealed", "kms_key": KEY}]}
    (*_, statement) = permission_document(_permissions(grant), HOME)["Statement"]  # type: ignore[index]
    context = statement["Condition"]["StringLike"]["kms:EncryptionContext:SecretARN"]
    assert context == ["arn:aws:secretsmanager:eu-central-1:111111111111:secret:sealed-??????"]


def _permissions(grant: dict[str, Any]) -> Permissions:
    entry = catalog.entries().get(grant.get("vendor", ""))
    actions = Vendor.model_validate(entry).actions if entry else None
    return Permissions(
        access=Access(grant.get("access", "read")),
        read_actions=tuple((actions and actions.read) or READ_ACTIONS),
        write_actions=tuple((actions and actions.read_write) or READ_ACTIONS + WRITE_ACTIONS),
        secrets=tuple(_secret(secret) for secret in grant.get("secrets", [])),
        allow_permanent_delete=grant.get("allow_permanent_delete", False),
        statements=tuple(grant.get("statements", [])),
    )


def _secret(entry: dict[str, Any]) -> Secret:
    kind = next(kind for kind in ("name", "prefix", "arn", "tag") if kind in entry)
    rest = {key: entry[key] for key in ("kms_key", "region") if key in entry}
    if kind == "tag":
        return Secret("tag", tags=tuple(sorted(entry["tag"].items())), **rest)
    return Secret(kind, entry[kind], **rest)  # type: ignore[arg-type]
