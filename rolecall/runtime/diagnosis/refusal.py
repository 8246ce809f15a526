"""Why the right external ID was refused: what AWS named, what the call itself shows, and what it usually is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rolecall.runtime.caller import account_of_caller
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.verdict import Verdict

_SHUT = frozenset({Verdict.NOT_ASSUMABLE})

_BY_TRUST = (
    "the role's trust does not let the call in, as AWS says: compare with it the principal who calls and the external"
    " ID, character by character"
)
_DENY_IN_TRUST = (
    "a Deny in the role's trust refuses the call, as while it is pending or frozen: an Allow does not help. Ask whoever"
    " put it there; if it should not name this caller or this external ID, take that out of it and nothing else"
)
_OF_TRUST = (DeniedBy.TRUST_POLICY, DeniedBy.RESOURCE_POLICY)
# Where AWS named the policy that refused. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
REFUSED_BY = {
    DeniedBy.RESOURCE_CONTROL_POLICY: (
        "an organization's resource control policy (RCP) refuses the call, whatever the trust says: have the role's"
        " organization except the vendor's account there (aws:PrincipalAccount)"
    ),
    DeniedBy.SERVICE_CONTROL_POLICY: (
        "a service control policy (SCP) of the caller's organization refuses sts:AssumeRole: have it except this role"
    ),
    DeniedBy.TRUST_POLICY: _BY_TRUST,
    DeniedBy.RESOURCE_POLICY: _BY_TRUST,
    DeniedBy.PERMISSIONS_BOUNDARY: (
        "the caller's own permissions boundary does not allow sts:AssumeRole on this role: add that there, for this"
        " role's ARN alone"
    ),
    DeniedBy.IDENTITY_POLICY: (
        "the caller's own policies do not allow sts:AssumeRole on this role's ARN: add that on the caller's side; the"
        " trust alone is not enough between accounts"
    ),
    DeniedBy.SESSION_POLICY: (
        "the session policy of the caller's own session does not allow sts:AssumeRole: call without that session"
    ),
    DeniedBy.ENDPOINT_POLICY: (
        "the policy of the VPC endpoint that the call goes through does not allow sts:AssumeRole on this role: add that"
        " there, for this role's ARN alone"
    ),
}
# Where AWS said that a Deny refused, for those policies that could also have lacked an Allow.
DENIED_BY = {
    DeniedBy.TRUST_POLICY: _DENY_IN_TRUST,
    DeniedBy.RESOURCE_POLICY: _DENY_IN_TRUST,
    DeniedBy.PERMISSIONS_BOUNDARY: (
        "a Deny in the caller's own permissions boundary refuses sts:AssumeRole on this role: an Allow does not help,"
        " so take the role out of that Deny"
    ),
    DeniedBy.IDENTITY_POLICY: (
        "a Deny in the caller's own policies refuses sts:AssumeRole on this role: an Allow does not help, so take the"
        " role out of that Deny, on the caller's side"
    ),
    DeniedBy.SESSION_POLICY: (
        "a Deny in the session policy of the caller's own session refuses sts:AssumeRole: call without that session"
    ),
    DeniedBy.ENDPOINT_POLICY: (
        "a Deny in the policy of the VPC endpoint that the call goes through refuses sts:AssumeRole on this role: take"
        " the role out of it"
    ),
}


@dataclass(frozen=True)
class Call:
    """Who called which role with what, as far as it is known."""

    role_arn: str
    caller_arn: str | None = None
    external_id: str | None = field(default=None, repr=False)
    """Never told: only its length, and whose account it is if it is one."""
    ids: int | None = None
    """How many external IDs each caller sent as right ones; None where there was one caller alone."""

    @property
    def account(self) -> str:
        """The role's account."""
        return account_of_caller(self.role_arn)


def refusal_causes(probe: Probe, call: Call) -> Iterator[Cause]:
    """Why this call was refused, where no wrong ID was let in that would betray it."""
    seen, surely = probe.observation, [*_wrong_id(call), *_wrong_caller(call)]
    named = DENIED_BY.get(seen.denied_by) if seen.denied_by and seen.explicitly else None
    named = named or (REFUSED_BY.get(seen.denied_by) if seen.denied_by else None)
    if surely and (named is None or seen.denied_by in _OF_TRUST):
        for text in surely:
            yield Cause(text, Likelihood.SEEN, _SHUT)
    elif named:
        yield Cause(named, Likelihood.TOLD, _SHUT)
    else:
        for text in _usual(call):
            yield Cause(text, Likelihood.USUAL, _SHUT)


def half_open_causes(right: Sequence[Probe], call: Call) -> Iterator[Cause]:
    """Why one right external ID was let in and another refused; or one caller, where each sent the same.

    Nothing where AWS named something else than a trust that lacks them.

    Args:
        right: the probes with right IDs, one caller's after the other's.
    """
    if any(probe.observation.explicitly or probe.observation.denied_by not in (None, *_OF_TRUST) for probe in right):
        return
    each = max(call.ids or len(right), 1)
    callers = [right[start : start + each] for start in range(0, len(right), each)]
    if any(_is_mixed(of_caller) for of_caller in callers):
        text = (
            "the trust takes only one of the two external IDs of the rotation: deploy the trust with both, until the"
            " vendor sends the new one"
        )
        yield Cause(text, Likelihood.FITS, _SHUT)
    elif _is_mixed(right):
        text = (
            "the trust names only some of the vendor's principals, or another one's own policies do not allow"
            " sts:AssumeRole: compare the trust with the estate's principals"
        )
        yield Cause(text, Likelihood.FITS, _SHUT)


def _is_mixed(probes: Sequence[Probe]) -> bool:
    return {Observed.ALLOWED, Observed.DENIED} <= {probe.observed for probe in probes}


def partition_causes(call: Call) -> Iterator[Cause]:
    """Partitions know nothing of each other's principals, so that the answer of one about the other tells nothing."""
    if not account_of_caller(call.caller_arn or ""):
        return
    of_caller, of_role = (arn.split(":")[1] for arn in (str(call.caller_arn), call.role_arn))
    if of_caller != of_role:
        text = (
            f"the role is in the partition {of_role}, and you call as {call.caller_arn} of {of_caller}, which nothing"
            f" there can trust: call with credentials of {of_role}, or correct the ARN"
        )
        yield Cause(text, Likelihood.SEEN, _SHUT | {Verdict.INCONCLUSIVE})


def _wrong_id(call: Call) -> Iterator[str]:
    """What is wrong with an ID that is none."""
    sent, own = call.external_id or "", account_of_caller(call.caller_arn or "")
    if sent.startswith("arn:"):
        what = "an ARN"
    elif sent and sent in (call.account, own):
        what = "the role's account" if sent == call.account else "your own account"
    else:
        return
    yield f"account and external ID were exchanged: what you sent as the external ID is {what}; send the vendor's ID"


def _wrong_caller(call: Call) -> Iterator[str]:
    """What is wrong with calling as this principal."""
    account = account_of_caller(call.caller_arn or "")
    if account and str(call.caller_arn).endswith(":root"):
        yield "you call as an account's root user, which may assume no role: call as an IAM user or role"
    elif account and account == call.account:
        yield (
            f"you call as {call.caller_arn}, of the role's own account: the trust is for the vendor's; call as the"
            " vendor, or the ARN holds your own account where the customer's belongs"
        )


def _usual(call: Call) -> Iterator[str]:
    """What it usually is, when nobody may read the role: the external ID, the ARN, the principal, what is above it."""
    sent = f" ({len(call.external_id)} characters were sent)" if call.external_id else ""
    yield (
        f"compare the external ID with the one in the role's trust: each character, letter case, whose project's{sent}"
    )
    yield f"the role was deleted, was never made, or has another path in account {call.account}"
    yield (
        f"the trust does not name {call.caller_arn or 'the caller'} (AIDA… there: made anew), or the caller's own"
        " policies or an RCP forbid it"
    )
