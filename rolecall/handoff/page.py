"""Sheets as Markdown and HTML. Values never break out: Markdown's are fenced by backticks, HTML's are escaped."""

import hashlib
import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from rolecall.handoff.line import Line
from rolecall.handoff.sheet import Sheet
from rolecall.report.plain import escaped, printable
from rolecall.starters import render

FORMATS = ("md", "html")
MARK = "<!-- rolecall handoff"
"""What every file of ours begins with."""
_LIST = "list"
_SAYS = "made by the program; the next run writes it anew"
_FIRST = re.compile(rf"{MARK}, (sheet|{_LIST}): {_SAYS}; sha256 ([0-9a-f]{{64}}) -->\n")


def marked(text: str, *, is_list: bool = False) -> str:
    """A page with its first line, by which the next run knows that it is ours, and whether somebody wrote into it."""
    kind = _LIST if is_list else "sheet"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{MARK}, {kind}: {_SAYS}; sha256 {digest} -->\n{text}"


def is_untouched(page: str) -> bool:
    """Whether a page of ours is as it was made."""
    first = _FIRST.match(page)
    return first is not None and hashlib.sha256(page[first.end() :].encode()).hexdigest() == first[2]


def is_list(page: str) -> bool:
    """Whether a page of ours is a list of sheets, and so no role's."""
    first = _FIRST.match(page)
    return first is not None and first[1] == _LIST


def sheet_page(sheet: Sheet, form: str, estate: Path | None = None) -> str:
    """One sheet.

    Args:
        form: `md` or `html`.
        estate: the folder of the estate, whose own starters win. Default: ours alone

    Raises:
        BadStarterError: a starter of the estate's own fails.
    """
    return marked(_page(f"handoff/sheet.{form}.j2", {"sheet": sheet}, estate))


def index_page(sheets: Sequence[Sheet], form: str, estate: Path | None = None) -> str:
    """The list of the sheets of one run, which is where its reader begins."""
    return marked(_page(f"handoff/index.{form}.j2", {"sheets": sheets}, estate), is_list=True)


def _page(starter: str, values: dict[str, object], estate: Path | None) -> str:
    tools: dict[str, object] = {} if starter.endswith(".html.j2") else {"text": escaped, "code": code, "line": line}
    return render(starter, values | tools, estate)


def code(text: str, *, in_table: bool = False) -> str:
    """A value as Markdown's code, fenced by more backticks than it has in a row.

    Args:
        in_table: a table's cell ends at a bar, in code too, unless it has a backslash before it.
    """
    shown = printable(text).replace("|", "\\|") if in_table else printable(text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    blank = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{blank}{shown}{blank}{fence}"


def line(pieces: Line, *, in_table: bool = False) -> str:
    """A line's words escaped, its values as code. Blanks between the two stay."""
    # Two values side by side are one piece of code: their backticks would run together.
    runs = [(is_value, "".join(p.text for p in run)) for is_value, run in groupby(pieces, lambda p: p.is_value)]
    return "".join(code(text, in_table=in_table) if is_value else _words(text) for is_value, text in runs)


def _words(text: str) -> str:
    inner = text.strip()
    begin = text[: len(text) - len(text.lstrip())]
    return f"{begin}{escaped(inner)}{text[len(text.rstrip()) :]}" if inner else text
