"""The text of a file, whatever it is: too large, of another encoding, no file at all, or gone by now."""

import os
import stat
from pathlib import Path

# Ten thousand projects in one file are about 4 MB; what is far beyond is no estate.
MAX_FILE_BYTES = 16 * 1024 * 1024

# The longer ones first: UTF-32's mark begins like UTF-16's.
_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


class NotReadableError(Exception):
    """Why a file has no text, in the parts of a message: what is wrong, what it is, what is allowed, what to do."""

    def __init__(self, what: str, received: str, allowed: str, change: str) -> None:
        self.parts = (what, received, allowed, change)
        super().__init__(*self.parts)


def text_of(path: Path) -> str:
    """The text of a file, without a byte order mark.

    Raises:
        NotReadableError: it has none.
    """
    content = _bytes_of(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        seems = f"{_encoding_of(content)}, byte {error.start}"
        raise NotReadableError("file is not UTF-8 text", seems, "UTF-8", "save it as UTF-8") from None
    if "\x00" in text and (encoding := _wide_encoding_of(content)):
        raise NotReadableError("file is not UTF-8 text", encoding, "UTF-8", "save it as UTF-8")
    return text


def _bytes_of(path: Path) -> bytes:
    try:
        # Asked for first: opening a FIFO would wait for somebody to write.
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotReadableError("file cannot be read", _kind_of(path), "a regular file", "take it away")
        with path.open("rb") as file:
            if (size := os.fstat(file.fileno()).st_size) <= MAX_FILE_BYTES:
                content = file.read(MAX_FILE_BYTES + 1)  # what grows while it is read, or hides its size
                size = len(content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NotReadableError(
            "file cannot be read", reason, "a file that you may read", "check it and its permissions"
        ) from None
    if size > MAX_FILE_BYTES:
        change = "split the workspace into several"
        raise NotReadableError(
            f"file is larger than {MAX_FILE_BYTES} bytes", f"{size} bytes", f"up to {MAX_FILE_BYTES}", change
        )
    return content


def _kind_of(path: Path) -> str:
    return "a folder" if path.is_dir() else "a FIFO, a socket or a device"


def _encoding_of(content: bytes) -> str:
    """What somebody probably saved the file as, who did not save it as UTF-8."""
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    return marked or _wide_encoding_of(content) or "Latin-1 or Windows-1252"


def _wide_encoding_of(content: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: text in Latin letters is half or three quarters NUL bytes there."""
    share = content.count(0) / len(content)
    return "UTF-32" if share > 0.6 else "UTF-16" if share > 0.3 else None
