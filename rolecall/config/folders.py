"""Which YAML files an estate's folder holds; what would be overlooked or leads elsewhere is named instead of read."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from rolecall.config.source import SourceFile, shown
from rolecall.model.invalid import four_parts

_SUFFIX = ".yaml"
_LOOKALIKE = re.compile(r"\.ya?ml", re.IGNORECASE)
# Others can be mistaken on a command line or on a screen: `..yaml` even stands for the folder that it lies in.
_STEM = re.compile(r"\w[\w.-]*")


def is_link(path: Path) -> bool:
    """Whether it is a symbolic link; no, where nobody may look. `Path.is_symlink` would raise there."""
    return os.path.islink(path)  # noqa: PTH114


def names_in(folder: Path) -> list[str]:
    """The names in a folder, sorted; none, where it cannot be read."""
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 -- names are wanted, which need not even be valid text
    except OSError:
        return []


@dataclass
class EstateFolder:
    """An estate's folder and what is wrong with the names in it. Names are relative to it, with slashes."""

    root: Path
    refused: list[SourceFile] = field(default_factory=list)

    def yaml_files(self, folder: str) -> list[str]:
        """The YAML files of a folder, sorted."""
        files = [f"{folder}/{entry.name}" for entry in self._entries(folder) if self._is_yaml(folder, entry)]
        return [name for name in sorted(files) if self.is_inside(name)]

    def subfolders(self, folder: str) -> list[str]:
        """The folders of a folder, sorted. Nothing is noted: its files have been asked for before."""
        try:
            with os.scandir(self.root / folder) as entries:
                return sorted(f"{folder}/{entry.name}" for entry in entries if entry.is_dir())
        except OSError:
            return []

    def is_inside(self, name: str) -> bool:
        """Whether a file or folder is the estate's own; noted where a symbolic link leads elsewhere.

        The folder that it lies in has been asked about before, so that only a link can leave it.
        """
        path = self.root / name
        if not is_link(path):
            return True
        real = os.path.realpath(path)
        if Path(real).is_relative_to(os.path.realpath(self.root)):
            return True
        self.refuse(name, "RC001", "link leads out of the estate's folder", real, "files below it", "put a copy here")
        return False

    def refuse(self, name: str, rule: str, what: str, received: str, allowed: str, change: str) -> None:
        """Note what is wrong with a name or with what it stands for."""
        source = SourceFile(shown(name))
        source.error(rule, (), four_parts(what, shown(received), allowed, change))
        self.refused.append(source)

    def _entries(self, folder: str) -> list["os.DirEntry[str]"]:
        path = self.root / folder
        if not os.path.lexists(path) or not self.is_inside(folder):
            return []
        try:
            with os.scandir(path) as entries:
                return list(entries)
        except NotADirectoryError:
            self.refuse(folder, "RC003", "no folder", "a file", "a folder of YAML files", "move or rename it")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.refuse(folder, "RC001", "folder cannot be read", reason, "one that you may read", "check it")
        return []

    def _is_yaml(self, folder: str, entry: "os.DirEntry[str]") -> bool:
        """Whether it is one; a name that looks like one without being one is noted."""
        stem, dot, ending = entry.name.rpartition(".")
        suffix = dot + ending
        if not _LOOKALIKE.fullmatch(suffix):
            return False
        name = f"{folder}/{entry.name}"
        if suffix != _SUFFIX:
            self.refuse(name, "RC003", "file name", name, "names that end in .yaml", "rename the file")
        elif not _STEM.fullmatch(stem):
            allowed = "letters, digits and _ . -, beginning with a letter or digit"
            self.refuse(name, "RC003", "file name", name, allowed, "rename the file")
        else:
            return True
        return False
