"""`rolecall vendors`: what is known about vendors, and where it was read."""

from pathlib import Path
from typing import Any

from rolecall.answer import USAGE, Answer, CommandError
from rolecall.config.files import ESTATE_FILE, WrittenEstate, read_vendors
from rolecall.config.vendor import Vendor
from rolecall.estate import EstateRefusedError
from rolecall.model.finding import Severity
from rolecall.model.grant import READ_ACTIONS, WRITE_ACTIONS
from rolecall.model.near import did_you_mean
from rolecall.report import vendors as report
from rolecall.vendors import catalog


def vendors(folder: Path, vendor: str | None, output: str, width: int | None = None) -> Answer:
    """The catalog as a table, or one vendor with everything about it.

    Args:
        folder: the estate's, whose own vendors and changes are shown too. The current one need not hold an estate.
        vendor: the id of the only one that is shown.
        output: text or json.
        width: columns of the terminal that text is for; None where there is none.

    Raises:
        CommandError: nobody is known by that id.
        EstateRefusedError: the estate's own vendors have errors.
        UnreadableEstateError: a folder that was named holds no estate.
    """
    known = _known(folder)
    if vendor is not None and vendor not in known:
        tip = did_you_mean(vendor, known, "`rolecall vendors` shows all of them")
        raise CommandError(f"vendor {vendor!r} is not known", tip, USAGE)
    shown = [known[vendor]] if vendor is not None else list(known.values())
    if output == "json":
        return Answer(report.as_json(shown))
    return Answer(report.as_page(shown[0], width) if vendor is not None else report.as_table(shown, width))


def _known(folder: Path) -> dict[str, report.Entry]:
    """Every vendor by its id, with where its entry is from."""
    if folder == Path() and not (folder / ESTATE_FILE).exists():
        return {name: _entry(name, Vendor.model_validate(entry)) for name, entry in catalog.entries().items()}
    written = read_vendors(folder)
    _refuse_errors(written)
    own = (written.source.data or {}).get("vendors") or {}
    names = sorted(written.vendors)
    return {name: _entry(name, written.vendors[name], own.get(name)) for name in names}


def _refuse_errors(written: WrittenEstate) -> None:
    """Stop where the estate's vendors cannot be shown as they are meant; other errors are none of this command's."""
    is_whole = isinstance(written.source.data, dict)
    errors = [finding for finding in written.findings if finding.severity is Severity.ERROR]
    ours = [finding for finding in errors if not is_whole or finding.location.path.startswith("vendors")]
    if ours:
        raise EstateRefusedError(ours)


def _entry(name: str, vendor: Vendor, written: dict[str, Any] | None = None) -> report.Entry:
    """A vendor as plain data: as its keys are written, with every default filled in."""
    of_catalog = name in catalog.ids()
    is_from = "catalog" if written is None else "catalog, changed by the estate" if of_catalog else "estate"
    read = vendor.actions.read or list(READ_ACTIONS)
    actions = {"read": read, "read-write": vendor.actions.read_write or [*read, *WRITE_ACTIONS]}
    changed = sorted(written) if written and of_catalog else []
    shape = vendor.model_dump(mode="json", by_alias=True) | {"actions": actions}
    return {"id": name, "from": is_from, "changed": changed, **shape}
