"""How all tests run: property tests without a clock and without a memory, so that a run says the same everywhere."""

import signal

from hypothesis import settings

settings.register_profile("rolecall", deadline=None, derandomize=True, database=None, max_examples=200)
settings.load_profile("rolecall")


def pytest_configure() -> None:
    """Let what the tests start hear Ctrl-C: a shell's job in the background ignores it, and so do its children."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
