"""What one call showed: a result value, never an exception."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

# Codes with which AWS says "you may not". A request that the role's or the API's limits forbid is refused as well.
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
OUT_OF_LIMITS = frozenset({"ValidationError", "ValidationException"})


class Observed(StrEnum):
    """What was seen."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDECIDED = "undecided"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Observation:
    """The outcome of a call: what was seen, AWS's code for it, how long it took, and why it could not be told."""

    observed: Observed
    error_code: str | None = None
    elapsed_ms: float = 0.0
    reason: str | None = None

    @classmethod
    def skipped(cls, reason: str) -> "Observation":
        """A call that was not made."""
        return cls(Observed.SKIPPED, reason=reason)


def observe(call: Callable[[], Any], *, denied: frozenset[str] = DENIED) -> tuple[Observation, Any]:
    """Make a call and say what it showed, with what it returned.

    Args:
        call: a boto3 call without arguments.
        denied: error codes that mean a refusal; every other error leaves the question open.
    """
    started = time.perf_counter()

    def outcome(observed: Observed, code: str | None = None, reason: str | None = None) -> Observation:
        return Observation(observed, code, round((time.perf_counter() - started) * 1000, 1), reason)

    try:
        returned = call()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "Unknown"))
        if code in denied:
            return outcome(Observed.DENIED, code), None
        return outcome(Observed.UNDECIDED, code, f"AWS answered {code}"), None
    except ParamValidationError:
        return outcome(Observed.UNDECIDED, None, "boto3 refused the request before it was sent"), None
    except BotoCoreError as error:
        # The kind only: botocore's texts name endpoints and headers, which are nobody's business in a report.
        return outcome(Observed.UNDECIDED, None, f"the call did not come through ({type(error).__name__})"), None
    return outcome(Observed.ALLOWED), returned
