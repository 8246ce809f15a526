"""The one shape in which Rolecall says that a value is wrong."""

AS_TEXT = ", as quoted text"
"""What is allowed in YAML, which takes digits without quotes for a number; the end of that part."""


class InvalidValueError(ValueError):
    """A value that can never be right, with the four things its owner needs to mend it.

    Constructs raise it as it is; files turn it into a finding with file, line and column.
    """

    def __init__(self, what: str, value: object, allowed: str, change: str, *, rule: str) -> None:
        self.what = what
        self.value = value
        self.allowed = allowed
        self.change = change
        self.rule = rule
        super().__init__(four_parts(what, value, allowed, change))


def four_parts(what: str, value: object, allowed: str, change: str) -> str:
    """What is wrong, the value received, what is allowed and the change to make, as one line."""
    received = repr(value) if isinstance(value, str) else str(value)
    if len(received) > 120:
        received = received[:117] + "..."
    return f"{what}: got {received}; allowed: {allowed}; {change}"
