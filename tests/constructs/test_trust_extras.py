"""What two vendors add to a trust, from the construct to the look at the template."""

from pathlib import Path
from typing import Any

import pytest
from quiet_cdk import cdk, iam

from constructs_lib import (
    InvalidValueError,
    PatternedExternalId,
    UnprotectedTrustError,
    VendorRole,
    Verifier,
    refuse_unprotected,
)
from rolecall.model.external_ids import MAX_CHARACTERS
from rolecall.model.trust import Trust

FORM, REASON = "[A-Za-z0-9-]+@[^@?]*(@[^?]*)?", "each stack sends an ID of its own"
ACME = PatternedExternalId("acme@*", FORM, REASON)
OWN = "arn:aws:iam::111111111111:role/vendors/lake"
ID = "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b"
SECOND = "AssumeRolePolicyDocument.Statement.1"


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    return cdk.App(outdir=str(tmp_path / "out"), analytics_reporting=False)


def stack(app: cdk.App) -> cdk.Stack:
    return cdk.Stack(app, "Stack", env=cdk.Environment(account="111111111111", region="eu-central-1"))


def lake(app: cdk.App, **more: Any) -> iam.CfnRole:
    whole: dict[str, Any] = {"role_name": "lake", "role_path": "/vendors/", "self_trust": True, **more}
    role = VendorRole(stack(app), "Lake", principal="414351767826", external_id=ID, **whole)
    resource = role.node.find_child("Resource")
    assert isinstance(resource, iam.CfnRole)
    return resource


def checked(app: cdk.App, *patterned: PatternedExternalId) -> int:
    return refuse_unprotected(Path(app.synth().directory), patterned)


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "**",
        "acme*",
        "acme-*",
        "acme_*",
        "acme_id_*",
        "acme@**",
        "acme@?*",
        "acm?@*",
        "*@stack",
        "@*",
        "acme",
        "acme@",
        "",
        "ac me@*",
        "acme@*" + "x" * (MAX_CHARACTERS // 2 - 5),
        7,
        None,
    ],
)
def test_what_is_no_narrow_pattern_is_refused(value: Any) -> None:
    with pytest.raises(InvalidValueError) as refused:
        PatternedExternalId(value, ".*", REASON)
    assert refused.value.rule == "RC104"


@pytest.mark.parametrize(
    ("form", "reason"), [("", REASON), (FORM, ""), (FORM, " "), ("other@.*", REASON), (None, REASON)]
)
def test_there_is_no_pattern_without_its_form_and_a_reason(form: Any, reason: Any) -> None:
    with pytest.raises(InvalidValueError):
        PatternedExternalId("acme@*", form, reason)


def test_a_text_with_a_star_is_no_pattern_for_the_construct(app: cdk.App) -> None:
    with pytest.raises(InvalidValueError):
        VendorRole(stack(app), "Lift", principal="324880187172", external_id="acme@*")


def test_a_pattern_gets_past_only_where_it_was_named(app: cdk.App) -> None:
    VendorRole(stack(app), "Lift", principal="324880187172", external_id=ACME)
    with pytest.raises(UnprotectedTrustError, match="RC104"):
        checked(app)
    with pytest.raises(UnprotectedTrustError, match="RC104"):
        checked(app, PatternedExternalId("other@*", FORM, REASON))
    assert checked(app, ACME) == 1


@pytest.mark.parametrize("value", ["*", "acme*", ["acme@*", "*"], "acme@*@x"])
def test_a_pattern_that_was_changed_does_not_get_past(app: cdk.App, value: Any) -> None:
    role = VendorRole(stack(app), "Lift", principal="324880187172", external_id=ACME).node.find_child("Resource")
    assert isinstance(role, iam.CfnRole)
    role.add_property_override("AssumeRolePolicyDocument.Statement.0.Condition.StringLike.sts:ExternalId", value)
    with pytest.raises(UnprotectedTrustError, match="RC104"):
        checked(app, ACME)


def test_a_role_that_trusts_itself_gets_past(app: cdk.App) -> None:
    lake(app, verifier=Verifier("arn:aws:iam::222222222222:role/ci", "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304"))
    assert checked(app) == 1


WIDER: dict[str, dict[str, Any]] = {
    "no condition on who": {"Condition": {"StringEquals": {"sts:ExternalId": ID}}},
    "neither that nor its name": {"Condition": {"StringEquals": {"sts:ExternalId": ID}}, "Sid": "Other"},
    "a star": {"Condition.ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}},
    "another role": {"Condition.ArnEquals": {"aws:PrincipalArn": f"{OWN}-two"}},
    "another role besides": {"Condition.ArnEquals": {"aws:PrincipalArn": [OWN, f"{OWN}-two"]}},
    "no external ID": {"Condition": {"ArnEquals": {"aws:PrincipalArn": OWN}}},
    "another account": {"Principal.AWS": "arn:aws:iam::666666666666:root"},
    "everybody": {"Principal": "*"},
}


@pytest.mark.parametrize("change", WIDER)
def test_a_wider_trust_in_itself_does_not_get_past(app: cdk.App, change: str) -> None:
    role = lake(app)
    for path, value in WIDER[change].items():
        # A mapping given to an override is laid over what is there.
        role.add_property_deletion_override(f"{SECOND}.{path}")
        role.add_property_override(f"{SECOND}.{path}", value)
    if change.startswith(("no condition", "neither")):
        role.add_property_deletion_override(f"{SECOND}.Condition.ArnEquals")
    if change == "no external ID":
        role.add_property_deletion_override(f"{SECOND}.Condition.StringEquals")
    with pytest.raises(UnprotectedTrustError, match="RC10"):
        checked(app)


def test_a_role_without_a_fixed_arn_cannot_trust_itself(app: cdk.App) -> None:
    with pytest.raises(InvalidValueError, match="without a fixed ARN"):
        lake(app, role_name=None)


def test_a_role_does_not_trust_itself_by_a_pattern() -> None:
    with pytest.raises(InvalidValueError, match="by a pattern"):
        Trust(("arn:aws:iam::324880187172:root",), (ACME,), itself=OWN)
    with pytest.raises(InvalidValueError, match="trusts itself"):
        Trust(("arn:aws:iam::324880187172:root",), (ID,), itself="arn:aws:iam::111111111111:role/*")
