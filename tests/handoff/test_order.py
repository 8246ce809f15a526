"""What comes first and what last: by who shows what to whom, and by what is still missing."""

import pytest

from tests.handoff.conftest import ESTATE, Sheets
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
                "rolecall handoff w/p --out handoff",
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
