"""An estate that is judged, refused, and narrowed by selectors."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rolecall.config.load import UnreadableEstateError
from rolecall.estate import UnknownSelectorError, compiled, judged, selected, sound
from rolecall.report.findings import as_json, as_text

Write = Callable[[dict[str, str]], Path]
FILES = {
    "workspaces/v.yaml": "workspace: v\nvendor: unified\nexternal_id: p9-Xx4-b2Yn6K\nprojects: [{project: a}]\n",
    "workspaces/w.yaml": (
        "workspace: w\nvendor: unified\nexternal_id: k7-Zq2-w9Xr4T\nprojects:\n"
        '  - project: a\n  - project: b\n  - {project: c, account: "222222222222"}\n'
    ),
}

ID_V, ID_W = "p9-Xx4-b2Yn6K", "k7-Zq2-w9Xr4T"


@pytest.mark.parametrize(
    ("selectors", "addresses"),
    [
        ([], "v/a w/a w/b w/c"),
        (["w"], "w/a w/b w/c"),
        (["w/b"], "w/b"),
        (["w/c", "v"], "v/a w/c"),
        (["w", "w/a"], "w/a w/b w/c"),
    ],
)
def test_selectors_name_workspaces_and_projects(write: Write, selectors: list[str], addresses: str) -> None:
    grants = sound(write(FILES)).grants
    assert " ".join(grant.address for grant in selected(grants, selectors)) == addresses


@pytest.mark.parametrize(
    ("selector", "tip"),
    [("w/bb", "did you mean 'w/b'?"), ("zzz", "there is: v, v/a, w, w/a, w/b and 1 more"), ("", "there")],
)
def test_a_selector_that_matches_nothing_says_what_there_is(write: Write, selector: str, tip: str) -> None:
    with pytest.raises(UnknownSelectorError) as refused:
        selected(sound(write(FILES)).grants, ["w", selector])
    assert tip in str(refused.value)


def test_what_is_built_is_always_a_whole_stack(write: Write) -> None:
    folder = write(FILES)
    assert [grant.address for grant in compiled(folder, ["w/a"])] == ["w/a", "w/b"]
    assert [grant.address for grant in compiled(folder, ["w/c"])] == ["w/c"]


def test_a_folder_without_an_estate_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableEstateError, match="rolecall init DIR"):
        judged(tmp_path)


def test_the_accounts_of_an_estate_are_those_of_its_roles_and_its_default(write: Write) -> None:
    assert sound(write(FILES)).accounts == ("111111111111", "222222222222")


def test_findings_come_sorted_by_file_and_line(write: Write) -> None:
    files = {f"workspaces/{name}.yaml": f"workspace: {name}\nvendor: x\nfoo: 1\n" for name in "cab"}
    places = [str(finding.location) for finding in judged(write(files)).findings]
    assert places == [f"workspaces/{name}.yaml:{line}:1" for name in "abc" for line in (2, 3)]


def test_findings_for_people_and_for_programs_have_the_shape_of_the_contract(write: Write) -> None:
    findings = judged(write({"workspaces/w.yaml": "workspace: w\nvendor: unified\nfoo: 1\n"})).findings
    message = findings[0].message
    assert as_text(findings, 0) == (
        f"workspaces/w.yaml:3:1: error RC004: {message}\n0 roles; 1 error, 0 warnings, 0 info"
    )
    assert as_json(findings) == (
        '{\n  "schema": 1,\n  "findings": [\n    {\n      "rule": "RC004",\n      "severity": "error",\n'
        '      "file": "workspaces/w.yaml",\n      "line": 3,\n      "column": 1,\n      "path": "foo",\n'
        f'      "message": "{message}"\n    }}\n  ],\n'
        '  "summary": {\n    "error": 1,\n    "warning": 0,\n    "info": 0\n  }\n}'
    )


def test_notes_tell_of_whole_accounts_and_shared_ids_with_their_failure_modes(write: Write) -> None:
    text = (
        'workspace: w\nvendor: workato\nworkspace_id: "1"\ndata_center: us\nexternal_id_scope: workspace\n'
        'projects: [{project: a, project_id: "1"}, {project: b, project_id: "2"}]\n'
    )
    findings = judged(write({"workspaces/w.yaml": text})).findings
    assert [(f.rule, f.severity.value, f.failure_modes) for f in findings] == [
        ("RC109", "info", ("FM12",)),
        ("RC109", "info", ("FM12",)),
        ("RC114", "info", ()),
    ]


def test_a_full_stack_and_a_role_with_too_many_policies_are_errors(write: Write) -> None:
    many = "".join(f"  - project: p{number}\n" for number in range(201))
    secrets = ", ".join(f"{{name: {'n' * 60}{number}}}" for number in range(600))
    files = {
        "workspaces/v.yaml": f"workspace: v\nvendor: unified\nexternal_id: {ID_V}\nprojects:\n{many}",
        "workspaces/w.yaml": f"workspace: w\nvendor: unified\nexternal_id: {ID_W}\n"
        f"projects: [{{project: a, secrets: [{secrets}]}}]\n",
    }
    errors = [f.rule for f in judged(write(files)).findings if f.severity.value == "error"]
    assert errors == ["RC309", "RC313"]
