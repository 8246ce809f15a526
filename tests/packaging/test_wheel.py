"""What is in the wheel, what it says of itself, and that the sdist makes the same one."""

import ast
import hashlib
import importlib.metadata
import posixpath
import re
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.packaging.environments import ROOT, build, metadata, requirements

PACKAGES = ("rolecall", "constructs_lib", "stacks")
LICENSE_SHA256 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""Of https://www.apache.org/licenses/LICENSE-2.0.txt."""
# Distributions that need not be named, as another one is made of them; each with that one.
BROUGHT = {"botocore": "boto3", "pydantic-core": "pydantic"}


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(ZipFile(wheel).namelist())


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else_of_the_checkout(names: set[str]) -> None:
    data = {".py", ".yaml", ".json", ".typed", ".html", ".j2", ".css", ".js", ".md"}
    written = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix in data
    }
    starters = {f"rolecall/{p.relative_to(ROOT)}" for p in (ROOT / "templates").rglob("*") if p.is_file()}
    example = {f"rolecall/{path.relative_to(ROOT)}" for path in (ROOT / "examples" / "acme").rglob("*.yaml")}
    about = {f"rolecall-{_version()}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    about.add(f"rolecall-{_version()}.dist-info/licenses/LICENSE")
    shipped = ("deployer", "services-on-the-embedded-aws", "starters", "verification")
    documents = {f"rolecall/docs/{name}.md" for name in shipped}
    example.add("rolecall/examples/verify_in_lambda.py")
    assert names == written | starters | example | documents | about


def test_what_programs_read_is_in_the_wheel(names: set[str]) -> None:
    needed = {f"{package}/py.typed" for package in PACKAGES}
    needed |= {
        "rolecall/rules/reference.yaml",
        "rolecall/policy/iam_actions.json",
        "rolecall/examples/acme/estate.yaml",
    }
    needed |= {"rolecall/vendors/catalog/workato.yaml", "rolecall/templates/estate/package-lock.json"}
    assert needed <= names


def test_every_document_that_a_message_names_is_in_the_wheel(names: set[str]) -> None:
    named = set()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)):
            if isinstance(node.value, str):
                named |= {f"rolecall/{each}" for each in re.findall(r"\bdocs/[a-z-]+\.md\b", node.value)}
    assert named
    assert named <= names


def test_what_a_document_in_the_wheel_links_to_is_in_the_wheel(wheel: Path, names: set[str]) -> None:
    archive = ZipFile(wheel)
    linked = {
        posixpath.normpath(posixpath.join(posixpath.dirname(name), link))
        for name in names
        if name.startswith("rolecall/docs/")
        for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", archive.read(name).decode())
    }
    assert linked
    assert linked <= names


def test_the_metadata_says_what_an_index_shows_and_names_no_host(wheel: Path) -> None:
    about = metadata(wheel)
    assert (about["Name"], about["License-Expression"], about["License-File"]) == ("rolecall", "Apache-2.0", "LICENSE")
    assert (about["Requires-Python"], about["Description-Content-Type"]) == (">=3.11", "text/markdown")
    assert set(about.get_all("Provides-Extra") or []) >= {"cdk", "local"}
    assert "Typing :: Typed" in (about.get_all("Classifier") or [])
    assert not any(line.startswith("License ::") for line in about.get_all("Classifier") or [])
    assert about.get_all("Project-URL") is None
    assert "external-id" in str(about["Keywords"])
    assert str(about.get_payload()) == (ROOT / "README.md").read_text("utf-8")


def test_the_licence_is_apaches_to_the_letter() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == LICENSE_SHA256


def test_the_sdist_makes_the_same_wheel_and_holds_no_state(wheel: Path, tmp_path: Path) -> None:
    sdist = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        members = archive.getnames()
        archive.extractall(tmp_path / "source", filter="data")
    odd = {".venv", "node_modules", ".rolecall", ".git", "__pycache__", "dist", "cdk.out"}
    assert not [name for name in members if odd & set(Path(name).parts)]
    (source,) = (tmp_path / "source").iterdir()
    assert build("wheel", source, tmp_path / "wheel").read_bytes() == wheel.read_bytes()


def test_every_package_that_is_imported_is_required(wheel: Path) -> None:
    lines = metadata(wheel).get_all("Requires-Dist") or []
    required = {_normal(each.name) for each in requirements(lines, {"cdk", "local"})}
    missing = {}
    for name, where in _imported().items():
        distributions = {_normal(each) for each in importlib.metadata.packages_distributions().get(name, [name])}
        if not {BROUGHT.get(each, each) for each in distributions} & required:
            missing[name] = where
    assert missing == {}


def _imported() -> dict[str, str]:
    """Each top-level name that the packages import when they run, and a file that does."""
    found: dict[str, str] = {}
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for_types = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            for inner in ast.walk(node)
        }
        for node in (node for node in ast.walk(tree) if id(node) not in for_types):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            found |= {name.partition(".")[0]: str(path) for name in names}
    return {name: path for name, path in found.items() if name not in {*sys.stdlib_module_names, *PACKAGES}}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _version() -> str:
    return re.findall(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)[0]
