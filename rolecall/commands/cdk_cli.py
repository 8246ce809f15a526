"""The cdk command line: where it is, and running it on an assembly that has been looked at."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rolecall.answer import USAGE, CommandError
from rolecall.commands.cdk_version import allowed_versions, reads_assemblies, version_of
from rolecall.commands.overheard import run_overheard
from rolecall.model.grant import Estate
from rolecall.model.naming import execution_policy_name
from rolecall.node import bundled_node

BIN = Path("node_modules") / ".bin"
"""Where npm puts the programs of the packages that it installs in a folder."""

# Beside the package in a checkout, where `make install` puts it.
_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Cdk:
    """A cdk that reads what the constructs write."""

    program: Path
    path: str
    """PATH with the Node that it is to run on."""

    @property
    def places(self) -> str:
        """What a shell has to put before its PATH to run this cdk, on the Node that it runs on here."""
        node = bundled_node()
        own = self.program.absolute().parent
        needed = [own] if node is None or (own / "node").exists() else [own, node.parent]
        return os.pathsep.join(map(str, needed))

    @property
    def bootstrap(self) -> str:
        """The command that begins to bootstrap, for a shell: it finds this cdk and starts no app."""
        return f'PATH={shlex.quote(self.places)}:"$PATH" cdk bootstrap --app='

    def run(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        quiet: bool = False,
        folder: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run cdk. Its output goes to standard error as it is said, and its end to the caller.

        Args:
            arguments: those of cdk.
            environment: variables laid over this process's own.
            quiet: whether nobody sees the output but the caller.
            folder: where cdk runs and looks for cdk.json. Default: the current one.
        """
        command = [str(self.program), *arguments]
        variables = {**os.environ, "CDK_DISABLE_VERSION_CHECK": "1", **environment, "PATH": self.path}
        if not quiet:
            return run_overheard(command, variables, folder)
        return subprocess.run(  # noqa: S603 -- no shell; the arguments are ours
            command,
            cwd=folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )


def find_cdk(estate: Path) -> Cdk:
    """The first cdk of the estate's folder, the current folder, Rolecall's checkout and PATH.

    Raises:
        CommandError: there is none, or it is of a version that is not known to read today's assemblies.
    """
    path = path_with_node()
    places = [str(folder.absolute() / BIN) for folder in (estate, Path(), _CHECKOUT)]
    found = shutil.which("cdk", path=os.pathsep.join([*places, path]))
    if found is None:
        raise CommandError("the cdk command is not installed", how_to_install(estate), USAGE)
    program = Path(found)
    version = version_of(program, {**os.environ, "PATH": path})
    if not reads_assemblies(version):
        what = f"{program} is cdk {version}" if version else f"{program} --version tells no version"
        raise CommandError(
            f"{what}, which is not known to read what Rolecall's constructs write; allowed: {allowed_versions()}",
            how_to_install(estate),
            USAGE,
        )
    return Cdk(program, path)


def failure(what: str, said: str, estate: Estate, cdk: Cdk) -> CommandError:
    """Why cdk failed: the permission that was missing, or where its own reason stands."""
    from rolecall.denials import Deployment, denials, explained  # noqa: PLC0415 -- its boto3 takes a quarter of a second

    if found := denials(said):
        pipeline = estate.pipeline
        own = (pipeline.role_name, execution_policy_name(estate.name)) if pipeline else ()
        sentence, tip = explained(found, Deployment(cdk.bootstrap, *own))
        return CommandError(f"{what} failed: {sentence}", tip)
    return CommandError(
        f"{what} failed", "CloudFormation's reason stands above; stacks that went through stay deployed"
    )


def how_to_install(estate: Path) -> str:
    """The command that puts the pinned cdk into an estate's folder."""
    return "rolecall install-cdk" + ("" if estate == Path() else f" --estate {shlex.quote(str(estate))}")


def path_with_node() -> str:
    """PATH, with the Node of the Python wheel before any other."""
    node = bundled_node()
    return os.pathsep.join([*([str(node.parent)] if node else []), os.environ.get("PATH", os.defpath)])
