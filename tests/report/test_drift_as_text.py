"""Drift as a table with details, and as JSON, to the letter."""

import json

import pytest

from rolecall.policy.permissions import Change
from rolecall.report.drift import Drift, RoleDrift, Status, as_json, as_text

ARN = "arn:aws:iam::111111111111:role"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
SAME = RoleDrift("w", "same", f"{ARN}/same", Status.SAME)
HARMLESS = RoleDrift("w", "harmless", f"{ARN}/harmless", Status.SAME, policies_by_hand=("notes",))
CHANGES = {
    "trust": Change(("A with external ID x",), ("B with external ID y", "C with external ID y")),
    "permissions": Change(("Allow * on *",), other=("Deny s3:* on * was added",)),
    "tags": Change(other=("owner: a became b",)),
}
DRIFTED = RoleDrift("w", "drifted", f"{ARN}/drifted", Status.DRIFTED, CHANGES, (ADMIN,))
MISSING = RoleDrift("w", "missing", f"{ARN}/missing", Status.MISSING)
UNKNOWN = RoleDrift("w", "unknown", f"{ARN}/unknown", Status.UNKNOWN, reason="account 1 cannot be read: no")
ALL = Drift(
    (SAME, HARMLESS, DRIFTED, MISSING, UNKNOWN), (f"{ARN}/vendors/left",), {"222222222222": "could not list roles"}
)

HEALS = "  a deployment of an unchanged template undoes no drift: CloudFormation sees no change in it"
REVERT = (
    "  undo it by hand or with `cdk deploy --revert-drift`, then look again: CloudFormation does not see every drift"
)


def test_the_table_counts_and_the_details_tell() -> None:
    assert as_text(ALL, "aws").splitlines() == [
        "ROLE        STATUS   TRUST             PERMISSIONS  TAGS     BY HAND",
        "w/same      same     -                 -            -        -",
        "w/harmless  same     -                 -            -        1",
        "w/drifted   drifted  1 gained, 2 lost  1 gained     changed  1",
        "w/missing   missing  -                 -            -        -",
        "w/unknown   unknown  -                 -            -        -",
        "",
        f"w/harmless is same; policies by hand change no access: {ARN}/harmless",
        "  policy       by hand  notes (inline)",
        "",
        f"w/drifted is drifted: {ARN}/drifted",
        "  trust        gained   A with external ID x",
        "  trust        lost     B with external ID y",
        "  trust        lost     C with external ID y",
        "  permissions  gained   Allow * on *",
        "  permissions  changed  Deny s3:* on * was added",
        "  tags         changed  owner: a became b",
        f"  policy       by hand  {ADMIN}",
        "",
        f"w/missing is missing: {ARN}/missing",
        "",
        f"w/unknown is unknown: {ARN}/unknown",
        "  account 1 cannot be read: no",
        "",
        "unmanaged, no file of the estate knows them:",
        f"  {ARN}/vendors/left",
        "",
        "whether there are unmanaged roles cannot be told:",
        "  222222222222: could not list roles",
        "",
        "5 roles: 2 same, 1 drifted, 1 missing, 1 unknown, 1 unmanaged",
        HEALS,
        REVERT,
        "  if the change is wanted: write it into the estate, then deploy",
        "  missing: `rolecall deploy` makes roles that never were, and brings back none that was deleted by hand",
        "  unmanaged: delete the role if nobody needs it, else write it into the estate",
    ]


def test_where_nothing_drifted_there_is_nothing_to_undo() -> None:
    assert as_text(Drift((SAME,)), "aws").splitlines() == ["ROLE    STATUS", "w/same  same", "", "1 role: 1 same"]
    assert as_text(Drift(()), "aws") == "0 roles: none"


def test_the_embedded_aws_reverts_no_drift_and_nobody_is_told_that_it_does() -> None:
    assert "--revert-drift" not in as_text(ALL, "local")
    assert "  undo it by hand, then look again" in as_text(ALL, "local")


@pytest.mark.parametrize("count", [10, 11, 12, 1000])
def test_of_very_many_changes_the_text_shows_the_first_and_json_all(count: int) -> None:
    many = {"permissions": Change(tuple(f"Allow a:{number:04} on *" for number in range(count)))}
    found = Drift((RoleDrift("w", "p", ARN, Status.DRIFTED, many),))
    lines = [line for line in as_text(found, "aws").splitlines() if line.startswith("  permissions")]
    rest = f"  permissions  gained   and {count - 10} more, which --format json lists"
    assert len(lines) == min(count, 11)
    assert (lines[-1] == rest) is (count > 11)
    assert len(json.loads(as_json(found))["roles"][0]["changes"][0]["gained"]) == count


def test_json_has_the_shape_that_programs_read() -> None:
    shape = json.loads(as_json(ALL))
    assert shape["roles"][2] == {
        "workspace": "w",
        "project": "drifted",
        "role_arn": f"{ARN}/drifted",
        "status": "drifted",
        "changes": [
            {
                "what": "trust",
                "gained": ["A with external ID x"],
                "lost": ["B with external ID y", "C with external ID y"],
                "other": [],
            },
            {"what": "permissions", "gained": ["Allow * on *"], "lost": [], "other": ["Deny s3:* on * was added"]},
            {"what": "tags", "gained": [], "lost": [], "other": ["owner: a became b"]},
        ],
        "policies_by_hand": [ADMIN],
        "reason": None,
    }
    assert shape["roles"][4]["reason"] == "account 1 cannot be read: no"
    del shape["roles"]
    assert shape == {
        "schema": 1,
        "unmanaged": [f"{ARN}/vendors/left"],
        "unmanaged_unknown": [{"account": "222222222222", "reason": "could not list roles"}],
        "summary": {"same": 2, "drifted": 1, "missing": 1, "unknown": 1},
    }
