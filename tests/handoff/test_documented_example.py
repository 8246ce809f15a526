"""docs/handoff.md: its command runs, its sheet is what the command writes, its vendor is one."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from rolecall.config.hand_off import PLACEHOLDERS
from rolecall.handoff import subject
from rolecall.handoff.line import Facts
from tests.embedded.world import ROOT, run
from tests.handoff.conftest import ESTATE, Sheets
from tests.handoff.pages import of_html

PAGE = (ROOT / "docs" / "handoff.md").read_text("utf-8")


def _block(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)\n```", PAGE, re.DOTALL)
    assert found is not None, mark
    return found[1]


def test_the_documented_sheet_is_what_the_documented_command_writes(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "acme", tmp_path / "examples" / "acme")
    ended = run(*_block("run: handoff").split(), folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert _block("of: unified-prod/connections.md") in (
        tmp_path / "sheets" / "unified-prod" / "connections.md"
    ).read_text("utf-8")
    assert (tmp_path / "sheets" / "index.html").exists()


def test_the_documented_vendor_has_its_steps_on_the_sheet(sheets: Sheets) -> None:
    entry = _block("estate")
    project = "{project: p, external_id: 0123456789abcdef, secrets: [{prefix: p/}]}"
    workspace = f"workspace: w\nvendor: observability\nprojects: [{project}]\n"
    text = of_html(sheets({"estate.yaml": ESTATE + entry, "workspaces/w.yaml": workspace})["w/p.html"]).text
    hand_off = yaml.safe_load(entry)["vendors"]["observability"]["hand_off"]
    assert "External ID has to be 0123456789abcdef" in text
    said = [
        *hand_off["first"],
        *hand_off["last"],
        *hand_off["check"],
        *hand_off["notes"],
        *hand_off["trouble"].values(),
    ]
    for each in [*said, *(step["do"] for step in hand_off["steps"]), hand_off["steps"][1]["warning"]]:
        assert each.replace("`", "") in text


def test_the_page_names_every_placeholder() -> None:
    assert set(re.findall(r"`\{(\w+)\}`", PAGE)) == PLACEHOLDERS


def test_every_placeholder_has_a_value_or_words_for_its_absence(
    sheets: Sheets, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Facts] = []
    monkeypatch.setattr(subject, "Facts", lambda *values: made.append(Facts(*values)) or made[-1])
    notes = [f"[{name}: {{{name}}}]" for name in PLACEHOLDERS]
    entry = {
        "name": "Obs",
        "principals": "pending",
        "external_id": {"origin": "vendor", "per": "project"},
        "hand_off": {"notes": notes},
    }
    workspace = "workspace: w\nvendor: obs\nprojects: [{project: p, external_id: pending, secrets: [{name: one}]}]\n"
    files = {"estate.yaml": ESTATE + yaml.safe_dump({"vendors": {"obs": entry}}), "workspaces/w.yaml": workspace}
    text = of_html(sheets(files)["w/p.html"]).text
    assert {frozenset(facts.known) for facts in made} == {PLACEHOLDERS}
    said = dict(re.findall(r"\[(\w+): ([^]]+)\]", text))
    assert set(said) == PLACEHOLDERS
    assert [said[name] for name in ("bucket", "object_prefix", "prefix")] == [
        "the bucket",
        "the prefix",
        "the names that were granted",
    ]
    assert not [words for words in said.values() if "{" in words]
