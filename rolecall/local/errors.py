"""What can go wrong with the embedded AWS, each with a sentence that says what to do."""

from collections.abc import Iterable

LOCAL_EXTRA = "pip install 'rolecall[local]'"
"""What to do where the embedded AWS is not installed."""


class LocalAwsError(Exception):
    """The embedded AWS could not be started, found, prepared or stopped. The message is a plain sentence."""


class NotInstalledError(LocalAwsError):
    """The packages of the extra `local` are not there."""


class UnknownIdentity(LocalAwsError, KeyError):  # noqa: N818 -- says what is the matter, as KeyError's kin do
    """A caller was asked for that the embedded AWS does not have."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(
            f"the embedded AWS has no caller {name!r}; it has {', '.join(self.known) or 'none'}. "
            "Add the account or vendor to the estate and start it again."
        )

    def __str__(self) -> str:
        """The sentence itself: KeyError alone would print it in quotes."""
        return str(self.args[0])
