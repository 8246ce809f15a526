"""The proof files of an estate: one for each run of `verify`, written whole or not at all, and read with caution."""

import json
import re
import secrets as randomness
import stat
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import fdopen, fsync
from pathlib import Path
from typing import Any

from rolecall import state_folder
from rolecall.accounts.reach import Reach
from rolecall.answer import CommandError, Say
from rolecall.model.grant import Grant
from rolecall.report.plain import printable
from rolecall.report.proof import canonical_json, sha256
from rolecall.runtime.lines import Lines
from rolecall.runtime.observation import observe
from rolecall.runtime.side_by_side import side_by_side
from rolecall.state_folder import hide_from_git

FOLDER = Path(state_folder.NAME, "proofs")
# Nobody looks further back than so many runs; a run of a thousand roles is some 4 MB, and no proof is a hundred.
MOST_PROOFS = 50
MOST_BYTES = 100_000_000
_NAME = re.compile(r"[0-9]{8}T[0-9]{12}Z-(?:local|aws)-[0-9a-f]{8}\.json")


@dataclass(frozen=True)
class ProvedRole:
    """One role in a proof."""

    address: str
    role_arn: str
    verdict: str
    evidence: tuple[str, ...]
    compiled_sha256: str | None
    external_ids_sha256: tuple[str, ...]

    @property
    def is_proved(self) -> bool:
        """Whether the template was deployed there, and every probe passed."""
        return "template" in self.evidence and self.verdict in ("verified", "inconclusive")

    @property
    def is_refuted(self) -> bool:
        """Whether something spoke against the role."""
        return self.verdict not in ("verified", "inconclusive")


@dataclass(frozen=True)
class Proof:
    """One run, as its file tells it."""

    path: Path
    time: datetime
    target: str
    mode: str
    roles: Mapping[str, ProvedRole]
    """By address."""
    shape: Mapping[str, Any]
    """All of it, as it stands in the file."""


def write_proof(estate: Path, proof: Mapping[str, Any], now: datetime, say: Say) -> Path | None:
    """Keep the proof of a run below an estate's folder, for the owner's eyes only.

    What cannot be written is told and changes nothing else: the answer of the run stands. None is returned then.
    """
    folder = estate / FOLDER
    time = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
    path = folder / f"{time}Z-{proof['target']}-{randomness.token_hex(4)}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        hide_from_git(folder)
        _write_whole(path, json.dumps(proof, indent=1))
    except OSError as error:
        say(f"the proof of this run is not kept: {folder} cannot be written ({error.strerror or type(error).__name__})")
        return None
    return path


def _write_whole(path: Path, text: str) -> None:
    """Put a file there at once, so that nobody ever reads half a proof."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".tmp")  # mode 0600
    try:
        with fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_proofs(estate: Path, say: Say, most: int = MOST_PROOFS) -> list[Proof]:
    """The proofs of an estate, the newest first. What is no proof of ours is passed over, and told.

    Args:
        most: how many; older ones are not read.
    """
    try:
        # Hidden ones are proofs that are being written, or whose writer was killed.
        paths = sorted((p for p in (estate / FOLDER).iterdir() if not p.name.startswith(".")), reverse=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        say(f"{estate / FOLDER} cannot be read ({error.strerror or type(error).__name__}): no earlier proof is known")
        return []
    found: list[Proof] = []
    for path in paths:
        if len(found) == most:
            break
        try:
            found.append(_read(path))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            what = (
                error.strerror if isinstance(error, OSError) and error.strerror else "it is no proof that can be read"
            )
            say(f"{printable(str(path))} is passed over: {what}")
    return found


def _read(path: Path) -> Proof:
    """One file.

    Raises:
        OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError: it is something else.
    """
    state = path.lstat()
    if not (_NAME.fullmatch(path.name) and stat.S_ISREG(state.st_mode) and state.st_size <= MOST_BYTES):
        raise ValueError
    shape = json.loads(path.read_bytes())
    if shape["schema"] != 1 or shape["target"] not in ("local", "aws"):
        raise ValueError
    roles = [_role(role) for role in shape["roles"]]
    time = datetime.fromisoformat(shape["time"])
    if time.tzinfo is None:
        raise ValueError
    return Proof(path, time, shape["target"], str(shape["mode"]), {role.address: role for role in roles}, shape)


def _role(shape: Mapping[str, Any]) -> ProvedRole:
    return ProvedRole(
        address=f"{shape['workspace']}/{shape['project']}",
        role_arn=str(shape["role_arn"]),
        verdict=str(shape["verdict"]),
        evidence=tuple(map(str, shape["evidence"])),
        compiled_sha256=shape["compiled_sha256"],
        external_ids_sha256=tuple(map(str, shape["external_ids_sha256"])),
    )


def proved_on_the_embedded_aws(proofs: Iterable[Proof], compiled_sha256: str, address: str) -> bool:
    """Whether the newest run on the embedded AWS that decided about this role, compiled as it is now, proved it.

    A role that was compiled to something else since has to be proved anew. A run that called nobody, or that wanted
    evidence of another kind as well, decides nothing; one that found something against the role does.

    Args:
        proofs: the newest first, as `read_proofs` has them.
    """
    local = (proof.roles[address] for proof in proofs if proof.target == "local" and address in proof.roles)
    same = (role for role in local if role.compiled_sha256 == compiled_sha256)
    return next((role.is_proved for role in same if role.is_proved or role.is_refuted), False)


def template_hashes(reach: Reach, grants: Sequence[Grant], lines: Lines) -> dict[str, str | None]:
    """SHA-256 of each deployed stack's template by stack, account and region; None where it cannot be read."""
    stacks = sorted({(grant.stack, grant.account, grant.region) for grant in grants})
    hashes = side_by_side(lambda stack: _template_hash(reach, *stack, lines), stacks)
    return {"-".join(stack): found for stack, found in zip(stacks, hashes, strict=True)}


def _template_hash(reach: Reach, stack: str, account: str, region: str, lines: Lines) -> str | None:
    line = f"CloudFormation in {region}"
    if lines.why_dead(line):
        return None
    try:
        client = reach.client(account, "cloudformation", region)
    except CommandError:
        return None
    seen, answer = observe(lambda: client.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"])
    lines.note(line, seen)
    return sha256(_canonical(answer)) if answer else None


def _canonical(template: object) -> str:
    """boto3 takes JSON apart and leaves YAML as it is."""
    if not isinstance(template, str):
        return canonical_json(template)
    try:
        return canonical_json(json.loads(template))
    except ValueError:
        return template
