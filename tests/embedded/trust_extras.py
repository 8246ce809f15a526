"""An estate with a role that trusts itself and one whose external ID is a pattern, and changes to their trusts."""

from pathlib import Path
from typing import Any

ESTATE = """
schema: 1
estate: acme
defaults: {account: "111111111111", region: eu-central-1, role_path: /vendors/}
"""
LAKE = """
workspace: lake
vendor: databricks
projects:
  - project: sales
    external_id: 3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b
    secrets: [{prefix: lake/}]
"""
LIFT = """
workspace: lift
vendor: spacelift
data_center: spacelift-io
projects:
  - {project: infra, external_id: "acme@*"}
  - {project: exact, external_id: "acme-two@01GE7K9SR2DQBCRQ90DH70JF6Y@stack-1@write"}
"""


def write_estate(folder: Path) -> Path:
    """The files of the estate."""
    (folder / "workspaces").mkdir(parents=True)
    for name, text in (("estate.yaml", ESTATE), ("workspaces/lake.yaml", LAKE), ("workspaces/lift.yaml", LIFT)):
        (folder / name).write_text(text, "utf-8")
    return folder


def changed(trust: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """A compiled trust with the changes of a case; what is null is taken away."""
    vendors, *itself = trust["Statement"]
    found = [_with(vendors, case.get("vendors", {}))]
    if case.get("itself", {}) is not None:
        found += [_with(each, case.get("itself", {})) for each in itself]
    return {**trust, "Statement": [*found, *([case["besides"]] if "besides" in case else [])]}


def _with(statement: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**statement, **more}.items() if value is not None}
