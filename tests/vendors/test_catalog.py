"""The catalog: every entry is whole, has a source, makes an estate that passes `check`, and is as it was reviewed."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from case_tables import FOLDER, cases

from rolecall.commands.vendors import vendors
from rolecall.config.vendor import Vendor, listed
from rolecall.estate import judged
from rolecall.model.finding import Severity
from rolecall.model.identifiers import Arn, principal
from rolecall.model.safe_pattern import fits
from rolecall.report.vendors.example import workspace_file
from rolecall.vendors import catalog
from rolecall.vendors.facts import by_account, principals_of

ENTRIES = catalog.entries()
IDS = sorted(ENTRIES)
ESTATE = 'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
# What a review compares; the rest of an entry is words.
REVIEWED = {
    "id": lambda entry: f"{entry['external_id']['origin']} per {entry['external_id']['per']}",
    "string_like": lambda entry: entry["external_id"].get("string_like", {}).get("form"),
    "profile": lambda entry: entry.get("permission_profile"),
    "first": lambda entry: entry.get("handshake", "external-id-first"),
    **{
        key: lambda entry, key=key: entry.get(key)
        for key in ("principals", "other_partitions", "role_path", "actions", "source")
    },
}


def shape(vendor: str) -> dict[str, Any]:
    """The entry as `rolecall vendors` shows it."""
    [found] = json.loads(vendors(Path(), vendor, "json").text)["vendors"]
    assert isinstance(found, dict)
    return found


def test_there_are_as_many_vendors_as_were_asked_for_and_each_has_a_case() -> None:
    table = yaml.safe_load((FOLDER / "catalog.yaml").read_text("utf-8"))
    assert len(IDS) >= 18
    assert [case["name"] for case in table] == IDS


@pytest.mark.parametrize("case", cases("catalog"))
def test_an_entry_is_as_it_was_reviewed(case: dict[str, Any]) -> None:
    entry = ENTRIES[case["name"]]
    assert {key: said(entry) for key, said in REVIEWED.items() if said(entry) is not None or key in case} == {
        key: value for key, value in case.items() if key != "name"
    }


@pytest.mark.parametrize("vendor", IDS)
def test_an_entry_says_where_and_when_it_was_read(vendor: str) -> None:
    entry = ENTRIES[vendor]
    Vendor.model_validate(entry)
    assert entry["source"].startswith("https://")
    assert len(entry["source"].split("/")) > 4, "a page, not a site"
    assert type(entry["checked"]) is date
    assert entry["checked"] <= date.today()


@pytest.mark.parametrize("vendor", IDS)
def test_a_principal_of_an_entry_is_of_the_partition_that_it_stands_under(vendor: str) -> None:
    found = Vendor.model_validate(ENTRIES[vendor])
    for written in listed(found.principals):
        assert Arn.parse(principal(written, "aws")).partition == "aws"
    for partition, published in found.other_partitions.items():
        assert {Arn.parse(written).partition for written in listed(published)} == {partition}


@pytest.mark.parametrize("vendor", [vendor for vendor in IDS if "string_like" in ENTRIES[vendor]["external_id"]])
def test_a_pattern_is_for_ids_of_the_vendors_and_begins_with_a_customers_own_part(vendor: str) -> None:
    found = Vendor.model_validate(ENTRIES[vendor])
    like = found.external_id.string_like
    assert like is not None
    assert (found.external_id.origin, found.self_trust) == ("vendor", False)
    for everybodys in ("*", "x*", "*@x", "x-*", "x_*"):
        assert fits(like.form, everybodys) is False
    assert like.example is not None
    assert fits(like.form, like.example)
    assert (like.divider is None) == (like.parts is None)


def test_spacelift_alone_has_patterns() -> None:
    assert [vendor for vendor in IDS if "string_like" in ENTRIES[vendor]["external_id"]] == ["spacelift"]


def test_an_account_is_one_vendors() -> None:
    accounts = Counter(
        account
        for entry in ENTRIES.values()
        for account in {principal(each, "aws").split(":")[4] for each in principals_of(entry)}
    )
    assert [account for account, count in accounts.items() if count > 1] == []
    assert set(by_account()) == set(accounts)


@pytest.mark.parametrize(
    ("account", "name"),
    [("044793339203", "Databricks"), ("417141415827", "Datadog"), ("094410056844", "Airbyte Cloud")],
)
def test_foreign_trusts_are_judged_by_principals_of_every_shape(account: str, name: str) -> None:
    assert by_account()[account].name == name


def test_a_vendor_whose_principal_nobody_knows_is_no_fact_about_an_account() -> None:
    names = {fact.name for fact in by_account().values()}
    assert "Tracecat" not in names
    assert names < {entry["name"] for entry in ENTRIES.values()}


@pytest.mark.parametrize("vendor", IDS)
def test_an_entry_makes_an_estate_that_passes_check_and_lets_in_nobody_unknown(vendor: str, tmp_path: Path) -> None:
    entry = shape(vendor)
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(ESTATE, "utf-8")
    (tmp_path / "workspaces" / "w.yaml").write_text(workspace_file(entry), "utf-8")
    found = judged(tmp_path)
    assert [finding for finding in found.findings if finding.severity is not Severity.INFO] == []
    assert found.estate is not None
    [grant] = found.estate.grants
    assert grant.trust.pending is (entry["external_id"]["origin"] != "derived")
    assert grant.role_path == (entry["role_path"] or "/")


@pytest.mark.parametrize("vendor", IDS)
def test_every_screen_of_an_entry_stands_alone(vendor: str) -> None:
    """`init` and the sheets of a hand-off tell each of them by itself."""
    assert not [
        text for text in ENTRIES[vendor]["screens"].values() if re.match(r"(the )?(same|above)\b|see\b", text, re.I)
    ]


@pytest.mark.parametrize("vendor", IDS)
def test_a_page_tells_every_principal_note_and_screen_of_an_entry(vendor: str) -> None:
    page, entry = vendors(Path(), vendor, "text").text, ENTRIES[vendor]
    told = [*principals_of(entry), *entry.get("notes", []), *entry["screens"].values(), entry["source"]]
    assert [text for text in told if text not in page] == []
    is_own = entry.get("own_principals", False)
    assert ("not known before the vendor shows it" in page) is (entry["principals"] == "pending" and not is_own)
    assert ("a role or user of your own" in page) is is_own
