"""How all tests run: property tests without a clock and without a memory, so that a run says the same everywhere."""

from hypothesis import settings

settings.register_profile("rolecall", deadline=None, derandomize=True, database=None, max_examples=200)
settings.load_profile("rolecall")
