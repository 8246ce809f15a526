"""One value that somebody has to know."""

from collections.abc import Callable
from dataclasses import dataclass

from rolecall.commands.init.wishes import check
from rolecall.model.invalid import InvalidValueError
from rolecall.model.near import did_you_mean

_NO_CHECK: Callable[[str, str], None] = lambda value, what: None  # noqa: E731


@dataclass(frozen=True)
class Choice:
    """One of several values, and what it is."""

    value: str
    what: str = ""


@dataclass(frozen=True)
class Need:
    """One value that is needed."""

    name: str
    """Of the wish."""
    default: str | None = None
    """What holds if nobody says anything; None where nobody but the user can know."""
    choices: tuple[Choice, ...] = ()
    closed: bool = False
    """Whether it has to be one of the choices."""
    optional: bool = False
    """Whether it may be left out."""
    where: str = ""
    """Where it is found on the vendor's screens."""
    only: str = ""
    """What is special about the default where nothing else is known. Where nobody is asked, it is told."""
    question: str = ""
    """By what it is called in the table of questions. Default: its name"""
    of_vendor: Callable[[str, str], None] = _NO_CHECK
    """What the vendor's own rules say of it; raises InvalidValueError."""

    def refuse(self, value: str, what: str) -> None:
        """Refuse a value that cannot be right.

        Raises:
            InvalidValueError: in four parts.
        """
        if self.optional and not value:
            return
        known = [choice.value for choice in self.choices]
        if self.closed and value not in known:
            change = did_you_mean(value, known, "choose one of those")
            raise InvalidValueError(f"{what} is not known", value, ", ".join(known), change, rule="RC007")
        check(self.name, value, what)
        self.of_vendor(value, what)
