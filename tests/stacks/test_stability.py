"""Names, logical ids and output keys are contracts: no project's role changes because a neighbour came or went."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from quiet_cdk import iam

from constructs_lib import UnprotectedTrustError
from rolecall.model.grant import Grant
from rolecall.model.naming import output_key
from stacks.build import build, new_app, synth

Templates = dict[str, dict[str, Any]]
PROD = "acme-prod-111111111111-eu-central-1"
NEW = '  - {project: aaa-new, project_id: "1", secrets: [{prefix: aaa/}]}\n'


def without(template: dict[str, Any], *, slug: str, output: str) -> dict[str, Any]:
    """The resources and outputs of a template without those of one project."""
    resources = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if not logical_id.startswith(slug) or "Type" not in resource
    }
    return {"Resources": resources, "Outputs": {k: v for k, v in template["Outputs"].items() if k != output}}


def edited(folder: Path, change: Callable[[str], str]) -> Path:
    path = folder / "workspaces" / "acme-prod.yaml"
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    return folder


def test_adding_a_project_leaves_the_others_untouched(
    acme: Path, acme_templates: Templates, templates_of: Callable[[Path], Templates]
) -> None:
    after = templates_of(edited(acme, lambda text: text.replace("projects:\n", f"projects:\n{NEW}")))
    assert "AaaNewRoleArn" in after[PROD]["Outputs"]
    before = acme_templates[PROD]
    assert without(after[PROD], slug="aaanew", output="AaaNewRoleArn") == without(before, slug="aaanew", output="")
    assert {name: t for name, t in after.items() if name != PROD} == {
        name: t for name, t in acme_templates.items() if name != PROD
    }


def test_removing_a_project_leaves_the_others_untouched(
    acme: Path, acme_templates: Templates, templates_of: Callable[[Path], Templates]
) -> None:
    after = templates_of(edited(acme, lambda text: re.sub(r"  - project: billing\n(    .*\n)+", "", text)))
    assert list(after[PROD]["Outputs"]) == ["PayrollRoleArn"]
    expected = without(acme_templates[PROD], slug="billing", output="BillingRoleArn")
    assert without(after[PROD], slug="billing", output="BillingRoleArn") == expected


def test_the_order_of_projects_changes_nothing(
    acme: Path, acme_templates: Templates, templates_of: Callable[[Path], Templates]
) -> None:
    def reordered(text: str) -> str:
        head, *projects = re.split(r"(?m)^(?=  - project: )", text)
        return head + "".join(reversed(projects))

    assert templates_of(edited(acme, reordered)) == acme_templates


def test_the_order_of_secrets_changes_nothing(
    acme: Path, acme_templates: Templates, templates_of: Callable[[Path], Templates]
) -> None:
    def reordered(text: str) -> str:
        name = "      - name: prod/jira\n        keys: [token, user]\n"
        prefix = "      - prefix: billing/\n"
        assert name + prefix in text
        return text.replace(name + prefix, prefix + name)

    assert templates_of(edited(acme, reordered)) == acme_templates


def test_stacks_are_named_and_tagged_as_promised(acme_grants: Sequence[Grant], tmp_path: Path) -> None:
    app = new_app(tmp_path)
    build(app, acme_grants, validate=False)
    manifest = json.loads((synth(app, acme_grants) / "manifest.json").read_text("utf-8"))
    stacks = {
        construct_id: (artifact["properties"]["stackName"], artifact["environment"], artifact["properties"]["tags"])
        for construct_id, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    assert stacks == {
        f"{workspace}-{account}-{region}": (
            workspace,
            f"aws://{account}/{region}",
            {"rolecall:estate": "acme", "rolecall:workspace": workspace},
        )
        for workspace, account, region in [
            ("acme-dev", "111111111111", "eu-central-1"),
            ("acme-prod", "111111111111", "eu-central-1"),
            ("acme-prod", "222222222222", "eu-west-1"),
            ("unified-prod", "111111111111", "eu-central-1"),
        ]
    }


def test_a_role_that_disappeared_between_grant_and_template_is_noticed(
    acme_grants: Sequence[Grant], tmp_path: Path
) -> None:
    app = new_app(tmp_path)
    build(app, acme_grants, validate=False)
    stack = app.node.find_child(PROD)
    role = stack.node.find_child("billing").node.find_child("Resource")
    assert isinstance(role, iam.CfnRole)
    # Without its description the check of templates takes it for somebody else's role.
    role.description = "somebody else's"
    with pytest.raises(UnprotectedTrustError, match="hold 5 vendor roles where 6 were compiled"):
        synth(app, acme_grants)


def test_an_output_is_the_roles_arn_under_the_slug_in_pascal_case(acme_templates: Templates) -> None:
    outputs = {key: output["Value"] for t in acme_templates.values() for key, output in t["Outputs"].items()}
    assert outputs == {
        "BillingRoleArn": "arn:aws:iam::111111111111:role/vendors/workato-acme-prod-billing",
        "PayrollRoleArn": "arn:aws:iam::111111111111:role/vendors/workato-acme-prod-payroll",
        "WarehouseRoleArn": "arn:aws:iam::222222222222:role/vendors/workato-acme-prod-warehouse",
        "SandboxRoleArn": "arn:aws:iam::111111111111:role/vendors/workato-acme-dev-sandbox",
        "PrototypesRoleArn": "arn:aws:iam::111111111111:role/vendors/workato-acme-dev-prototypes",
        "ConnectionsRoleArn": "arn:aws:iam::111111111111:role/vendors/unified-unified-prod-connections",
    }


@pytest.mark.parametrize(
    ("slug", "key"),
    [
        ("billing-eu", "BillingEuRoleArn"),
        ("a", "ARoleArn"),
        ("x1-2y", "X12yRoleArn"),
        ("workspace", "WorkspaceRoleArn"),
    ],
)
def test_output_keys_come_from_slugs(slug: str, key: str) -> None:
    assert output_key(slug) == key
