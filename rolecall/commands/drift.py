"""`rolecall drift`: every live role against the compiled one, and the roles that no file knows."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from rolecall.accounts.live_roles import LiveRoles
from rolecall.accounts.parameters import external_ids, verifier_id
from rolecall.accounts.reach import AwsReach, LocalReach, Reach
from rolecall.accounts.unmanaged import Unmanaged, unmanaged
from rolecall.answer import CANNOT_TELL, NO, YES, Answer, CommandError
from rolecall.commands import local as local_command
from rolecall.estate import selected, sound
from rolecall.model.grant import Estate, Grant
from rolecall.model.invalid import InvalidValueError
from rolecall.report import drift as report
from rolecall.report.drift import Drift, RoleDrift, Status
from rolecall.runtime.lines import Lines
from rolecall.runtime.live_account import LINE, WORKERS
from rolecall.runtime.live_role import RoleReading
from rolecall.verification.comparison import changes, policies_by_hand


class Track(Protocol):
    """Shows progress while results come in."""

    def __call__(self, results: Iterable[RoleDrift], total: int, doing: str) -> Iterable[RoleDrift]:
        """Take the results and how many there will be, and give them on."""


def drift(folder: Path, selectors: Sequence[str], target: str, output: str, track: Track) -> Answer:
    """Compare what was selected, and look through its accounts. Reads IAM alone and changes nothing."""
    estate = sound(folder)
    grants = selected(estate.grants, selectors)
    reach: Reach = LocalReach(local_command.found(folder)) if target == "local" else AwsReach.of(estate.grants)
    found = compared(estate, grants, reach, track)
    text = report.as_json(found) if output == "json" else report.as_text(found, target)
    return Answer(text, exit_code(found))


def compared(estate: Estate, grants: Sequence[Grant], reach: Reach, track: Track) -> Drift:
    """The selected roles against their live ones, in the order of the estate; and what else their accounts hold."""
    lines = Lines()
    live = LiveRoles(grants, reach, lines)
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(lambda grant: against(grant, live.of(grant), reach), grants)
        roles = tuple(track(found, len(grants), "comparing"))
        rest = list(pool.map(lambda account: _unmanaged(account, live.accounts[account], estate, lines), live.accounts))
    return Drift(
        roles,
        tuple(sorted(arn for found in rest for arn in found.arns)),
        {account: found.reason for account, found in sorted(zip(live.accounts, rest, strict=True)) if found.reason},
    )


def exit_code(found: Drift) -> int:
    """No if something is not as the estate says; it cannot be told if nothing is and something was not seen."""
    if found.count(Status.DRIFTED) or found.count(Status.MISSING) or found.unmanaged:
        return NO
    return CANNOT_TELL if found.count(Status.UNKNOWN) or found.unlisted else YES


def _unmanaged(account: str, iam: Any, estate: Estate, lines: Lines) -> Unmanaged:
    reason = iam if isinstance(iam, str) else lines.why_dead(LINE)
    return Unmanaged(reason=reason) if reason else unmanaged(iam, account, estate)


def against(grant: Grant, reading: RoleReading, reach: Reach) -> RoleDrift:
    """One role: what its reading says against the estate."""
    if reading.missing:
        return RoleDrift(grant.workspace, grant.project, grant.role_arn, Status.MISSING)
    if reading.role is None:
        return _unknown(grant, reading.reason)
    try:
        found = changes(grant, reading.role, external_ids(grant, reach), verifier_id(grant, reach))
    except (CommandError, InvalidValueError) as error:
        return _unknown(grant, str(error))
    return RoleDrift(
        grant.workspace,
        grant.project,
        grant.role_arn,
        Status.DRIFTED if found else Status.SAME,
        found,
        policies_by_hand(grant, reading.role),
    )


def _unknown(grant: Grant, reason: str | None) -> RoleDrift:
    return RoleDrift(grant.workspace, grant.project, grant.role_arn, Status.UNKNOWN, reason=reason)
