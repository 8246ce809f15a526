"""The runtime can be zipped into a Lambda: boto3 and the standard library are all it loads."""

import inspect
import subprocess
import sys
from pathlib import Path

from rolecall import runtime

RUNTIME = Path(__file__).parents[2] / "rolecall" / "runtime"
_SCRIPT = """
import pkgutil, sys
import boto3
before = set(sys.modules)
import rolecall.runtime
for module in pkgutil.iter_modules(rolecall.runtime.__path__):
    __import__(f"rolecall.runtime.{module.name}")
came = {name.partition(".")[0] for name in set(sys.modules) - before}
of_boto3 = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"}
print(sorted(came - sys.stdlib_module_names - of_boto3))
print(sorted(name for name in sys.modules if name.startswith("rolecall.") and not name.startswith("rolecall.runtime")))
"""


def test_importing_all_of_the_runtime_loads_nothing_else() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True, cwd=RUNTIME.parents[1]
    )
    assert ended.stdout.splitlines() == ["['rolecall']", "[]"]


def test_no_function_of_the_runtime_prints() -> None:
    assert [path.name for path in RUNTIME.glob("*.py") if "print(" in path.read_text("utf-8")] == []


def test_everything_that_is_meant_for_use_from_outside_is_there_and_says_what_it_is() -> None:
    assert sorted(runtime.__all__) == list(runtime.__all__)
    offered = {name: getattr(runtime, name) for name in runtime.__all__}
    described = {name: inspect.getdoc(value) for name, value in offered.items() if callable(value)}
    assert {name for name in offered if name not in described} == {"AT_ONCE"}
    # A dataclass without a docstring of its own gets its signature for one.
    assert [name for name, text in described.items() if not text or text.startswith(f"{name}(")] == []
