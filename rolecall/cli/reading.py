"""Commands that read an estate and change nothing in AWS."""

from pathlib import Path
from typing import Annotated

import typer

from rolecall import terminal
from rolecall.cli.options import EstateOption, Format, Selectors, ShowIds, Target, fail, finish, one_of


def check(
    estate: EstateOption = Path(),
    output: Annotated[
        str, typer.Option("--format", metavar="text|json|sarif|github", help="What standard output gets.")
    ] = "text",
    templates: Annotated[
        list[Path] | None,
        typer.Option("--template", metavar="FILE", help="A CloudFormation template instead; may be repeated."),
    ] = None,
    references: Annotated[
        Path | None,
        typer.Option("--references", metavar="FILE", help="The {{workato:sm:...}} references in a text instead."),
    ] = None,
) -> None:
    """Report everything wrong with the estate; no AWS."""
    known = one_of(output, "--format", "text", "json", "sarif", "github")
    if templates and references:
        fail("--template and --references are two questions", "ask one at a time")
    if templates:
        from rolecall.commands.check_template import check_templates

        finish(check_templates(templates, known))
    if references:
        from rolecall.commands.check_references import check_references

        finish(check_references(estate, references, known))
    from rolecall.commands.check import check

    finish(check(estate, known))


def list_roles(
    selectors: Selectors = None, estate: EstateOption = Path(), output: Format = "text", show: ShowIds = False
) -> None:
    """Show where each role will live, whom it trusts."""
    from rolecall.commands.list_roles import list_roles

    finish(list_roles(estate, selectors or [], one_of(output, "--format", "text", "json"), show_external_ids=show))


def show(
    role: Annotated[str, typer.Argument(metavar="WORKSPACE/PROJECT", help="The role to show.")],
    estate: EstateOption = Path(),
    output: Format = "text",
    show_ids: ShowIds = False,
) -> None:
    """Show a role's trust and permission policies, with the reason for each statement."""
    from rolecall.commands.show import show

    finish(show(estate, role, one_of(output, "--format", "text", "json"), show_external_ids=show_ids))


def references(selectors: Selectors = None, estate: EstateOption = Path(), output: Format = "text") -> None:
    """Show the secret references to paste into Workato."""
    from rolecall.commands.references import references

    finish(references(estate, selectors or [], one_of(output, "--format", "text", "json")))


def vendors(
    vendor: Annotated[str | None, typer.Argument(metavar="ID", help="One vendor, with everything about it.")] = None,
    estate: EstateOption = Path(),
    output: Format = "text",
) -> None:
    """Show the vendors that Rolecall knows, with the sources; an estate's own ones too."""
    from rolecall.commands.vendors import vendors

    finish(vendors(estate, vendor, one_of(output, "--format", "text", "json"), terminal.width()))


def handoff(
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where the sheets go.")],
    selectors: Selectors = None,
    estate: EstateOption = Path(),
    target: Target = "aws",
    no_lookup: Annotated[
        bool, typer.Option("--no-lookup", help="Ask AWS nothing: what only AWS knows is left open in the sheets.")
    ] = False,
    output: Format = "text",
) -> None:
    """Write what the vendor's screens need: a sheet for each role.

    Markdown and HTML, with role ARN, external ID, secret references and steps, and an index of them. External IDs are
    shown whole; secret values are never read. AWS is asked for the whole ARNs of secrets that the estate names."""
    from rolecall.commands.handoff import HandOffWish, handoff

    wish = HandOffWish(
        target=one_of(target, "--target", "local", "aws"),
        asks_aws=not no_lookup,
        output=one_of(output, "--format", "text", "json"),
    )
    if not out.strip():  # a script's variable that is empty; a Path would take it for the folder that one is in
        fail("--out is empty", "name the folder that the sheets go into")
    finish(handoff(estate, selectors or [], Path(out), wish, terminal.say))


def schema(
    kind: Annotated[
        str | None, typer.Argument(metavar="estate|workspace|project", help="One kind of file; none means all.")
    ] = None,
) -> None:
    """Print the JSON Schema of the files, for editors."""
    from rolecall.commands.schema import schema

    finish(schema(one_of(kind, "kind of file", "estate", "workspace", "project") if kind else None))
