"""Commands of the embedded AWS."""

from pathlib import Path
from typing import Annotated

import typer

from rolecall import terminal
from rolecall.cli.options import EstateOption, finish, one_of


def up(
    estate: EstateOption = Path(),
    port: Annotated[int | None, typer.Option(help="Default: a free one.", min=1, max=65535)] = None,
) -> None:
    """Start it in the background, or find it running."""
    from rolecall.commands import local

    finish(local.up(estate, port, terminal.say))


def down(estate: EstateOption = Path()) -> None:
    """Stop it."""
    from rolecall.commands import local

    finish(local.down(estate))


def status(estate: EstateOption = Path()) -> None:
    """Whether it runs, and for whom."""
    from rolecall.commands import local

    finish(local.status(estate))


def env(
    estate: EstateOption = Path(),
    identity: Annotated[
        str | None, typer.Option("--as", metavar="ACCOUNT|vendor:ID|ARN|foreign", help="Whose keys.")
    ] = None,
    output: Annotated[str, typer.Option("--format", metavar="shell|json", help="What standard output gets.")] = "shell",
) -> None:
    """Print the endpoint, CA, region and keys of one caller there."""
    from rolecall.commands import local

    finish(local.env(estate, identity, one_of(output, "--format", "shell", "json")))
