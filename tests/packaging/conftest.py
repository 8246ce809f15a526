"""One wheel for all tests of this folder, and environments that have it."""

from pathlib import Path

import pytest

from tests.packaging.environments import ROOT, Environment, build, new_environment


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
