"""Workflow files for an estate's repository: a gate for pull requests, a deployment, and a look every night."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rolecall import __version__
from rolecall.config.edit import meaning
from rolecall.model.grant import Estate
from rolecall.model.identifiers import partition_of
from rolecall.model.invalid import InvalidValueError
from rolecall.model.pipeline import BRANCH
from rolecall.policy.deployer import reading
from rolecall.starters import BadStarterError, at_fault, render

# Releases, each by the commit that its tag stands for in the action's own repository; looked up 2026-11-22.
ACTIONS = {
    "checkout": "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "setup_python": "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0",
    "upload_artifact": "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
    "upload_sarif": "github/codeql-action/upload-sarif@8aad20d150bbac5944a9f9d289da16a4b0d87c1e # v4.36.2",
    "aws_credentials": "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3",
}
_STARTERS = "pipelines/github"
# Each with the parts that its starter includes.
_WORKFLOWS = {
    "pull-request": ("install",),
    "deploy": ("install", "credentials"),
    "nightly": ("install", "credentials"),
}
# What is put into a workflow as it is: nothing that YAML or a shell could read otherwise.
_FOLDER = re.compile(r"\.|[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_PYTHON = re.compile(r"3\.[0-9]{1,2}")
_REQUIREMENT = re.compile(r"[ -~]+")
_LOCK_IT = (
    "# What the workflows install. Locked with hashes, pip takes nothing else: docs/deployer.md of Rolecall says how.\n"
)
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html: Policy; read 2026-11-22.
_SESSION_POLICY_MAX_CHARACTERS = 2048


@dataclass(frozen=True)
class Layout:
    """How a repository holds its estate.

    Args:
        folder: the estate's, from the repository's root; "." is the root itself.
        branch: what is deployed when it changes.
        python_version: of the runners, 3.11 or later.
        requirement: how pip finds Rolecall with the extra cdk: one line of a requirements.txt.
        local_requirement: the same with the extra local too, which only the proof of a pull request needs.

    Raises:
        InvalidValueError: RC003, for a value that a workflow could not hold.
    """

    folder: str = "."
    branch: str = "main"
    python_version: str = "3.11"
    requirement: str = f"rolecall[cdk]=={__version__}"
    local_requirement: str = f"rolecall[cdk,local]=={__version__}"

    def __post_init__(self) -> None:
        for name, form, allowed in (
            ("folder", _FOLDER, "a path of A-Z a-z 0-9 . _ - from the repository's root, or ."),
            ("branch", BRANCH, "the name of a branch, of A-Z a-z 0-9 . _ - and /"),
            ("python_version", _PYTHON, "a version such as 3.11"),
            ("requirement", _REQUIREMENT, "one line of a requirements.txt"),
            ("local_requirement", _REQUIREMENT, "one line of a requirements.txt"),
        ):
            value = getattr(self, name)
            if not isinstance(value, str) or not form.fullmatch(value):
                raise InvalidValueError(f"{name} of the workflows", value, allowed, "write another", rule="RC003")

    def path(self, name: str) -> str:
        """Where a file of the estate's folder is, from the repository's root."""
        return name if self.folder == "." else f"{self.folder}/{name}"


def github_workflows(estate: Estate, layout: Layout, folder: Path | None = None) -> dict[str, str]:
    """The files that a repository on GitHub needs beside its estate, by their paths from its root.

    Args:
        estate: whose pipeline it is.
        layout: how the repository holds it.
        folder: the estate's, whose own starters win. Default: ours alone

    Raises:
        InvalidValueError: RC131, where the estate names no pipeline.
        BadStarterError: a starter of the estate's cannot be used.
    """
    if estate.pipeline is None:
        what, allowed = "`pipeline` of the estate", "whom the deploy role trusts"
        raise InvalidValueError(what, "nothing", allowed, "add it to estate.yaml", rule="RC131")
    values = workflow_values(estate, layout)
    files = {f".github/workflows/rolecall-{name}.yml": name for name in _WORKFLOWS}
    workflows = {file: _workflow(file, name, values, folder) for file, name in files.items()}
    lines = {"requirements.txt": layout.requirement, "requirements-local.txt": layout.local_requirement}
    return {**workflows, **{layout.path(name): f"{_LOCK_IT}{line}\n" for name, line in lines.items()}}


def _workflow(file: str, name: str, values: Mapping[str, str], folder: Path | None) -> str:
    starters = [f"{_STARTERS}/{each}.yml.j2" for each in (name, *_WORKFLOWS[name])]
    text = render(starters[0], values, folder)
    if not isinstance(meaning(text), dict):
        blamed = at_fault(starters, folder) if folder else starters[0]
        raise BadStarterError(f"starter {blamed}: what came of it for {file} is no YAML with keys")
    return text


def workflow_values(estate: Estate, layout: Layout) -> dict[str, str]:
    """What the starters of workflows get; docs/starters.md has the same list."""
    pipeline = estate.pipeline
    assert pipeline is not None  # noqa: S101 -- for mypy; asked above
    partition = partition_of(pipeline.region)
    return {
        **ACTIONS,
        "estate": estate.name,
        "folder": layout.folder,
        "paths": "**" if layout.folder == "." else f"{layout.folder}/**",
        "proofs": layout.path(".rolecall/proofs"),
        "branch": layout.branch,
        "python_version": layout.python_version,
        "environment": pipeline.github.environment,
        "region": pipeline.region,
        "reading_policy": _reading_policy(estate),
        "role_arn": f"arn:{partition}:iam::{pipeline.account}:role/{pipeline.role_name}",
    }


def _reading_policy(estate: Estate) -> str:
    """What is left of the deploy role for a job that only reads, as JSON in one line."""
    text = json.dumps(reading(estate.grants), separators=(",", ":"))
    if len(text) <= _SESSION_POLICY_MAX_CHARACTERS:
        return text
    allowed = f"up to {_SESSION_POLICY_MAX_CHARACTERS} characters of a session policy"
    change = "name the same `reader_role` everywhere, with {account} in it"
    raise InvalidValueError("reader roles of the estate", f"{len(text)} characters", allowed, change, rule="RC308")
