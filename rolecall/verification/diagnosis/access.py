"""Why a role cannot use what its policies grant: boundary, session length, keys, path, and what is above it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from rolecall.model.secret import Secret
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.probe import Probe
from rolecall.runtime.secret_probes import DESCRIBING
from rolecall.runtime.verdict import Verdict
from rolecall.verification.diagnosis.case import Case, seen

_SHUT = frozenset({Verdict.NOT_ASSUMABLE})
_WEAK = frozenset({Verdict.UNDERPOWERED})
# IAM promises no bound; about a minute was seen. See `Patience`.
_FRESH = timedelta(minutes=5)


def shape_causes(case: Case) -> Iterator[Cause]:
    """Path, boundary, session length and tags."""
    grant, live = case.grant, case.live
    if live.path != grant.role_path:
        text = (
            f"the role is {live.arn}, and the vendor calls {grant.role_arn}: its path is {live.path} instead of"
            f" {grant.role_path}. Delete the role there first, as a name is unique across paths, then {case.deploy};"
            " or hand the vendor the other ARN"
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
    for text in (
        "the trust is as compiled, so that the caller's own policies lack sts:AssumeRole on the role's ARN: between"
        " accounts both sides have to allow it",
        "a resource control policy (RCP) of the role's organization forbids it: except the vendor's account there"
        " (aws:PrincipalAccount)",
        "IAM has not spread a change of the trust yet: verify again in a minute",
    ):
        yield Cause(text, Likelihood.USUAL, _SHUT)


def kept_causes(case: Case) -> Iterator[Cause]:
    """Why a role whose policies are as compiled cannot read what they grant."""
    for probe in case.probes:
        if probe.failed and probe.kind in ("secret_in_scope", "kms_decrypt") and not probe.observation.trouble:
            by, secret = probe.observation.denied_by, _secret_of(probe, case)
            if by is DeniedBy.KEY:
                yield _of_key(probe, secret)
            elif probe.observation.error_code == "ResourceNotFoundException":
                yield _of_absent(probe, case)
            elif by in (None, DeniedBy.IDENTITY_POLICY):
                is_there = probe.kind == "kms_decrypt" or probe.asked.startswith(DESCRIBING)
                yield from () if is_there else _of_perhaps_absent(secret, case)
                yield from _of_nothing_seen(probe, case)


def _secret_of(probe: Probe, case: Case) -> Secret | None:
    """The grant that the probe asked about."""
    named = [s for s in case.grant.permissions.secrets if s.value and s.value in probe.asked]
    return max(named, key=lambda secret: len(secret.value), default=None)


def _of_key(probe: Probe, secret: Secret | None) -> Cause:
    where = probe.asked.partition(", encrypted with")[0]
    if secret is not None and secret.kms_key is None:
        text = (
            f"the secret {where} is encrypted with a customer managed KMS key that the estate does not name: add its"
            " ARN as `kms_key` beside the secret, then deploy"
        )
    else:
        key = f" {secret.kms_key}" if secret and secret.kms_key else ""
        text = (
            f"the KMS key policy does not let the role decrypt {where}, though the role's own policy does: add the role"
            f" or its account to the key policy of{key or ' the key'}; or the secret is encrypted with another key than"
            " the estate's `kms_key`"
        )
    return Cause(text, Likelihood.SEEN, _WEAK)


def _of_absent(probe: Probe, case: Case) -> Cause:
    vendors = (
        "the region on the vendor's screen has to be the same"
        if case.grant.one_region
        else ("what the vendor has, a region or the secret's ARN, has to be of the same region")
    )
    text = (
        f"there is no secret {probe.asked}: if it is in another region, write that as `region` in the estate; else make"
        f" it there; {vendors}"
    )
    return Cause(text, Likelihood.TOLD, _WEAK)


def _of_perhaps_absent(secret: Secret | None, case: Case) -> Iterator[Cause]:
    """AWS refuses for a secret that is not there: its name alone fits no pattern of the policy that ends in -??????.

    Verification makes the secrets that it asks for on the embedded AWS.
    """
    if secret is not None and secret.kind == "name" and not case.is_local:
        region = secret.region_in(case.grant.region)
        text = (
            f"there is no such secret in {region} (AWS answers that with AccessDenied too): make {secret.value} there,"
            " or correct its name or `region`"
        )
        yield Cause(text, Likelihood.FITS, _WEAK)


def _of_nothing_seen(probe: Probe, case: Case) -> Iterator[Cause]:
    boundary = case.live.boundary
    if boundary:
        text = (
            f"the permissions boundary {boundary.rpartition('/')[2]} does not allow what the role's policies grant"
            f" ({probe.asked}): add secretsmanager and kms actions there"
        )
        yield Cause(text, Likelihood.FITS, _WEAK)
    for text in (
        f"the secret's own resource policy denies it ({probe.asked}): look at `aws secretsmanager get-resource-policy`",
        "a service or resource control policy (SCP, RCP) of the role's organization denies it, such as one for regions",
        "IAM has not spread a change of the policies yet: verify again in a minute",
    ):
        yield Cause(text, Likelihood.USUAL, _WEAK)
