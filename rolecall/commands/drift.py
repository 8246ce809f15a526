"""`rolecall drift`: every live role against the compiled one, and the roles that no file knows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from rolecall.accounts.live_roles import LiveRoles, iam_of
from rolecall.accounts.parameters import external_ids, verifier_id
from rolecall.accounts.reach import AwsReach, LocalReach, Reach
from rolecall.accounts.unmanaged import Unmanaged, unmanaged
from rolecall.answer import CANNOT_TELL, NO, YES, Answer, CommandError, Say
from rolecall.commands import local as local_command
from rolecall.estate import selected, sound
from rolecall.model.grant import Estate, Grant
from rolecall.model.invalid import InvalidValueError
from rolecall.report import drift as report
from rolecall.report.drift import Drift, RoleDrift, Status
from rolecall.runtime.lines import Lines
from rolecall.runtime.live_account import LINE
from rolecall.runtime.live_role import RoleReading
from rolecall.runtime.side_by_side import side_by_side
from rolecall.verification.comparison import changes, policies_by_hand
from rolecall.verification.left_out import is_left_out
from rolecall.verification.left_out import why as why_left_out
from rolecall.verification.proofs import FOLDER, Proof, read_proofs
from rolecall.verification.wish import Wish

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/.+")
# The end of a stack's name in a proof, `<stack>-<account>-<region>`.
_PLACE = re.compile(r".+-([0-9]{12})-([a-z]{2}(?:-[a-z]+)+-[0-9])")
_PROVED = f"no file of the estate names this account, earlier proofs in {FOLDER} do"
Places = Mapping[str, str | None]
"""A region of each account, in which it may be reached; None where none is known."""


class Track(Protocol):
    """Shows progress while results come in."""

    def __call__(self, results: Iterable[RoleDrift], total: int, doing: str) -> Iterable[RoleDrift]:
        """Take the results and how many there will be, and give them on."""


def drift(folder: Path, selectors: Sequence[str], wish: Wish, say: Say, track: Track) -> Answer:
    """Compare what was selected, and look through its accounts. Reads IAM alone and changes nothing.

    Without a selector every account is looked through in which the estate has or had roles: one that lost its last role
    is in no file any more.
    """
    estate = sound(folder)
    grants = selected(estate.grants, selectors)
    left = [grant for grant in grants if wish.is_local and is_left_out(grant)]
    if wish.is_local:
        aws = local_command.found(folder)
        reach: Reach = LocalReach(aws)
        # Its accounts are all that there were since it started, and it forgets the others.
        earlier: Places = {name: aws.region for name in aws.identities() if name.isdigit()}
    else:
        earlier = {} if selectors else proved_accounts(read_proofs(folder, say))
        reach = reach_of(estate, earlier)
    asked = [grant for grant in grants if not (wish.is_local and is_left_out(grant))]
    found = compared(estate, asked, reach, track, {} if selectors else further(estate, earlier))
    found = replace(found, roles=(*found.roles, *(_unknown(grant, why_left_out(grant)) for grant in left)))
    text = report.as_json(found) if wish.output == "json" else report.as_text(found, wish.target, width=wish.width)
    return Answer(text, exit_code(found))


def proved_accounts(proofs: Sequence[Proof]) -> dict[str, str | None]:
    """The accounts of every role on AWS that was ever proved, each with the region of a stack where a proof has one."""
    on_aws = [proof for proof in proofs if proof.target == "aws"]
    arns = (_ROLE.fullmatch(role.role_arn) for proof in on_aws for role in proof.roles.values())
    regions: dict[str, str] = {}
    for proof in on_aws:
        templates = proof.shape.get("templates")
        for name in templates if isinstance(templates, dict) else ():
            if place := _PLACE.fullmatch(name):
                regions.setdefault(place[1], place[2])
    return {arn[1]: regions.get(arn[1]) for arn in arns if arn}


def further(estate: Estate, earlier: Places) -> Places:
    """The accounts without a role in the estate's files: its default account, and those where it had roles earlier."""
    held = {grant.account for grant in estate.grants}
    region = estate.default_region or next((grant.region for grant in estate.grants), None)
    every = dict.fromkeys(estate.accounts) | dict(earlier)
    return {account: every[account] or region for account in sorted(every) if account not in held}


def reach_of(estate: Estate, earlier: Places) -> AwsReach:
    """The accounts on AWS. A reader that the estate names for whichever account reads those without roles too."""
    general = next((grant for grant in estate.grants if "{account}" in (grant.reader_role or "")), None)
    left = further(estate, earlier)
    readers = (replace(general, account=account) for account in left if general)
    return AwsReach.of([*estate.grants, *readers], own_through_reader=estate.pipeline is not None)


def compared(
    estate: Estate, grants: Sequence[Grant], reach: Reach, track: Track, further: Places | None = None
) -> Drift:
    """The selected roles against their live ones, in the order of the estate; and what else the accounts hold.

    Args:
        further: accounts that are looked through besides those of the selected roles. Default: none.
    """
    lines = Lines()
    live = LiveRoles(grants, reach, lines)
    besides = {account: _iam(reach, account, region) for account, region in (further or {}).items()}
    accounts = {**live.accounts, **besides}
    found = side_by_side(lambda grant: against(grant, live.of(grant), reach), grants)
    roles = tuple(track(found, len(grants), "comparing"))
    looked_through = side_by_side(lambda a: _unmanaged(a, accounts[a], estate, lines), list(accounts))
    rest = dict(zip(accounts, looked_through, strict=True))
    return Drift(
        roles,
        tuple(sorted(arn for seen in rest.values() for arn in seen.arns)),
        {account: _why(account, reason, estate) for account in sorted(rest) if (reason := rest[account].reason)},
        {arn: other for account in sorted(rest) for arn, other in rest[account].of_others.items()},
    )


def exit_code(found: Drift) -> int:
    """No if something is not as the estate says; it cannot be told if nothing is and something was not seen."""
    if found.count(Status.DRIFTED) or found.count(Status.MISSING) or found.unmanaged:
        return NO
    return CANNOT_TELL if found.count(Status.UNKNOWN) or found.unlisted else YES


def _iam(reach: Reach, account: str, region: str | None) -> Any:
    return iam_of(reach, account, region) if region else "no region is known in which it could be reached"


def _unmanaged(account: str, iam: Any, estate: Estate, lines: Lines) -> Unmanaged:
    reason = iam if isinstance(iam, str) else lines.why_dead(LINE)
    return Unmanaged(reason=reason) if reason else unmanaged(iam, account, estate, lines)


def _why(account: str, reason: str, estate: Estate) -> str:
    """Whoever wonders at an account that no file names is told where it comes from."""
    return reason if account in estate.accounts else f"{reason} ({_PROVED})"


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
