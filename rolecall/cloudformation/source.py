"""Opening a file that somebody else wrote: refused before it can do harm, read as JSON or YAML."""

import stat
from pathlib import Path

from rolecall.cloudformation.json_text import Duplicate, read_json
from rolecall.cloudformation.part import Part, UnreadableTextError, printable
from rolecall.cloudformation.unknown import without_guillemets
from rolecall.cloudformation.yaml_text import read_yaml
from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import four_parts

# CloudFormation takes 1 MB; comments and files that are packaged first may have more.
MAX_FILE_BYTES = 16 * 1024 * 1024

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_source(path: Path) -> tuple[Part | None, list[Finding]]:
    """What stands in the file, or None and why it cannot be read.

    Raises:
        OSError: the file cannot be opened.
    """
    name = str(path)
    try:
        text = _text(path)
        part, duplicates = parsed(without_guillemets(text))
    except UnreadableTextError as error:
        place = Location(name, error.line, error.column)
        return None, [Finding("RC001", Severity.ERROR, place, error.message)]
    return part, [_second(name, duplicate) for duplicate in duplicates]


def _text(path: Path) -> str:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise _refused("file cannot be read", path.name, "a regular file", "name the template's file")
    content = b""
    if status.st_size <= MAX_FILE_BYTES:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    if max(status.st_size, len(content)) > MAX_FILE_BYTES:
        size = f"{status.st_size} bytes"
        raise _refused("file is too large", size, f"at most {MAX_FILE_BYTES} bytes", "name the template alone")
    if content.startswith(_UTF_16):
        raise _refused("file is not UTF-8 text", "UTF-16", "UTF-8", "save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        value = f"byte 0x{content[error.start]:02x}"
        raise _refused("file is not UTF-8 text", value, "UTF-8", "save it as UTF-8", line) from None
    if (at := text.find("\0")) >= 0:
        raise _refused("file is no text", "a NUL byte", "text", "name the template's file", text.count("\n", 0, at) + 1)
    return text


def _refused(what: str, value: str, allowed: str, change: str, line: int = 1) -> UnreadableTextError:
    return UnreadableTextError(four_parts(what, value, allowed, change), line)


def parsed(text: str) -> tuple[Part, list[Duplicate]]:
    """The value of a text, and the keys that stand in it twice.

    Text in braces is JSON first; what is none may still be YAML, which has braces too.

    Raises:
        UnreadableTextError: it is neither.
    """
    failures: list[UnreadableTextError] = []
    kinds = [("YAML", read_yaml)]
    if text.lstrip().startswith("{"):
        kinds.insert(0, ("JSON", read_json))
    for kind, read in kinds:
        try:
            return read(text)
        except UnreadableTextError as error:
            failures.append(UnreadableTextError(f"broken {kind}: {error.message}", error.line, error.column))
    # Whoever got further is the one whose complaint helps.
    raise max(failures, key=lambda failure: (failure.line, failure.column))


def _second(name: str, duplicate: Duplicate) -> Finding:
    key, line, column, first_line = duplicate
    message = (
        f"key {key!r} stands here a second time, after line {first_line}; only the last one counts: remove the other"
    )
    return Finding("RC002", Severity.ERROR, Location(name, line, column, printable(key)), message)
