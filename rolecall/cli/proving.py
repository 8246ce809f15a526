"""Commands that call roles and read them back."""

from pathlib import Path
from typing import Annotated

import typer

from rolecall import terminal
from rolecall.cli.options import EstateOption, Format, Proofs, Selectors, Target, Wait, finish, one_of


def verify(
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
        bool,
        typer.Option(
            "--read-secrets",
            help="On AWS: read the granted secrets too, and call granted services; values are never kept.",
        ),
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
        target=one_of(target, "--target", "local", "aws"),
        mode=one_of(mode, "--as", "vendor", "owner", "auto"),
        require=() if require is None else tuple(rung.strip() for rung in require.split(",")),
        read_secrets=read_secrets,
        write_probes=write_probes,
        wait_seconds=wait,
        output=one_of(output, "--format", "text", "json", "junit", "markdown"),
        width=terminal.width(),
    )
    finish(verify(estate, selectors or [], wish, terminal.say, terminal.track))


def verify_role(
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

    clients = clients_of(estate, one_of(target, "--target", "local", "aws"), identity)
    form = one_of(output, "--format", "text", "json", "junit", "markdown")
    wish = Wish(target=target, mode="vendor", wait_seconds=wait, output=form, width=terminal.width())
    finish(verify_role(role_arn, external_id, clients, wish))


def drift(
    selectors: Selectors = None, estate: EstateOption = Path(), target: Target = "aws", output: Format = "text"
) -> None:
    """Compare live roles with the estate, by what access they gained or lost.

    Policies attached or written by hand are named too; one that changes no access makes no drift. Unmanaged are roles
    under the estate's paths, or made for it, that no file knows. Exit code 1: one drifted, is missing or unmanaged."""
    from rolecall.commands.drift import drift
    from rolecall.verification.wish import Wish

    wish = Wish(
        target=one_of(target, "--target", "local", "aws"),
        output=one_of(output, "--format", "text", "json"),
        width=terminal.width(),
    )
    finish(drift(estate, selectors or [], wish, terminal.say, terminal.track))


def demo(
    estate: Annotated[Path | None, typer.Option("--estate", metavar="DIR", help="Default: the example estate.")] = None,
) -> None:
    """Go the whole road with the example estate."""
    from rolecall.commands.demo import demo

    finish(demo(estate, terminal.say, terminal.track))
