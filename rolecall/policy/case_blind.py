"""Names that IAM compares without regard to letter case: actions, condition keys and operators."""


class CaseBlind(str):
    """A name in lower case, equal to any other spelling of it, that remembers how it was written."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, written: str) -> "CaseBlind":
        """Take the name as somebody wrote it."""
        self = super().__new__(cls, written.lower())
        self.written = written
        return self


def as_written(name: str) -> str:
    """A name as it stands in the policy, for people who will look for it there."""
    return name.written if isinstance(name, CaseBlind) else name
