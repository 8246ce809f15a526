"""The guard refuses to start on a ministack that it was not written for."""

import base64
import hashlib
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rolecall.local import LocalAwsError
from rolecall.local.guard import hooks

INSTALL = (
    "from pathlib import Path; from rolecall.local.guard.hooks import install; "
    "install(root_secret='secret', journal=Path('journal'))"
)


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own, since hooks are for good, and with a folder for what ministack writes when imported."""
    environment = {**os.environ, "STATE_DIR": str(folder)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)


def test_the_hooks_fit_the_installed_ministack(tmp_path: Path) -> None:
    assert run(INSTALL, tmp_path).stderr == ""


def test_another_version_is_refused_with_the_command_that_installs_the_right_one() -> None:
    with pytest.raises(
        LocalAwsError, match=r"knows ministack 1\.5\.33, but 1\.5\.34 is installed.*pip install ministack=="
    ):
        hooks.require_version("1.5.34")


def test_the_pin_of_the_hooks_is_the_pin_of_the_project() -> None:
    wanted = {line.split(";")[0].strip() for line in importlib.metadata.requires("rolecall") or ()}
    assert f"ministack=={hooks.MINISTACK_VERSION}" in wanted


@pytest.mark.parametrize("module_name", hooks.EXPECTED)
def test_a_function_that_is_gone_is_noticed(module_name: str) -> None:
    with pytest.raises(LocalAwsError, match=next(iter(hooks.EXPECTED[module_name]))):
        hooks.require_expected(ModuleType(module_name))


def test_a_function_that_takes_other_parameters_is_noticed() -> None:
    module = ModuleType(hooks.IAM)
    module._boundary_policy_error = lambda policy_arn: policy_arn  # type: ignore[attr-defined]
    with pytest.raises(LocalAwsError, match=r"_boundary_policy_error of ministack\.services\.iam is not what"):
        hooks.require_expected(module)


def test_a_module_that_took_an_original_before_is_noticed(tmp_path: Path) -> None:
    refused = run(f"import ministack.services.sts; {INSTALL}", tmp_path)
    assert "loaded before the guard and so not guarded: ministack.services.sts" in refused.stderr


def test_ministack_on_disk_stays_as_it_came() -> None:
    """Every file has the digest that its wheel recorded."""
    files = importlib.metadata.files("ministack") or []
    changed = [
        file for file in files if file.suffix == ".py" and file.hash and _digest(file.locate()) != file.hash.value
    ]
    assert changed == []


def _digest(path: object) -> str:
    digest = hashlib.sha256(Path(str(path)).read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
