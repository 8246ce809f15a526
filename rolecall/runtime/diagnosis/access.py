"""What the calls after the door tell: session length, secrets, their keys and other services."""

from collections.abc import Callable, Iterator, Sequence

from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis.asked import asked
from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.diagnosis.services import absent_text, let_in_text, own_policy, refused_text
from rolecall.runtime.observation import OUT_OF_LIMITS, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.secret_reading import NO_VALUE
from rolecall.runtime.verdict import Verdict

_WEAK = frozenset({Verdict.UNDERPOWERED})
_WIDE = frozenset({Verdict.OVERREACHING})
_OTHER = frozenset({Verdict.DRIFTED})

# Where AWS named the policy that refused, with the action for {}. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
REFUSED_BY = {
    DeniedBy.RESOURCE_CONTROL_POLICY: (
        "a resource control policy (RCP) of the role's organization refuses it, whatever the role may do: have the role"
        " or the vendor's account excepted there"
    ),
    DeniedBy.SERVICE_CONTROL_POLICY: (
        "a service control policy (SCP) of the role's organization refuses it, such as one that allows some regions"
        " only: have it allow {} there"
    ),
    DeniedBy.PERMISSIONS_BOUNDARY: (
        "the role's permissions boundary does not allow it: a boundary limits what all its policies together may give;"
        " add {} there"
    ),
    DeniedBy.RESOURCE_POLICY: (
        "the secret's own resource policy denies it: look at `aws secretsmanager get-resource-policy` and take the role"
        " out of its Deny"
    ),
    DeniedBy.ENDPOINT_POLICY: (
        "the policy of the VPC endpoint that the call goes through does not allow it: add {} there, for this role"
    ),
    DeniedBy.SESSION_POLICY: "the session policy that the role was assumed with does not allow it: assume it anew",
}
# The simulator names no policy of the role's own, and everything else.
_OF_THE_ROLE = (None, DeniedBy.IDENTITY_POLICY)
# Codes that tell how the secret is. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
_STATES = {
    "ResourceNotFoundException": (
        "there is no such secret ({}): make it there, or correct its name or `region`; the vendor has to look in the"
        " same region"
    ),
    "InvalidRequestException": (
        "the secret waits for its deletion ({}): `aws secretsmanager restore-secret` brings it back"
    ),
    "DecryptionFailure": (
        "the KMS key of the secret is disabled, pending deletion or gone ({}): `aws kms enable-key` switches a disabled"
        " one on; one that is pending deletion takes `aws kms cancel-key-deletion` first, which leaves it disabled"
    ),
    "EncryptionFailure": (
        "the KMS key for new secrets cannot be used ({}): `aws kms describe-key` tells whether it is there and enabled,"
        " and for encryption"
    ),
}


def access_causes(probes: Sequence[Probe]) -> Iterator[Cause]:
    """Causes of what was refused inside, and of what should have been, in the order of the probes."""
    for probe in probes:
        if probe.failed and probe.kind in _BY_KIND:
            yield from _BY_KIND[probe.kind](probe)


def _session(probe: Probe) -> Iterator[Cause]:
    if probe.observed is Observed.ALLOWED:
        text = f"the role gives {probe.asked}: somebody raised its MaxSessionDuration (CloudTrail: UpdateRole)"
        yield Cause(text, Likelihood.FITS, _OTHER)
        return
    is_limit = probe.observation.error_code in OUT_OF_LIMITS
    text = (
        f"the role's MaxSessionDuration is too short for {probe.asked}: raise it (`max_session` in the estate, or `aws"
        " iam update-role --max-session-duration`)"
    )
    yield Cause(text, Likelihood.TOLD if is_limit else Likelihood.FITS, _WEAK)


def _secret(probe: Probe) -> Iterator[Cause]:
    seen = probe.observation
    if seen.reason == NO_VALUE:
        text = f"the secret has no value yet ({probe.asked}): give it one with `aws secretsmanager put-secret-value`"
        yield Cause(text, Likelihood.TOLD, _WEAK)
    elif seen.error_code in _STATES:
        yield Cause(_STATES[seen.error_code].format(probe.asked), Likelihood.TOLD, _WEAK)
    elif named := _named(probe):
        yield Cause(named, _how_sure(probe), _WEAK)
    elif seen.denied_by is DeniedBy.KEY:
        yield from _key(probe)
    else:
        yield Cause(_refused_text(probe), Likelihood.USUAL, _WEAK)


def _named(probe: Probe) -> str | None:
    """What AWS itself said: the policy that refused, and a Deny where it was one."""
    seen = probe.observation
    if seen.denied_by in _OF_THE_ROLE and seen.explicitly:
        return f"a Deny in the role's own policies refuses it ({probe.asked}): an Allow does not help; take that out"
    if seen.denied_by is DeniedBy.PERMISSIONS_BOUNDARY and seen.explicitly:
        return f"a Deny in the role's permissions boundary refuses it ({probe.asked}): take that out there"
    if seen.denied_by is DeniedBy.RESOURCE_POLICY and (own := own_policy(probe)):
        return f"{own} denies it ({probe.asked}): take the role out of its Deny"
    text = REFUSED_BY.get(seen.denied_by) if seen.denied_by else None
    is_of_secret = probe.kind in ("secret_in_scope", "kms_decrypt")
    return text.format(asked(probe.asked).actions if is_of_secret else "the action") if text else None


def _how_sure(probe: Probe) -> Likelihood:
    """Of the role's own policies AWS names none: whoever reads them can say which it is, and comes first."""
    return Likelihood.FITS if probe.observation.denied_by in _OF_THE_ROLE else Likelihood.TOLD


def _refused_text(probe: Probe) -> str:
    """A secret that is not there is refused like another, unless the role may read every name.

    AWS asks the policies first, and the ARN of what does not exist has none of the ends that a Resource asks for.
    """
    question = asked(probe.asked)
    if question.may_be_absent:
        where = question.place.removeprefix("on ")
        text = f"there is no such secret ({where}), or the role's policies do not allow {question.actions} on it"
    else:
        text = f"the role's policies do not allow {question.what}"
    return f"{text}: {question.compare}"


def _key(probe: Probe) -> Iterator[Cause]:
    question = asked(probe.asked)
    if question.is_simulated:
        text = _named(probe) or f"the role's policies do not allow {question.what}: put the key grant there"
        yield Cause(text, _how_sure(probe), _WEAK)
        return
    yield Cause(
        f"KMS refuses to {question.use_of_key}: either the role lacks {question.key_actions} on the key, or the key"
        " policy does not let the role's account use it",
        Likelihood.FITS,
        _WEAK,
    )


def _shape(probe: Probe) -> Iterator[Cause]:
    flaw, (name, _, keys) = probe.observation.reason or "", probe.asked.partition(" as a JSON object")
    if "lacks" in flaw:
        text = f"the secret {name} {flaw.removeprefix('it ')}: add it there, or correct `keys` in the estate"
    else:
        is_what = flaw.removeprefix("it is ") or "no JSON object"
        text = f"the secret {name} is {is_what}: store it anew as JSON key/value pairs{keys}, as the vendor reads these"
    yield Cause(text, Likelihood.SEEN, _WEAK)


def _beside(probe: Probe) -> Iterator[Cause]:
    question = asked(probe.asked)
    if question.is_forced:
        text = (
            "the Deny on secretsmanager:DeleteSecret with ForceDeleteWithoutRecovery is missing from the role's"
            f" policies ({probe.asked}): put it there, or what the vendor deletes may be gone for good"
        )
    elif question.prefix:
        text = (
            f"the role's policies allow {question.what}, where nothing was granted: the Resource has to end in"
            f" {question.prefix}*"
        )
    else:
        text = f"the role was let through where nothing was granted ({probe.asked}): a policy of it is too wide" + (
            "" if question.is_simulated else ", or that secret's own resource policy lets it in"
        )
    yield Cause(text, *_TOO_WIDE)


def _region(probe: Probe) -> Iterator[Cause]:
    yield Cause(
        f"the role reaches into another region ({probe.asked}): a Resource of its policies has * for the region",
        Likelihood.FITS,
        _WIDE,
    )


def _service(probe: Probe) -> Iterator[Cause]:
    if probe.observed is Observed.ALLOWED:
        yield Cause(let_in_text(probe), *_TOO_WIDE)
    elif absent := absent_text(probe):
        yield Cause(absent, Likelihood.TOLD, _WEAK)
    elif named := _named(probe):
        yield Cause(named, _how_sure(probe), _WEAK)
    else:
        yield Cause(refused_text(probe), Likelihood.USUAL, _WEAK)


_TOO_WIDE = (Likelihood.FITS, _WIDE)
_BY_KIND: dict[str, Callable[[Probe], Iterator[Cause]]] = {
    "session_duration": _session,
    "secret_in_scope": _secret,
    "kms_decrypt": _key,
    "secret_shape": _shape,
    "secret_out_of_scope": _beside,
    "region": _region,
    "service_in_scope": _service,
    "service_out_of_scope": _service,
}
