"""Intents of write probes as files: private, locked by the run that wrote them, found by the next one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.runtime.write_intents import Earlier, NotNotedError
from rolecall.verification.write_intents import FileIntents

ROLE, OTHER = "arn:aws:iam::111111111111:role/r", "arn:aws:iam::111111111111:role/other"
NAME = "app/rolecall-probe-0123456789abcdef"
REGION = "eu-central-1"
NOTE = ".rolecall/write-probes/fd576578283777ebccafeb826e03e714.json"
NOTED = [Earlier(NAME, REGION, note=NOTE)]
BEGIN = """
import sys, time
from pathlib import Path
from rolecall.verification.write_intents import FileIntents
intents = FileIntents(Path(sys.argv[1]), print)
intents.begin(*sys.argv[2:])
print("begun", flush=True)
time.sleep(float(sys.stdin.readline()))
"""


def files(folder: Path) -> list[Path]:
    return sorted((folder / ".rolecall" / "write-probes").glob("*"))


def begun(folder: Path) -> "subprocess.Popen[str]":
    """A run of another process that has begun, and lives."""
    command = [sys.executable, "-c", BEGIN, str(folder), NAME, REGION, ROLE]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def test_a_note_is_private_and_holds_no_more_than_what_is_needed(tmp_path: Path) -> None:
    FileIntents(tmp_path, print).begin(NAME, REGION, ROLE)
    (file,) = files(tmp_path)
    assert f".rolecall/write-probes/{file.name}" == NOTE
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert json.loads(file.read_text()) == {"name": NAME, "region": REGION, "role_arn": ROLE, "beside": False}


def test_what_a_killed_run_began_is_found_and_dropped_when_done(tmp_path: Path) -> None:
    process = begun(tmp_path)
    process.kill()
    process.communicate()
    intents = FileIntents(tmp_path, print)
    assert intents.earlier(OTHER) == []
    assert intents.earlier(ROLE) == NOTED
    assert intents.of_others([OTHER]) == (f"{NAME} in {REGION}, made with {ROLE}",)
    assert intents.of_others([ROLE]) == ()
    intents.done(NAME)
    assert files(tmp_path) == []


def test_what_a_run_that_still_lives_began_is_left_to_it(tmp_path: Path) -> None:
    process = begun(tmp_path)
    try:
        assert FileIntents(tmp_path, print).earlier(ROLE) == []
    finally:
        process.kill()
        process.communicate()


def test_what_one_run_took_over_is_not_taken_by_another(tmp_path: Path) -> None:
    process = begun(tmp_path)
    process.kill()
    process.communicate()
    first, second = FileIntents(tmp_path, print), FileIntents(tmp_path, print)
    assert first.earlier(ROLE) == NOTED
    assert second.earlier(ROLE) == []


def test_what_was_asked_beside_the_grant_is_known_to_the_next_run_until_it_is_noted_anew(tmp_path: Path) -> None:
    intents = FileIntents(tmp_path, print)
    intents.begin(NAME, REGION, ROLE, beside=True)
    intents._hold(NAME, None)  # as the end of the run does
    (found,) = FileIntents(tmp_path, print).earlier(ROLE)
    assert (found.name, found.beside) == (NAME, True)
    intents.begin(NAME, REGION, ROLE)
    assert FileIntents(tmp_path, print).earlier(ROLE) == []
    intents._hold(NAME, None)
    assert FileIntents(tmp_path, print).earlier(ROLE) == NOTED


def test_a_run_does_not_find_its_own(tmp_path: Path) -> None:
    intents = FileIntents(tmp_path, print)
    intents.begin(NAME, REGION, ROLE)
    assert intents.earlier(ROLE) == []
    intents.done(NAME)
    assert files(tmp_path) == []


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    intents = FileIntents(tmp_path, print)
    assert intents.earlier(ROLE) == []
    intents.done(NAME)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "{}",
        json.dumps({"name": "prod/db", "region": REGION, "role_arn": ROLE}),
        json.dumps({"name": NAME, "region": 7, "role_arn": ROLE}),
        json.dumps({"name": 7, "region": REGION, "role_arn": ROLE}),
        json.dumps({"name": NAME, "region": REGION, "role_arn": ROLE}),
    ],
)
def test_a_file_that_is_no_note_is_told_once_and_left(text: str, tmp_path: Path) -> None:
    """The last one would be, under its own file name."""
    said: list[str] = []
    folder = tmp_path / ".rolecall" / "write-probes"
    folder.mkdir(parents=True)
    (folder / "strange.json").write_text(text)
    intents = FileIntents(tmp_path, said.append)
    assert (intents.earlier(ROLE), intents.earlier(ROLE)) == ([], [])
    assert len(said) == 1
    assert "strange.json: no note of a write probe" in said[0]
    assert (folder / "strange.json").read_text() == text


@pytest.mark.parametrize("wrong", [{"region": 7}, {"role_arn": None}, {"beside": "yes"}])
def test_a_file_of_the_right_name_is_no_note_all_the_same(wrong: dict[str, object], tmp_path: Path) -> None:
    file = tmp_path / NOTE
    file.parent.mkdir(parents=True)
    sound = {"name": NAME, "region": REGION, "role_arn": ROLE}
    file.write_text(json.dumps(sound))
    assert FileIntents(tmp_path, print).of_others([]) != ()
    file.write_text(json.dumps(sound | wrong))
    said: list[str] = []
    assert FileIntents(tmp_path, said.append).of_others([]) == ()
    assert len(said) == 1


def test_a_place_that_cannot_be_written_to_is_told_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / ".rolecall").write_text("a file where the folder belongs")
    said: list[str] = []
    intents = FileIntents(tmp_path, said.append)
    with pytest.raises(NotNotedError, match=r"cannot be noted in .rolecall/write-probes: Not a directory; make"):
        intents.begin(NAME, REGION, ROLE)
    assert (intents.earlier(ROLE), intents.of_others([])) == ([], ())
    intents.done(NAME)
    assert said == []


def descriptors() -> int:
    """How many this process has open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = descriptors()
    intents = FileIntents(tmp_path, print)
    for number in range(5):
        name = f"app/rolecall-probe-{number:016x}"
        intents.begin(name, REGION, ROLE)
        intents.earlier(ROLE)
        intents.done(name)
    assert descriptors() == before
