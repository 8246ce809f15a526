"""The cdk command line: where it is, and running it on an assembly that has been looked at."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from rolecall.answer import USAGE, CommandError

# Beside the package in a checkout, where `make install` puts it.
_CHECKOUT = Path(__file__).parents[2] / "node_modules" / ".bin"


def cdk(
    arguments: Sequence[str], environment: Mapping[str, str], *, quiet: bool = False, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run cdk. Its output goes to standard error, as it is said on the way; `quiet` keeps it for the caller instead.

    Args:
        arguments: those of cdk.
        environment: variables laid over this process's own.
        folder: where cdk runs and looks for cdk.json. Default: the current one.
    """
    node_folder = _node_folder()
    path = os.pathsep.join([*([str(node_folder)] if node_folder else []), os.environ.get("PATH", os.defpath)])
    found = shutil.which("cdk", path=f"{_CHECKOUT}{os.pathsep}{path}")
    if found is None:
        raise CommandError("the cdk command is not installed", "npm install aws-cdk@2.1148.1", USAGE)
    return subprocess.run(  # noqa: S603 -- no shell; the arguments are ours
        [found, *arguments],
        cwd=folder,
        env={**os.environ, "CDK_DISABLE_VERSION_CHECK": "1", **environment, "PATH": path},
        stdout=subprocess.PIPE if quiet else 2,
        stderr=subprocess.STDOUT if quiet else None,
        stdin=subprocess.DEVNULL if quiet else None,
        text=True,
        check=False,
    )


def _node_folder() -> Path | None:
    """The folder of the wheel's Node, which cdk is to run on."""
    from stacks.node import bundled_node  # noqa: PLC0415 -- comes with the extra `cdk`

    node = bundled_node()
    return node.parent if node else None
