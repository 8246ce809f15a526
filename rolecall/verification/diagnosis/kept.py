"""Why a role whose policies are as compiled cannot use what they grant: keys, boundary, and the secrets themselves."""

from collections.abc import Iterator

from rolecall.model.secret import Secret
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis.asked import Asked, asked
from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.diagnosis.services import absent_text, own_policy, question
from rolecall.runtime.probe import Probe
from rolecall.runtime.verdict import Verdict
from rolecall.verification.diagnosis.case import Case

_WEAK = frozenset({Verdict.UNDERPOWERED})
_OF_THE_ROLE = (None, DeniedBy.IDENTITY_POLICY)


def kept_causes(case: Case) -> Iterator[Cause]:
    """What stands beside or above the role's own policies, for each probe that it may explain."""
    for probe in case.probes:
        if probe.failed and probe.kind == "service_in_scope" and probe.observation.denied_by in _OF_THE_ROLE:
            yield from _of_service(probe, case)
        if probe.failed and probe.kind in ("secret_in_scope", "kms_decrypt") and not probe.observation.trouble:
            by, words = probe.observation.denied_by, asked(probe.asked)
            if by is DeniedBy.KEY:
                yield from _of_key(words, _secret_of(probe, case), case)
            elif probe.observation.error_code == "ResourceNotFoundException":
                yield _of_absent(probe, case)
            elif by in _OF_THE_ROLE:
                if probe.kind == "secret_in_scope" and words.may_be_absent:
                    yield from _of_perhaps_absent(_secret_of(probe, case), case)
                yield from _of_nothing_seen(words, case)


def _secret_of(probe: Probe, case: Case) -> Secret | None:
    """The grant that the probe asked about."""
    named = [s for s in case.grant.permissions.secrets if s.value and s.value in probe.asked]
    return max(named, key=lambda secret: len(secret.value), default=None)


def _of_key(question: Asked, secret: Secret | None, case: Case) -> Iterator[Cause]:
    """AWS does not say which policy kept the key shut: the boundary's, the key's, or that of another key."""
    is_unnamed = secret is not None and secret.kms_key is None and not question.prefix
    boundary = list(_of_boundary(f"{question.key_actions} to {question.use_of_key}", case))
    if is_unnamed:
        text = (
            f"the secret {question.place.removeprefix('on ')} is encrypted with a customer managed KMS key that the"
            " estate does not name: add its ARN as `kms_key` beside the secret, then deploy"
        )
        yield Cause(text, Likelihood.FITS, _WEAK)
        yield from boundary
        return
    yield from boundary
    key = secret.kms_key if secret and secret.kms_key else "the key"
    yield Cause(
        f"the KMS key policy does not let the role {question.use_of_key}, though the role's own policy does: add the"
        f" role or its account to the key policy of {key}, or, where a Deny there keeps it out, take it out of that, as"
        " an Allow does not help against a Deny",
        Likelihood.FITS,
        _WEAK,
    )
    if not question.prefix:
        text = (
            f"the secret {question.place.removeprefix('on ')} is encrypted with another key than the estate's"
            " `kms_key`: `aws secretsmanager describe-secret` names it; write that in the estate, then deploy"
        )
        yield Cause(text, Likelihood.FITS, _WEAK)


def _of_boundary(what: str, case: Case) -> Iterator[Cause]:
    """The estate's own boundary, whose document is not read."""
    if case.live.boundary:
        text = (
            f"the permissions boundary {case.live.boundary.rpartition('/')[2]} does not allow what the role's policies"
            f" grant ({what}): add secretsmanager and kms actions there, or take them out of a Deny there"
        )
        yield Cause(text, Likelihood.FITS, _WEAK)


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


def _of_service(probe: Probe, case: Case) -> Iterator[Cause]:
    """What is left where the role's policies allow the call of a service, and it is there."""
    if absent_text(probe):
        return
    what = question(probe)
    if case.live.boundary:
        text = (
            f"the permissions boundary {case.live.boundary.rpartition('/')[2]} does not allow what the role's policies"
            f" grant ({what}): add the action there, or take it out of a Deny there"
        )
        yield Cause(text, Likelihood.FITS, _WEAK)
    if own := own_policy(probe):
        yield Cause(f"{own} denies it ({what}): take the role out of its Deny", Likelihood.USUAL, _WEAK)
    yield from _of_organization(what)


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


def _of_nothing_seen(question: Asked, case: Case) -> Iterator[Cause]:
    """What is left where the role's policies allow it, and nobody named another."""
    what = question.place.removeprefix("on ") if question.may_be_absent else question.what
    yield from _of_boundary(question.what, case)
    if not (question.is_simulated or question.prefix):
        text = f"the secret's own resource policy denies it ({what}): look at `aws secretsmanager get-resource-policy`"
        yield Cause(text, Likelihood.USUAL, _WEAK)
    yield from _of_organization(question.what)


def _of_organization(what: str) -> Iterator[Cause]:
    for text in (
        "a service or resource control policy (SCP, RCP) of the role's organization denies it, such as one for regions"
        f" ({what})",
        "IAM has not spread a change of the policies yet: verify again in a minute",
    ):
        yield Cause(text, Likelihood.USUAL, _WEAK)
