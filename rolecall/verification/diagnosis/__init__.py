"""The hint that every failed verification ends in: the likeliest cause first, then at most two others."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rolecall.model.grant import Grant
from rolecall.policy.document import Document, statements
from rolecall.runtime import diagnosis as of_calls
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis.cause import Cause, Likelihood, told
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.live_role import LiveRole
from rolecall.runtime.observation import DENIED
from rolecall.runtime.probe import Probe
from rolecall.runtime.verdict import Difference, Verdict
from rolecall.verification.comparison import hiding
from rolecall.verification.diagnosis.access import differs_in_session, refused_causes, shape_causes
from rolecall.verification.diagnosis.case import EVENT, Case, deploy_command, seen
from rolecall.verification.diagnosis.kept import kept_causes
from rolecall.verification.diagnosis.permissions import permission_causes
from rolecall.verification.diagnosis.trust import trust_causes

# What reading one role takes: rolecall.runtime.live_role.
_READING = "iam:GetRole, ListAttachedRolePolicies, GetPolicy, GetPolicyVersion, ListRolePolicies and GetRolePolicy"
_READER = "let the caller assume the account's `reader_role`, which is CDK's lookup role where the estate names none"
_EVENTS = {
    "trust": EVENT,
    "permissions": "PutRolePolicy, AttachRolePolicy, CreatePolicyVersion, …",
    "boundary": "PutRolePermissionsBoundary, DeleteRolePermissionsBoundary",
    "session": "UpdateRole",
    "path": "CreateRole",
    "tags": "TagRole, UntagRole",
}
_ANY_EVENT = "UpdateAssumeRolePolicy, PutRolePolicy, …"


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
    is_local: bool = False,
) -> str | None:
    """What to do about a role of the estate; None where it is verified.

    Args:
        live: the role; None where it is missing or could not be read.
        differences: what the comparison of the live role with the compiled one showed.
        ids: every role's external IDs by its address, to tell whose a wrong one is.
        now: with a timezone; without it nothing is said of the role's age.
        caller_arn: who called as the vendor, where that is one principal.
        reason: why the role could not be read.
        is_local: whether it is on the embedded AWS, where other commands undo a change.
    """
    if verdict is Verdict.VERIFIED:
        return None
    if verdict is Verdict.MISSING:
        return missing(grant, is_local=is_local)
    case = Case(grant, expected, live, tuple(probes), ids or {}, is_local) if live is not None else None
    differing = {difference.what for difference in differences}
    asked = [probe for probe in probes if case is None or not _is_read(probe, case, differing)]
    right = expected.external_ids
    found = list(of_calls.causes(asked, grant.role_arn, caller_arn, next(iter(right), None), len(right)))
    if case is not None:
        # Who has read the role has no need of what it usually is.
        read = list(_of_documents(case, differing, now))
        found = [*read, *(cause for cause in found if not _is_answered(cause, read))]
        found += _unexplained(case, differences, verdict, found)
    said = told([*_unread(reason), *found], verdict)
    return hiding(grant, live, right, expected.verifier_id)(said) if said else None


def _is_read(probe: Probe, case: Case, differing: set[str]) -> bool:
    """Whether the documents say the same as the answer, and where: which Deny it was, or how long sessions are."""
    seen = probe.observation
    if probe.kind == "session_duration":
        return differs_in_session(case)
    if not seen.explicitly:
        return False
    if probe.kind == "right_external_id":
        return seen.denied_by in (DeniedBy.TRUST_POLICY, DeniedBy.RESOURCE_POLICY) and _denies(case.live.trust)
    denied = any(map(_denies, case.live.policies.values()))
    return seen.denied_by is DeniedBy.IDENTITY_POLICY and denied and "permissions" in differing


def _denies(document: Document) -> bool:
    return any(statement.get("Effect") == "Deny" for statement in statements(document))


def missing(grant: Grant, *, is_local: bool = False) -> str:
    """What to do where there is no such role. It does not name the role, so that many have one hint."""
    deleted = "somebody deleted the role" + ("" if is_local else " (CloudTrail: DeleteRole)")
    return (
        f"deploy it: {deploy_command(grant, is_local=is_local)}. If its stack was deployed already, {deleted}, and a"
        " plain deploy does not notice: deploy once without the project and again with it. Or: it is in another account"
        f" than {grant.account}, `account` in the estate"
    )


def _unread(reason: str | None) -> Iterator[Cause]:
    """Why the role could not be read. A refusal is AWS's own word, and everything that is not known hangs on it."""
    if not reason:
        return
    text, likelihood = f"the role could not be read: {reason}", Likelihood.USUAL
    if any(code in reason for code in DENIED):
        # `reach` says so of a whole account, where its reader role cannot be assumed.
        is_reader = reason.startswith("account ")
        text += f"; {_READER if is_reader else f'grant the caller {_READING}'} (docs/verification.md)"
        likelihood = Likelihood.TOLD
    yield Cause(text, likelihood, frozenset({Verdict.INCONCLUSIVE}))


def _unexplained(
    case: Case, differences: Sequence[Difference], verdict: Verdict, found: Sequence[Cause]
) -> Iterator[Cause]:
    """The first difference that asks for the verdict, where nothing else would explain it."""
    is_seen = verdict is Verdict.DRIFTED and any(cause.is_certain for cause in found)
    if is_seen or any(verdict in cause.explains for cause in found):
        return
    for difference in differences:
        if difference.verdict is verdict:
            # The comparison speaks as if the estate had been there first.
            now = difference.text.replace("no longer lets in", "does not let in", 1)
            text = f"the live role's {difference.what} is not the estate's: {now}"
            yield seen(text, verdict, then=case.undo(_EVENTS.get(difference.what, _ANY_EVENT)))
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
