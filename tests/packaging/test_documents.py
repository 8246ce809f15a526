"""The documents that stand beside the README: what they name is there, and what they say to type works."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.packaging.environments import ROOT, documented

DOCUMENTS = ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/installing.md")
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
# No files of the checkout: a selector, and what is made by what the documents describe.
MADE = {"rolecall/docs", "WORKSPACE/PROJECT", ".rolecall/", "dist/", "node_modules", "node_modules/.bin"}


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_a_document_names_exist(name: str) -> None:
    page = text(name)
    linked = {link.partition("#")[0] for link in re.findall(r"\]\((?!https?://)([^)]+)\)", page)}
    quoted = {each for each in re.findall(r"`([\w.][\w./-]*)`", page) if "/" in each or each.endswith((".md", ".toml"))}
    home = (ROOT / name).parent
    missing = {path for path in linked if path and not (home / path).exists()}
    missing |= {path for path in quoted - MADE if not (ROOT / path).exists()}
    assert missing == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_headings_that_a_document_links_to_exist(name: str) -> None:
    for path, anchor in re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", text(name)):
        headings = re.findall(r"^#+ (.*)$", ((ROOT / name).parent / path).read_text("utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_targets_that_a_document_names_are_in_the_makefile(name: str) -> None:
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text(name), re.MULTILINE)) <= TARGETS


def test_every_host_that_a_document_names_is_a_public_one() -> None:
    hosts = {host for name in DOCUMENTS for host in re.findall(r"https?://([^/)\s]+)", text(name))}
    assert hosts == {"docs.github.com", "keepachangelog.com", "semver.org"}
    assert not re.search(r"[\w.]+@[\w-]+\.[a-z]{2,}", text("SECURITY.md"))


def test_the_commands_for_contributors_work() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    script = f"set -euo pipefail\n{documented('CONTRIBUTING.md')['part']}"
    ended = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=ROOT,
        env=clean | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "6 roles; 0 errors" in ended.stdout


def test_the_wheel_is_built_where_the_documents_say(tmp_path: Path) -> None:
    recipe = re.search(r"^wheel:.*\n\t(.*)$", text("Makefile"), re.MULTILINE)
    assert recipe
    assert recipe[1] == "$(BIN)/python -m hatchling build --target wheel"
    version = re.search(r'^version = "(.*)"$', text("pyproject.toml"), re.MULTILINE)
    assert version
    assert f"dist/rolecall-{version[1]}-py3-none-any.whl" in text("docs/installing.md")
