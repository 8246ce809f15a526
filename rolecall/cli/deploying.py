"""Commands that put roles up."""

from pathlib import Path
from typing import Annotated

import typer

from rolecall import terminal
from rolecall.cli.options import EstateOption, Selectors, Target, fail, finish, one_of

_Pipeline = Annotated[
    bool,
    typer.Option("--pipeline", help="Instead: the pipeline's deploy role, and what CloudFormation may do for it."),
]


def synth(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the cloud assembly goes.")],
    selectors: Selectors = None,
    estate: EstateOption = Path(),
    pipeline: _Pipeline = False,
) -> None:
    """Write the cloud assembly, through CDK."""
    if pipeline:
        from rolecall.commands.pipeline import synth_pipeline

        _refuse(selectors)
        finish(synth_pipeline(estate, out))
    from rolecall.commands.synth import synth

    finish(synth(estate, selectors or [], out))


def deploy(
    selectors: Selectors = None,
    estate: EstateOption = Path(),
    target: Target = "aws",
    approval: Annotated[
        str, typer.Option("--require-approval", metavar="never|any-change|broadening", help="As cdk deploy takes it.")
    ] = "broadening",
    pipeline: _Pipeline = False,
) -> None:
    """Deploy with cdk, unless a name is taken."""
    one_of(approval, "--require-approval", "never", "any-change", "broadening")
    where = one_of(target, "--target", "local", "aws")
    if pipeline:
        from rolecall.commands.pipeline import deploy_pipeline

        _refuse(selectors)
        finish(deploy_pipeline(estate, where, approval, terminal.say))
    from rolecall.commands.deploy import deploy

    finish(deploy(estate, selectors or [], where, approval, terminal.say))


def install_cdk(estate: EstateOption = Path()) -> None:
    """Install the pinned cdk command into the estate's folder.

    With the npm of the Python wheel: neither Node nor npm has to be there. package-lock.json holds its checksum."""
    from rolecall.commands.install_cdk import install_cdk

    finish(install_cdk(estate, terminal.say))


def _refuse(selectors: list[str] | None) -> None:
    if selectors:
        fail("--pipeline takes no selector", "leave it out: the pipeline is the whole estate's")
