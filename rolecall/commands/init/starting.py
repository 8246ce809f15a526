"""Files from starters, and what a run says of them."""

import shlex
from collections.abc import Iterable
from pathlib import Path

from rolecall.answer import NO, USAGE, CommandError
from rolecall.commands.written_findings import named
from rolecall.config.files import WORKSPACES, WrittenEstate, read_files
from rolecall.config.schema import EstateFile, Vendor
from rolecall.estate import Judged
from rolecall.model.finding import Severity
from rolecall.starters import CDK_FILES

WORKSPACE_STARTER = "estate/workspaces/workspace.yaml.j2"
PROJECT_STARTER = "estate/workspaces/project.yaml.j2"
WORKSPACE_STARTERS = (WORKSPACE_STARTER, PROJECT_STARTER)
"""What makes a workspace's file: its own starter, and the one that it includes."""
PROJECT_FILE_STARTER = "estate/workspaces/project_file.yaml.j2"
PIPELINE_STARTER = "estate/pipeline.yaml.j2"

ESTATE_STARTERS = {
    "estate.yaml": "estate/estate.yaml.j2",
    "cdk.json": "estate/cdk.json.j2",
    ".gitignore": "estate/gitignore.j2",
    **CDK_FILES,
}
"""What a new estate has beside its first workspace and the schemas: a file's name, and its starter."""
ESTATE_VALUES = ("estate", "owner", "account", "region")
"""What these starters get; the others get everything."""


def estate_of(folder: Path) -> WrittenEstate:
    """The estate that something is added to, if estate.yaml can be made sense of.

    Raises:
        CommandError: it cannot.
        UnreadableEstateError: there is none.
    """
    written = read_files(folder)
    if written.estate is None:
        refuse_broken(written, written.source.name)
    return written


def estate_values(written: EstateFile) -> dict[str, object]:
    """What the starters of an estate's own files get, by an estate that is there."""
    defaults = written.defaults
    return {
        "estate": written.estate,
        "owner": defaults.tags.get("owner", ""),
        "account": defaults.account or "",
        "region": defaults.region or "",
    }


def refuse_broken(written: WrittenEstate, name: str) -> None:
    """Refuse to go on with a file that has errors.

    Raises:
        CommandError: names the first of them.
    """
    for source in written.sources:
        errors = [finding for finding in source.findings if finding.severity is Severity.ERROR]
        if source.name == name and errors:
            first = min(errors, key=lambda finding: finding.location)
            raise CommandError(f"{first.location}: {first.rule} {first.message}", "mend it first", USAGE)


def workspace_file(slug: str) -> str:
    """Where a workspace is written."""
    return f"{WORKSPACES}/{slug}.yaml"


def told(folder: Path, written: Iterable[str], kept: Iterable[str]) -> str:
    """A line for each file."""
    lines = [f"wrote {named(folder / name)}" for name in written]
    return "\n".join([*lines, *(f"kept {named(folder / name)}" for name in kept)])


def next_step(folder: Path) -> str:
    """What to do with what was written."""
    return f"next: rolecall check --estate {shlex.quote(named(folder))}"


def pending_lines(found: Judged, workspace: str, project: str, vendor: Vendor | None) -> list[str]:
    """What to do about a new role that lets nobody in yet; nothing for others."""
    address = f"{workspace}/{project}"
    grants = found.estate.grants if found.estate else ()
    grant = next((each for each in grants if each.address == address and each.trust.pending), None)
    if grant is None:
        return []
    place = grant.location.file
    if vendor and vendor.own_principals:
        own = "the role or user of your own that is to call"
        return [f"pending: {address} lets nobody in, until {own} stands in {place}; then deploy it"]
    if vendor and vendor.external_id.origin == "customer" and grant.trust.principals:
        return [
            f"pending: {address} lets nobody in, until an external ID of your own stands in {place}; then deploy it"
        ]
    is_role_first = vendor is not None and vendor.handshake == "role-first"
    return [
        f"pending: {address} lets nobody in, until the vendor's own words stand in {place}",
        "  deploy it, give the vendor the role's ARN (`rolecall handoff`), write what its screen shows, deploy again"
        if is_role_first
        else "  write what its screen shows, then deploy it; a sheet of `rolecall handoff` says where it is",
    ]


def add_command(folder: Path, kind: str) -> str:
    """The command that adds to an estate."""
    return f"rolecall init {shlex.quote(named(folder))} --add {kind}"


def refuse_other(what: str, place: object, names: list[str], tip: str = "or choose another slug") -> None:
    """Refuse to change what is there already.

    Raises:
        CommandError: names the place, if there is a difference.
    """
    if names:
        sentence = f"{what} is there already, at {place}, with another {', '.join(names)}"
        raise CommandError(sentence, f"change it there by hand, {tip}", NO)
