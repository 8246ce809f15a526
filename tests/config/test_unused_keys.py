"""A key that decides nothing is said to, with its place; it never vanishes in silence."""

from pathlib import Path

import pytest

from rolecall.estate import judged

HEAD = 'vendor: workato\nworkspace_id: "1"\ndata_center: us\n'


@pytest.mark.parametrize(
    ("text", "line", "path"),
    [
        (f"workspace: w\n{HEAD}parent: hq\n", 5, "parent"),
        (f"workspace: w\n{HEAD}external_id: workato_iam_external_id_1\n", 5, "external_id"),
        (
            f"workspace: w\n{HEAD}projects:\n  - project: p\n    project_id: '2'\n    allow_permanent_delete: true\n",
            8,
            "projects[0].allow_permanent_delete",
        ),
    ],
)
def test_a_key_without_effect_is_a_warning(tmp_path: Path, text: str, line: int, path: str) -> None:
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(
        'schema: 1\nestate: e\ndefaults: {account: "111111111111", region: eu-west-1}\n'
    )
    (tmp_path / "workspaces" / "w.yaml").write_text(text)
    found = [f for f in judged(tmp_path).findings if f.rule == "RC008"]
    assert [(f.severity.value, f.location.line, f.location.path) for f in found] == [("warning", line, path)]
