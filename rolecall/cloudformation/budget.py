"""A bound on the work that a file can cause, whatever it says."""


class WorkLimitError(Exception):
    """A template asks for more work than any real one does."""


class Budget:
    """How much work is left; a step is about a microsecond or a few."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take some of it.

        Raises:
            WorkLimitError: nothing is left.
        """
        self.left -= steps
        if self.left < 0:
            raise WorkLimitError
