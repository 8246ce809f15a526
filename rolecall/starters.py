"""Starters: Jinja2 templates for files that people go on writing by hand, and for pages. Never a policy."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

# In a checkout they stand beside the package, in a wheel inside it.
_PLACES = (Path(__file__).parent / "templates", Path(__file__).parents[1] / "templates")


def render(name: str, values: Mapping[str, object]) -> str:
    """One starter with its values filled in; a value that is missing is an error of ours, not an empty place."""
    folder = next(place for place in _PLACES if place.is_dir())
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        # In YAML stand values that have been checked, and Markdown has its own way (rolecall.handoff.page).
        autoescape=name.endswith(".html.j2"),
    )
    return environment.get_template(name).render(values)
