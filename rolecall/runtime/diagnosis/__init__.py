"""Why a role is not what it should be, as far as the calls alone tell: for those who have an ARN and an external ID.

Whoever may read the role as well has more to say: `rolecall.verification.diagnosis` adds what the live documents show.
"""

from collections.abc import Iterator, Sequence

from rolecall.runtime.diagnosis.access import access_causes
from rolecall.runtime.diagnosis.cause import Cause, told
from rolecall.runtime.diagnosis.refusal import Call
from rolecall.runtime.diagnosis.trouble import skipped_causes, trouble_causes
from rolecall.runtime.diagnosis.trust import trust_causes
from rolecall.runtime.probe import Probe
from rolecall.runtime.verdict import Verdict


def causes(
    probes: Sequence[Probe],
    role_arn: str,
    caller_arn: str | None = None,
    external_id: str | None = None,
    ids: int | None = None,
) -> Iterator[Cause]:
    """Everything that the calls betray.

    Args:
        caller_arn: who called, where that is known.
        external_id: what was sent as the right one. It is not told.
        ids: how many right ones each caller sent. Default: there was one caller.
    """
    yield from trust_causes(probes, Call(role_arn, caller_arn, external_id, ids))
    yield from access_causes(probes)
    yield from trouble_causes(probes)
    yield from skipped_causes(probes)


def hint(
    probes: Sequence[Probe],
    verdict: Verdict,
    role_arn: str,
    caller_arn: str | None = None,
    external_id: str | None = None,
) -> str | None:
    """What to do about a role that nobody here may read: the likeliest cause first; None where it is verified."""
    if verdict is Verdict.VERIFIED:
        return None
    return told(causes(probes, role_arn, caller_arn, external_id), verdict)
