"""Findings as lines, as JSON, and as GitHub's workflow commands, to the letter."""

import json
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from rolecall.model.finding import Finding, Location, Severity
from rolecall.report.findings import as_json, as_text
from rolecall.report.github import as_github

ERROR = Finding(
    "RC101", Severity.ERROR, Location("workspaces/w.yaml", 14, 5, "external_id"), "no ID; add one", ("FM1",)
)
WARNING = Finding("RC203", Severity.WARNING, Location("workspaces/w.yaml", 20, 9), "granted twice")
INFO = Finding("RC116", Severity.INFO, Location("estate.yaml", 2, 1), "not known")
WAIVED = ((WARNING, "both teams asked for it"),)


def test_text_is_a_line_for_each_finding_and_a_count() -> None:
    assert as_text([ERROR, WARNING, INFO], 6).splitlines() == [
        "workspaces/w.yaml:14:5: error RC101: no ID; add one [FM1]",
        "workspaces/w.yaml:20:9: warning RC203: granted twice",
        "estate.yaml:2:1: info RC116: not known",
        "6 roles; 1 error, 1 warning, 1 info",
    ]


def test_the_count_minds_one_and_none_and_tells_what_is_waived() -> None:
    assert as_text([], 1) == "1 role; 0 errors, 0 warnings, 0 info"
    assert as_text([ERROR, ERROR], 0, WAIVED).splitlines()[-1] == "0 roles; 2 errors, 0 warnings, 0 info, 1 waived"


def test_json_keeps_what_is_waived_apart_and_does_not_count_it() -> None:
    shape = json.loads(as_json([ERROR], WAIVED))
    assert list(shape) == ["schema", "findings", "waived", "summary"]
    assert [finding["rule"] for finding in shape["findings"]] == ["RC101"]
    [waived] = shape["waived"]
    assert (waived["rule"], waived["line"], waived["waiver"]) == ("RC203", 20, "both teams asked for it")
    assert shape["summary"] == {"error": 1, "warning": 0, "info": 0}
    assert list(json.loads(as_json([]))) == ["schema", "findings", "summary"]


def test_github_gets_a_command_for_each_finding_and_a_line_that_is_none() -> None:
    assert as_github([ERROR, WARNING, INFO], 6, "", WAIVED).splitlines() == [
        "::error file=workspaces/w.yaml,line=14,col=5,title=RC101::no ID; add one",
        "::warning file=workspaces/w.yaml,line=20,col=9,title=RC203::granted twice",
        "::notice file=estate.yaml,line=2,col=1,title=RC116::not known",
        "6 roles; 1 error, 1 warning, 1 info, 1 waived",
    ]


def test_github_gets_paths_from_the_root_of_the_repository() -> None:
    assert as_github([INFO], 0, "infra/acme").startswith("::notice file=infra/acme/estate.yaml,")


def test_nothing_in_a_name_or_a_message_can_end_a_command_or_begin_another() -> None:
    odd = Finding("RC001", Severity.ERROR, Location("a,b:c%d\n.yaml"), "50% of\r\n::error::a:b,c")
    command, _ = as_github([odd], 0, "").split("\n")
    assert command == ("::error file=a%2Cb%3Ac%25d%0A.yaml,line=1,col=1,title=RC001::50%25 of%0D%0A::error::a:b,c")


@given(name=st.text(min_size=1), message=st.text())
def test_the_runner_reads_back_what_was_written(name: str, message: str) -> None:
    written = as_github([Finding("RC001", Severity.ERROR, Location(name), message)], 0, "").rpartition("\n")[0]
    assert not {"\n", "\r"} & set(written)
    properties, _, data = written.removeprefix("::error ").partition("::")
    assert unquote(data) == message
    fields = dict(field.split("=", 1) for field in properties.split(","))
    assert unquote(fields["file"]) == name
