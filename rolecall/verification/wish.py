"""What somebody wants to be proved."""

import threading
import time
from dataclasses import dataclass

from rolecall.answer import USAGE, CommandError
from rolecall.runtime.patience import AT_ONCE, Patience
from rolecall.runtime.rung import Rung


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be proved, and how.

    Args:
        target: local or aws.
        mode: vendor, owner or auto.
        require: names of rungs; none means those that the mode asks for.
        read_secrets: on AWS, whether granted secrets are read; on the embedded AWS they always are.
        write_probes: on AWS, whether secrets are written and deleted; likewise.
        wait_seconds: on AWS, how long a wrong answer is asked again, as IAM is eventually consistent.
        output: text, json, junit or markdown.
        width: columns of the terminal that shows the text; None where there is none.
    """

    target: str = "aws"
    mode: str = "auto"
    require: tuple[str, ...] = ()
    read_secrets: bool = False
    write_probes: bool = False
    wait_seconds: float = 120.0
    output: str = "text"
    width: int | None = None

    @property
    def is_local(self) -> bool:
        """Whether the embedded AWS is meant."""
        return self.target == "local"

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The rungs of `require`.

        Raises:
            CommandError: there is no such rung.
        """
        try:
            return tuple(Rung(name) for name in self.require)
        except ValueError as error:
            raise CommandError(str(error), f"--require takes {', '.join(Rung)}, with commas", USAGE) from None

    def patience(self, stop: threading.Event) -> Patience:
        """How long IAM may take, from now on; no longer than until somebody stops the run."""
        if self.is_local or not self.wait_seconds:
            return AT_ONCE
        return Patience(bound_seconds=self.wait_seconds, began=time.monotonic(), sleep=stop.wait)
