"""One wheel for all tests of this folder, and environments that have it."""

from pathlib import Path

import pytest

from tests.packaging.environments import ROOT, Environment, build, new_environment


@pytest.hookimpl(tryfirst=True)  # before xdist puts the group's name behind the test's
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that share a wheel stay in one process."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("packaging"))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install rolecall`, without any extra."""
    return new_environment(tmp_path_factory.mktemp("base"), wheel, set())


@pytest.fixture(scope="session")
def full(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install 'rolecall[cdk,local]'`."""
    return new_environment(tmp_path_factory.mktemp("full"), wheel, {"cdk", "local"})
