"""The second look: templates in which somebody took the protection away again are refused after synthesis."""

import json
from pathlib import Path
from typing import Any

import jsii
import pytest
from constructs import Construct, IConstruct
from quiet_cdk import cdk, iam

from constructs_lib import UnprotectedTrustError, VendorRole, Verifier, refuse_unprotected

USER = "arn:aws:iam::944579081756:user/unified_assume_role_user"
TRUST = "AssumeRolePolicyDocument"
FIRST = f"{TRUST}.Statement.0"
ID = f"{FIRST}.Condition.StringEquals.sts:ExternalId"
OPEN = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::666666666666:root"}, "Action": "sts:AssumeRole"}


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    return cdk.App(outdir=str(tmp_path / "out"), analytics_reporting=False)


def vendor_role(scope: Construct) -> VendorRole:
    return VendorRole(scope, "Billing", principal=USER, external_id="3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b")


def verified_role(scope: Construct) -> VendorRole:
    verifier = Verifier("arn:aws:iam::111111111111:role/ci", "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304")
    vendors = "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b"
    return VendorRole(scope, "Billing", principal=USER, external_id=vendors, verifier=verifier)


def resource_of(role: VendorRole) -> iam.CfnRole:
    resource = role.node.find_child("Resource")
    assert isinstance(resource, iam.CfnRole)
    return resource


def checked(app: cdk.App) -> int:
    return refuse_unprotected(Path(app.synth().directory))


def test_untouched_roles_are_looked_at_and_counted(app: cdk.App) -> None:
    for name in ("One", "Two"):
        vendor_role(cdk.Stack(app, name))
    assert checked(app) == 2


def test_roles_in_nested_stacks_and_stages_are_looked_at(app: cdk.App) -> None:
    vendor_role(cdk.NestedStack(cdk.Stack(app, "Outer"), "Inner"))
    vendor_role(cdk.Stack(cdk.Stage(app, "Stage"), "Staged"))
    assert checked(app) == 2


def test_other_peoples_roles_are_left_alone(app: cdk.App) -> None:
    iam.Role(cdk.Stack(app, "Stack"), "Own", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    assert checked(app) == 0


def test_a_pending_role_is_sound(app: cdk.App) -> None:
    VendorRole(cdk.Stack(app, "Stack"), "Billing", principal=USER, external_id=None, pending=True)
    assert checked(app) == 1


def test_a_role_with_a_verifier_is_sound(app: cdk.App) -> None:
    verified_role(cdk.Stack(app, "Stack"))
    assert checked(app) == 1


AWAY = object()
SECOND = f"{TRUST}.Statement.1"
# By what somebody did: the properties of the role that were overridden, in this order.
OVERRIDES: dict[str, dict[str, Any]] = {
    "the condition removed": {f"{FIRST}.Condition": AWAY},
    "the operator removed": {f"{FIRST}.Condition.StringEquals": AWAY},
    "the key removed": {ID: AWAY},
    "a star": {ID: "*"},
    "an empty text": {ID: ""},
    "an empty list": {ID: []},
    "a parameter of the template": {ID: {"Ref": "Parameter"}},
    "a second id that is a star": {ID: ["3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b", "*"]},
    "a pattern": {
        f"{FIRST}.Condition.StringEquals": AWAY,
        f"{FIRST}.Condition.StringLike": {"sts:ExternalId": "*"},
    },
    "an operator with IfExists": {
        f"{FIRST}.Condition.StringEquals": AWAY,
        f"{FIRST}.Condition.StringEqualsIfExists": {"sts:ExternalId": "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b"},
    },
    "a second statement": {f"{TRUST}.Statement.1": OPEN},
    "only another statement": {f"{TRUST}.Statement": [OPEN]},
    "everybody": {f"{FIRST}.Principal": "*"},
    "everybody of AWS": {f"{FIRST}.Principal.AWS": "*"},
    "a service mixed in": {f"{FIRST}.Principal.Service": "ec2.amazonaws.com"},
    "all of STS": {f"{FIRST}.Action": "sts:*"},
    "no trust at all": {TRUST: AWAY},
    "no statements": {f"{TRUST}.Statement": []},
    "a trust that only the deployment knows": {f"{TRUST}.Statement": AWAY, f"{TRUST}.Ref": "Parameter"},
    "a statement that only the deployment knows": {f"{TRUST}.Statement": {"Fn::If": ["Condition", OPEN, OPEN]}},
}


@pytest.mark.parametrize("change", OVERRIDES)
def test_an_escape_hatch_does_not_get_past(app: cdk.App, change: str) -> None:
    role = resource_of(vendor_role(cdk.Stack(app, "Stack")))
    for path, value in OVERRIDES[change].items():
        if value is AWAY:
            role.add_property_deletion_override(path)
        else:
            role.add_property_override(path, value)
    with pytest.raises(UnprotectedTrustError, match=r"Stack\.template\.json, Billing"):
        checked(app)


# Of the verifier's statement.
OVERRIDES_OF_THE_SECOND: dict[str, tuple[str, Any]] = {
    "the condition removed": (f"{SECOND}.Condition", AWAY),
    "a star": (f"{SECOND}.Condition.StringEquals.sts:ExternalId", "*"),
    "the operator removed": (f"{SECOND}.Condition.StringEquals", AWAY),
    "everybody": (f"{SECOND}.Principal", "*"),
    "all of STS": (f"{SECOND}.Action", "sts:*"),
}


@pytest.mark.parametrize("change", OVERRIDES_OF_THE_SECOND)
def test_an_escape_hatch_to_the_verifiers_statement_does_not_get_past(app: cdk.App, change: str) -> None:
    role = resource_of(verified_role(cdk.Stack(app, "Stack")))
    path, value = OVERRIDES_OF_THE_SECOND[change]
    if value is AWAY:
        role.add_property_deletion_override(path)
    else:
        role.add_property_override(path, value)
    with pytest.raises(UnprotectedTrustError, match=r"Stack\.template\.json, Billing"):
        checked(app)


def test_a_trust_that_was_set_anew_does_not_get_past(app: cdk.App) -> None:
    resource_of(vendor_role(cdk.Stack(app, "Stack"))).assume_role_policy_document = {"Statement": [OPEN]}
    with pytest.raises(UnprotectedTrustError, match="RC101"):
        checked(app)


@jsii.implements(cdk.IAspect)
class TakesConditionsAway:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, iam.CfnRole):
            node.add_property_deletion_override(f"{FIRST}.Condition")


def test_an_aspect_does_not_get_past(app: cdk.App) -> None:
    vendor_role(cdk.Stack(app, "Stack"))
    cdk.Aspects.of(app).add(TakesConditionsAway())
    with pytest.raises(UnprotectedTrustError, match="RC101"):
        checked(app)


def test_every_open_role_is_named_with_its_rule_and_template(app: cdk.App) -> None:
    for name in ("One", "Two"):
        resource_of(vendor_role(cdk.Stack(app, name))).add_property_deletion_override(f"{FIRST}.Condition")
    with pytest.raises(UnprotectedTrustError) as refused:
        checked(app)
    assert "One.template.json, Billing" in str(refused.value)
    assert "Two.template.json, Billing" in str(refused.value)
    assert str(refused.value).count("RC101") == 2


def test_a_template_that_was_edited_by_hand_is_refused(app: cdk.App) -> None:
    vendor_role(cdk.Stack(app, "Stack"))
    assembly = Path(app.synth().directory)
    path = assembly / "Stack.template.json"
    template: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            del resource["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    path.write_text(json.dumps(template), "utf-8")
    with pytest.raises(UnprotectedTrustError):
        refuse_unprotected(assembly)
