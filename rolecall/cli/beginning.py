"""Commands that write an estate's files."""

from pathlib import Path
from typing import Annotated

import typer

from rolecall import terminal
from rolecall.cli.options import EstateOption, ShowIds, fail, finish, one_of

_Value = str | None


def _folder(name: str) -> Path:
    """What was named. Nothing would be the current folder: a variable in a script that nobody has set."""
    return Path(name) if name else fail("the estate's folder is named by an empty text", "`.` is the current folder")


def init(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", parser=_folder, help="The estate's folder; with --add the current one, by default."
        ),
    ] = None,
    add: Annotated[
        str | None,
        typer.Option(
            metavar="workspace|project|pipeline", help="Add one to an estate that is there. Default: a new estate."
        ),
    ] = None,
    estate: Annotated[
        Path | None,
        typer.Option("--estate", metavar="DIR", parser=_folder, help="With --add: the estate's folder."),
    ] = None,
    name: Annotated[_Value, typer.Option(help="Slug of a new estate.")] = None,
    account: Annotated[_Value, typer.Option(help="AWS account of the roles: 12 digits.")] = None,
    region: Annotated[_Value, typer.Option(help="AWS region of the stacks and secrets.")] = None,
    owner: Annotated[_Value, typer.Option(help="Tag `owner` of the roles.")] = None,
    vendor: Annotated[_Value, typer.Option(help="A vendor of the catalog, or one of the estate's own.")] = None,
    workspace: Annotated[_Value, typer.Option(help="Slug of the workspace.")] = None,
    workspace_id: Annotated[_Value, typer.Option(help="The vendor's own id of it.")] = None,
    data_center: Annotated[_Value, typer.Option(help="The vendor's data centre.")] = None,
    trusted_account: Annotated[
        _Value,
        typer.Option(
            "--trusted-account",
            "--trusted-principal",
            help="The vendor's account, or its user's or role's ARN, or pending.",
        ),
    ] = None,
    external_id: Annotated[_Value, typer.Option(help="The vendor's external ID, or pending; or your own.")] = None,
    project: Annotated[_Value, typer.Option(help="Slug of the project.")] = None,
    project_id: Annotated[_Value, typer.Option(help="The vendor's own id of it.")] = None,
    own_file: Annotated[
        bool, typer.Option("--own-file", help="With --add project: put it into a file of its own.")
    ] = False,
    repository: Annotated[_Value, typer.Option(help="With --add pipeline: OWNER/NAME on GitHub.")] = None,
    repository_id: Annotated[_Value, typer.Option(help="With --add pipeline: the repository's number.")] = None,
    owner_id: Annotated[_Value, typer.Option(help="With --add pipeline: the number of its owner.")] = None,
    environment: Annotated[
        _Value, typer.Option(help="With --add pipeline: the environment that deploys. Default: production")
    ] = None,
    branch: Annotated[
        _Value, typer.Option(help="With --add pipeline: what is deployed. Default: origin's, or what is checked out")
    ] = None,
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing; flags and their defaults decide.")] = False,
    show: ShowIds = False,
) -> None:
    """Make a new estate, or add to one, from starters; asks for what no flag says."""
    from rolecall.commands.init import KINDS, Talk, Wishes, init

    if add is not None:
        one_of(add, "--add", *KINDS)
    place = _place(folder, estate, is_new=add is None)
    if own_file and add != "project":
        fail("--own-file is for --add project", "leave it out")
    wishes = Wishes(
        name, account, region, owner, vendor, workspace, workspace_id, data_center, trusted_account, external_id,
        project, project_id, own_file, repository, repository_id, owner_id, environment, branch,
    )  # fmt: skip
    try:
        answer = init(place, wishes, Talk(None if no_input else terminal.ask, terminal.say, show), add)
    except EOFError:
        terminal.say("")
        fail("there is nobody to ask", "--no-input, with flags for what you choose")
    finish(answer)


def _place(folder: Path | None, estate: Path | None, *, is_new: bool) -> Path:
    if is_new and estate is not None:
        fail("--estate is for --add", "rolecall init DIR")
    if is_new and folder is None:
        fail("DIR is missing: the new estate's folder", "rolecall init DIR")
    if folder is not None and estate is not None and folder != estate:
        fail("DIR and --estate name two folders", "leave one of them out")
    return folder or estate or Path()


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
