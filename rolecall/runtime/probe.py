"""One question asked of a role, and its answer."""

from dataclasses import dataclass

from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.rung import Rung


@dataclass(frozen=True)
class Probe:
    """A kind of the contract, what was expected and seen, in words what was asked, and the rung that it belongs to."""

    kind: str
    expected: Observed
    observation: Observation
    asked: str = ""
    rung: Rung = Rung.ASSUMED

    @property
    def observed(self) -> Observed:
        """What was seen."""
        return self.observation.observed

    @property
    def decided(self) -> bool:
        """Whether the call gave an answer."""
        return self.observed in (Observed.ALLOWED, Observed.DENIED)

    @property
    def failed(self) -> bool:
        """Whether the answer was the wrong one."""
        return self.decided and self.observed is not self.expected

    def as_json(self) -> dict[str, object]:
        """The shape of the contract, with `asked` and `rung` beside it."""
        seen = self.observation
        return {
            "kind": self.kind,
            "expected": self.expected.value,
            "observed": seen.observed.value,
            "error_code": seen.error_code,
            "elapsed_ms": seen.elapsed_ms,
            "reason": seen.reason,
            "asked": self.asked,
            "rung": self.rung.value,
        }
