"""The catalog's entries as plain data; the shape is checked where estates may change them."""

from importlib.resources import files
from typing import Any

import yaml


def entries() -> dict[str, dict[str, Any]]:
    """Every vendor of the catalog by its id, as written in its file."""
    folder = files("rolecall.vendors") / "catalog"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    return {
        name.removesuffix(".yaml"): yaml.load((folder / name).read_text("utf-8"), yaml.CSafeLoader) for name in names
    }
