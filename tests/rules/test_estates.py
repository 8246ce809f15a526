"""What the rules say about estates, notes included, case by case: ledger, isolation, quotas, waivers, permissions."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from case_tables import cases

from rolecall.commands.check import check
from rolecall.estate import judged
from rolecall.model.finding import Finding

GOOD = """\
schema: 1
estate: acme
defaults: {account: "111111111111", region: eu-central-1}
vendors:
  obs:
    name: Observability Inc.
    principals: ["arn:aws:iam::210987654321:role/reader"]
    external_id: {origin: vendor, per: project}
"""
# Secrets of `many` have names that are nearly as long as a secret's can be: a dozen fill a policy.
LONG = 480
TODAY = date(2026, 11, 22)
# An ID for each project of the shorthand `projects`, all different and none of a pattern.
IDS = "5b1f0c9e-7d3a-4e62-9c48-{:012d}"

Case = dict[str, Any]


def write(case: Case, folder: Path) -> Path:
    """The files of a case. `projects` is short for a workspace `w` of vendor obs, by slug; `many` repeats a project."""
    files = {"estate.yaml": GOOD} | case.get("files", {})
    if "projects" in case:
        listed = [{"project": slug} | (entry or {}) for slug, entry in case["projects"].items()]
        for number, entry in enumerate(listed):
            entry.setdefault("external_id", IDS.format(number))
        files["workspaces/w.yaml"] = yaml.safe_dump({"workspace": "w", "vendor": "obs", "projects": listed}, width=1000)
    if "many" in case:
        files |= dict(_many(**case["many"]))
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def _many(count: int, each: str, workspaces: int = 1) -> Iterator[tuple[str, str]]:
    """Workspaces w1, w2 and so on of `count` projects."""
    for workspace in range(1, workspaces + 1):
        entries = [_entry(each, workspace, number) for number in range(count)]
        yield f"workspaces/w{workspace}.yaml", f"workspace: w{workspace}\nvendor: obs\nprojects:\n{''.join(entries)}"


def _entry(each: str, workspace: int, number: int) -> str:
    def secrets(found: re.Match[str]) -> str:
        return str([{"name": f"{workspace}/{number}/{'x' * LONG}/{each:03d}"} for each in range(int(found[1]))])

    filled = each.replace("{n}", str(number)).replace("{id}", IDS.format(1000 * workspace + number))
    return f"  - {re.sub(r'[{]([0-9]+) secrets[}]', secrets, filled)}\n"


def line_of(finding: Finding) -> list[str]:
    """A finding as the tables write it, with its whole message in place of some words."""
    what = " ".join([finding.severity.value, finding.rule, *finding.failure_modes])
    return [what, f"{finding.location.file} {finding.location.path}".strip(), finding.message]


@pytest.mark.parametrize(
    "case",
    [
        case
        for table in ("ledger", "isolation", "service_grants", "rule_permissions", "quotas", "waivers")
        for case in cases(table)
    ],
)
def test_of_an_estate(case: Case, tmp_path: Path) -> None:
    found = judged(write(case, tmp_path), TODAY)
    _compare(list(map(line_of, found.findings)), case["findings"])
    _compare([[*line_of(finding)[:2], why] for finding, why in found.waived], case.get("waived", []))
    if "room" in case:
        text = check(tmp_path, "text").text
        assert [line for line in text.split("\n") if line.startswith("account ")] == case["room"]


@pytest.mark.parametrize(
    "case", [case for table in ("isolation", "service_grants") for case in cases(table) if "projects" in case.values[0]]
)
def test_the_order_of_projects_changes_only_who_is_named_first(case: Case, tmp_path: Path) -> None:
    straight = _rules(case, tmp_path / "one")
    turned = _rules(case | {"projects": dict(reversed(case["projects"].items()))}, tmp_path / "other")
    assert turned == straight


def _rules(case: Case, folder: Path) -> list[str]:
    return sorted(finding.rule for finding in judged(write(case, folder), TODAY).findings)


def _compare(found: list[list[str]], expected: list[list[str]]) -> None:
    """Each expected line is a finding of that kind and place whose message holds the words; there is no other."""
    left = list(found)
    for what, place, *words in sorted(expected, key=len, reverse=True):
        hit = next((f for f in left if f[:2] == [what, place] and all(word in f[2] for word in words)), None)
        assert hit is not None, f"nothing like {[what, place, *words]} in {left}"
        left.remove(hit)
    assert left == []
