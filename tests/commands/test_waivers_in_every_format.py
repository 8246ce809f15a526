"""Waivers as `check` shows them: counted and justified where they hold, an error where they have ended or are wrong."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rolecall.cli import app
from rolecall.estate import judged

HEAD = 'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
WORKSPACE = (
    'workspace: acme-dev\nvendor: workato\nworkspace_id: "54321"\ndata_center: us\nexternal_id_scope: workspace\n'
    "projects:\n  - {project: sandbox, secrets: [{name: s}]}\n  - {project: prototypes, secrets: [{name: p}]}\n"
)
WAIVER = {"rule": "RC114", "at": "acme-dev", "reason": "Shared on purpose", "owner": "platform", "until": "2099-03-31"}


def estate(folder: Path, *waivers: dict[str, Any]) -> Path:
    """An estate whose two projects share an ID, which is RC114, with waivers as they are written into it."""
    (folder / "workspaces").mkdir(exist_ok=True)
    lines = ["  - {" + ", ".join(f"{key}: {value}" for key, value in waiver.items()) + "}\n" for waiver in waivers]
    (folder / "estate.yaml").write_text(HEAD + "".join(["waivers:\n", *lines] if waivers else []))
    (folder / "workspaces" / "acme-dev.yaml").write_text(WORKSPACE)
    return folder


def check(folder: Path, output: str) -> tuple[int, str]:
    """Exit code and standard output."""
    ended = CliRunner().invoke(app, ["check", "--estate", str(folder), "--format", output])
    return ended.exit_code, ended.stdout


def test_text_counts_what_is_waived_and_does_not_show_it(tmp_path: Path) -> None:
    code, text = check(estate(tmp_path, WAIVER), "text")
    assert code == 0
    assert "RC114" not in text
    assert "2 roles; 0 errors, 0 warnings, 2 info, 1 waived" in text.splitlines()
    assert ", 0 waived" not in check(estate(tmp_path), "text")[1]


def test_json_has_what_is_waived_apart_with_its_justification(tmp_path: Path) -> None:
    code, text = check(estate(tmp_path, WAIVER), "json")
    shape = json.loads(text)
    assert code == 0
    assert list(shape) == ["schema", "findings", "waived", "summary"]
    assert {finding["rule"] for finding in shape["findings"]} == {"RC109"}
    [waived] = shape["waived"]
    assert (waived["rule"], waived["severity"], waived["file"]) == ("RC114", "info", "workspaces/acme-dev.yaml")
    assert waived["waiver"] == "waived by platform until 2099-03-31: Shared on purpose"
    assert shape["summary"] == {"error": 0, "warning": 0, "info": 2}
    assert "waived" not in json.loads(check(estate(tmp_path), "json")[1])


def test_sarif_has_what_is_waived_as_a_suppressed_result(tmp_path: Path) -> None:
    code, text = check(estate(tmp_path, WAIVER), "sarif")
    [run] = json.loads(text)["runs"]
    suppressed = [result for result in run["results"] if result.get("suppressions")]
    assert code == 0
    assert [result["ruleId"] for result in suppressed] == ["RC114"]
    justification = "waived by platform until 2099-03-31: Shared on purpose"
    assert suppressed[0]["suppressions"] == [{"kind": "external", "justification": justification}]
    assert suppressed[0]["ruleIndex"] == [rule["id"] for rule in run["tool"]["driver"]["rules"]].index("RC114")


def test_github_annotates_nothing_that_is_waived(tmp_path: Path) -> None:
    code, text = check(estate(tmp_path, WAIVER), "github")
    assert code == 0
    assert "RC114" not in text
    assert text.splitlines()[-1] == "2 roles; 0 errors, 0 warnings, 2 info, 1 waived"


@pytest.mark.parametrize("output", ["text", "json", "sarif", "github"])
def test_an_expired_waiver_is_an_error_in_every_format_and_its_finding_is_back(tmp_path: Path, output: str) -> None:
    code, text = check(estate(tmp_path, WAIVER | {"until": "2020-03-31"}), output)
    assert code == 1
    assert "waiver of RC114 for acme-dev has expired" in text
    assert "share one external ID by scope" in text
    assert "suppressions" not in text and '"waived"' not in text and " waived\n" not in text


@pytest.mark.parametrize(("days", "rules"), [(-1, {"RC401", "RC114"}), (0, set()), (1, set())])
def test_a_waiver_holds_on_its_last_day_and_not_on_the_next(tmp_path: Path, days: int, rules: set[str]) -> None:
    today = date(2026, 11, 22)
    found = judged(estate(tmp_path, WAIVER | {"until": str(today + timedelta(days))}), today)
    assert {finding.rule for finding in found.findings} - {"RC109"} == rules
    assert len(found.waived) == (0 if rules else 1)


def test_two_waivers_of_one_finding_count_it_once(tmp_path: Path) -> None:
    code, text = check(estate(tmp_path, WAIVER, WAIVER | {"at": "acme-dev/prototypes"}), "text")
    assert code == 0
    assert "0 errors, 0 warnings, 2 info, 1 waived" in text


WRONG = [
    ({"rule": None}, "RC005", "key 'rule' is missing"),
    ({"at": None}, "RC005", "key 'at' is missing"),
    ({"reason": None}, "RC005", "key 'reason' is missing"),
    ({"owner": None}, "RC005", "key 'owner' is missing"),
    ({"until": None}, "RC005", "key 'until' is missing"),
    ({"reason": '""'}, "RC003", "text: got ''"),
    ({"reason": "' '"}, "RC003", "text: got ' '"),
    ({"owner": "[platform]"}, "RC005", "owner has the wrong form: got 'a list'"),
    ({"until": "forever"}, "RC005", "date: got 'forever'; allowed: a day such as 2027-03-31"),
    ({"until": "31.03.2099"}, "RC005", "date: got '31.03.2099'; allowed: a day such as 2027-03-31"),
    ({"until": "2099-03-31T10:00:00"}, "RC005", "date: got '2099-03-31T10:00:00'"),
    ({"until": "2099-03-31 10:00:00"}, "RC005", "date: got '2099-03-31 10:00:00'"),
    ({"until": "20990331"}, "RC005", "date: got '20990331'"),
    ({"until": "2099-02-30"}, "RC001", "day is out of range for month"),
    ({"until": "'2099-02-30'"}, "RC005", "date: got '2099-02-30'"),
    ({"until": ""}, "RC005", "date: got 'nothing'"),
    ({"rule": "RC999"}, "RC403", "waiver of a rule that cannot be waived: got 'RC999'; allowed: RC107, "),
    ({"rule": "RC101"}, "RC403", "waiver of a rule that cannot be waived: got 'RC101'"),
    ({"rule": "RC401"}, "RC403", "waiver of a rule that cannot be waived: got 'RC401'"),
    ({"rule": "rc114"}, "RC005", "rule: got 'rc114'; allowed: the id of a rule, such as RC203"),
    ({"rule": "114"}, "RC005", "rule: got '114'"),
    ({"at": "acme-dev/prototypes/x"}, "RC005", "at: got 'acme-dev/prototypes/x'; allowed: WORKSPACE or WORKSPACE/"),
    ({"at": "acme-dev/"}, "RC003", "at is not a slug: got ''"),
    ({"at": "acme-dev/*"}, "RC003", "at is not a slug: got '*'"),
    ({"at": "'*'"}, "RC003", "at is not a slug: got '*'"),
    ({"note": "x"}, "RC004", "unknown key: got 'note'; allowed: at, owner, reason, rule, until"),
]


@pytest.mark.parametrize(("change", "rule", "words"), WRONG, ids=str)
def test_a_waiver_of_the_wrong_shape_is_named_with_its_place(
    tmp_path: Path, change: dict[str, str | None], rule: str, words: str
) -> None:
    waiver = {key: value for key, value in (WAIVER | change).items() if value is not None}
    code, text = check(estate(tmp_path, waiver), "json")
    errors = [finding for finding in json.loads(text)["findings"] if finding["severity"] == "error"]
    assert code == 1
    assert [(finding["rule"], finding["file"], finding["line"]) for finding in errors] == [(rule, "estate.yaml", 5)]
    assert words in errors[0]["message"]


@pytest.mark.parametrize("change", [{"at": "acme-dev/sandboxx"}, {"at": "acme"}, {"rule": "RC203"}])
def test_a_waiver_that_waives_nothing_is_a_warning(tmp_path: Path, change: dict[str, str]) -> None:
    code, text = check(estate(tmp_path, WAIVER | change), "text")
    assert code == 0
    assert "estate.yaml:5:5: warning RC402: waiver of" in text
    assert "2 roles; 0 errors, 1 warning, 3 info" in text
