"""What a command gives back, and the reasons for which it gives nothing."""

from collections.abc import Callable
from dataclasses import dataclass

Say = Callable[[str], None]
"""Takes a line for people who watch: progress and hints, on standard error."""

YES, NO, USAGE, CANNOT_TELL = 0, 1, 2, 3


@dataclass(frozen=True)
class Answer:
    """The result, as text for standard output, and the exit code."""

    text: str
    exit_code: int = YES


class CommandError(Exception):
    """A command that cannot give its answer: one sentence, what to do about it, and the exit code."""

    def __init__(self, sentence: str, tip: str = "", exit_code: int = NO) -> None:
        self.tip, self.exit_code = tip, exit_code
        super().__init__(sentence)
