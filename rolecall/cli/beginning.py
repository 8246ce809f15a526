"""Commands that write an estate's files."""

from pathlib import Path
from typing import Annotated

import typer

from rolecall import terminal
from rolecall.cli.options import EstateOption, ShowIds, fail, finish


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new estate's folder.")],
    name: Annotated[str, typer.Option(help="Slug of the estate.")] = "acme",
    account: Annotated[str, typer.Option(help="AWS account of the roles: 12 digits.")] = "111111111111",
    region: Annotated[str, typer.Option(help="AWS region of the stacks and secrets.")] = "eu-central-1",
    owner: Annotated[str, typer.Option(help="Tag `owner` of the roles.")] = "integration-platform",
    vendor: Annotated[str, typer.Option(help="A vendor of the catalog.")] = "workato",
    workspace: Annotated[str, typer.Option(help="Slug of the first workspace.")] = "acme-prod",
    workspace_id: Annotated[str, typer.Option(help="The vendor's own id of it.")] = "12345",
    data_center: Annotated[str, typer.Option(help="The vendor's data centre.")] = "us",
    project: Annotated[str, typer.Option(help="Slug of the first project.")] = "billing",
    project_id: Annotated[str, typer.Option(help="The vendor's own id of it.")] = "678",
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing; flags and their defaults decide.")] = False,
) -> None:
    """Make a new estate from starters."""
    from rolecall.commands.init import Wishes, init

    wishes = Wishes(name, account, region, owner, vendor, workspace, workspace_id, data_center, project, project_id)
    if not no_input:
        from dataclasses import fields

        try:
            wishes = Wishes(
                **{each.name: terminal.ask(each.name, getattr(wishes, each.name)) for each in fields(wishes)}
            )
        except EOFError:
            terminal.say("")
            fail("there is nobody to ask", "--no-input, with flags for what you choose")
    answer = init(folder, wishes)
    terminal.say(f"next: rolecall check --estate {folder}")
    finish(answer)


def new_external_id(
    selector: Annotated[str, typer.Argument(metavar="SELECTOR", help="WORKSPACE, or WORKSPACE/PROJECT.")],
    estate: EstateOption = Path(),
    replace: Annotated[
        bool, typer.Option("--replace", help="Even if there is an ID: the vendor needs the new one.")
    ] = False,
    show: ShowIds = False,
) -> None:
    """Make a random ID (UUID4) and write it in place."""
    from rolecall.commands.external_id import new

    finish(new(estate, selector, replace=replace, show=show))
