"""Which lines of a file a part of it has, comments too, and lines put in between."""

import re

from rolecall.config import edit

# An item of a list that somebody has made a comment of, and a line of it below the first.
_COMMENTED_ITEM = re.compile(r"[ \t]*# ?- ")
_COMMENTED_MORE = re.compile(r"[ \t]*#[ \t]{2,}\S")


def end_of_lines(text: str, start: int, end: int, own_column: int) -> int:
    """Where the lines of a part end.

    Its end as the loader has it lies where the next part begins. Blank lines before that are nobody's, and comments are
    the next part's unless they stand in the columns of this one.
    """
    lines = [line for line in edit.lines(text[start:end]) if line]
    least = _with_commented_items(lines)
    while len(lines) > least:
        last = lines[-1].strip()
        column = len(lines[-1]) - len(lines[-1].lstrip())
        if last and not (last.startswith("#") and column < own_column):
            break
        lines.pop()
    return start + sum(map(len, lines))


def _with_commented_items(lines: list[str]) -> int:
    """How many lines there are at least: up to the last item that is a comment, in whatever column."""
    begun = [number for number, line in enumerate(lines) if _COMMENTED_ITEM.match(line)]
    if not begun or any(line.strip() and not line.strip().startswith("#") for line in lines[begun[-1] :]):
        return 1
    least = begun[-1] + 1
    while least < len(lines) and _COMMENTED_MORE.match(lines[least]):
        least += 1
    return least


def inserted_line(text: str, end: int, lines: str) -> str:
    """The text with whole lines put in at an end of a line, in the line breaks that it has."""
    # Where a file has several, that of the line above.
    line_break = edit.line_break_of(above[-1]) if (above := edit.lines(text[:end])[:-1]) else edit.line_break_of(text)
    inside = lines.replace("\n", line_break)
    if end == len(text) and not text.endswith(("\n", "\r")):
        return f"{text}{line_break}{inside.removesuffix(line_break)}"
    return text[:end] + inside + text[end:]
