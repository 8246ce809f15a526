"""`rolecall check --references`: the secret references in a text, such as an export of the vendor's connections."""

import stat
from pathlib import Path

from rolecall.answer import NO, YES, Answer
from rolecall.commands.written_findings import named, unreadable, written
from rolecall.estate import sound
from rolecall.model.finding import has_errors, in_reading_order
from rolecall.model.reference import references_in
from rolecall.rules.references import judge_references

MAX_TEXT_BYTES = 64 * 1024 * 1024


def check_references(folder: Path, file: Path, output: str) -> Answer:
    """Every finding about the secret references in a text, such as an export of the vendor's connections.

    Raises:
        CommandError: the file cannot be read, or the estate cannot be made sense of.
    """
    text = _text_of(file)
    estate = sound(folder)
    found = in_reading_order(judge_references(named(file), text, estate))
    shown = written(found, len(estate.grants), Path(), output, ())
    if output == "text":
        count = sum(1 for _ in references_in(text))
        shown += f"\n{count} reference{'' if count == 1 else 's'} in {named(file)}"
    return Answer(shown, NO if has_errors(found) else YES)


def _text_of(file: Path) -> str:
    """The whole text of a file. A part of it, or bytes that are no text, would hide references: that is no "yes"."""
    try:
        # Asked for first: opening a FIFO would wait for somebody to write.
        if not stat.S_ISREG(file.stat().st_mode):
            raise unreadable(file, "it is no regular file")
        with file.open("rb") as opened:
            content = opened.read(MAX_TEXT_BYTES + 1)
    except OSError as error:
        raise unreadable(file, error.strerror or type(error).__name__) from None
    if len(content) > MAX_TEXT_BYTES:
        raise unreadable(file, f"it is larger than {MAX_TEXT_BYTES} bytes", "split it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(file, f"byte {error.start} is not UTF-8", "save it as UTF-8, unpacked") from None
    if "\0" in text:
        raise unreadable(file, "it holds NUL bytes", "save it as UTF-8, unpacked")
    return text
