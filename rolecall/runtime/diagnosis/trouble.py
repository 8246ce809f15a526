"""What to do when a call gave no answer: by what stood in its way, and by AWS's code where that says more."""

from collections.abc import Iterator, Sequence

from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.observation import DENIED, Observation, Observed, answered
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.trouble import Trouble
from rolecall.runtime.verdict import Verdict

_OPEN = frozenset({Verdict.INCONCLUSIVE})
# Codes that say more than their kind of trouble. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
# and https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html, read 2026-11-22.
_EXPIRED = "the caller's credentials have expired: sign in again (`aws sso login`, or new keys), then ask again"
_REGION = (
    "the region is not switched on in the caller's account, so STS does not know the caller there: name a region that"
    " is (AWS_REGION), or have an administrator enable it"
)
_UNKNOWN_KEY = (
    "AWS does not know the caller's access key: it was deleted or is inactive, a temporary one lacks AWS_SESSION_TOKEN,"
    " or it belongs to another partition (aws-cn, aws-us-gov)"
)
_BY_CODE = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": "this machine's clock is off: AWS takes 5 minutes at most; set the clock, then ask again",
    "RegionDisabledException": _REGION,
    "OptInRequired": _REGION,
    "NotSignedUp": _REGION,
    "InvalidClientTokenId": _UNKNOWN_KEY,
    "UnrecognizedClientException": _UNKNOWN_KEY,
    "InvalidAccessKeyId": _UNKNOWN_KEY,
}
_BY_TROUBLE = {
    Trouble.CREDENTIALS: (
        "there are no credentials that AWS knows: sign in (`aws sso login`), or set AWS_PROFILE or the keys;"
        " `aws sts get-caller-identity` shows who you are"
    ),
    Trouble.CLOCK: (
        "this machine's clock is off by more than 5 minutes, which is what AWS takes at most: set it, then ask again"
    ),
    Trouble.SIGNATURE: (
        "the secret access key does not belong to the access key id: copy both anew, as they were issued together. If"
        " they are right, something on the way changes the request, such as a proxy"
    ),
    Trouble.THROTTLED: (
        "AWS throttled the calls to the end, and the caller's account shares the limit: ask again later, or"
        " for fewer roles at once"
    ),
    Trouble.UNREACHABLE: (
        "the endpoint cannot be reached: check network, proxy (HTTPS_PROXY), region (AWS_REGION) and AWS_ENDPOINT_URL"
    ),
    Trouble.SILENT: (
        "the endpoint did not answer in time or broke off: ask again; if it stays so, look at proxy and VPC endpoint"
    ),
    Trouble.CERTIFICATE: (
        "the endpoint's certificate is signed by a CA that is not known here, as behind a proxy that opens TLS: set"
        " AWS_CA_BUNDLE to that CA's file"
    ),
    Trouble.CA_FILE: (
        "the file of CA certificates cannot be read: AWS_CA_BUNDLE, or `ca_bundle` of the AWS profile, has to name a"
        " file that is there, may be read and holds certificates in PEM form; or unset it"
    ),
    Trouble.TLS: (
        "no TLS connection came about: AWS speaks TLS 1.2 and 1.3, so what answers is an old proxy, or a port that"
        " speaks no TLS; look at AWS_ENDPOINT_URL and HTTPS_PROXY"
    ),
    Trouble.CONFIGURATION: (
        "boto3's configuration is broken: look at the files of AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE"
        " (default: ~/.aws/config and ~/.aws/credentials), and at the variables AWS_..., of which AWS_ENDPOINT_URL,"
        " AWS_DEFAULTS_MODE and AWS_STS_REGIONAL_ENDPOINTS take certain values only; `aws sts get-caller-identity`"
        " names the one"
    ),
    Trouble.SERVER: "AWS's service failed: look at https://health.aws.amazon.com/ and ask again later",
    Trouble.NONSENSE: (
        "what answered is not AWS: look at AWS_ENDPOINT_URL, and for a proxy or a sign-in page on the way"
    ),
    Trouble.REQUEST: "boto3 refused the request itself: look at ARN, external ID and region for stray signs",
    Trouble.OTHER: "the call did not come through: ask again, and look at network and proxy",
}


def trouble_text(observation: Observation) -> str | None:
    """What to do about what stood in the way of one answer; None where nothing is known of it."""
    by_code = _BY_CODE.get(observation.error_code or "")
    return by_code or (_BY_TROUBLE[observation.trouble] if observation.trouble else None)


def trouble_causes(probes: Sequence[Probe]) -> Iterator[Cause]:
    """Why questions stayed open, in the order in which that was met."""
    for probe in probes:
        if probe.observation.observed is not Observed.UNDECIDED:
            continue
        if text := trouble_text(probe.observation):
            yield Cause(text, Likelihood.TOLD, _OPEN)
        elif text := _open_text(probe):
            yield Cause(text, Likelihood.USUAL, _OPEN)


def _open_text(probe: Probe) -> str | None:
    """What is known of an answer that was neither a yes nor a no."""
    seen = probe.observation
    if probe.rung is Rung.PERMISSIONS and seen.error_code in DENIED:
        return "IAM's simulator may not be used: grant iam:SimulatePrincipalPolicy to whoever verifies as the owner"
    if seen.reason and seen.reason != answered(seen.error_code):
        return f"{probe.kind} stayed open: {seen.reason}"
    if seen.error_code:
        return f"AWS answered {probe.kind} with {seen.error_code}, which is neither a yes nor a no: look it up"
    return None


def skipped_causes(probes: Sequence[Probe]) -> Iterator[Cause]:
    """What was not asked, and why."""
    reasons = dict.fromkeys(p.observation.reason for p in probes if p.observed is Observed.SKIPPED)
    for reason in filter(None, reasons):
        yield Cause(f"not everything was asked: {reason}", Likelihood.USUAL, _OPEN)
