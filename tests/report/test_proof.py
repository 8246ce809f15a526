"""What a proof holds: everything that was proved, and no external ID in the clear."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from rolecall import __version__
from rolecall.estate import sound
from rolecall.model.grant import Grant
from rolecall.model.trust import Trust, Verifier
from rolecall.report.proof import canonical_json, fingerprint, proof, sha256
from rolecall.runtime.contact import Contact
from rolecall.runtime.verdict import Verdict
from tests.report.made_up_roles import BILLING, CALLED, EVERYTHING, GOOD, OPEN, RUN, left_open, role

NOW = datetime(2026, 11, 22, 11, 0, 0, 123456, UTC)
GRANTS = sound(Path(__file__).parents[2] / "examples" / "acme").grants
IDS = {grant.address: grant.trust.written_ids for grant in GRANTS}
GRANT = next(grant for grant in GRANTS if grant.address == "acme-prod/billing")
ALL_IDS = [external_id for ids in IDS.values() for external_id in ids]
CI = Verifier("arn:aws:iam::111111111111:role/ci", "the-verifiers-own")


def _proof(*results: Any, **more: Any) -> dict[str, Any]:
    known = {
        "now": NOW,
        "fingerprints": {grant.address: fingerprint(grant, IDS[grant.address]) for grant in GRANTS},
        "templates": {"acme-prod-111111111111-eu-central-1": "ab" * 32, "acme-dev-111111111111-eu-central-1": None},
        "external_ids": ALL_IDS,
    }
    return proof(results, RUN, **(known | more))


def test_a_proof_is_this() -> None:
    found = _proof(replace(OPEN, workspace="acme-prod", project="billing", probes=OPEN.probes[1:2]))
    [kept] = found.pop("roles")
    assert found == {
        "schema": 1,
        "rolecall": __version__,
        "time": "2026-11-22T11:00:00.123456Z",
        "target": "local",
        "mode": "vendor",
        "caller_arn": None,
        "required": ["live", "assumed"],
        "templates": {"acme-dev-111111111111-eu-central-1": None, "acme-prod-111111111111-eu-central-1": "ab" * 32},
        "summary": {"unprotected": 1},
    }
    assert kept == {
        "workspace": "acme-prod",
        "project": "billing",
        "role_arn": "arn:aws:iam::111111111111:role/acme-open",
        "verdict": "unprotected",
        "evidence": [],
        "differs": ["trust"],
        "probes": [
            {
                "kind": "no_external_id",
                "rung": "assumed",
                "expected": "denied",
                "observed": "allowed",
                "error_code": None,
                "reason": None,
                "elapsed_ms": 9.9,
            }
        ],
        "external_ids_sha256": [hashlib.sha256(b"workato_iam_external_id_12345_678").hexdigest()],
        "compiled_sha256": fingerprint(GRANT, IDS[GRANT.address]).compiled_sha256,
        "contact": None,
        "last_used": None,
        "leftovers": ["billing/rolecall-3c4d"],
    }


def test_the_time_is_utc_and_a_role_that_is_not_compiled_has_no_fingerprint() -> None:
    found = _proof(CALLED, now=NOW.astimezone(timezone(timedelta(hours=2))))
    assert found["time"] == "2026-11-22T11:00:00.123456Z"
    [kept] = found["roles"]
    assert (kept["compiled_sha256"], kept["external_ids_sha256"]) == (None, [])
    assert kept["contact"]["source"] == "203.0.113.7"


def test_no_external_id_is_in_a_proof_wherever_it_was_said() -> None:
    said = " and ".join(ALL_IDS)
    loud = role(
        "loud",
        Verdict.UNPROTECTED,
        (
            *(left_open(replace(probe, asked=said), said) for probe in GOOD),
            replace(GOOD[0], observation=replace(GOOD[0].observation, error_code=said)),
        ),
        findings=(said,),
        hint=said,
        leftovers=(said,),
        last_used=said,
        contact=Contact(said, said, said, said, said),
    )
    text = json.dumps(
        _proof(loud, *EVERYTHING, *(replace(loud, workspace=g.workspace, project=g.project) for g in GRANTS))
    )
    assert [external_id for external_id in ALL_IDS if external_id in text] == []
    assert all(sha256(external_id) in text for external_id in ALL_IDS)


def test_an_id_that_another_one_begins_with_is_put_out_whole() -> None:
    long = left_open(GOOD[0], "id-1-and-more")
    [kept] = _proof(role("x", probes=(long,)), external_ids=["id-1", "id-1-and-more"])["roles"]
    assert kept["probes"][0]["reason"] == f"sha256:{sha256('id-1-and-more')}"


def test_what_was_compiled_has_the_same_hash_in_every_run() -> None:
    grant = replace(GRANT, masked_external_id=not GRANT.masked_external_id)
    first = fingerprint(replace(grant, trust=Trust(grant.trust.principals, ("b-b", "a-a"))), ("b-b", "a-a"))
    assert first == fingerprint(replace(grant, trust=Trust(grant.trust.principals, ("a-a", "b-b"))), ("a-a", "b-b"))
    assert canonical_json({"b": 1, "a": [1]}) == '{"a":[1],"b":1}'


CHANGES: dict[str, dict[str, Any]] = {
    "path": {"role_path": "/other/"},
    "session": {"max_session_seconds": 7200},
    "boundary": {"permissions_boundary": "arn:aws:iam::111111111111:policy/b"},
    "tags": {"tags": (("a", "b"),)},
    "region of the secrets": {"region": "eu-west-1"},
    "permissions": {"permissions": replace(GRANT.permissions, secrets=())},
    "principal": {"trust": replace(GRANT.trust, principals=("arn:aws:iam::222222222222:root",))},
    "verifier": {"trust": replace(GRANT.trust, verifier=CI)},
    "pending": {"trust": Trust((), (), pending=True)},
}


@pytest.mark.parametrize("what", CHANGES)
def test_each_part_of_a_role_counts_for_the_hash(what: str) -> None:
    changed = replace(GRANT, **CHANGES[what])
    assert _compiled(changed) != _compiled(GRANT)


def test_external_ids_count_for_the_hash_the_verifier_s_too() -> None:
    verified = replace(GRANT, trust=replace(GRANT.trust, verifier=CI))
    hashes = {
        _compiled(GRANT),
        fingerprint(GRANT, ("another-id",)).compiled_sha256,
        fingerprint(verified, IDS[GRANT.address], "one").compiled_sha256,
        fingerprint(verified, IDS[GRANT.address], "two").compiled_sha256,
    }
    assert len(hashes) == 4


def test_where_a_role_is_written_in_the_estate_does_not_count() -> None:
    assert _compiled(replace(GRANT, location=replace(GRANT.location, line=999), id_location=None)) == _compiled(GRANT)


def _compiled(grant: Grant) -> str:
    return fingerprint(grant, IDS[grant.address]).compiled_sha256


def test_the_role_of_a_run_without_findings_is_kept_like_any_other() -> None:
    assert [kept["verdict"] for kept in _proof(BILLING, OPEN)["roles"]] == ["verified", "unprotected"]
