"""The command line: the one place that parses arguments, catches and exits.

A command is a function in one of this package's modules: its options, and a line or two that hand them on.
"""

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from rolecall import __version__, terminal
from rolecall.cli import beginning, deploying, local, proving, reading

app = typer.Typer(
    name="rolecall",
    help="Cross-account IAM roles for SaaS vendors: compiled from YAML, deployed with CDK, proved by calling them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
local_app = typer.Typer(help="The embedded AWS, where roles are proved first.", no_args_is_help=True)
external_id_app = typer.Typer(help="External IDs that you choose yourself.", no_args_is_help=True)

# In the order of the help.
_COMMANDS: dict[str, Callable[..., None]] = {
    "check": reading.check,
    "list": reading.list_roles,
    "show": reading.show,
    "references": reading.references,
    "vendors": reading.vendors,
    "handoff": reading.handoff,
    "init": beginning.init,
    "install-cdk": deploying.install_cdk,
    "synth": deploying.synth,
    "deploy": deploying.deploy,
    "verify": proving.verify,
    "verify-role": proving.verify_role,
    "drift": proving.drift,
    "demo": proving.demo,
    "schema": reading.schema,
}
_LOCAL: dict[str, Callable[..., None]] = {"up": local.up, "down": local.down, "status": local.status, "env": local.env}
_EXTERNAL_ID: dict[str, Callable[..., None]] = {"new": beginning.new_external_id}

for group, commands in ((app, _COMMANDS), (local_app, _LOCAL), (external_id_app, _EXTERNAL_ID)):
    for name, command in commands.items():
        group.command(name)(command)
app.add_typer(local_app, name="local")
app.add_typer(external_id_app, name="external-id")

if "_ROLECALL_COMPLETE" in os.environ:  # a shell asks how to go on, through what --install-completion has installed
    from rolecall.cli.completion import teach

    teach(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        terminal.write(__version__, sys.stdout)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print it.")
    ] = False,
) -> None:
    """Options of the program itself."""


def main() -> None:
    """Run the command line; whatever is refused becomes a sentence, a tip and an exit code."""
    terminal.prepare()
    try:
        _run()
    except KeyboardInterrupt:
        terminal.leave(130)
    except SystemExit as ended:  # what Typer makes of Ctrl-C
        if ended.code == 130:
            terminal.leave(130)
        raise


def _run() -> None:
    try:
        app()
    except Exception as error:  # the one catcher; SystemExit and Ctrl-C go through
        from rolecall.refusals import refusal

        found = refusal(error)
        terminal.say(f"error: {found.sentence}")
        if found.tip:
            terminal.say(f"  try: {found.tip}")
        terminal.leave(found.exit_code)
