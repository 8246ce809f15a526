"""Results as `verify` could have them, made up: one role for each thing that the formats have to show."""

from dataclasses import replace
from typing import Any

from rolecall.report.verification import RunFacts
from rolecall.runtime.contact import Contact
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import RoleResult, Verdict

ALLOWED, DENIED = Observed.ALLOWED, Observed.DENIED
RUN = RunFacts("vendor", None, (Rung.LIVE, Rung.ASSUMED), "local", "2026-11-22T11:00:00.123456Z")
EXPIRED = "the credentials are missing, expired or not known to AWS (ExpiredToken)"
# What others could write into a name or a tag, and what it would do where nobody minds.
HOSTILE = (
    "]]> <script>x</script> | `b` *c* _d_ [e](http://f) \x1b[31m \x00 \n# g \u202e \ud800 \U0001f512 &amp; $h$ @i \\"
)


def asked(kind: str, what: str, seen: Observed = DENIED, wanted: Observed = DENIED, rung: Rung = Rung.ASSUMED) -> Probe:
    """A probe that was answered in 12.3 ms."""
    return Probe(kind, wanted, Observation(seen, "AccessDenied" if seen is DENIED else None, 12.3), what, rung)


def left_open(probe: Probe, reason: str, seen: Observed = Observed.UNDECIDED) -> Probe:
    """The same probe without an answer."""
    return replace(probe, observation=Observation(seen, None, 1.5, reason))


RIGHT = asked("right_external_id", "right external ID", ALLOWED, ALLOWED)
NONE = asked("no_external_id", "no external ID")
WRONG = tuple(asked("wrong_external_id", what) for what in ("a random ID", "one character more"))
NEIGHBOUR = asked("neighbour_external_id", "the ID of acme/payroll")
GOOD = (RIGHT, NONE, *WRONG, NEIGHBOUR)
ALL_KINDS = (
    *GOOD,
    asked("wrong_principal", "right external ID, foreign account"),
    asked("session_duration", "a session of 3600 s", ALLOWED, ALLOWED),
    asked("secret_in_scope", "prod/jira", ALLOWED, ALLOWED),
    asked("secret_shape", "JSON object with token", ALLOWED, ALLOWED),
    asked("secret_out_of_scope", "prod/other"),
    asked("kms_decrypt", "prod/jira", ALLOWED, ALLOWED),
    asked("region", "eu-west-1"),
    asked("service_in_scope", "sqs orders", ALLOWED, ALLOWED),
    asked("service_out_of_scope", "sqs others"),
    asked("kind_of_tomorrow", "what nobody foresaw"),
    asked("secret_in_scope", "prod/jira", ALLOWED, ALLOWED, Rung.PERMISSIONS),
    asked("secret_out_of_scope", "prod/other", rung=Rung.PERMISSIONS),
    asked("right_external_id", "right external ID", ALLOWED, ALLOWED, Rung.ASSUMED_BY_VERIFIER),
    asked("no_external_id", "no external ID, as the verifier", rung=Rung.ASSUMED_BY_VERIFIER),
)


def role(
    project: str, verdict: Verdict = Verdict.VERIFIED, probes: tuple[Probe, ...] = GOOD, **more: Any
) -> RoleResult:
    """A role of workspace acme; live and assumed, if it is verified."""
    climbed = (Rung.LIVE, Rung.ASSUMED) if verdict is Verdict.VERIFIED else ()
    facts = {"role_arn": f"arn:aws:iam::111111111111:role/acme-{project}", "evidence": climbed, "findings": ()} | more
    return RoleResult(workspace="acme", project=project, verdict=verdict, probes=probes, **facts)


BILLING = role("billing")
CALLED = role(
    "called",
    contact=Contact("2026-11-20T10:00:00Z", "353360065216", "203.0.113.7", "eu-central-1", "workato"),
    last_used="2026-11-20T10:00:00Z in eu-central-1",
    leftovers=("billing/rolecall-1a2b, deleted on 2026-12-22",),
)
OPEN = role(
    "open",
    Verdict.UNPROTECTED,
    (RIGHT, replace(NONE, observation=Observation(ALLOWED, None, 9.9)), *WRONG, NEIGHBOUR),
    findings=(
        "no_external_id: no external ID was allowed",
        "trust: lets in arn:aws:iam::353360065216:root with any external ID",
    ),
    hint="the condition is gone: undo it by hand",
    differs=("trust",),
    leftovers=("billing/rolecall-3c4d",),
)
HUGE = role(
    "huge",
    Verdict.UNPROTECTED,
    findings=tuple(f"neighbour_external_id: the ID of acme/p{number} was allowed" for number in range(500)),
    hint="any external ID opens it",
)
GONE = role("gone", Verdict.MISSING, (), findings=("there is no such role",), hint="rolecall deploy")
EXPIRED_ROLES = tuple(
    role(
        f"expired-{number}",
        Verdict.INCONCLUSIVE,
        tuple(left_open(probe, EXPIRED) for probe in GOOD),
        hint="sign in again",
        not_climbed=((Rung.LIVE, "the role cannot be read"),),
    )
    for number in range(120)
)
ODD = role(
    "odd",
    Verdict.DRIFTED,
    (replace(RIGHT, asked=HOSTILE), left_open(replace(NONE, asked=HOSTILE), HOSTILE)),
    role_arn=f"arn:aws:iam::111111111111:role/{HOSTILE}",
    findings=(f"tags: {HOSTILE}", HOSTILE),
    hint=HOSTILE,
    differs=("tags",),
    leftovers=(HOSTILE,),
    last_used=HOSTILE,
)
LONG = role("l" * 300)
EVERYTHING = (BILLING, CALLED, OPEN, HUGE, GONE, *EXPIRED_ROLES, ODD, LONG)
