"""Estates, and the templates that they become, synthesised without rule packs."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import quiet_cdk  # noqa: F401  # before anything imports aws_cdk

from rolecall.estate import sound
from rolecall.model.grant import Grant
from stacks.build import build, new_app, synth

ACME = Path(__file__).parents[2] / "examples" / "acme"
Templates = dict[str, dict[str, Any]]


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A copy of the example estate, to be changed."""
    folder = tmp_path / "acme"
    shutil.copytree(ACME, folder, ignore=shutil.ignore_patterns(".rolecall", "cdk.out"))
    return folder


def synthesised(grants: Sequence[Grant], outdir: Path) -> Templates:
    """The templates of these grants, by the construct id of their stack."""
    app = new_app(outdir)
    build(app, grants, validate=False)
    paths = sorted(synth(app, grants).glob("*.template.json"))
    return {path.name.removesuffix(".template.json"): json.loads(path.read_text("utf-8")) for path in paths}


@pytest.fixture
def templates_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Templates]:
    """The templates of an estate's folder as it is now."""
    return lambda folder: synthesised(sound(folder).grants, tmp_path_factory.mktemp("assembly"))


@pytest.fixture(scope="session")
def acme_templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The templates of the example estate."""
    return synthesised(sound(ACME).grants, tmp_path_factory.mktemp("acme"))


@pytest.fixture(scope="session")
def acme_grants() -> tuple[Grant, ...]:
    """The grants of the example estate."""
    return sound(ACME).grants
