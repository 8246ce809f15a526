"""Commands that put roles up."""

from pathlib import Path
from typing import Annotated

import typer

from rolecall import terminal
from rolecall.cli.options import EstateOption, Selectors, Target, finish, one_of


def synth(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the cloud assembly goes.")],
    selectors: Selectors = None,
    estate: EstateOption = Path(),
) -> None:
    """Write the cloud assembly, through CDK."""
    from rolecall.commands.synth import synth

    finish(synth(estate, selectors or [], out))


def deploy(
    selectors: Selectors = None,
    estate: EstateOption = Path(),
    target: Target = "aws",
    approval: Annotated[
        str, typer.Option("--require-approval", metavar="never|any-change|broadening", help="As cdk deploy takes it.")
    ] = "broadening",
) -> None:
    """Deploy with cdk, unless a name is taken."""
    from rolecall.commands.deploy import deploy

    one_of(approval, "--require-approval", "never", "any-change", "broadening")
    finish(deploy(estate, selectors or [], one_of(target, "--target", "local", "aws"), approval, terminal.say))


def install_cdk(estate: EstateOption = Path()) -> None:
    """Install the pinned cdk command into the estate's folder.

    With the npm of the Python wheel: neither Node nor npm has to be there. package-lock.json holds its checksum."""
    from rolecall.commands.install_cdk import install_cdk

    finish(install_cdk(estate, terminal.say))
