"""Two servers for the whole run: a guarded one, and plain ministack, which shows what each check is for."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_world import CALLERS, REGION, World

from rolecall.local import down, lifecycle, running
from rolecall.local.launch import launch
from rolecall.local.state import StateDir


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("guarded"), CALLERS) as aws:
        yield World(aws)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same server without the guard, for which the product has no option."""
    state = StateDir(tmp_path_factory.mktemp("plain"))
    with contextlib.ExitStack() as stack:
        started, leash = launch(state, port=None, region=REGION, guarded=False)
        stack.callback(down, state.path)
        stack.callback(leash.close)
        yield World(lifecycle._furnished(state, started, CALLERS, lambda _: None))


@pytest.fixture
def state_dir(tmp_path: Path) -> Iterator[Path]:
    """A folder whose server, if the test leaves one, is stopped."""
    yield tmp_path / "local"
    down(tmp_path / "local")
