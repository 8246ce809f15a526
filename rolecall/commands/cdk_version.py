"""Which versions of the cdk command line read what the constructs write, and which one a program is."""

import json
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rolecall.starters import render

Version = tuple[int, int, int]

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
# What npm compares: its own documentation of package-lock.json, `integrity`, read 2026-11-22.
_SHA512 = re.compile(r"sha512-[A-Za-z0-9+/]{86}==")
_SECONDS = 60
"""For `cdk --version`, which takes one second."""


@cache
def pinned() -> str:
    """The version that estates pin and that Rolecall is tested with."""
    return str(json.loads(render("estate/package.json", {}))["devDependencies"]["aws-cdk"])


def allowed_versions() -> str:
    """What `reads_assemblies` takes, in words."""
    return f"{pinned()} or a later {pinned().partition('.')[0]}.x"


def how_to_pin() -> str:
    """npm's own command for a package.json that somebody keeps for other things too."""
    return f"npm install --save-dev --save-exact aws-cdk@{pinned()}"


def reads_assemblies(version: str | None) -> bool:
    """Whether a cdk of this version is known to read an assembly: the pinned one or a later one of its major version.

    An older cdk refuses what a newer aws-cdk-lib writes (https://docs.aws.amazon.com/cdk/v2/guide/versioning.html,
    checked 2026-11-22). Other major versions are not later ones: npm's `latest` has been a 3.0.0 without any content.
    """
    found, known = _numbers(version), _numbers(pinned())
    return found is not None and known is not None and found[0] == known[0] and found >= known


def version_of(program: Path, environment: Mapping[str, str]) -> str | None:
    """The version of a cdk program: from the package that it belongs to, else asked; None if it does not tell."""
    package = program.resolve().parents[1] / "package.json"
    described = _json(package)
    if described.get("name") == "aws-cdk":
        return str(described.get("version"))
    try:
        ended = subprocess.run(  # noqa: S603 -- no shell; the program is the one that is to deploy
            [program, "--version"],
            env=dict(environment),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    told = _VERSION.match(ended.stdout)
    return told[0] if told and ended.returncode == 0 else None


def locked_version(lock: Path) -> str | None:
    """The version of aws-cdk that a package-lock.json pins; None if it pins none."""
    entry = _locked(lock).get("node_modules/aws-cdk")
    return str(entry.get("version")) if isinstance(entry, dict) else None


def unchecked(lock: Path) -> list[str]:
    """The packages of a package-lock.json that npm would install without comparing a SHA-512 of what it got."""
    return sorted(path for path, entry in _locked(lock).items() if path and not _is_checked(entry))


def _is_checked(entry: object) -> bool:
    """A package is a tarball with a checksum, or comes in another's tarball. Links and folders have none."""
    if not isinstance(entry, dict) or entry.get("link"):
        return False
    from_registry = str(entry.get("resolved", "https://")).startswith(("https://", "http://"))
    return bool(entry.get("inBundle")) or (from_registry and bool(_SHA512.fullmatch(str(entry.get("integrity")))))


def _locked(lock: Path) -> dict[str, Any]:
    packages = _json(lock).get("packages")
    return packages if isinstance(packages, dict) else {}


def described(folder: Path) -> dict[str, str]:
    """The packages that a folder's package.json asks for, each with its version or range."""
    whole = _json(folder / "package.json")
    groups = [whole.get(key) for key in ("dependencies", "optionalDependencies", "devDependencies")]
    return {str(name): str(version) for group in groups if isinstance(group, dict) for name, version in group.items()}


def _numbers(version: str | None) -> Version | None:
    """A pre-release is none of these: nobody has tried it."""
    told = _VERSION.fullmatch(version or "")
    return (int(told[1]), int(told[2]), int(told[3])) if told else None


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
