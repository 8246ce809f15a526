"""`rolecall verify`: read each live role back, then call it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rolecall.answer import CANNOT_TELL, NO, YES, Answer, Say
from rolecall.commands import local as local_command
from rolecall.estate import selected, sound
from rolecall.model.grant import Estate, Grant
from rolecall.model.services import S3Access, ServiceAccess
from rolecall.report import verification as report
from rolecall.report.proof import proof
from rolecall.runtime.rung import Rung
from rolecall.runtime.side_by_side import side_by_side
from rolecall.runtime.verdict import RoleResult, Verdict
from rolecall.verification.callers import Callers, Mode, aws_callers, local_callers
from rolecall.verification.expectations import MAX_SECRETS
from rolecall.verification.left_out import is_left_out, taking_part
from rolecall.verification.left_out import result as left_out_result
from rolecall.verification.proofs import template_hashes, write_proof
from rolecall.verification.role_proof import prove
from rolecall.verification.run import Run, begin
from rolecall.verification.service_stand_ins import make_services
from rolecall.verification.stand_ins import make_secrets
from rolecall.verification.tried_services import MAX_RESOURCES
from rolecall.verification.wish import Wish

Track = Callable[[Iterable[RoleResult], int], Iterable[RoleResult]]
"""Shows progress while results come in; takes them and how many there will be."""


def verify(folder: Path, selectors: Sequence[str], wish: Wish, say: Say, track: Track) -> Answer:
    """The proof of every selected role, which is kept below the estate's folder too."""
    now = datetime.now(UTC)
    _ = wish.rungs  # what is misspelt comes first: everything else takes longer
    estate = sound(folder)
    grants, left = _divided(selected(estate.grants, selectors), wish)
    known = taking_part(estate) if wish.is_local else estate
    callers = _callers(folder, known, grants, wish, say)
    if wish.is_local and callers.reach is not None:
        make_secrets(callers.reach, grants, known.grants, say)
        make_services(callers.reach, grants, say)
    run = begin(folder, known, grants, callers, wish, say)
    _tell_left_out(grants, run, say)
    _tell_left_over(estate, run, say)
    proofs = side_by_side(lambda grant: prove(grant, run), grants, run.stop)
    results = [*track(proofs, len(grants)), *map(left_out_result, left)]
    facts = report.RunFacts(callers.mode.value, callers.arn, run.required, wish.target, report.utc(now))
    _keep(folder, grants, results, run, facts, now, say)
    return Answer(report.render(wish.output, results, facts, width=wish.width), exit_code(results))


def _divided(grants: Sequence[Grant], wish: Wish) -> tuple[list[Grant], list[Grant]]:
    """The roles that are asked, and those that the embedded AWS has no place for."""
    left = [grant for grant in grants if wish.is_local and is_left_out(grant)]
    return [grant for grant in grants if not (wish.is_local and is_left_out(grant))], left


def exit_code(results: Sequence[RoleResult]) -> int:
    """Yes if all are verified; no if one is not; it cannot be told if the rest is inconclusive only."""
    verdicts = {result.verdict for result in results}
    if verdicts <= {Verdict.VERIFIED}:
        return YES
    return CANNOT_TELL if verdicts <= {Verdict.VERIFIED, Verdict.INCONCLUSIVE} else NO


def _callers(folder: Path, estate: Estate, grants: Sequence[Grant], wish: Wish, say: Say) -> Callers:
    if wish.is_local:
        return local_callers(local_command.found(folder), estate, grants, Mode(wish.mode))
    return aws_callers(estate, grants, Mode(wish.mode), say)


def _keep(
    folder: Path,
    grants: Sequence[Grant],
    results: Sequence[RoleResult],
    run: Run,
    facts: report.RunFacts,
    now: datetime,
    say: Say,
) -> None:
    """Leave the proof of this run; of the templates of those stacks whose roles could be read.

    Args:
        grants: the roles that were asked.
        results: theirs in this order, and behind them those of roles that were left out.
    """
    live = [g for g, result in zip(grants, results, strict=False) if Rung.LIVE in result.evidence or result.differs]
    reach = run.callers.reach
    shape = proof(
        results,
        facts,
        now=now,
        fingerprints={grant.address: run.fingerprint(grant) for grant in grants if run.knows(grant)},
        templates=template_hashes(reach, live, run.lines) if reach is not None else {},
        external_ids=[value for known in run.ids.values() for value in known.all],
    )
    write_proof(folder, shape, now, say)


def _tell_left_out(grants: Sequence[Grant], run: Run, say: Say) -> None:
    """A sample is told: nobody is to take eight neighbours for all of them."""
    left = max((run.neighbours[grant.vendor].left_out(run.ids[grant.address].vendor) for grant in grants), default=0)
    if left:
        say(f"each role is asked with a sample of its neighbours' IDs; up to {left} more are not tried")
    many = max((len(grant.permissions.secrets) for grant in grants), default=0)
    if run.secrets and many > MAX_SECRETS:
        say(f"of each role's secrets {MAX_SECRETS} are tried; up to {many - MAX_SECRETS} more are not")
    most = max((_resources(each) for grant in grants for each in grant.permissions.services), default=0)
    if run.secrets and most > MAX_RESOURCES:
        say(f"of each service {MAX_RESOURCES} resources of a role are tried; up to {most - MAX_RESOURCES} more are not")


def _resources(access: ServiceAccess) -> int:
    """How many there are to be tried: of a bucket each of its prefixes."""
    prefixes = access.prefixes if isinstance(access, S3Access) else ()
    return len(access.names) * max(1, len(prefixes))


def _tell_left_over(estate: Estate, run: Run, say: Say) -> None:
    """Secrets of write probes that no role of the estate could delete any more."""
    for words in run.intents.of_others({grant.role_arn for grant in estate.grants}) if run.intents else ():
        say(f"left over from an earlier run: {words}; delete it by hand")
