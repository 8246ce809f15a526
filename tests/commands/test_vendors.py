"""`rolecall vendors`: the catalog and the estate's own vendors, for people and for programs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.answer import CommandError
from rolecall.commands.vendors import vendors
from rolecall.config.load import UnreadableEstateError
from rolecall.estate import EstateRefusedError
from rolecall.vendors import catalog

ROOT = Path(__file__).parents[2]
ESTATE = """\
schema: 1
estate: acme
vendors:
  observability:
    name: Observability Inc.
    principals: {us: ["arn:aws:iam::210987654321:role/reader"], eu: ["210987654322"]}
    external_id: {origin: vendor, per: project, pattern: "[0-9a-f]{32}"}
    session: 2h
    hand_off:
      steps: [{at: Settings, do: Enter the role., enter: {Role: "{role_arn}"}}]
      check: [The light is green.]
  workato: {principals: {eu: ["353360065217"]}}
"""


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    (tmp_path / "estate.yaml").write_text(ESTATE, "utf-8")
    return tmp_path


def test_the_table_has_a_row_for_each_vendor_and_fits_a_terminal(estate: Path) -> None:
    head, *rows = vendors(estate, None, "text").text.splitlines()
    assert head.split()[:3] == ["ID", "NAME", "PRINCIPAL"]
    assert [row.split()[0] for row in rows] == sorted([*catalog.entries(), "observability"])
    assert max(map(len, [head, *rows])) <= 160
    found = {row.split()[0]: row for row in rows}
    assert "2 principals" in found["observability"]
    assert found["observability"].endswith("estate.yaml")
    # What it read, and when, was about other principals than the estate's.
    assert found["workato"].split()[-2:] == ["-", "estate.yaml"]
    assert "3 roles" in found["databricks"]
    assert " you " in found["unified"]
    assert " pending " in found["tracecat"]


def test_a_vendor_of_ones_own_is_marked_and_told_in_full(estate: Path) -> None:
    page = vendors(estate, "observability", "text").text
    for told in (
        "Observability Inc. (observability)",
        "from the estate",
        "role arn:aws:iam::210987654321:role/reader where data_center is us",
        "account 210987654322 where data_center is eu",
        "looks like: [0-9a-f]{32}",
        "sessions of 7200 s",
        "1. Settings: Enter the role.",
        "   enter Role: {role_arn}",
        "check: The light is green.",
        "data_center: us  # or eu",
    ):
        assert told in page, told
    assert "What is not listed is not known" not in page


def test_a_page_tells_all_of_a_vendor_and_its_steps_in_the_order_of_doing(estate: Path) -> None:
    page = vendors(estate, "databricks", "text").text
    assert "Each role trusts itself too" in page
    page = vendors(estate, "workato", "text").text
    assert "only where external_id_scope is parent" in page
    assert "s3:ListAllMyBuckets, " in page
    entry = catalog.entries()["workato"]
    told = [step["warning"] for step in entry["hand_off"]["steps"] if step.get("warning")]
    told += [each["source"] for each in entry["services"].values() if each.get("source")]
    assert [text for text in [*told, *entry["hand_off"].get("trouble", {})] if text not in page] == []
    checks, lasts = entry["hand_off"]["check"], entry["hand_off"].get("last", [])
    assert all(page.index(check) < page.index(last) for check in checks for last in lasts)
    page = vendors(estate, "spacelift", "text").text
    assert "patterns such as acme@* are in order" in page


@pytest.mark.parametrize("vendor", ["unified", "crewai"])
def test_a_page_says_where_an_id_and_a_principal_of_ones_own_come_from(estate: Path, vendor: str) -> None:
    page = vendors(estate, vendor, "text").text
    assert f"external_id: pending  # rolecall external-id new {vendor}-prod" in page
    assert ("of your own role or user that calls" in page) is (vendor == "crewai")


@pytest.mark.parametrize("columns", [80, 100, 200])
def test_the_table_and_a_page_fit_the_terminal_and_a_pipe_gets_whole_lines(estate: Path, columns: int) -> None:
    narrow = vendors(estate, None, "text", columns).text.splitlines()
    assert max(map(len, narrow)) <= columns
    assert {"ID", "PRINCIPAL"} <= set(narrow[0].split())
    page = vendors(estate, "workato", "text", columns).text.split("\n\nIn a workspace file")[0]
    assert [line for line in page.splitlines() if len(line) > columns and " " in line.strip()] == []
    whole = vendors(estate, "workato", "text").text
    assert page.split() == whole.split("\n\nIn a workspace file")[0].split()


def test_the_table_fits_forty_columns_too(estate: Path) -> None:
    narrow = vendors(estate, None, "text", 40).text.splitlines()
    assert max(map(len, narrow)) <= 40
    assert narrow[0].split()[0] == "ID"


def test_a_change_to_the_catalog_is_shown_as_the_estates(estate: Path) -> None:
    page = vendors(estate, "workato", "text").text
    assert "from the catalog, changed by the estate: principals" in page
    assert "account 353360065217 where data_center is eu" in page
    assert "353360065216" not in page


def test_a_page_has_nothing_of_what_was_read_about_other_principals(estate: Path) -> None:
    page = vendors(estate, "workato", "text").text
    trusted = page.partition("Whom its roles trust")[2].partition("External ID")[0]
    assert "353360065217" in trusted
    assert "Known for" not in trusted
    assert "s3.html, read" not in page.partition("Whom its roles trust")[0]
    assert "Known for aws." in vendors(estate, "fivetran", "text").text


def test_a_service_that_the_estate_changed_is_not_told_as_what_the_vendor_says(tmp_path: Path) -> None:
    changed = "vendors: {workato: {services: {s3: {account_wide: {}}}}}"
    (tmp_path / "estate.yaml").write_text(f"schema: 1\nestate: acme\n{changed}\n")
    page = vendors(tmp_path, "workato", "text").text
    services = page.partition("s3:\n")[2]
    assert "the estate's own entry lists no actions" in services.splitlines()[0]
    assert "the estate's own entry" not in vendors(Path(), "workato", "text").text


def test_what_was_read_is_not_said_of_principals_that_an_estate_names_for_another_partition(tmp_path: Path) -> None:
    changed = '{datadog: {other_partitions: {aws-us-gov: ["arn:aws-us-gov:iam::210987654321:root"]}}}'
    (tmp_path / "estate.yaml").write_text(f"schema: 1\nestate: acme\nvendors: {changed}\n")
    (found,) = json.loads(vendors(tmp_path, "datadog", "json").text)["vendors"]
    assert (found["source"], found["checked"]) == (None, None)
    assert catalog.entries()["datadog"]["source"]


@pytest.mark.parametrize(
    ("vendor", "shown"), [("tracecat", False), ("workato", False), ("infisical", True), ("datadog", True)]
)
def test_a_page_lists_writing_actions_only_where_the_vendor_may_write(vendor: str, shown: bool) -> None:
    assert ("  read-write: secretsmanager:" in vendors(Path(), vendor, "text").text) is shown


def test_json_has_every_default_filled_in(estate: Path) -> None:
    found = json.loads(vendors(estate, None, "json").text)
    assert found["schema"] == 1
    by_id = {vendor["id"]: vendor for vendor in found["vendors"]}
    assert {vendor["from"] for vendor in found["vendors"]} == {"catalog", "estate", "catalog, changed by the estate"}
    assert by_id["workato"]["changed"] == ["principals"]
    assert by_id["unified"]["actions"]["read-write"] == catalog.entries()["unified"]["actions"]["read-write"]
    assert by_id["fivetran"]["actions"]["read"] == ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    assert by_id["databricks"]["other_partitions"] == catalog.entries()["databricks"]["other_partitions"]
    assert by_id["fivetran"]["checked"] == "2026-11-22"
    assert [vendor["id"] for vendor in json.loads(vendors(estate, "datadog", "json").text)["vendors"]] == ["datadog"]


@pytest.mark.parametrize(
    ("asked", "tip"), [("workatoo", "did you mean 'workato'?"), ("zzz", "`rolecall vendors` shows all of them")]
)
def test_an_unknown_vendor_is_a_usage_error_with_the_nearest_name(estate: Path, asked: str, tip: str) -> None:
    with pytest.raises(CommandError, match=f"vendor '{asked}' is not known") as refused:
        vendors(estate, asked, "text")
    assert (refused.value.tip, refused.value.exit_code) == (tip, 2)


def test_vendors_of_ones_own_with_an_error_are_not_shown_as_if_they_were_right(tmp_path: Path) -> None:
    wrong = ESTATE.replace("origin: vendor", "origin: nobody")
    (tmp_path / "estate.yaml").write_text(wrong, "utf-8")
    with pytest.raises(EstateRefusedError, match=r"estate.yaml:7:\d+: RC005"):
        vendors(tmp_path, None, "text")


def test_other_errors_of_the_estate_do_not_matter_here(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text(ESTATE + "nonsense: 1\n", "utf-8")
    assert "observability" in vendors(tmp_path, None, "text").text


def test_a_file_that_is_no_estate_is_an_error_and_a_named_folder_without_one_too(tmp_path: Path) -> None:
    with pytest.raises(UnreadableEstateError):
        vendors(tmp_path, None, "text")
    (tmp_path / "estate.yaml").write_text("a: [\n", "utf-8")
    with pytest.raises(EstateRefusedError):
        vendors(tmp_path, None, "text")


def test_the_catalog_is_shown_where_no_estate_is(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "rolecall.cli", "vendors"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(ended.stdout.splitlines()) == len(catalog.entries()) + 1
