"""The one way from a folder to an estate."""

from dataclasses import dataclass
from pathlib import Path

from rolecall.config.files import UnreadableEstateError, read_files
from rolecall.config.resolve import resolve
from rolecall.model.finding import Finding
from rolecall.model.grant import Estate

__all__ = ["Loaded", "UnreadableEstateError", "load"]


@dataclass(frozen=True)
class Loaded:
    """An estate and what is wrong with its files. With errors among the findings, the estate is not whole."""

    estate: Estate | None
    findings: tuple[Finding, ...]
    never_allow: tuple[str, ...] = ()
    """IAM action patterns that the estate forbids beyond the built-in ones."""


def load(folder: Path) -> Loaded:
    """Read an estate.

    Raises:
        UnreadableEstateError: the folder has no estate.yaml.
    """
    written = read_files(folder)
    estate = resolve(written)
    never_allow = tuple(written.estate.guardrails.never_allow) if written.estate else ()
    return Loaded(estate, tuple(written.findings), never_allow)
