"""The command line: the one place that parses arguments, catches and exits.

Each command stands here with its options and a line or two that hand them on; so the file is as long as they are many.
"""

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from rolecall import __version__, terminal

app = typer.Typer(
    name="rolecall",
    help="Cross-account IAM roles for SaaS vendors: compiled from YAML, deployed with CDK, proved by calling them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
local_app = typer.Typer(help="The embedded AWS, where roles are proved first.", no_args_is_help=True)
app.add_typer(local_app, name="local")
external_id_app = typer.Typer(help="External IDs that you choose yourself.", no_args_is_help=True)
app.add_typer(external_id_app, name="external-id")

Proofs = Annotated[str, typer.Option("--format", metavar="text|json|junit|markdown", help="What standard output gets.")]
Wait = Annotated[
    float,
    typer.Option("--wait", metavar="SECONDS", min=0, max=600, help="How long a change of a role may take to arrive."),
]
EstateOption = Annotated[Path, typer.Option("--estate", metavar="DIR", help="The estate's folder.")]
Selectors = Annotated[
    list[str] | None, typer.Argument(metavar="SELECTOR...", help="WORKSPACE or WORKSPACE/PROJECT; none means all.")
]
Format = Annotated[str, typer.Option("--format", metavar="text|json", help="What standard output gets.")]
Target = Annotated[str, typer.Option("--target", metavar="local|aws", help="The embedded AWS, or AWS itself.")]
ShowIds = Annotated[
    bool, typer.Option("--show-external-ids", help="Show external IDs that you chose yourself unmasked.")
]


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


@app.command("check")
def _check(
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
    known = _one_of(output, "--format", "text", "json", "sarif", "github")
    if templates and references:
        _fail("--template and --references are two questions", "ask one at a time")
    if templates:
        from rolecall.commands.check_template import check_templates

        _finish(check_templates(templates, known))
    if references:
        from rolecall.commands.check_references import check_references

        _finish(check_references(estate, references, known))
    from rolecall.commands.check import check

    _finish(check(estate, known))


@app.command("list")
def _list(
    selectors: Selectors = None, estate: EstateOption = Path(), output: Format = "text", show: ShowIds = False
) -> None:
    """Show where each role will live, whom it trusts."""
    from rolecall.commands.list_roles import list_roles

    _finish(list_roles(estate, selectors or [], _one_of(output, "--format", "text", "json"), show_external_ids=show))


@app.command("references")
def _references(selectors: Selectors = None, estate: EstateOption = Path(), output: Format = "text") -> None:
    """Show the secret references to paste into Workato."""
    from rolecall.commands.references import references

    _finish(references(estate, selectors or [], _one_of(output, "--format", "text", "json")))


@app.command("init")
def _init(
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
            _fail("there is nobody to ask", "--no-input, with flags for what you choose")
    answer = init(folder, wishes)
    terminal.say(f"next: rolecall check --estate {folder}")
    _finish(answer)


@app.command("synth")
def _synth(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the cloud assembly goes.")],
    selectors: Selectors = None,
    estate: EstateOption = Path(),
) -> None:
    """Write the cloud assembly, through CDK."""
    from rolecall.commands.synth import synth

    _finish(synth(estate, selectors or [], out))


@app.command("deploy")
def _deploy(
    selectors: Selectors = None,
    estate: EstateOption = Path(),
    target: Target = "aws",
    approval: Annotated[
        str, typer.Option("--require-approval", metavar="never|any-change|broadening", help="As cdk deploy takes it.")
    ] = "broadening",
) -> None:
    """Deploy with cdk, unless a name is taken."""
    from rolecall.commands.deploy import deploy

    _one_of(approval, "--require-approval", "never", "any-change", "broadening")
    _finish(deploy(estate, selectors or [], _one_of(target, "--target", "local", "aws"), approval, terminal.say))


@app.command("verify")
def _verify(
    selectors: Selectors = None,
    estate: EstateOption = Path(),
    target: Target = "aws",
    mode: Annotated[
        str, typer.Option("--as", metavar="vendor|owner|auto", help="As whom; auto asks AWS who you are.")
    ] = "auto",
    require: Annotated[
        str | None,
        typer.Option(
            metavar="RUNG,...",
            help="Evidence that `verified` needs: template, live, permissions, assumed, assumed_by_verifier, contact.",
        ),
    ] = None,
    read_secrets: Annotated[
        bool, typer.Option("--read-secrets", help="On AWS: read the granted secrets too; values are never kept.")
    ] = False,
    write_probes: Annotated[
        bool, typer.Option("--write-probes", help="On AWS: make and delete a secret of random name, where granted.")
    ] = False,
    wait: Wait = 120,
    output: Proofs = "text",
) -> None:
    """Read every role back and call it.

    The right caller gets in, and nobody else does: with the right external ID, without one, with wrong ones, with the
    neighbours' and as a stranger."""
    from rolecall.commands.verify import verify
    from rolecall.verification.wish import Wish

    wish = Wish(
        target=_one_of(target, "--target", "local", "aws"),
        mode=_one_of(mode, "--as", "vendor", "owner", "auto"),
        require=() if require is None else tuple(rung.strip() for rung in require.split(",")),
        read_secrets=read_secrets,
        write_probes=write_probes,
        wait_seconds=wait,
        output=_one_of(output, "--format", "text", "json", "junit", "markdown"),
        width=terminal.width(),
    )
    _finish(verify(estate, selectors or [], wish, terminal.say, terminal.track))


@app.command("verify-role")
def _verify_role(
    role_arn: Annotated[str, typer.Argument(metavar="ARN", help="The role's ARN, path included.")],
    external_id: Annotated[str, typer.Option("--external-id", metavar="ID", help="The right external ID.")],
    estate: EstateOption = Path(),
    target: Target = "aws",
    identity: Annotated[
        str | None, typer.Option("--as", metavar="vendor:ID|ARN", help="On the local target: whom to call as.")
    ] = None,
    wait: Wait = 120,
    output: Proofs = "text",
) -> None:
    """Call one role, as whoever you are.

    `verified` says what you get, and says it of the vendor only if you are the vendor."""
    from rolecall.commands.verify_role import clients_of, verify_role
    from rolecall.verification.wish import Wish

    clients = clients_of(estate, _one_of(target, "--target", "local", "aws"), identity)
    form = _one_of(output, "--format", "text", "json", "junit", "markdown")
    wish = Wish(target=target, mode="vendor", wait_seconds=wait, output=form, width=terminal.width())
    _finish(verify_role(role_arn, external_id, clients, wish))


@app.command("drift")
def _drift(
    selectors: Selectors = None, estate: EstateOption = Path(), target: Target = "aws", output: Format = "text"
) -> None:
    """Compare live roles with the estate, by what access they gained or lost.

    Policies attached or written by hand are named too; one that changes no access makes no drift. Unmanaged are roles
    under the estate's paths, or made for it, that no file knows. Exit code 1: one drifted, is missing or unmanaged."""
    from rolecall.commands.drift import drift
    from rolecall.verification.wish import Wish

    wish = Wish(
        target=_one_of(target, "--target", "local", "aws"),
        output=_one_of(output, "--format", "text", "json"),
        width=terminal.width(),
    )
    _finish(drift(estate, selectors or [], wish, terminal.say, terminal.track))


@app.command("demo")
def _demo(
    estate: Annotated[Path | None, typer.Option("--estate", metavar="DIR", help="Default: the example estate.")] = None,
) -> None:
    """Go the whole road with the example estate."""
    from rolecall.commands.demo import demo

    _finish(demo(estate, terminal.say, terminal.track))


@app.command("schema")
def _schema(
    kind: Annotated[
        str | None, typer.Argument(metavar="estate|workspace|project", help="One kind of file; none means all.")
    ] = None,
) -> None:
    """Print the JSON Schema of the files, for editors."""
    from rolecall.commands.schema import schema

    _finish(schema(_one_of(kind, "kind of file", "estate", "workspace", "project") if kind else None))


@external_id_app.command("new")
def _new_external_id(
    selector: Annotated[str, typer.Argument(metavar="SELECTOR", help="WORKSPACE, or WORKSPACE/PROJECT.")],
    estate: EstateOption = Path(),
    replace: Annotated[
        bool, typer.Option("--replace", help="Even if there is an ID: the vendor needs the new one.")
    ] = False,
    show: ShowIds = False,
) -> None:
    """Make a random ID (UUID4) and write it in place."""
    from rolecall.commands.external_id import new

    _finish(new(estate, selector, replace=replace, show=show))


@local_app.command("up")
def _up(
    estate: EstateOption = Path(),
    port: Annotated[int | None, typer.Option(help="Default: a free one.", min=1, max=65535)] = None,
) -> None:
    """Start it in the background, or find it running."""
    from rolecall.commands import local

    _finish(local.up(estate, port, terminal.say))


@local_app.command("down")
def _down(estate: EstateOption = Path()) -> None:
    """Stop it."""
    from rolecall.commands import local

    _finish(local.down(estate))


@local_app.command("status")
def _status(estate: EstateOption = Path()) -> None:
    """Whether it runs, and for whom."""
    from rolecall.commands import local

    _finish(local.status(estate))


@local_app.command("env")
def _env(
    estate: EstateOption = Path(),
    identity: Annotated[
        str | None, typer.Option("--as", metavar="ACCOUNT|vendor:ID|ARN|foreign", help="Whose keys.")
    ] = None,
    output: Annotated[str, typer.Option("--format", metavar="shell|json", help="What standard output gets.")] = "shell",
) -> None:
    """Print the endpoint, CA, region and keys of one caller there."""
    from rolecall.commands import local

    _finish(local.env(estate, identity, _one_of(output, "--format", "shell", "json")))


def _one_of(value: str, option: str, *allowed: str) -> str:
    if value not in allowed:
        _fail(f"{option} {value!r} is not known", f"one of {', '.join(allowed)}")
    return value


def _finish(answer: Any) -> None:
    terminal.write(answer.text, sys.stdout)
    raise typer.Exit(answer.exit_code)


def _fail(sentence: str, tip: str) -> NoReturn:
    from rolecall.answer import USAGE, CommandError

    raise CommandError(sentence, tip, USAGE)


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


if __name__ == "__main__":
    main()
