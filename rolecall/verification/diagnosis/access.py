"""Why a role is not the one that the vendor calls, or refuses it: path, boundary, session length, what is above it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.observation import Observed
from rolecall.runtime.verdict import Verdict
from rolecall.verification.diagnosis.case import Case, seen

_SHUT = frozenset({Verdict.NOT_ASSUMABLE})
# IAM promises no bound; about a minute was seen. See `Patience`.
_FRESH = timedelta(minutes=5)


def shape_causes(case: Case) -> Iterator[Cause]:
    """Path, boundary, session length and tags."""
    grant, live = case.grant, case.live
    if live.path != grant.role_path:
        text = (
            f"the role is {live.arn}, and the vendor calls {grant.role_arn}: its path is {live.path} instead of"
            f" {grant.role_path}. Hand the vendor the ARN as it is; or, if `role_path` was changed since the last"
            f" deployment, put `role_path: {live.path}` back. To move the role, which shuts the vendor out meanwhile:"
            " delete it, as a name is unique across paths, then deploy once without the project and again with it"
            f" ({case.deploy}); a plain deploy does not do that"
        )
        yield seen(text, Verdict.NOT_ASSUMABLE)
    yield from _boundary(case)
    yield from _session(case)
    if case.tags_differ:
        text = "the role's tags are not the estate's, by which others may find it"
        yield seen(text, Verdict.DRIFTED, then=case.undo("TagRole, UntagRole"))


def _boundary(case: Case) -> Iterator[Cause]:
    right, live, role = case.grant.permissions_boundary, case.live.boundary, case.grant.role_name
    if live == right:
        return
    explains = [Verdict.DRIFTED, Verdict.UNDERPOWERED]
    if live is None:
        text = (
            f"the role has no permissions boundary, so that nothing limits what may be attached to it: `aws iam"
            f" put-role-permissions-boundary --role-name {role} --permissions-boundary {right}`"
        )
        event = "DeleteRolePermissionsBoundary"
        explains = [Verdict.DRIFTED, Verdict.OVERREACHING]
    elif right is None:
        text = (
            f"the role has a permissions boundary ({live}), which limits what all its policies may give: `aws"
            f" iam delete-role-permissions-boundary --role-name {role}`, or name it in the estate"
        )
        event = "PutRolePermissionsBoundary"
    else:
        text = (
            f"the role has another permissions boundary ({live}) than the estate's: `aws iam"
            f" put-role-permissions-boundary --role-name {role} --permissions-boundary {right}`"
        )
        event = "PutRolePermissionsBoundary"
    yield seen(text, *explains, then=case.instead(event))


def _session(case: Case) -> Iterator[Cause]:
    right, live = case.grant.max_session_seconds, case.live.max_session_seconds
    asked = case.grant.session_seconds
    if not differs_in_session(case):
        return
    if live != right:
        word = "shorter" if live < right else "longer"
        text = (
            f"the role's session length is {word} than the estate's (MaxSessionDuration {live} s, not {right} s): `aws"
            f" iam update-role --role-name {case.grant.role_name} --max-session-duration {right}`"
        )
        yield seen(text, Verdict.DRIFTED, Verdict.UNDERPOWERED, then=case.instead("UpdateRole"))
    else:
        text = f"the vendor asks for sessions of {asked} s, and the estate allows {live} s: raise `max_session`"
        yield seen(text, Verdict.UNDERPOWERED)


def differs_in_session(case: Case) -> bool:
    """Whether the role as it was read tells why a session is refused, or is longer than it may be."""
    right, live, asked = case.grant.max_session_seconds, case.live.max_session_seconds, case.grant.session_seconds
    return live != right or (asked is not None and asked > live)


def refused_causes(case: Case, now: datetime | None) -> Iterator[Cause]:
    """Why a role that is as compiled refuses the vendor all the same."""
    created = case.live.created
    if now and created and now - datetime.fromisoformat(created) < _FRESH:
        text = "the role was made a moment ago, and IAM takes up to a minute or two to spread it: verify again"
        yield Cause(text, Likelihood.FITS, _SHUT)
    if any(probe.kind == "right_external_id" and probe.observed is Observed.ALLOWED for probe in case.probes):
        text = (
            "the trust is as compiled, and let in one right external ID or caller and not another: IAM has not spread"
            " the change yet, so verify again in a minute; else that caller's own policies lack sts:AssumeRole on the"
            " role's ARN"
        )
        yield Cause(text, Likelihood.FITS, _SHUT)
        return
    for text in (
        "the trust is as compiled, so that the caller's own policies lack sts:AssumeRole on the role's ARN: between"
        " accounts both sides have to allow it",
        "a resource control policy (RCP) of the role's organization forbids it: except the vendor's account there"
        " (aws:PrincipalAccount)",
        "IAM has not spread a change of the trust yet: verify again in a minute",
    ):
        yield Cause(text, Likelihood.USUAL, _SHUT)
