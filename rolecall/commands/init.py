"""`rolecall init`: a new estate from starters."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rolecall.answer import NO, USAGE, Answer, CommandError
from rolecall.commands import schema
from rolecall.config import values
from rolecall.config.files import ESTATE_FILE, WORKSPACES
from rolecall.config.json_schema import FILES
from rolecall.model import identifiers
from rolecall.model.invalid import InvalidValueError
from rolecall.starters import render
from rolecall.vendors import catalog


@dataclass(frozen=True)
class Wishes:
    """What a new estate is made from."""

    estate: str
    account: str
    region: str
    owner: str
    vendor: str
    workspace: str
    workspace_id: str
    data_center: str
    project: str
    project_id: str


_CHECKS: dict[str, Callable[[str], object]] = {
    "estate": lambda value: identifiers.slug(value, "--name"),
    "account": lambda value: identifiers.account_id(value, "--account"),
    "region": lambda value: identifiers.region(value, "--region"),
    "owner": lambda value: identifiers.slug(value, "--owner"),
    "workspace": lambda value: identifiers.slug(value, "--workspace"),
    "workspace_id": lambda value: values.vendor_id(value, "--workspace-id"),
    "data_center": lambda value: identifiers.slug(value, "--data-center"),
    "project": lambda value: identifiers.slug(value, "--project"),
    "project_id": lambda value: values.vendor_id(value, "--project-id"),
}


def init(folder: Path, wishes: Wishes) -> Answer:
    """Write the files of a new estate. Files that exist are never touched; nothing is written if one is in the way."""
    vendor = catalog.entries().get(wishes.vendor)
    if vendor is None:
        raise CommandError(
            f"vendor {wishes.vendor!r} is not in the catalog", f"one of {', '.join(catalog.entries())}", USAGE
        )
    for name, check in _CHECKS.items():
        try:
            check(getattr(wishes, name))
        except InvalidValueError as error:
            raise CommandError(str(error), exit_code=USAGE) from None
    facts = asdict(wishes) | {"origin": vendor["external_id"]["origin"], "external_id": str(uuid.uuid4())}
    starters = {
        ESTATE_FILE: "estate/estate.yaml.j2",
        f"{WORKSPACES}/{wishes.workspace}.yaml": "estate/workspaces/workspace.yaml.j2",
        "cdk.json": "estate/cdk.json.j2",
        ".gitignore": "estate/gitignore.j2",
    }
    files = {name: render(starter, facts) for name, starter in starters.items()}
    # Beside the estate and not from the web: editors find them offline, and in the version that checks the files.
    files |= {f".schema/{kind}.json": schema.as_text(kind) + "\n" for kind in FILES}
    in_the_way = [name for name in files if (folder / name).exists()]
    if in_the_way:
        raise CommandError(f"{', '.join(in_the_way)} exists in {folder}", "choose an empty folder", NO)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Answer("\n".join(str(folder / name) for name in files))
