"""What comes first and what last: by who shows what to whom, and by what is still missing."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rolecall.commands.handoff import HandOffWish, handoff
from rolecall.estate import judged
from rolecall.model.finding import Severity
from tests.handoff.conftest import ESTATE, NOW, Sheets
from tests.handoff.pages import of_html

VENDOR = """
vendors:
  snow:
    name: Snow
    principals: PRINCIPALS
    external_id: {origin: ORIGIN, per: project}
    handshake: HANDSHAKE
    screens: {role_arn: "Integration, STORAGE_AWS_ROLE_ARN", external_id: "Integration, STORAGE_AWS_EXTERNAL_ID"}
"""
KNOWN = '["arn:aws:iam::210987654321:role/reader"]'


def _text(sheets: Sheets, external_id: str, principals: str, origin: str, handshake: str) -> str:
    entry = VENDOR.replace("PRINCIPALS", principals).replace("ORIGIN", origin).replace("HANDSHAKE", handshake)
    project = f"{{project: p, external_id: {external_id}, secrets: [{{prefix: p/}}]}}"
    workspace = f"workspace: w\nvendor: snow\nprojects: [{project}]\n"
    return of_html(sheets({"estate.yaml": ESTATE + entry, "workspaces/w.yaml": workspace})["w/p.html"]).text


@pytest.mark.parametrize(
    ("external_id", "principals", "origin", "handshake", "turns"),
    [
        pytest.param(
            "0123456789abcdef",
            KNOWN,
            "vendor",
            "external-id-first",
            ["owner: rolecall deploy w/p", "rolecall verify w/p", "you: go through the steps", "you: see that"],
            id="the ID is known: deploy, verify, paste",
        ),
        pytest.param(
            "pending",
            KNOWN,
            "vendor",
            "role-first",
            [
                "owner: rolecall deploy w/p puts the role up as pending",
                "you: enter the role's arn, arn:aws:iam::111111111111:role/vendors/snow-w-p",
                "up to 4, and no further",
                "the test has to fail until your second turn",
                "you: snow now shows an external id. send it to the owner",
                "owner: write the external id as external_id into workspaces/w.yaml",
                "rolecall deploy w/p again",
                "owner: rolecall verify w/p",
                "rolecall handoff w/p --out sheets",
                "you: compare it once more",
            ],
            id="the vendor wants the role first: deploy pending, paste, copy back, deploy, verify",
        ),
        pytest.param(
            "pending",
            KNOWN,
            "vendor",
            "external-id-first",
            [
                "you: do the steps below up to 2, and no further. you see an external id there: send it to the owner",
                "owner: write the external id as external_id into workspaces/w.yaml",
                "owner: rolecall deploy w/p, rolecall verify w/p",
                "you: with the new sheet: compare what step 2 shows once more",
            ],
            id="the vendor shows an ID that nobody has copied yet",
        ),
        pytest.param(
            "pending",
            KNOWN,
            "customer",
            "external-id-first",
            ["owner: rolecall external-id new w/p", "rolecall deploy w/p", "you: with the new sheet"],
            id="an ID of one's own that is not made yet",
        ),
        pytest.param(
            "0123456789abcdef",
            "pending",
            "vendor",
            "role-first",
            [
                "owner: rolecall deploy w/p puts the role up as pending",
                "you: enter the role's arn",
                "you: snow now shows the aws account or role that snow comes from. send it",
                "trusted_principals",
                "rolecall deploy w/p again",
            ],
            id="the vendor wants the role first, and nobody knows yet whom to trust",
        ),
        pytest.param(
            "pending",
            "pending",
            "vendor",
            "role-first",
            [
                "you: enter the role's arn",
                "the aws account or role that snow comes from and an external id. send both to the owner",
                "owner: write the account as trusted_account, or arns as trusted_principals,",
                "the external id as external_id into workspaces/w.yaml",
                "with both",
            ],
            id="the vendor wants the role first, and shows both in one turn",
        ),
        pytest.param(
            "0123456789abcdef",
            "pending",
            "vendor",
            "external-id-first",
            ["you: look up the aws account or role that snow comes from", "trusted_principals", "rolecall deploy w/p"],
            id="nobody knows yet whom to trust, and no screen is known that shows it",
        ),
    ],
)
def test_each_turn_comes_when_it_is_due(
    external_id: str, principals: str, origin: str, handshake: str, turns: list[str], sheets: Sheets
) -> None:
    text = _text(sheets, external_id, principals, origin, handshake).lower()
    rest = text[text.index("what comes first") : text.index("values")]
    for turn in turns:
        assert turn in rest
        rest = rest[rest.index(turn) + len(turn) :]


# Of each vendor what `init` writes where nobody knows the account.
UNKNOWN_ACCOUNT = {
    "workato": "workspace_id: '1'\ndata_center: eu\nprojects: [{project: p, project_id: '2', SECRETS}]\n",
    "confluent": "projects: [{project: p, external_id: pending, STATEMENTS}]\n",
    "tracecat": "projects: [{project: p, external_id: pending, secrets: [{prefix: p/}]}]\n",
    "baseten": "external_id: pending\nprojects: [{project: p, STATEMENTS}]\n",
    "oracle-database": "projects: [{project: p, external_id: pending, STATEMENTS}]\n",
}
STATEMENTS = "statements: [{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::exports/*'}]"


@pytest.mark.parametrize("vendor", UNKNOWN_ACCOUNT)
def test_an_owner_who_writes_what_the_sheet_says_has_an_estate_without_errors(
    vendor: str, sheets: Sheets, tmp_path: Path
) -> None:
    file = tmp_path / "estate" / "workspaces" / "w.yaml"
    rest = UNKNOWN_ACCOUNT[vendor].replace("STATEMENTS", STATEMENTS).replace("SECRETS", "secrets: [{prefix: p/}]")
    found = sheets({"workspaces/w.yaml": f"workspace: w\nvendor: {vendor}\ntrusted_principals: pending\n{rest}"})
    turn = re.search(
        r"as `(trusted_account)`, or .*? into `workspaces/w.yaml`, in the place of `(.*?)`", found["w/p.md"]
    )
    assert turn
    file.write_text(file.read_text().replace(turn[2], f'{turn[1]}: "123456789012"'))
    errors = [each for each in judged(tmp_path / "estate").findings if each.severity is Severity.ERROR]
    assert errors == []


@pytest.mark.parametrize("external_id", ["pending", "0123456789abcdef"])
def test_nobody_compares_what_only_the_screen_knows(external_id: str, sheets: Sheets) -> None:
    text = _text(sheets, external_id, KNOWN, "vendor", "external-id-first")
    steps = text[text.index("Steps at Snow") : text.index("How to see")]
    is_pending = external_id == "pending"
    assert ("copy what is shown, whole, for the owner" in steps) == is_pending
    assert ("Compare it, letter for letter; if it differs, stop" in steps) != is_pending


def test_a_role_that_was_granted_nothing_for_the_vendor_says_that_there_is_nothing_to_do(sheets: Sheets) -> None:
    workspace = "workspace: w\nvendor: workato\nworkspace_id: '1'\ndata_center: us\n"
    workspace += "projects: [{project: p, project_id: '2'}]\n"
    text = of_html(sheets({"workspaces/w.yaml": workspace})["w/p.html"]).text
    assert "You: There is nothing to do until then." in text
    assert "Go through the steps" not in text
    assert "`Connect` ends without an error" not in text


def test_every_command_on_a_sheet_of_the_embedded_aws_is_meant_for_it(
    estate: Callable[[Mapping[str, str]], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a shell that `local env` has bound, too: the same commands elsewhere would go to AWS."""
    workspace = "workspace: w\nvendor: workato\nworkspace_id: '1'\ndata_center: us\n"
    workspace += "projects: [{project: p, project_id: '2', secrets: [{prefix: p/}]}]\n"
    folder = estate({"workspaces/w.yaml": workspace})
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for number, wish in enumerate((HandOffWish(target="local"), HandOffWish(), HandOffWish(asks_aws=False))):
        handoff(folder, (), tmp_path / str(number), wish, pytest.fail, lambda: NOW)
        for form in ("md", "html"):
            page = (tmp_path / str(number) / "w" / f"p.{form}").read_text()
            commands = re.findall(r"rolecall (?:deploy|verify|handoff) w/p[^`<]*", page)
            assert len(commands) == 3
            assert all(each.endswith("--target local") for each in commands) == (number < 2)


def test_a_pending_role_says_that_nobody_gets_in_and_what_is_not_known(sheets: Sheets) -> None:
    text = _text(sheets, "pending", KNOWN, "vendor", "role-first")
    assert "The role lets nobody in yet" in text
    assert "External ID" in text and "not known yet, see above" in text


@pytest.mark.parametrize(
    ("handshake", "order"),
    [("external-id-first", ["EXTERNAL_ID", "ROLE_ARN"]), ("role-first", ["ROLE_ARN", "EXTERNAL_ID"])],
)
def test_general_steps_are_made_of_the_screens_in_the_vendors_order(
    handshake: str, order: list[str], sheets: Sheets
) -> None:
    text = _text(sheets, "0123456789abcdef", KNOWN, "vendor", handshake)
    steps = text[text.index("Steps at Snow") : text.index("How to see")]
    first, second = (f"Integration, STORAGE_AWS_{name}" for name in order)
    assert -1 < steps.find(first) < steps.find(second)
    assert "External ID has to be 0123456789abcdef" in steps


def test_a_vendors_name_with_signs_of_a_hand_off_fills_nothing_in(sheets: Sheets) -> None:
    own = "name: 'Snow{role_arn}`x`', principals: ['210987654321'], external_id: {origin: vendor, per: project}"
    files = {
        "estate.yaml": f"{ESTATE}vendors: {{own: {{{own}, handshake: role-first}}}}\n",
        "workspaces/w.yaml": "workspace: w\nvendor: own\n"
        "projects: [{project: p, external_id: pending, secrets: [{prefix: p/}]}]\n",
    }
    text = of_html(sheets(files)["w/p.html"]).text
    assert "Snow(role_arn)'x', where an AWS role is set up" in text[text.index("Steps at") :]
    assert "Snow(role_arn)'x' tests the role" in text[text.index("What comes first") : text.index("Values")]


def test_an_id_that_is_being_rotated_is_told_as_the_new_one(sheets: Sheets) -> None:
    new, old = "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41", "5c1b9a52-8f1f-4a39-bd3e-2c5d5a1f7d10"
    workspace = f"workspace: u\nvendor: unified\nexternal_id: {new}\nprevious_external_id: {old}\n"
    workspace += "rotation: {started: 2026-11-20, finish_by: 2099-12-06}\n"
    found = sheets({"workspaces/u.yaml": workspace + "projects: [{project: p, secrets: [{prefix: unified/}]}]\n"})
    text = of_html(found["u/p.html"]).text
    assert "is being changed" in text
    last = text[text.index("What comes first") : text.index("Values")]
    assert "You: See that it worked, as described below. The owner: Once everything" in last
    assert "by 2099-12-06 at the latest: take previous_external_id and rotation out of workspaces/u.yaml" in last
    assert new in found["u/p.html"]
    assert not [name for name, text in found.items() if old in text]
