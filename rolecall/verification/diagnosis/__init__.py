"""The hint that every failed verification ends in: the likeliest cause first, then at most two others."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rolecall.model.grant import Grant
from rolecall.runtime import diagnosis as of_calls
from rolecall.runtime.diagnosis.cause import Cause, Likelihood, told
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.live_role import LiveRole
from rolecall.runtime.probe import Probe
from rolecall.runtime.verdict import Difference, Verdict
from rolecall.verification.diagnosis.access import kept_causes, refused_causes, shape_causes
from rolecall.verification.diagnosis.case import Case
from rolecall.verification.diagnosis.permissions import permission_causes
from rolecall.verification.diagnosis.trust import trust_causes


def hint(
    grant: Grant,
    expected: RoleExpectation,
    live: LiveRole | None,
    differences: Sequence[Difference],
    probes: Sequence[Probe],
    verdict: Verdict,
    *,
    ids: Mapping[str, tuple[str, ...]] | None = None,
    now: datetime | None = None,
    caller_arn: str | None = None,
    reason: str | None = None,
) -> str | None:
    """What to do about a role of the estate; None where it is verified.

    Args:
        live: the role; None where it is missing or could not be read.
        differences: what the comparison of the live role with the compiled one showed.
        ids: every role's external IDs by its address, to tell whose a wrong one is.
        now: with a timezone; without it nothing is said of the role's age.
        caller_arn: who called as the vendor, where that is one principal.
        reason: why the role could not be read.
    """
    if verdict is Verdict.VERIFIED:
        return None
    if verdict is Verdict.MISSING:
        return missing(grant)
    found = list(of_calls.causes(probes, grant.role_arn, caller_arn, next(iter(expected.external_ids), None)))
    if live is not None:
        case = Case(grant, expected, live, tuple(probes), ids or {})
        # Who has read the role has no need of what it usually is.
        read = list(_of_documents(case, {difference.what for difference in differences}, now))
        found = [*read, *(cause for cause in found if not _is_answered(cause, read))]
        found += _unexplained(case, differences, verdict, found)
    if reason:
        text = f"the role could not be read: {reason}"
        found.append(Cause(text, Likelihood.USUAL, frozenset({Verdict.INCONCLUSIVE})))
    return told(found, verdict)


def missing(grant: Grant) -> str:
    """What to do where there is no such role."""
    return (
        f"deploy it: `rolecall deploy {grant.address}`. Or: it is in another account than {grant.account}, `account` in"
        " the estate; or somebody deleted it (CloudTrail: DeleteRole)"
    )


def _unexplained(
    case: Case, differences: Sequence[Difference], verdict: Verdict, found: Sequence[Cause]
) -> Iterator[Cause]:
    """The first difference that asks for the verdict, where nothing else would explain it."""
    if any(verdict in cause.explains for cause in found) or (found and verdict is Verdict.DRIFTED):
        return
    for difference in differences:
        if difference.verdict is verdict:
            text = f"the live role's {difference.what} is not the estate's: {difference.text}"
            yield Cause(
                text, Likelihood.SEEN, frozenset({verdict}), case.undo("UpdateAssumeRolePolicy, PutRolePolicy, …")
            )
            return


def _is_answered(cause: Cause, read: Sequence[Cause]) -> bool:
    """Whether the documents tell more about the same: all but what AWS itself named, unless they tell that too."""
    same = [other.likelihood for other in read if cause.explains & other.explains]
    return bool(same) and (cause.likelihood is not Likelihood.TOLD or Likelihood.TOLD in same)


def _of_documents(case: Case, differing: set[str], now: datetime | None) -> Iterator[Cause]:
    # Without the right external IDs, as where a parameter cannot be read, the trust's cannot be judged.
    if "trust" in differing and (case.expected.external_ids or case.grant.trust.pending):
        yield from trust_causes(case)
    held = [*shape_causes(case), *(permission_causes(case) if "permissions" in differing else [])]
    yield from held
    if case.is_refused and not differing & {"trust", "path"}:
        yield from refused_causes(case, now)
    if not any(Verdict.UNDERPOWERED in cause.explains for cause in held):
        yield from kept_causes(case)
