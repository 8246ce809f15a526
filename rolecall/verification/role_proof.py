"""One role: every rung that the callers can climb, and the verdict."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rolecall.model.grant import Grant
from rolecall.policy.document import statements
from rolecall.runtime.caller import is_of_aws
from rolecall.runtime.contact import ContactReading
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.live_role import LiveRole, RoleReading
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.simulation import simulate
from rolecall.runtime.verdict import Difference, RoleResult, Verdict, evidence, findings, verdict
from rolecall.verification.comparison import differences
from rolecall.verification.diagnosis import hint, missing
from rolecall.verification.expectations import expectation
from rolecall.verification.ladder import not_climbed
from rolecall.verification.questions import questions
from rolecall.verification.role_calls import RoleCalls
from rolecall.verification.run import Run
from rolecall.verification.service_questions import service_questions

# Of its own: that it answers does not say that roles can be read.
_SIMULATOR = "IAM's simulator"


def prove(grant: Grant, run: Run) -> RoleResult:
    """Read the role, call it, and say what that proves."""
    reading = run.live.of(grant)
    if reading.missing:
        return _missing(grant, is_local=run.callers.aws is not None)
    expected = _expectation(grant, run)
    calls = RoleCalls(grant, expected, run).made()
    probes = (*calls.probes, *_simulated(grant, run, reading.role))
    contact = run.contacts.of(grant) if run.contacts else ContactReading(None, None)
    seen = _differences(grant, run, reading, probes)
    against = findings(probes, seen or [])
    climbed = _climbed(grant, run, evidence(probes, seen), contact, nothing_against=not against)
    word = verdict(against, climbed, run.required)
    open_rungs = not_climbed(climbed, probes, _reasons(grant, run, reading, contact))
    return RoleResult(
        grant.workspace,
        grant.project,
        grant.role_arn,
        word,
        climbed,
        tuple(text for _, text in against),
        probes,
        hint=_hint(grant, run, expected, reading, seen or [], probes, word, open_rungs),
        differs=tuple(dict.fromkeys(difference.what for difference in seen or [])),
        not_climbed=open_rungs,
        contact=contact.contact,
        last_used=str(reading.role.last_used) if reading.role and reading.role.last_used else None,
        leftovers=calls.leftovers,
    )


def _hint(
    grant: Grant,
    run: Run,
    expected: RoleExpectation,
    reading: RoleReading,
    differing: list[Difference],
    probes: Sequence[Probe],
    word: Verdict,
    open_rungs: Sequence[tuple[Rung, str]],
) -> str | None:
    """What to do. Of what was left open, only that counts which was required."""
    missed = [f"{rung} is required and was not reached: {why}" for rung, why in open_rungs if rung in run.required]
    if word is Verdict.INCONCLUSIVE:
        probes = [probe for probe in probes if probe.rung in run.required and not probe.observation.moot]
    told = hint(
        grant,
        expected,
        reading.role,
        differing,
        probes,
        word,
        ids=run.vendor_ids,
        now=datetime.now(UTC),
        caller_arn=run.callers.arn if run.callers.vendors else None,
        reason=reading.reason if Rung.LIVE in run.required else None,
        is_local=run.callers.aws is not None,
    )
    return told or ("; ".join(missed) if word is Verdict.INCONCLUSIVE else None)


def _expectation(grant: Grant, run: Run) -> RoleExpectation:
    known = run.ids[grant.address]
    return expectation(
        grant,
        {grant.address: known.vendor},
        run.neighbours[grant.vendor],
        secrets=run.secrets,
        existing=run.existing,
        stand_ins=run.callers.aws is not None,
        writes=run.intents is not None,
        verifier_ids={grant.address: known.verifier} if known.verifier else {},
        services=run.services,
    )


def _climbed(
    grant: Grant, run: Run, found: tuple[Rung, ...], contact: ContactReading, *, nothing_against: bool
) -> tuple[Rung, ...]:
    """The rungs of this run; and the template's, from this run on the embedded AWS or from an earlier one."""
    if run.callers.aws is not None:
        from_template = nothing_against and {Rung.LIVE, Rung.ASSUMED} <= set(found)
    else:
        from_template = run.knows(grant) and run.was_proved(grant)
    first = (Rung.TEMPLATE,) if from_template else ()
    last = (Rung.CONTACT,) if contact.contact else ()
    return (*first, *found, *last)


def _differences(grant: Grant, run: Run, reading: RoleReading, probes: Sequence[Probe]) -> list[Difference] | None:
    """In what the live role is not the compiled one; None where it could not be read, or not be compiled."""
    if reading.role is None or not run.knows(grant):
        return None
    known = run.ids[grant.address]
    found = differences(grant, reading.role, known.vendor, known.verifier)
    return [_as_called(difference, probes) for difference in found]


def _reasons(grant: Grant, run: Run, reading: RoleReading, contact: ContactReading) -> dict[Rung, str | None]:
    """Why rungs were not climbed, where it is not their probes that say so."""
    own = f"the role has no statement for the caller {run.callers.arn}" if run.callers.arn else None
    return {
        Rung.LIVE: reading.reason or run.ids[grant.address].why_unknown,
        Rung.ASSUMED_BY_VERIFIER: None if run.callers.verifier else own,
        Rung.CONTACT: contact.reason,
    }


def _simulated(grant: Grant, run: Run, live: LiveRole | None) -> list[Probe]:
    """What IAM's simulator says of the role's permissions; of its trust it knows nothing."""
    iam = run.live.accounts[grant.account]
    if run.near is None or isinstance(iam, str):
        return []  # the live role could not be read either, which says why
    if reason := run.lines.why_dead(_SIMULATOR):
        skipped = Observation.skipped(reason)
        return [Probe("secret_in_scope", Observed.ALLOWED, skipped, "by the simulator", Rung.PERMISSIONS)]
    # Behind an endpoint that is not AWS's own may stand a simulator that knows less.
    is_emulated = run.callers.aws is not None or not is_of_aws(str(iam.meta.endpoint_url))
    asked = [*questions(grant, run.near), *service_questions(grant)]
    doubtful = live is not None and _denies_on_condition(live)
    probes = simulate(iam, grant.role_arn, asked, is_emulated=is_emulated, denies_on_condition=doubtful)
    for probe in probes:
        run.lines.note(_SIMULATOR, probe.observation)
    return probes


def _denies_on_condition(live: LiveRole) -> bool:
    every = (statement for policy in live.policies.values() for statement in statements(policy))
    return any(each.get("Effect") == "Deny" and "Condition" in each for each in every)


def _missing(grant: Grant, *, is_local: bool) -> RoleResult:
    text = "there is no such role"
    nothing = not_climbed((), (), dict.fromkeys(Rung, text))
    told, verdict_ = missing(grant, is_local=is_local), Verdict.MISSING
    return RoleResult(
        grant.workspace, grant.project, grant.role_arn, verdict_, (), (text,), (), told, not_climbed=nothing
    )


def _as_called(difference: Difference, probes: Sequence[Probe]) -> Difference:
    """A trust that reads as shut and that lets the vendor in all the same has changed, and is not refused."""
    right = [probe.observed for probe in probes if probe.kind == "right_external_id" and probe.rung is Rung.ASSUMED]
    let_in = bool(right) and set(right) == {Observed.ALLOWED}
    is_refuted = let_in and difference.verdict is Verdict.NOT_ASSUMABLE
    return replace(difference, verdict=Verdict.DRIFTED) if is_refuted else difference
