"""What is to be known of somebody else's files that a new estate keeps in the place of ours."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rolecall.commands.written_findings import named
from rolecall.config.edit import meaning

_CDK, _APP = "cdk.json", "app.py"
_GITIGNORE = ".gitignore"
# What Rolecall notes for itself, and what npm and cdk make.
_IGNORED = (".rolecall/", "node_modules/", "cdk.out/")


def about_kept(folder: Path, kept: Iterable[str]) -> Iterator[str]:
    """A line for each kept file that does not do what ours would.

    Args:
        folder: the estate's.
        kept: names of files that were there.
    """
    for name in kept:
        text = _text(folder / name)
        if name == _CDK and not _starts_app(text):
            what = "starts another app than app.py: plain cdk does not build the estate"
            yield f"{named(folder / name)} was there and {what}"
        if name == _APP and "stacks.__main__" not in text:
            yield f"{named(folder / name)} was there and is another app: plain cdk does not build the estate"
        if name == _GITIGNORE:
            lines = {line.strip().strip("/") for line in text.splitlines()}
            if lacking := [each for each in _IGNORED if each.strip("/") not in lines]:
                yield f"{named(folder / name)} was there: add {' and '.join(lacking)} to it"


def _starts_app(text: str) -> bool:
    found: Any = meaning(text)
    return isinstance(found, dict) and not {_APP, f"./{_APP}"}.isdisjoint(str(found.get("app")).split())


def _text(path: Path) -> str:
    """What a file holds; nothing, where it cannot be read."""
    try:
        return path.read_text("utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return ""
