"""The files of a hand-off: all of them or none, and nobody else's replaced."""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rolecall.answer import NO, USAGE, CommandError, Say
from rolecall.config.files import WORKSPACES
from rolecall.handoff.page import FORMATS, MARK, is_list, is_untouched

_OF_NO_ROLE = "of earlier runs, and of no role any more"


def write_sheets(out: Path, files: Mapping[str, str], estate: Path) -> None:
    """Write every file below a folder; whoever reads meanwhile sees the old one or the new one.

    Args:
        out: the folder; made if need be.
        files: text by path below it.
        estate: the estate's folder, whose workspaces are no place for sheets.

    Raises:
        CommandError: the place is not fit, a file there is not ours, or somebody wrote into one that is; nothing was
            written.
        OSError: the disk would not take it.
    """
    targets = {out / name: text for name, text in files.items()}
    _refuse_no_folders(targets)
    _refuse_workspaces(targets, estate)
    _refuse_links(out, targets)
    _refuse_others(targets)
    _refuse_edited(targets)
    laid: dict[Path, Path] = {}
    try:
        for target, text in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            laid[target] = _laid_beside(target, text)
        for target in list(laid):
            laid[target].replace(target)
            del laid[target]
    finally:
        for left in laid.values():
            left.unlink(missing_ok=True)


def tell_left_over(out: Path, files: Mapping[str, str], say: Say) -> None:
    """Name the sheets of earlier runs that this one did not write: their roles may be gone."""
    left = _left_over(out, files)
    edited = [name for name in left if not is_untouched(_text(out / name))]
    if made := [name for name in left if name not in edited]:
        say(f"{_OF_NO_ROLE}: {', '.join(made)}; delete them")
    if edited:
        say(
            f"{_OF_NO_ROLE}, and changed by hand: {', '.join(edited)}; "
            "keep what was written into them elsewhere, then delete them"
        )


def _left_over(out: Path, files: Mapping[str, str]) -> list[str]:
    paths = (path for form in FORMATS for path in out.glob(f"*/*.{form}") if not path.parent.is_symlink())
    # Where --out is the folder that an earlier --out stood in, that one's list lies as deep as a sheet.
    found = (path for path in paths if _is_ours(path) and not is_list(_text(path)))
    return sorted({str(path.relative_to(out)) for path in found} - set(files))


def has_index(out: Path) -> bool:
    """Whether an earlier run of ours left an index."""
    return any(_is_ours(out / f"index.{form}") for form in FORMATS)


def _laid_beside(target: Path, text: str) -> Path:
    """The whole text in a file of its own, for its owner's eyes only: external IDs stand in it."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".tmp")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _refuse_no_folders(targets: Iterable[Path]) -> None:
    """What stands where a folder has to be made, a link that leads nowhere too."""
    for target in targets:
        there = next(folder for folder in target.parents if os.path.lexists(folder))
        if not there.is_dir():
            kind = "is a link that leads nowhere" if there.is_symlink() else "is no folder"
            raise CommandError(f"{there} {kind}; nothing was written", "take it away, or --out elsewhere", USAGE)


def _refuse_workspaces(targets: Iterable[Path], estate: Path) -> None:
    workspaces = (estate / WORKSPACES).resolve()
    for target in targets:
        if workspaces in target.resolve().parents:
            sentence = f"{target} would be among the estate's workspaces, which are in git and hold no sheets"
            raise CommandError(sentence, "--out with a folder elsewhere", USAGE)


def _refuse_links(out: Path, targets: Iterable[Path]) -> None:
    """A folder below that is a link leads somewhere that nobody named."""
    for folder in sorted({target.parent for target in targets if target.parent != out}):
        if folder.is_symlink():
            raise CommandError(f"{folder} is a link; nothing was written", "take it away, or --out elsewhere", NO)


def _refuse_others(targets: Iterable[Path]) -> None:
    """A file of somebody else's stays; a link is somebody else's too, as what it leads to is not seen here."""
    others = [target for target in targets if os.path.lexists(target) and not _is_ours(target)]
    if others:
        raise CommandError(
            f"{_named(others)}: not made by `rolecall handoff`; nothing was written", "--out elsewhere", NO
        )


def _refuse_edited(targets: Iterable[Path]) -> None:
    """An ARN that somebody wrote in stands nowhere else."""
    edited = [target for target in targets if target.exists() and not is_untouched(_text(target))]
    if edited:
        raise CommandError(
            f"{_named(edited)}: changed since `rolecall handoff` made it; nothing was written",
            "keep what was written into it elsewhere and delete it, or --out elsewhere",
            NO,
        )


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(map(str, paths[:3])) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")


def _text(path: Path) -> str:
    """What stands in a file of ours, line ends and all; of bytes that no longer are UTF-8 something else."""
    return path.read_bytes().decode("utf-8", "replace")


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK.encode()
