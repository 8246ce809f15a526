"""`rolecall verify`: read each live role back, then call it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from rolecall import local
from rolecall.commands import local as local_command
from rolecall.commands.answer import CANNOT_TELL, NO, USAGE, YES, Answer, CommandError, Say
from rolecall.commands.comparison import differences
from rolecall.commands.expectations import MAX_SECRETS, expectation, neighbours_by_vendor
from rolecall.commands.parameters import external_ids
from rolecall.commands.reach import LocalReach
from rolecall.commands.stand_ins import make_secrets
from rolecall.estate import selected, sound
from rolecall.model.grant import Grant
from rolecall.report import verification as report
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.live_role import RoleReading, read_role
from rolecall.runtime.observation import Observed
from rolecall.runtime.patience import AT_ONCE
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.secret_probes import SecretProbes
from rolecall.runtime.trust_probes import TrustProbes
from rolecall.runtime.verdict import Difference, RoleResult, Verdict, evidence, findings, verdict
from rolecall.runtime.wrong_ids import Neighbours

# Roles that are probed side by side. The embedded AWS answers about 200 calls a second, however many ask.
WORKERS = 16
DEFAULT_RUNGS = (Rung.LIVE, Rung.ASSUMED)

Track = Callable[[Iterable[RoleResult], int], Iterable[RoleResult]]
"""Shows progress while results come in; takes them and how many there will be."""


@dataclass(frozen=True)
class Callers:
    """Who calls: the vendors' principals by their ARN, and a stranger."""

    vendors: Mapping[str, Clients]
    stranger: Clients


def verify(folder: Path, selectors: Sequence[str], output: str, rungs: Sequence[str], say: Say, track: Track) -> Answer:
    """The proof of every role on the embedded AWS."""
    estate = sound(folder)
    grants = selected(estate.grants, selectors)
    required = _rungs(rungs)
    aws = local_command.found(folder)
    reach = LocalReach(aws)
    make_secrets(reach, grants, estate.grants, say)
    ids = {grant.address: external_ids(grant, reach) for grant in estate.grants}
    neighbours = neighbours_by_vendor(estate.grants, ids)
    _tell_left_out(grants, ids, neighbours, say)
    callers = callers_of(aws, grants)

    def one(grant: Grant) -> RoleResult:
        expected = expectation(grant, ids, neighbours[grant.vendor], secrets=True)
        iam = reach.client(grant.account, "iam", grant.region)
        return verified(grant, expected, read_role(iam, grant.role_name), callers, required)

    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(track(pool.map(one, grants), len(grants)))
    render = report.as_json if output == "json" else report.as_text
    return Answer(render(results, mode="vendor", caller_arn=None), exit_code(results))


def verified(
    grant: Grant, expected: RoleExpectation, reading: RoleReading, callers: Callers, required: Sequence[Rung]
) -> RoleResult:
    """One role: what its reading and its probes say, and the verdict."""
    if reading.missing:
        text = "there is no such role"
        return _result(grant, Verdict.MISSING, (), (text,), (), "rolecall deploy")
    seen = differences(grant, reading.role, expected.external_ids) if reading.role else None
    probes = list(_probes(grant, expected, callers))
    seen = [_as_called(difference, probes) for difference in seen] if seen is not None else None
    against = findings(probes, seen or [])
    climbed = evidence(probes, seen)
    word = verdict(against, climbed, required)
    if Rung.ASSUMED in climbed and word is Verdict.VERIFIED:
        climbed = (Rung.TEMPLATE, *climbed)
    texts = tuple(text for _, text in against) + ((reading.reason,) if reading.reason else ())
    return _result(grant, word, climbed, texts, tuple(probes), report.hint(word, texts))


def _as_called(difference: Difference, probes: Sequence[Probe]) -> Difference:
    """A trust that reads as shut and that lets the vendor in all the same has changed, and is not refused."""
    right = [probe.observed for probe in probes if probe.kind == "right_external_id"]
    let_in = bool(right) and set(right) == {Observed.ALLOWED}
    return (
        replace(difference, verdict=Verdict.DRIFTED)
        if let_in and difference.verdict is Verdict.NOT_ASSUMABLE
        else difference
    )


def _probes(grant: Grant, expected: RoleExpectation, callers: Callers) -> Iterable[Probe]:
    trust = TrustProbes(expected, AT_ONCE)
    vendors = [callers.vendors[principal] for principal in grant.trust.principals if principal in callers.vendors]
    if not vendors and not grant.trust.pending:
        yield from trust.skipped("no credentials for the vendor's principal")
        return
    # A pending trust lets nobody in, so that anybody can ask.
    vendor, *others = vendors or [callers.stranger]
    yield from trust.as_vendor(vendor)
    for other in others:
        yield from trust.with_the_right_id(other)
    yield from trust.as_stranger(callers.stranger)
    yield from SecretProbes(expected).as_vendor(vendor)


def callers_of(aws: local.LocalAws, grants: Sequence[Grant]) -> Callers:
    """Every vendor principal of the grants, and the stranger, on the embedded AWS."""
    known = set(aws.identities())
    principals = sorted({principal for grant in grants for principal in grant.trust.principals} & known)
    return Callers({arn: Clients(aws.session(arn)) for arn in principals}, Clients(aws.session("foreign")))


def exit_code(results: Sequence[RoleResult]) -> int:
    """Yes if all are verified; no if one is not; it cannot be told if the rest is inconclusive only."""
    verdicts = {result.verdict for result in results}
    if verdicts <= {Verdict.VERIFIED}:
        return YES
    return CANNOT_TELL if verdicts <= {Verdict.VERIFIED, Verdict.INCONCLUSIVE} else NO


def _rungs(names: Sequence[str]) -> tuple[Rung, ...]:
    try:
        return tuple(Rung(name) for name in names) or DEFAULT_RUNGS
    except ValueError as error:
        raise CommandError(str(error), f"--require takes {', '.join(Rung)}, with commas", USAGE) from None


def _tell_left_out(
    grants: Sequence[Grant], ids: Mapping[str, tuple[str, ...]], neighbours: Mapping[str, Neighbours], say: Say
) -> None:
    """A sample is told: nobody is to take eight neighbours for all of them."""
    left = max((neighbours[grant.vendor].left_out(ids[grant.address]) for grant in grants), default=0)
    if left:
        say(f"each role is asked with a sample of its neighbours' IDs; up to {left} more are not tried")
    many = max((len(grant.permissions.secrets) for grant in grants), default=0)
    if many > MAX_SECRETS:
        say(f"of each role's secrets {MAX_SECRETS} are tried; up to {many - MAX_SECRETS} more are not")


def _result(
    grant: Grant,
    word: Verdict,
    climbed: tuple[Rung, ...],
    texts: tuple[str, ...],
    probes: tuple[Probe, ...],
    hint: str | None,
) -> RoleResult:
    return RoleResult(grant.workspace, grant.project, grant.role_arn, word, climbed, texts, probes, hint)
