"""Virtual environments with a wheel and exactly what its metadata asks for, made in a second.

What the wheel requires is linked from the environment that runs the tests and not downloaded: by following the
requirements of METADATA, so that a requirement that is missing there is missing in the new environment too.
"""

import importlib.metadata
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
JSII_CACHE = Path.home() / ".cache" / "aws" / "jsii" / "package-cache"
"""Where jsii unpacks aws_cdk, once for each version: not for each new home."""

# What a new machine has besides Python: no Node, no npm.
COREUTILS = ("bash", "cat", "dirname", "env", "git", "ls", "mkdir", "rm", "sh", "uname")

_BLOCK = re.compile(r"<!-- run: (\w+) -->\n```bash\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Environment:
    """A virtual environment in which `rolecall` is installed from a wheel."""

    path: Path
    tools: Path

    @property
    def site_packages(self) -> Path:
        (found,) = self.path.glob("lib/python*/site-packages")
        return found

    def run(self, *arguments: str, folder: Path, path: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, with a home of its own and nothing of the tests' environment.

        Args:
            folder: where it runs.
            path: folders before those of the tools on PATH.
            more: environment variables.
        """
        clean = {"HOME": str(self.path), "PATH": f"{path}{os.pathsep if path else ''}{self.tools}", "NO_COLOR": "1"}
        clean["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(JSII_CACHE)
        return subprocess.run(
            [self.path / "bin" / arguments[0], *arguments[1:]],
            cwd=folder,
            env={**clean, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )


def documented(name: str) -> dict[str, str]:
    """The commands of a document that say of themselves that they are run."""
    return dict(_BLOCK.findall((ROOT / name).read_text("utf-8")))


def build(kind: str, source: Path, folder: Path) -> Path:
    """A wheel or an sdist."""
    program = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(folder)]
    ended = subprocess.run(program, cwd=source, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    (built,) = folder.iterdir()
    return built


def metadata(wheel: Path) -> Message:
    """The METADATA of a wheel."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(name).decode("utf-8"))


def requirements(lines: list[str], extras: set[str]) -> list[Requirement]:
    """Those that hold for this Python with these extras."""
    parsed = [Requirement(line) for line in lines]
    return [
        each
        for each in parsed
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in {"", *extras})
    ]


def new_environment(folder: Path, wheel: Path, extras: set[str]) -> Environment:
    """An environment with the wheel installed into it and its requirements linked."""
    path, tools = folder / "venv", folder / "tools"
    venv.create(path, symlinks=True)
    tools.mkdir()
    for name in COREUTILS:
        (tools / name).symlink_to(f"/usr/bin/{name}" if Path(f"/usr/bin/{name}").exists() else f"/bin/{name}")
    uv = [str(Path(sys.executable).parent / "uv"), "--no-config", "--offline", "pip", "install", "--no-deps"]
    ended = subprocess.run(
        [*uv, "--python", str(path / "bin" / "python"), str(wheel)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    environment = Environment(path, tools)
    for name in _reached(metadata(wheel).get_all("Requires-Dist") or [], extras, set()):
        _link(name, environment.site_packages)
    return environment


def _reached(lines: list[str], extras: set[str], known: set[str]) -> Iterator[str]:
    for requirement in requirements(lines, extras):
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name not in known:
            known.add(name)
            found = importlib.metadata.distribution(name)
            assert found.version in requirement.specifier, f"{requirement} is not what is tested: {found.version}"
            yield name
            yield from _reached(found.requires or [], set(requirement.extras), known)


def _link(name: str, folder: Path) -> None:
    found = importlib.metadata.distribution(name)
    home = Path(str(found.locate_file("")))
    tops = {Path(str(file)).parts[0] for file in found.files or []} - {"..", "__pycache__"}
    for top in tops:
        if not (folder / top).exists():
            (folder / top).symlink_to(home / top)
