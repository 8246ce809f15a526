"""docs/vendors.md: its example passes `check`, and it knows every key."""

import re
from pathlib import Path

import pytest

from rolecall.config.external_id_rule import ExternalIdRule, PatternedId
from rolecall.config.hand_off import HandOff, Step
from rolecall.config.json_schema import file_schema
from rolecall.config.parts import Part
from rolecall.config.vendor import Vendor
from rolecall.estate import judged
from rolecall.model.finding import Severity
from rolecall.rules.reference import rules

PAGE = (Path(__file__).parents[2] / "docs" / "vendors.md").read_text("utf-8")


def test_the_example_of_ones_own_vendor_passes_check_and_does_what_it_says(tmp_path: Path) -> None:
    estate, workspace = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(estate, "utf-8")
    (tmp_path / "workspaces" / "observability-prod.yaml").write_text(workspace, "utf-8")
    found = judged(tmp_path)
    assert [finding for finding in found.findings if finding.severity is not Severity.INFO] == []
    assert found.estate is not None
    [grant] = found.estate.grants
    assert grant.trust.principals == ("arn:aws:iam::210987654322:role/reader",)
    assert (grant.role_path, grant.max_session_seconds) == ("/observability/", 7200)
    assert grant.permissions.read_actions == ("secretsmanager:GetSecretValue",)


@pytest.mark.parametrize("model", [Vendor, ExternalIdRule, HandOff, Step, PatternedId])
def test_every_key_is_described(model: type[Part]) -> None:
    named = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert set(model.model_fields) - named == set()


def test_the_schema_for_editors_takes_a_vendor_in_one_block_and_knows_its_partitions() -> None:
    shape = file_schema("estate")["$defs"]["Vendor"]
    assert shape["required"] == ["name", "principals", "external_id"]
    assert "aws-us-gov" in shape["properties"]["other_partitions"]["propertyNames"]["enum"]


def test_the_rules_that_it_names_exist() -> None:
    assert set(re.findall(r"RC[0-9]{3}", PAGE)) <= set(rules())
