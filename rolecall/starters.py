"""Starters: Jinja2 templates for files that people go on writing by hand, and for pages. Never a policy.

Those of an estate, in its folder `templates`, win over ours; docs/starters.md says what they get.
"""

import os
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.loaders import split_template_path
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = "templates"
"""What the folder of an estate's own starters is called."""

CDK_FILES = {
    "app.py": "estate/app.py",
    "package.json": "estate/package.json",
    "package-lock.json": "estate/package-lock.json",
    ".npmrc": "estate/npmrc",
}
"""What plain cdk and npm need in an estate's folder, each with its starter; nothing is filled in."""

_PLACES = (Path(__file__).parent / FOLDER, Path(__file__).parents[1] / FOLDER)
# A hundred times the longest of ours.
_MAX_STARTER_BYTES = 256 * 1024
_Source = tuple[str, str | None, Callable[[], bool] | None]


class BadStarterError(Exception):
    """A starter of the estate's own that cannot be used; the message says which, where and why."""

    tip = "docs/starters.md has what starters get and may do"
    exit_code = 2


def render(name: str, values: Mapping[str, object], estate: Path | None = None) -> str:
    """One starter with its values filled in; a value that is missing is an error, not an empty place.

    Args:
        name: of the starter, such as estate/estate.yaml.j2.
        values: what it may name.
        estate: the folder of an estate, whose own starters win. Default: ours alone

    Raises:
        BadStarterError: a starter of the estate's cannot be read, or fails.
    """
    loaders: list[BaseLoader] = [_Own(estate)] if estate else []
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*loaders, FileSystemLoader(ours())]),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        # YAML has the filter that quotes, and Markdown its own way (rolecall.handoff.page).
        autoescape=name.endswith(".html.j2"),
    )
    environment.filters["yaml"] = quoted
    if estate is None:
        return environment.get_template(name).render(values)
    try:
        return environment.get_template(name).render(values)
    except BadStarterError:
        raise
    except Exception as error:  # whatever a starter does in its sandbox: divide by zero, call a text, never end a loop
        raise BadStarterError(_reason(error, f"{FOLDER}/{name}")) from None


def ours() -> Path:
    """The folder of the starters that come with Rolecall: in a checkout beside the package, in a wheel inside it."""
    return next(place for place in _PLACES if place.is_dir())


def is_own(name: str, estate: Path) -> bool:
    """Whether an estate has a starter of that name of its own."""
    return os.path.lexists(estate / FOLDER / name)


def own_of(names: Iterable[str], estate: Path) -> str:
    """Those of some starters that an estate has of its own, as it has to be told; nothing if it has none."""
    return " or ".join(f"{FOLDER}/{name}" for name in names if is_own(name, estate))


def at_fault(names: Sequence[str], estate: Path) -> str:
    """Those of an estate's own among the starters that made a text together: ours make what they should.

    Args:
        names: the one that was filled in, and those that it may include.
        estate: its folder.
    """
    return own_of(names, estate) or f"{FOLDER}/{names[0]}"


def quoted(value: object) -> str:
    """A value as YAML in double quotes, on one line: whatever it holds, it is that text and nothing else."""
    return yaml.safe_dump(str(value), default_style='"', allow_unicode=True, width=2**31).rstrip("\n")


class _Own(BaseLoader):
    """The starters in an estate's folder `templates`: regular files, and nothing that a link or .. leads to outside."""

    def __init__(self, estate: Path) -> None:
        self._estate = estate

    def get_source(self, environment: Environment, template: str) -> _Source:
        path = self._estate.joinpath(FOLDER, *split_template_path(template))
        if not os.path.lexists(path):
            raise TemplateNotFound(template)
        shown = f"{FOLDER}/{template}"
        # The estate's other files are no starters either, such as what Rolecall notes there for itself.
        real, home = Path(os.path.realpath(path)), Path(os.path.realpath(self._estate)) / FOLDER
        if not real.is_relative_to(home):
            raise BadStarterError(f"starter {shown} leads out of the estate's {FOLDER}/, to {real}: put a copy there")
        if not real.is_file():  # asked for first: opening a FIFO would wait for somebody to write
            raise BadStarterError(f"starter {shown} is no file: take it away")
        try:
            with real.open("rb") as file:
                content = file.read(_MAX_STARTER_BYTES + 1)
            text = content.decode("utf-8-sig")
        except OSError as error:
            raise BadStarterError(f"starter {shown} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise BadStarterError(f"starter {shown} is not UTF-8 text: save it as UTF-8") from None
        if len(content) > _MAX_STARTER_BYTES:
            raise BadStarterError(f"starter {shown} is larger than {_MAX_STARTER_BYTES} bytes: shorten it")
        return text, shown, None


def _reason(error: Exception, name: str) -> str:
    """Which starter failed, in which line, and why."""
    if isinstance(error, TemplateSyntaxError):
        return f"starter {error.filename or error.name}:{error.lineno} is no Jinja2: {error.message}"
    if isinstance(error, TemplateNotFound):
        return f"starter {_place(error) or name} includes {error.name}, and there is no such starter"
    what = {UndefinedError: "names what starters do not get", SecurityError: "does what starters may not"}
    said = next((text for kind, text in what.items() if isinstance(error, kind)), "fails")
    return f"starter {_place(error) or name} {said}: {error or type(error).__name__}"


def _place(error: Any) -> str:
    """File and line of the starter that was at work: Jinja2 puts them into the traceback.

    One of the estate's own is called as it is shown, without the folders above; no file of Python's is.
    """
    frames = traceback.extract_tb(error.__traceback__)
    found = [frame for frame in frames if frame.filename.startswith(f"{FOLDER}/") or frame.filename.endswith(".j2")]
    return f"{found[-1].filename}:{found[-1].lineno}" if found else ""
