"""What a trust looks like that lets in the wrong ones, or refuses the right one: read off the calls alone.

Each weak operator has a pattern of its own of IDs that it lets in, so that the pattern betrays it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html, read 2026-11-22.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import Verdict

_OPENED = frozenset({Verdict.UNPROTECTED})
_SHUT = frozenset({Verdict.NOT_ASSUMABLE})

# What was let in, by the words of `wrong_ids`.
NONE, RANDOM, MORE, LESS = "no external ID", "a random ID", "one character more", "one character less"
CASE, NEXT, WHOLE = "other letter case", "the next number", "the workspace-wide ID"
NEIGHBOUR = "a neighbour's"

DO_NOT_STORE = "a vendor should not store such a role"
"""AWS's advice to vendors: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user_externalid.html"""


@dataclass(frozen=True)
class Pattern:
    """What was let in (all of it), what was not (none of it), and what trust does that."""

    let_in: frozenset[str]
    refused: frozenset[str]
    text: str


def _pattern(let_in: Sequence[str], refused: Sequence[str], text: str) -> Pattern:
    return Pattern(frozenset(let_in), frozenset(refused), text)


# Where the right ID is let in too. The first that fits is told.
WEAK = (
    _pattern(
        [NONE, RANDOM],
        [],
        "the trust asks for no external ID: a statement of it has no condition on sts:ExternalId; "
        f"{DO_NOT_STORE}. Write StringEquals with the ID there",
    ),
    _pattern(
        [NONE],
        [RANDOM],
        "the trust lets in whoever sends no external ID: its operator is StringEqualsIfExists or ForAllValues:…, or one"
        f" statement has none; {DO_NOT_STORE}. Write StringEquals there",
    ),
    _pattern(
        [RANDOM],
        [NONE],
        'the trust takes any external ID: StringLike with "*", or Null alone. Write StringEquals with the ID there',
    ),
    _pattern(
        [CASE],
        [MORE, LESS],
        "the trust does not look at letter case: its operator is StringEqualsIgnoreCase. Write StringEquals there",
    ),
    _pattern(
        [MORE],
        [LESS, NEXT, NEIGHBOUR, WHOLE],
        'the trust takes everything that begins with the ID: StringLike with "*" behind it. Write StringEquals there',
    ),
    _pattern(
        [MORE],
        [],
        'the trust takes every ID of one pattern, such as a whole workspace\'s: StringLike with "*" or "?". Write'
        " StringEquals with the one ID there",
    ),
    _pattern(
        [WHOLE],
        [],
        "the trust takes the workspace-wide external ID besides, as after a change of the vendor's scope: take it out"
        " once the vendor sends the project's",
    ),
    _pattern([NEIGHBOUR], [], "the trust takes a neighbour's external ID besides its own: take it out of the list"),
    _pattern([], [], "the trust takes a second external ID besides the right one: take it out of the list"),
)
# Where the right ID is refused.
ASTRAY = (
    _pattern(
        [NONE, RANDOM],
        [],
        "the trust lets in everything but the right external ID: its operator is a negated one (StringNotEquals). Write"
        " StringEquals there",
    ),
    _pattern(
        [NONE],
        [],
        'the trust lets in only whoever sends no external ID: Null with "true". Write StringEquals with the ID there',
    ),
    _pattern(
        [CASE], [], "the trust holds the external ID in other letter case, and IAM compares exactly: correct it there"
    ),
    _pattern(
        [WHOLE],
        [],
        "the trust still asks for the workspace-wide external ID: either write the project's there, or the vendor's"
        " external-ID scope is not what it is thought to be",
    ),
    _pattern([NEIGHBOUR], [], "the trust asks for a neighbour's external ID: two projects were mixed up; correct it"),
    _pattern([LESS], [], "the trust holds the external ID without its last character: copy it whole"),
    _pattern([], [], "the trust holds another external ID, one character away from the right one: copy it whole"),
)

# Where AWS named the policy that refused. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
REFUSED_BY = {
    DeniedBy.RESOURCE_CONTROL_POLICY: (
        "an organization's resource control policy (RCP) refuses the call, whatever the trust says: have the role's"
        " organization except the vendor's account there (aws:PrincipalAccount)"
    ),
    DeniedBy.SERVICE_CONTROL_POLICY: (
        "a service control policy (SCP) of the caller's organization refuses sts:AssumeRole: have it except this role"
    ),
    DeniedBy.PERMISSIONS_BOUNDARY: (
        "the caller's own permissions boundary does not allow sts:AssumeRole on this role: widen it there"
    ),
    DeniedBy.IDENTITY_POLICY: (
        "the caller's own policies do not allow sts:AssumeRole on this role's ARN: add that on the caller's side; the"
        " trust alone is not enough between accounts"
    ),
    DeniedBy.SESSION_POLICY: (
        "the session policy of the caller's own session does not allow sts:AssumeRole: call without that session"
    ),
    DeniedBy.ENDPOINT_POLICY: (
        "the policy of the VPC endpoint that the call goes through does not allow sts:AssumeRole on this role: widen it"
    ),
}


@dataclass(frozen=True)
class Call:
    """Who called which role, as far as it is known."""

    role_arn: str
    caller_arn: str | None = None
    external_id_characters: int | None = None


def trust_causes(probes: Sequence[Probe], call: Call) -> Iterator[Cause]:
    """What the trust probes betray, the surest first."""
    ours = [probe for probe in probes if probe.rung is Rung.ASSUMED]
    right = [probe for probe in ours if probe.kind == "right_external_id"]
    refused = [probe for probe in right if probe.observed is Observed.DENIED]
    let_in = frozenset(_word(probe) for probe in ours if probe.failed and _is_of_an_id(probe))
    if let_in:
        patterns, explains = (ASTRAY, _OPENED | _SHUT) if refused else (WEAK, _OPENED)
        yield Cause(_first(patterns, let_in), Likelihood.FITS, explains)
    if any(probe.failed and probe.kind == "wrong_principal" for probe in ours):
        yield Cause(
            'the trust lets in principals that are not the vendor\'s: it names another account or "*"; take it out',
            Likelihood.FITS,
            _OPENED,
        )
    if refused and not let_in:
        yield from _of_refusal(refused[0], call)
    yield from _of_verifier([probe for probe in probes if probe.rung is Rung.ASSUMED_BY_VERIFIER and probe.failed])


def _of_verifier(failed: Sequence[Probe]) -> Iterator[Cause]:
    if any(probe.observed is Observed.ALLOWED for probe in failed):
        text = "the verifier's statement in the trust lets in more than the verifier's own external ID: correct it"
        yield Cause(text, Likelihood.FITS, _OPENED | {Verdict.DRIFTED})
    elif failed:
        text = "the verifier's statement is not in the trust, or names another principal or external ID: deploy it"
        yield Cause(text, Likelihood.FITS, frozenset({Verdict.DRIFTED}))


def _first(patterns: Sequence[Pattern], let_in: frozenset[str]) -> str:
    return next(p.text for p in patterns if p.let_in <= let_in and not p.refused & let_in)


def _is_of_an_id(probe: Probe) -> bool:
    return probe.kind in ("no_external_id", "wrong_external_id", "neighbour_external_id")


def _word(probe: Probe) -> str:
    return {"no_external_id": NONE, "neighbour_external_id": NEIGHBOUR}.get(probe.kind, probe.asked)


def _of_refusal(probe: Probe, call: Call) -> Iterator[Cause]:
    by = probe.observation.denied_by
    if by in REFUSED_BY:
        yield Cause(REFUSED_BY[by], Likelihood.TOLD, _SHUT)
        return
    if call.caller_arn and (text := _wrong_caller(call.caller_arn, call.role_arn)):
        yield Cause(text, Likelihood.SEEN, _SHUT)
        return
    for text in _usual(call):
        yield Cause(text, Likelihood.USUAL, _SHUT)


def _wrong_caller(caller_arn: str, role_arn: str) -> str | None:
    """What is wrong with calling as this principal."""
    account, resource = caller_arn.split(":", 5)[4:]
    if resource == "root":
        return "you call as an account's root user, which may assume no role: call as an IAM user or role"
    if account == role_arn.split(":")[4]:
        return f"you call as {caller_arn}, of the role's own account: the trust is for the vendor's; call as the vendor"
    return None


def _usual(call: Call) -> Iterator[str]:
    """What it usually is, when nobody may read the role: the external ID, the ARN, the principal, what is above it."""
    sent = f"; {call.external_id_characters} characters were sent" if call.external_id_characters else ""
    yield (
        "compare the external ID with the one in the role's trust, character by character: a stray blank, letter case,"
        f" another project's or the workspace's ID{sent}"
    )
    account = call.role_arn.split(":")[4]
    yield (
        f"the ARN: the role must be in account {account} under exactly this path, and a role made in the last minute is"
        " not known everywhere yet"
    )
    who = call.caller_arn or "the caller"
    yield (
        f"the trust does not name {who} or its account (it shows AIDA… or AROA… if that user or role was deleted and"
        " made anew), the caller's own policy lacks sts:AssumeRole on the ARN, or a resource control policy of the"
        " role's organization forbids it"
    )
