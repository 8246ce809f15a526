"""npm's files in an estate's folder: ours come together, and never beside one of somebody else's."""

from collections.abc import Mapping
from pathlib import Path

from rolecall.commands.cdk_version import how_to_pin
from rolecall.commands.written_findings import named

_PAIR = ("package.json", "package-lock.json")
# Says what npm writes into a lock file: it would change somebody else's.
_WITH_PAIR = (*_PAIR, ".npmrc")


def fitting(folder: Path, ours: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Our files without those that would stand beside somebody else's, and what the user has to know of that.

    Args:
        folder: the estate's.
        ours: texts of the files that an estate gets, by their names.
    """
    others = [name for name in _PAIR if (folder / name).exists() and not _is(folder / name, ours[name])]
    out = [name for name in _WITH_PAIR if others and not (folder / name).exists()]
    wanted = {name: text for name, text in ours.items() if name not in out}
    if not out:
        return wanted, ""
    sentence = f"not written: {', '.join(out)}, as {' and '.join(others)} in {named(folder)} is somebody else's"
    return wanted, f"{sentence} and npm reads them together; `rolecall install-cdk` needs cdk in it: {how_to_pin()}"


def _is(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False
