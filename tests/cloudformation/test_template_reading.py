"""Roles of templates, by case table."""

from pathlib import Path
from typing import Any

import pytest
from case_tables import cases

from rolecall.cloudformation import RoleVariant, read_template


def as_written_in_the_table(variant: RoleVariant) -> dict[str, Any]:
    trust = variant.trust
    shown: dict[str, Any] = {"trust": "none" if trust is None else trust.get("Statement") if trust else "unreadable"}
    if variant.when:
        shown["when"] = variant.when
    for policy in variant.policies:
        statement = policy.document.get("Statement")
        listed = statement if isinstance(statement, list) else [statement]
        shown.setdefault("policies", {}).setdefault(f"{policy.kind} {policy.name or ''}".strip(), []).extend(listed)
    if variant.managed_policy_arns:
        shown["managed"] = list(variant.managed_policy_arns)
    return shown


@pytest.mark.parametrize("case", cases("template_reading"))
def test_template_has_the_roles_that_the_table_says(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "template"
    file.write_text(case["template"], "utf-8")
    found = read_template(file)
    assert found.findings == ()
    assert {role.logical_id: list(map(as_written_in_the_table, role.variants)) for role in found.roles} == case["roles"]
