"""The one way from a folder to an estate."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rolecall.config.files import UnreadableEstateError, WrittenEstate, read_files
from rolecall.config.own_vendors import read_on
from rolecall.config.resolve import resolve
from rolecall.model.finding import Finding, Location
from rolecall.model.grant import Estate
from rolecall.model.waiver import Waiver

__all__ = ["Loaded", "UnreadableEstateError", "load"]


@dataclass(frozen=True)
class Loaded:
    """An estate and what is wrong with its files. With errors among the findings, the estate is not whole."""

    estate: Estate | None
    findings: tuple[Finding, ...]
    never_allow: tuple[str, ...] = ()
    """IAM action patterns that the estate forbids beyond the built-in ones."""
    waivers: tuple[Waiver, ...] = ()
    read_on: tuple[tuple[date, Location], ...] = ()
    """When pages about the estate's own vendors were read, and where that is written."""


def load(folder: Path) -> Loaded:
    """Read an estate.

    Raises:
        UnreadableEstateError: the folder has no estate.yaml.
    """
    with nothing_collected():
        written = read_files(folder)
        estate = resolve(written)
        never_allow = tuple(written.estate.guardrails.never_allow) if written.estate else ()
        days = tuple(read_on(written.vendors, written.source))
        return Loaded(estate, tuple(written.findings), never_allow, tuple(_waivers(written)), days)


def _waivers(written: WrittenEstate) -> Iterator[Waiver]:
    for index, entry in enumerate(written.estate.waivers if written.estate else ()):
        place = written.source.location(("waivers", index))
        yield Waiver(entry.rule, entry.at, entry.reason, entry.owner, entry.until, place)


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Loading makes millions of objects and no cycle: looking through them for garbage took half of its time.

    It belongs to the loading and not to a command, because every command and `app.py` begin with it. What was made is
    set aside for good, as looking through it later, while rules are asked, would find as little.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
            gc.freeze()
