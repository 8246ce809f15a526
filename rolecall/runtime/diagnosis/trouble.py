"""What to do when a call gave no answer: by what stood in its way, and by AWS's code where that says more."""

from collections.abc import Iterator, Sequence

from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
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
        "this machine's clock is off by more than 5 minutes: set it. If it is right, the secret access key was copied"
        " wrongly, or a proxy changes requests on their way"
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
    Trouble.SERVER: "AWS's service failed: look at https://health.aws.amazon.com/ and ask again later",
    Trouble.NONSENSE: (
        "what answered is not AWS: look at AWS_ENDPOINT_URL, and for a proxy or a sign-in page on the way"
    ),
    Trouble.REQUEST: "boto3 refused the request itself: look at ARN, external ID and region for stray signs",
    Trouble.OTHER: "the call did not come through: ask again, and look at network and proxy",
}


def trouble_causes(probes: Sequence[Probe]) -> Iterator[Cause]:
    """Why questions stayed open, in the order in which that was met."""
    for probe in probes:
        seen = probe.observation
        if seen.observed is not Observed.UNDECIDED:
            continue
        if seen.error_code in _BY_CODE:
            yield Cause(_BY_CODE[seen.error_code], Likelihood.TOLD, _OPEN)
        elif seen.trouble:
            yield Cause(_BY_TROUBLE[seen.trouble], Likelihood.TOLD, _OPEN)
        elif seen.error_code:
            text = f"AWS answered {probe.kind} with {seen.error_code}, which is neither a yes nor a no: look it up"
            yield Cause(text, Likelihood.USUAL, _OPEN)


def skipped_causes(probes: Sequence[Probe]) -> Iterator[Cause]:
    """What was not asked, and why."""
    reasons = dict.fromkeys(p.observation.reason for p in probes if p.observed is Observed.SKIPPED)
    for reason in filter(None, reasons):
        yield Cause(f"not everything was asked: {reason}", Likelihood.USUAL, _OPEN)
