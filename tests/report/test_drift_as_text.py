"""Drift as a table with details, and as JSON, to the letter."""

import json
from typing import Any

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
    (SAME, HARMLESS, DRIFTED, MISSING, UNKNOWN),
    (f"{ARN}/vendors/left",),
    {"222222222222": "could not list roles"},
    {f"{ARN}/vendors/theirs": "beta"},
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
        f"w/unknown is unknown: {ARN}/unknown",
        "  account 1 cannot be read: no",
        "",
        "unmanaged, no file of the estate knows them:",
        f"  {ARN}/vendors/left",
        "",
        "under the estate's paths, made for another estate, as their tags say:",
        f"  {ARN}/vendors/theirs (beta)",
        "",
        "whether there are unmanaged roles cannot be told:",
        "  222222222222: could not list roles",
        "",
        "5 roles: 2 same, 1 drifted, 1 missing, 1 unknown, 1 unmanaged",
        HEALS,
        REVERT,
        "  if the change is wanted: write it into the estate, then deploy",
        "  missing: deploy it; an unchanged template brings nothing back that was deleted by hand",
        "  if the stack says that the role exists: change the template, or import the role",
        "  unmanaged: delete the role, or the stack that made it, if nobody needs it; else write it into the estate",
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
        "other_estates": [{"role_arn": f"{ARN}/vendors/theirs", "estate": "beta"}],
        "summary": {"same": 2, "drifted": 1, "missing": 1, "unknown": 1},
    }


def many(status: Status, **more: Any) -> Drift:
    """Three hundred roles alike."""
    return Drift(tuple(RoleDrift("w", f"p{n}", f"{ARN}/p{n}", status, **more) for n in range(300)))


def test_missing_roles_are_a_row_each_and_nothing_besides() -> None:
    lines = as_text(many(Status.MISSING), "aws").splitlines()
    assert (len(lines), lines[1], lines[300]) == (305, "w/p0    missing", "w/p299  missing")
    assert lines[301:303] == ["", "300 roles: 300 missing"]


@pytest.mark.parametrize(
    ("status", "more", "said"),
    [
        (Status.UNKNOWN, {"reason": "account 1 cannot be read: no"}, "  account 1 cannot be read: no"),
        (
            Status.DRIFTED,
            {"changes": {"tags": Change(other=("owner: a became b",))}},
            "  tags         changed  owner: a became b",
        ),
    ],
)
def test_what_is_to_be_said_of_many_roles_alike_is_said_once(status: Status, more: dict[str, Any], said: str) -> None:
    lines = as_text(many(status, **more), "aws").splitlines()
    names = ", ".join(f"w/p{number}" for number in range(300))
    assert lines[302:305] == [f"300 roles are {status.value}, all alike: {names}", said, ""]


def test_of_very_many_roles_of_other_estates_the_text_shows_the_first() -> None:
    others = {f"{ARN}/vendors/r{number:03}": "beta" for number in range(300)}
    lines = as_text(Drift((SAME,), other_estates=others), "aws").splitlines()
    assert lines[-3:] == ["  and 290 more, which --format json lists", "", "1 role: 1 same"]
    assert sum(line.endswith(" (beta)") for line in lines) == 10


# What IAM lets stand in a document: a line break, a bell, and what a terminal takes for the beginning of a command.
EVIL = "a\n0 roles: none\x07\x85\x9b2Ké"
SHOWN = r"a\n0 roles: none\x07\x85\x9b2Ké"


def test_what_others_wrote_into_live_roles_moves_no_cursor() -> None:
    evil = RoleDrift(EVIL, "p", EVIL, Status.DRIFTED, {"trust": Change((EVIL,), (EVIL,), (EVIL,))}, (EVIL,), EVIL)
    found = Drift((evil,), (EVIL,), {EVIL: EVIL}, {EVIL: EVIL})
    for width in (None, 100, 30):
        text = as_text(found, "aws", width=width)
        assert all(line.isprintable() for line in text.split("\n"))
        assert not any(line.startswith("0 roles") for line in text.split("\n"))
    assert [line for line in as_text(found, "aws").splitlines() if "trust  " in line][-3:] == [
        f"  trust        gained   {SHOWN}",
        f"  trust        lost     {SHOWN}",
        f"  trust        changed  {SHOWN}",
    ]
    assert as_text(found, "aws").count(SHOWN) == 13


def test_json_is_ascii_and_loses_nothing() -> None:
    found = Drift((RoleDrift("w", "p", ARN, Status.UNKNOWN, reason=EVIL),), (EVIL,))
    assert as_json(found).isascii()
    assert "\x07" not in as_json(found)
    shape = json.loads(as_json(found))
    assert (shape["roles"][0]["reason"], shape["unmanaged"]) == (EVIL, [EVIL])


def test_a_table_that_does_not_fit_counts_the_changes_and_says_so() -> None:
    assert as_text(ALL, "aws", width=68).splitlines()[:6] == as_text(ALL, "aws").splitlines()[:6]
    lines = as_text(ALL, "aws", width=60).splitlines()
    assert lines[:8] == [
        "ROLE        STATUS   CHANGES           BY HAND",
        "w/same      same     -                 -",
        "w/harmless  same     -                 1",
        "w/drifted   drifted  2 gained, 2 lost  1",
        "w/missing   missing  -                 -",
        "w/unknown   unknown  -                 -",
        "(changes are counted here: 68 columns of width show each",
        "  part, --format json each change)",
    ]
    assert max(map(len, as_text(ALL, "aws", width=75).splitlines())) <= 75


def test_a_table_that_does_not_fit_at_all_becomes_a_list() -> None:
    lines = as_text(ALL, "aws", width=40).splitlines()
    assert lines[:10] == [
        "w/same",
        "  same",
        "w/harmless",
        "  same; 1 by hand",
        "w/drifted",
        "  drifted; 2 gained, 2 lost; 1 by hand",
        "w/missing",
        "  missing",
        "w/unknown",
        "  unknown",
    ]
    assert f"    {ADMIN}" in lines  # whole, to be copied
    same = as_text(Drift((RoleDrift("w" * 50, "p", ARN, Status.SAME),)), "aws", width=40).splitlines()
    assert same == [f"{'w' * 50}/p", "  same", "", "1 role: 1 same"]  # nothing is counted, and nobody is told so


def test_without_a_terminal_no_line_is_broken() -> None:
    long = RoleDrift("w", "p", ARN, Status.UNKNOWN, reason="no " * 100)
    assert f"  {'no ' * 100}" in as_text(Drift((long,)), "aws").split("\n")
