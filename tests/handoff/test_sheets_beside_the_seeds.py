"""Each step of the vendors' guides, looked for on the sheet: its screens, labels and values, in the guide's order."""

import json
import re
from typing import Any

import pytest
from case_tables import cases

from rolecall.commands.list_roles import list_roles
from tests.handoff.conftest import Sheets
from tests.handoff.pages import of_html, of_markdown


def _listed(folder: Any, address: str) -> dict[str, str]:
    roles = json.loads(list_roles(folder, [address], "json", show_external_ids=True).text)["roles"]
    role = roles[0]
    ids = role["external_ids"] or ["no ID yet"]
    return {"role_arn": role["role_arn"], "region": role["region"], "external_id": ids[0]}


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("case", cases("handoff"))
def test_the_sheet_names_what_each_step_of_the_guide_needs(case: Any, form: str, sheets: Sheets, tmp_path: Any) -> None:
    slug = case["role"].partition("/")[0]
    files = {f"workspaces/{slug}.yaml": case["workspace"]} | case.get("more", {})
    written = sheets(files)[f"{case['role']}.{form}"]
    values = _listed(tmp_path / "estate", case["role"])
    text = (of_html if form == "html" else of_markdown)(written).text
    # The values stand in a table above the steps too: what counts is where a step names them.
    rest = text[min(text.index(title) for title in ("Before you begin", "Steps at") if title in text) :]
    for step in case["walk"]:
        for name in step["names"]:
            if step.get("above"):
                assert values.get(name[1:-1], name) in text[: len(text) - len(rest)], f"{step['seed']}: {name!r}"
                continue
            wanted = values.get(name[1:-1], name)
            assert wanted in rest, f"{step['seed']}: {wanted!r} is not there, or not in this order"
            rest = rest[rest.index(wanted) + len(wanted) :]
    assert not [name for name in case["never"] if name in text]


@pytest.mark.parametrize("case", cases("handoff"))
def test_the_values_stand_alone_so_that_they_can_be_copied(case: Any, sheets: Sheets, tmp_path: Any) -> None:
    slug = case["role"].partition("/")[0]
    written = sheets({f"workspaces/{slug}.yaml": case["workspace"]} | case.get("more", {}))
    values = _listed(tmp_path / "estate", case["role"])
    asked = case.get("copied", ["{role_arn}", "{external_id}"])
    for value in [values.get(name[1:-1], name) for name in asked]:
        assert re.search(rf'<code data-copy="[^"]+">{re.escape(value)}</code>', written[f"{case['role']}.html"])
        assert f"\n    {value}\n" in written[f"{case['role']}.md"]
    for value in [values.get(name[1:-1], name) for name in case.get("not_copied", [])]:
        assert not re.search(rf'<code data-copy="[^"]+">{re.escape(value)}</code>', written[f"{case['role']}.html"])
        assert f"\n    {value}\n" not in written[f"{case['role']}.md"]


def test_unifieds_three_fields_hold_the_values_of_list_and_nothing_else(sheets: Sheets, tmp_path: Any) -> None:
    case = next(each.values[0] for each in cases("handoff") if each.values[0]["role"].startswith("unified"))
    html = sheets({"workspaces/unified-prod.yaml": case["workspace"]})["unified-prod/connections.html"]
    fields = html[html.index("<dl>") : html.index("</dl>")]
    values = _listed(tmp_path / "estate", "unified-prod/connections")
    labels = {"AWS Region": "region", "AWS ARN": "role_arn", "AWS External ID": "external_id"}
    assert fields.count("<dt>") == len(labels)
    for label, name in labels.items():
        assert f'<dt>{label}</dt><dd><code data-copy="{label}">{values[name]}</code></dd>' in fields
