"""Proof files: written whole or not at all, for the owner's eyes, and read with caution."""

import json
import os
import stat
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.answer import CANNOT_TELL, CommandError
from rolecall.estate import sound
from rolecall.report.proof import canonical_json, sha256
from rolecall.runtime.lines import Lines
from rolecall.verification.proofs import (
    FOLDER,
    proved_on_the_embedded_aws,
    read_proofs,
    template_hashes,
    write_proof,
)

NOW = datetime(2026, 11, 22, 11, 0, 0, 123456, UTC)
GRANTS = sound(Path(__file__).parents[2] / "examples" / "acme").grants


PROVED = ("template", "live", "assumed")


def _shape(
    verdict: str = "verified",
    target: str = "local",
    compiled: str | None = "c0",
    now: datetime = NOW,
    evidence: Sequence[str] = PROVED,
) -> dict[str, Any]:
    role = {
        "workspace": "acme",
        "project": "billing",
        "role_arn": "arn:aws:iam::111111111111:role/b",
        "verdict": verdict,
        "evidence": list(evidence) if verdict in ("verified", "inconclusive") else [],
        "external_ids_sha256": ["e0"],
        "compiled_sha256": compiled,
    }
    time = now.isoformat().replace("+00:00", "Z")
    return {"schema": 1, "time": time, "target": target, "mode": "vendor", "roles": [role]}


def _write(estate: Path, minutes: int = 0, **more: Any) -> Path:
    now = NOW + timedelta(minutes=minutes)
    path = write_proof(estate, _shape(now=now, **more), now, pytest.fail)
    assert path is not None
    return path


def test_a_proof_has_the_time_and_the_target_in_its_name_and_is_the_owner_s_alone(tmp_path: Path) -> None:
    path = _write(tmp_path)
    assert path.parent == tmp_path / ".rolecall" / "proofs"
    assert path.name.startswith("20261122T110000123456Z-local-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text("utf-8")) == _shape()
    assert list(path.parent.iterdir()) == [path]


def test_two_runs_at_the_same_time_keep_both_proofs(tmp_path: Path) -> None:
    assert _write(tmp_path) != _write(tmp_path)
    assert len(read_proofs(tmp_path, pytest.fail)) == 2


@pytest.mark.parametrize("died", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_dies_between_writing_and_naming_leaves_no_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, died: BaseException
) -> None:
    seen = []

    def die(self: Path, target: Path) -> Path:
        seen.append((self.parent == target.parent, target.exists(), json.loads(self.read_text("utf-8")) == _shape()))
        raise died

    monkeypatch.setattr(Path, "replace", die)
    said: list[str] = []
    if isinstance(died, OSError):
        assert write_proof(tmp_path, _shape(), NOW, said.append) is None
        assert said == [
            f"the proof of this run is not kept: {tmp_path / FOLDER} cannot be written (No space left on device)"
        ]
    else:
        with pytest.raises(KeyboardInterrupt):
            write_proof(tmp_path, _shape(), NOW, pytest.fail)
    assert seen == [(True, False, True)]
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_what_is_killed_between_writing_and_naming_leaves_nothing_that_is_read(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:  # pragma: no cover -- another process
        Path.replace = lambda *_: os.kill(os.getpid(), 9)  # type: ignore[assignment,method-assign,return-value]
        write_proof(tmp_path, _shape(), NOW, print)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    assert [path.suffix for path in (tmp_path / FOLDER).iterdir()] == [".tmp"]
    assert read_proofs(tmp_path, pytest.fail) == []


def test_a_folder_that_cannot_be_written_is_told_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".rolecall").write_text("in the way")
    said: list[str] = []
    assert write_proof(tmp_path, _shape(), NOW, said.append) is None
    assert len(said) == 1
    assert said[0].startswith("the proof of this run is not kept: ")


def test_proofs_come_newest_first_and_not_more_than_asked_for(tmp_path: Path) -> None:
    old, new = _write(tmp_path), _write(tmp_path, 5, target="aws", verdict="drifted")
    found = read_proofs(tmp_path, pytest.fail)
    assert [(proof.path, proof.target) for proof in found] == [(new, "aws"), (old, "local")]
    assert found[0].time == NOW + timedelta(minutes=5)
    assert found[0].roles["acme/billing"].verdict == "drifted"
    assert found[0].shape["schema"] == 1
    assert [proof.path for proof in read_proofs(tmp_path, pytest.fail, most=1)] == [new]


def test_an_estate_without_a_run_has_no_proofs(tmp_path: Path) -> None:
    assert read_proofs(tmp_path, pytest.fail) == []


_GOOD_NAME = "20261122T120000000000Z-aws-0123abcd.json"
BROKEN: dict[str, bytes] = {
    "no JSON": b"{",
    "empty": b"",
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "deep": b"[" * 100_000,
    "another schema": json.dumps(_shape() | {"schema": 2}).encode(),
    "another target": json.dumps(_shape() | {"target": "moon"}).encode(),
    "no time": json.dumps(_shape() | {"time": "yesterday"}).encode(),
    "a time of no zone": json.dumps(_shape() | {"time": "2026-11-22T11:00:00"}).encode(),
    "roles that are none": json.dumps(_shape() | {"roles": [1]}).encode(),
    "no roles": json.dumps({key: value for key, value in _shape().items() if key != "roles"}).encode(),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_neighbour_is_passed_over_and_named(tmp_path: Path, what: str) -> None:
    good = _write(tmp_path)
    (good.parent / _GOOD_NAME).write_bytes(BROKEN[what])
    said: list[str] = []
    assert [proof.path for proof in read_proofs(tmp_path, said.append)] == [good]
    assert said == [f"{good.parent / _GOOD_NAME} is passed over: it is no proof that can be read"]


def test_foreign_names_folders_pipes_and_links_are_passed_over_and_named(tmp_path: Path) -> None:
    good = _write(tmp_path)
    (good.parent / "copy-of-a-proof.json").write_bytes(good.read_bytes())
    (good.parent / f"1{_GOOD_NAME[1:]}").mkdir()
    os.mkfifo(good.parent / f"3{_GOOD_NAME[1:]}")
    (good.parent / f"4{_GOOD_NAME[1:]}").symlink_to(good)
    said: list[str] = []
    assert [proof.path for proof in read_proofs(tmp_path, said.append)] == [good]
    assert len(said) == 4


def test_a_folder_of_proofs_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / ".rolecall").mkdir()
    (tmp_path / FOLDER).write_text("in the way")
    said: list[str] = []
    assert read_proofs(tmp_path, said.append) == []
    assert said == [f"{tmp_path / FOLDER} cannot be read (Not a directory): no earlier proof is known"]


RUNS = [
    ("it was verified there", [{}], True),
    ("only AWS verified it", [{"target": "aws"}], False),
    ("it was compiled to something else then", [{"compiled": "c1"}], False),
    ("nobody knows what it was compiled to", [{"compiled": None}], False),
    ("the newest run found it open", [{}, {"verdict": "unprotected"}], False),
    ("an older run found it open", [{"verdict": "unprotected"}, {}], True),
    ("a newer run was of something else", [{}, {"compiled": "c1", "verdict": "drifted"}], True),
    ("a newer run was on AWS", [{}, {"target": "aws", "verdict": "drifted"}], True),
    ("there was no run", [], False),
    ("a newer run called nobody", [{}, {"evidence": ["live"]}], True),
    ("a newer run wanted more evidence", [{"verdict": "inconclusive"}], True),
    ("a newer run came to no end", [{}, {"verdict": "inconclusive", "evidence": []}], True),
    ("nobody was called at all", [{"evidence": ["live"]}], False),
]


@pytest.mark.parametrize(("what", "runs", "proved"), RUNS, ids=[what for what, _, _ in RUNS])
def test_proved_on_the_embedded_aws(tmp_path: Path, what: str, runs: list[dict[str, Any]], proved: bool) -> None:
    for minutes, run in enumerate(runs):
        _write(tmp_path, minutes, **run)
    found = read_proofs(tmp_path, pytest.fail)
    assert proved_on_the_embedded_aws(found, "c0", "acme/billing") is proved, what
    assert not proved_on_the_embedded_aws(found, "c0", "acme/payroll")


def test_verified_without_a_call_is_no_proof_of_the_template(tmp_path: Path) -> None:
    shape = _shape()
    shape["roles"][0]["evidence"] = ["live"]
    write_proof(tmp_path, shape, NOW, pytest.fail)
    assert not proved_on_the_embedded_aws(read_proofs(tmp_path, pytest.fail), "c0", "acme/billing")


class _Templates:
    """CloudFormation, by account; None for an account that cannot be reached."""

    def __init__(self, templates: dict[str, Any]) -> None:
        self._templates = templates
        self.asked: list[tuple[str, str]] = []

    def client(self, account: str, service: str, region: str) -> "_Templates":
        assert service == "cloudformation"
        if self._templates["acme-prod"] is None:
            raise CommandError("no", "", CANNOT_TELL)
        return self

    def environment(self, account: str) -> dict[str, str]:
        raise NotImplementedError

    def get_template(self, **request: str) -> dict[str, Any]:
        self.asked.append((request["StackName"], request["TemplateStage"]))
        template = self._templates.get(request["StackName"])
        if template is None:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "no such stack"}}, "GetTemplate")
        return {"TemplateBody": template}


def _hash(template: Any) -> str | None:
    return template_hashes(_Templates({"acme-prod": template}), GRANTS, Lines())[_PROD]


_PROD = next(f"{grant.stack}-{grant.account}-{grant.region}" for grant in GRANTS if grant.stack == "acme-prod")


def test_each_stack_is_asked_once_for_what_was_deployed() -> None:
    aws = _Templates({"acme-prod": {"Resources": {}}})
    found = template_hashes(aws, GRANTS, Lines())
    stacks = {(grant.stack, grant.account, grant.region) for grant in GRANTS}
    assert sorted(found) == sorted("-".join(stack) for stack in stacks)
    assert sorted(aws.asked) == sorted((stack, "Original") for stack, _, _ in stacks)
    assert {key for key, value in found.items() if value} == {key for key in found if key.startswith("acme-prod-")}
    assert found[_PROD] == sha256('{"Resources":{}}')


def test_a_template_has_one_hash_however_it_is_laid_out() -> None:
    assert _hash({"b": 1, "a": 2}) == _hash({"a": 2, "b": 1}) == _hash('{"a": 2,\n "b": 1}')
    assert _hash("a: 2\n") == sha256("a: 2\n")
    assert _hash({"a": 3}) == sha256(canonical_json({"a": 3})) != _hash({"a": 2})


def test_what_cannot_be_read_has_no_hash() -> None:
    assert _hash(None) is None
