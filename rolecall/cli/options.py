"""Options that several commands take, and how a command ends."""

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from rolecall import terminal

EstateOption = Annotated[Path, typer.Option("--estate", metavar="DIR", help="The estate's folder.")]
Selectors = Annotated[
    list[str] | None, typer.Argument(metavar="SELECTOR...", help="WORKSPACE or WORKSPACE/PROJECT; none means all.")
]
Format = Annotated[str, typer.Option("--format", metavar="text|json", help="What standard output gets.")]
Proofs = Annotated[str, typer.Option("--format", metavar="text|json|junit|markdown", help="What standard output gets.")]
Target = Annotated[str, typer.Option("--target", metavar="local|aws", help="The embedded AWS, or AWS itself.")]
Wait = Annotated[
    float,
    typer.Option("--wait", metavar="SECONDS", min=0, max=600, help="How long a change of a role may take to arrive."),
]
ShowIds = Annotated[
    bool, typer.Option("--show-external-ids", help="Show external IDs that you chose yourself unmasked.")
]


def one_of(value: str, option: str, *allowed: str) -> str:
    """The value, if it is one of those that are allowed."""
    if value not in allowed:
        fail(f"{option} {value!r} is not known", f"one of {', '.join(allowed)}")
    return value


def finish(answer: Any) -> NoReturn:
    """Print a command's answer and end with its exit code."""
    terminal.write(answer.text, sys.stdout)
    raise typer.Exit(answer.exit_code)


def fail(sentence: str, tip: str) -> NoReturn:
    """End with what was misused, and what would be right."""
    from rolecall.answer import USAGE, CommandError

    raise CommandError(sentence, tip, USAGE)
