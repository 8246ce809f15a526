"""What one call showed: a result value, never an exception."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from rolecall.runtime.deadline import TooLateError, in_time
from rolecall.runtime.denial import DeniedBy, denied_by, denied_explicitly
from rolecall.runtime.sdk_errors import is_of_credentials, of_error
from rolecall.runtime.trouble import Trouble, of_code

# Codes with which AWS says "you may not". A request that the role's or the API's limits forbid is refused as well.
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
OUT_OF_LIMITS = frozenset({"ValidationError", "ValidationException"})
# What an answer of an unexpected shape raises where it is taken apart, and a program that should give credentials.
_RAISED = (
    BotoCoreError,
    ResponseParserError,
    OSError,
    EOFError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
)


class Observed(StrEnum):
    """What was seen."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDECIDED = "undecided"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Observation:
    """The outcome of a call.

    Args:
        observed: what was seen.
        error_code: AWS's code for it, where there is one.
        elapsed_ms: how long it took, in milliseconds.
        reason: why it could not be told, or was not asked.
        denied_by: the policy that AWS named when it refused.
        trouble: what stood in the way of an answer.
        moot: whether nothing is left open by a call that was not made: there was nothing to ask.
        explicitly: whether AWS named a Deny, against which no Allow helps.
    """

    observed: Observed
    error_code: str | None = None
    elapsed_ms: float = 0.0
    reason: str | None = None
    denied_by: DeniedBy | None = None
    trouble: Trouble | None = None
    moot: bool = False
    explicitly: bool = False

    @classmethod
    def skipped(cls, reason: str, *, moot: bool = False) -> "Observation":
        """A call that was not made, or whose answer means nothing."""
        return cls(Observed.SKIPPED, reason=reason, moot=moot)


def _anything(_answer: Any) -> bool:
    return True


def observe(
    call: Callable[[], Any],
    *,
    denied: frozenset[str] = DENIED,
    is_sound: Callable[[Any], bool] = _anything,
    bounded: Callable[[Callable[[], Any]], Any] = in_time,
) -> tuple[Observation, Any]:
    """Make a call and say what it showed, with what it returned; None unless it was allowed.

    Args:
        call: a boto3 call without arguments.
        denied: error codes that mean a refusal; every other error leaves the question open.
        is_sound: whether an answer has the shape that the API gives. What a proxy made up proves nothing.
        bounded: makes the call and raises TooLateError if it takes too long. Default: after a minute and a half.
    """
    started = time.perf_counter()
    returned = None
    try:
        returned = bounded(call)
        seen = Observation(Observed.ALLOWED) if is_sound(returned) else undecided(Trouble.NONSENSE)
    except ClientError as error:
        seen = _of_answer(error, denied)
    except TooLateError:
        seen = undecided(Trouble.SILENT)
    except _RAISED as error:
        seen = undecided(of_error(error))
    elapsed = round((time.perf_counter() - started) * 1000, 1)
    return replace(seen, elapsed_ms=elapsed), returned if seen.observed is Observed.ALLOWED else None


def _of_answer(error: ClientError, denied: frozenset[str]) -> Observation:
    said = error.response.get("Error", {})
    if not said.get("Code"):  # a page of something that is not AWS, or another service's error
        return undecided(Trouble.NONSENSE)
    code = str(said["Code"])
    # The caller's own credentials may be renewed within a call: who refuses that has not been asked for the role.
    trouble = Trouble.CREDENTIALS if is_of_credentials(error) else of_code(code, error.response)
    if code in denied and trouble is None:
        message = said.get("Message", "")
        by, explicitly = denied_by(message), denied_explicitly(message)
        return Observation(Observed.DENIED, code, denied_by=by, explicitly=explicitly)
    return undecided(trouble, code) if trouble else Observation(Observed.UNDECIDED, code, reason=answered(code))


def answered(code: str | None) -> str:
    """The reason of a call that stayed open, where nothing but AWS's code is known."""
    return f"AWS answered {code}"


def undecided(trouble: Trouble, code: str | None = None) -> Observation:
    """A call that stayed open, with AWS's code where there is one."""
    reason = f"{trouble.value} ({code})" if code else trouble.value
    return Observation(Observed.UNDECIDED, code, reason=reason, trouble=trouble)
