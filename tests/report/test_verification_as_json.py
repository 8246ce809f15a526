"""Verdicts for programs: the contract's shape, with what is new beside it."""

import json

from rolecall.report.verification import FORMATS, render
from tests.report.made_up_roles import BILLING, EVERYTHING, ODD, OPEN, RUN


def test_the_shape_is_the_contract_s() -> None:
    shape = json.loads(render("json", [BILLING, OPEN], RUN))
    assert {key: value for key, value in shape.items() if key != "roles"} == {
        "schema": 1,
        "mode": "vendor",
        "caller_arn": None,
        "target": "local",
        "required": ["live", "assumed"],
        "summary": {"unprotected": 1, "verified": 1},
    }
    assert shape["roles"] == [BILLING.as_json(), OPEN.as_json()]
    first = ["workspace", "project", "role_arn", "verdict", "evidence", "findings", "probes", "hint"]
    assert list(shape["roles"][0])[: len(first)] == first


def test_every_format_takes_everything_and_hostile_texts_survive_json() -> None:
    assert all(render(output, EVERYTHING, RUN) for output in FORMATS)
    assert json.loads(render("json", [ODD], RUN))["roles"][0]["hint"] == ODD.hint
