"""The catalog's entries as plain data; the shape is checked where estates may change them."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml


@cache
def ids() -> tuple[str, ...]:
    """The id of every vendor of the catalog, in the order of the alphabet; no entry is read for it."""
    names = sorted(item.name for item in _folder().iterdir() if item.name.endswith(".yaml"))
    return tuple(name.removesuffix(".yaml") for name in names)


def entry(vendor: str) -> dict[str, Any]:
    """One vendor's entry, as written in its file.

    Raises:
        KeyError: the catalog has no vendor of this id.
    """
    if vendor not in ids():
        raise KeyError(vendor)
    written: dict[str, Any] = yaml.load((_folder() / f"{vendor}.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return written


def entries() -> dict[str, dict[str, Any]]:
    """Every vendor of the catalog by its id, as written in its file."""
    return {vendor: entry(vendor) for vendor in ids()}


def _folder() -> Traversable:
    return files("rolecall.vendors") / "catalog"
