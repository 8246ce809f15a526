"""One role's trust, asked and judged: the short way for whoever has credentials and a role, and no estate."""

from collections.abc import Callable, Sequence

from rolecall.runtime.assume_role import always
from rolecall.runtime.clients import Clients
from rolecall.runtime.diagnosis import hint
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.patience import AT_ONCE, Patience
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.trust_probes import TrustProbes
from rolecall.runtime.verdict import RoleResult, evidence, findings, verdict

_AS_ON_AWS = Patience()


def verify_trust(
    role: RoleExpectation,
    vendor: Clients,
    *,
    patience: Patience = _AS_ON_AWS,
    has_time: Callable[[], bool] = always,
    caller_arn: str | None = None,
) -> RoleResult:
    """Call the role as the vendor's principal: with the right external ID, without one and with every wrong one.

    Nothing that a call shows raises: a refusal, a dead endpoint and stale credentials are all in the result.

    Args:
        role: the role, with its right and wrong external IDs. Without right ones its trust is pending: then nobody may
            get in, whoever asks.
        vendor: clients with the credentials of the vendor's principal.
        patience: how long IAM may take to spread a change. Default: three positives in a row, wrong answers asked again
            for two minutes.
        has_time: asked before each call; once it is false the rest is not asked, and the role cannot be verified.
            Default: there is no hurry.
        caller_arn: who the vendor's credentials belong to, which sharpens the hint. Default: not known.
    """
    probes = TrustProbes(role, patience, has_time).as_vendor(vendor)
    return _judged(role, probes, Rung.ASSUMED, caller_arn)


def verify_trust_as_verifier(
    role: RoleExpectation,
    verifier: Clients,
    *,
    patience: Patience = _AS_ON_AWS,
    has_time: Callable[[], bool] = always,
    caller_arn: str | None = None,
) -> RoleResult:
    """Call the role as the customer's own principal; it says nothing about the vendor's statement.

    Args:
        role: the role, with the `verifier_id` that opens its statement for the verifier.
        verifier: clients with the credentials of the estate's `verifier`.
        patience: as for `verify_trust`.
        has_time: as for `verify_trust`.
        caller_arn: as for `verify_trust`.
    """
    if not role.external_ids:  # a pending trust has no statement for the verifier either
        return verify_trust(role, verifier, patience=patience, has_time=has_time, caller_arn=caller_arn)
    probes = TrustProbes(role, patience, has_time).as_verifier(verifier)
    return _judged(role, probes, Rung.ASSUMED_BY_VERIFIER, caller_arn)


def unasked(role: RoleExpectation, reason: str) -> RoleResult:
    """A role that was not called at all: inconclusive, with the reason at each probe."""
    return _judged(role, list(TrustProbes(role, AT_ONCE).skipped(reason)), Rung.ASSUMED, None)


def _judged(role: RoleExpectation, probes: Sequence[Probe], required: Rung, caller_arn: str | None) -> RoleResult:
    """What trust probes say about a role that nobody has read."""
    against, climbed = findings(probes, []), evidence(probes, None)
    word = verdict(against, climbed, (required,))
    sent = role.external_ids[0] if role.external_ids and required is Rung.ASSUMED else None
    return RoleResult(
        role.workspace,
        role.project,
        role.role_arn,
        word,
        climbed,
        tuple(text for _, text in against),
        tuple(probes),
        hint(probes, word, role.role_arn, caller_arn, sent),
    )
