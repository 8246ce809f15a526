"""The example Lambda function: zipped as its text says, run with boto3 and nothing else, against the embedded AWS."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
import sysconfig
import textwrap
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rolecall import runtime
from rolecall.local.bound_session import BoundSession
from rolecall.local.callers import AccessKey
from rolecall.local.state import StateDir
from rolecall.model.trust import Trust, Verifier
from rolecall.policy.compile import trust_document
from rolecall.runtime.verdict import Verdict
from tests.embedded.world import ACCOUNT, ROOT, WORKATO, World, run

VENDOR_ACCOUNT, VENDOR_USER = "353360065216", "rolecall-caller"
BILLING = "workato-acme-prod-billing"
RIGHT_ID = "workato_iam_external_id_12345_678"
VERIFIER, VERIFIER_ID = f"arn:aws:iam::{ACCOUNT}:role/ci", "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304"
# Without the condition of the example's text: the embedded AWS knows no cloudwatch:namespace and would refuse.
WRITE_METRICS = {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*"}
# As Lambda's own Python has them.
OF_BOTO3 = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
INVOKE = """
import json, sys
milliseconds, sys.path[:0] = int(sys.argv[1]), sys.argv[2:]
class Context:
    def get_remaining_time_in_millis(self): return milliseconds
import verify_in_lambda as function
from rolecall.runtime import AT_ONCE
function.PATIENCE = AT_ONCE  # as the embedded AWS is consistent at once
print(json.dumps(function.handler({"source": "aws.events"}, Context())))
"""
IMPORT = "import sys; sys.path[:0] = sys.argv[1:]; import rolecall.runtime; print(rolecall.runtime.__file__)"
Invoked = dict[str, Any]


def policy(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def as_root(world: World, account: str, service: str) -> Any:
    """A client of the root of an account that is not the customer's: whoever owns the function there."""
    state = StateDir(world.aws.state_dir)
    key = AccessKey(account, state.require_launch().root_secret)
    return BoundSession(state, world.aws.port, world.aws.region, key).client(service)


@pytest.fixture(scope="module")
def boto3_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with boto3 and what it needs, and no other package."""
    folder = tmp_path_factory.mktemp("boto3")
    for name in OF_BOTO3:
        (folder / name).symlink_to(Path(sysconfig.get_paths()["purelib"]) / name)
    return folder


@pytest.fixture
def package(world: World, tmp_path: Path) -> Path:
    """The zip, made by the commands of the example's text."""
    text = ast.get_docstring(ast.parse((ROOT / "examples" / "verify_in_lambda.py").read_text("utf-8"))) or ""
    block = re.search(r"^    mkdir .*?(?=^\S)", text, re.MULTILINE | re.DOTALL)
    assert block, "the text has no commands that make a zip"
    for name in ("rolecall", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "my-estate").symlink_to(world.folder)
    ended = run("bash", "-euc", block[0], folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    return tmp_path / "build" / "verify_in_lambda.zip"


def invoke(package: Path, boto3_alone: Path, environment: dict[str, str], milliseconds: int = 300_000) -> Invoked:
    """Unpack the zip as Lambda does and call the handler; what it returned, with everything that was written."""
    task = package.parent / "task"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(task)
    arguments = [sys.executable, "-I", "-S", "-c", INVOKE, str(milliseconds), str(task), str(boto3_alone)]
    ended = run(*arguments, folder=package.parent, environment=environment)
    assert ended.returncode == 0, ended.stderr
    return {**json.loads(ended.stdout), "written": ended.stdout + ended.stderr}


def sums(cloudwatch: Any) -> dict[str, float]:
    """The sum of each verdict's metric in the last hour; None where it was never written."""
    now = datetime.now(UTC)
    found = {}
    for verdict in Verdict:
        points = cloudwatch.get_metric_statistics(
            Namespace="Rolecall",
            MetricName="Roles",
            Dimensions=[{"Name": "Verdict", "Value": verdict.value}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
            Unit="Count",
        )["Datapoints"]
        assert points, f"{verdict} was not written"
        found[verdict.value] = sum(point["Sum"] for point in points)
    return found


@pytest.fixture
def vendor(world: World) -> Iterator[dict[str, str]]:
    """The environment of the vendor's principal, which may write metrics as the example's text asks."""
    iam = as_root(world, VENDOR_ACCOUNT, "iam")
    iam.put_user_policy(UserName=VENDOR_USER, PolicyName="metrics", PolicyDocument=policy(WRITE_METRICS))
    yield world.aws.environment(WORKATO)
    iam.delete_user_policy(UserName=VENDOR_USER, PolicyName="metrics")


def test_the_vendors_function_verifies_its_roles_and_writes_a_metric_per_verdict(
    world: World, package: Path, boto3_alone: Path, vendor: dict[str, str]
) -> None:
    listed = json.loads((package.parent / "function" / "roles.json").read_text("utf-8"))["roles"]
    own = [row for row in listed if row["vendor"] == "workato"]
    cloudwatch = as_root(world, VENDOR_ACCOUNT, "cloudwatch")
    found = invoke(package, boto3_alone, vendor)
    before = sums(cloudwatch)
    assert found["counts"]["verified"] == len(own)
    assert found["counts"]["inconclusive"] == len(listed) - len(own) > 0
    assert set(found["not_verified"]) == {f"{r['workspace']}/{r['project']}" for r in listed if r not in own}

    iam = world.iam()
    trust = iam.get_role(RoleName=BILLING)["Role"]["AssumeRolePolicyDocument"]
    opened = policy({key: value for key, value in trust["Statement"][0].items() if key != "Condition"})
    iam.update_assume_role_policy(RoleName=BILLING, PolicyDocument=opened)
    try:
        found = invoke(package, boto3_alone, {**vendor, "AWS_LAMBDA_FUNCTION_NAME": "verify"})
    finally:
        iam.update_assume_role_policy(RoleName=BILLING, PolicyDocument=json.dumps(trust))
    assert found["not_verified"]["acme-prod/billing"] == "unprotected"
    added = {word: total - before[word] for word, total in sums(cloudwatch).items()}
    assert added == found["counts"]
    assert (added["unprotected"], added["verified"], added["missing"]) == (1, len(own) - 1, 0)


def test_neither_an_external_id_nor_a_credential_is_written(
    package: Path, boto3_alone: Path, vendor: dict[str, str]
) -> None:
    listed = json.loads((package.parent / "function" / "roles.json").read_text("utf-8"))["roles"]
    found = invoke(package, boto3_alone, vendor)
    secret = {value for row in listed for value in row["external_ids"]} | {
        vendor["AWS_ACCESS_KEY_ID"],
        vendor["AWS_SECRET_ACCESS_KEY"],
    }
    assert [value for value in secret if value in found["written"]] == []
    assert "acme-prod" in found["written"] or "unified" in found["written"]


def test_what_was_not_reached_in_time_is_inconclusive_and_counted(
    world: World, package: Path, boto3_alone: Path, vendor: dict[str, str]
) -> None:
    listed = json.loads((package.parent / "function" / "roles.json").read_text("utf-8"))["roles"]
    found = invoke(package, boto3_alone, vendor, milliseconds=15_000)
    assert found["counts"] == {**dict.fromkeys(map(str, Verdict), 0), "inconclusive": len(listed)}
    assert sums(as_root(world, VENDOR_ACCOUNT, "cloudwatch"))["inconclusive"] >= len(listed)


def test_a_role_whose_asking_fails_takes_no_other_along() -> None:
    """In this process, as nothing that an endpoint does makes it fail: that would be a fault of ours."""
    spec = importlib.util.spec_from_file_location("function", ROOT / "examples" / "verify_in_lambda.py")
    assert spec
    assert spec.loader
    function = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(function)
    sound, broken = (
        runtime.RoleExpectation("w", project, f"arn:aws:iam::{ACCOUNT}:role/{project}", "eu-central-1", (RIGHT_ID,))
        for project in ("sound", "broken")
    )
    found = runtime.unasked(sound, "as it is")

    def ask(role: runtime.RoleExpectation) -> runtime.RoleResult:
        if role == broken:
            raise LookupError(RIGHT_ID)
        return found

    first, second = function.asked([sound, broken], ask, 60)
    assert first is found
    assert (second.address, second.verdict) == ("w/broken", Verdict.INCONCLUSIVE)
    assert second.probes[0].observation.reason == "asking it failed: LookupError"


def test_a_caller_without_credentials_verifies_nothing_and_says_so_by_failing(
    package: Path, boto3_alone: Path, vendor: dict[str, str]
) -> None:
    with pytest.raises(AssertionError, match="InvalidClientTokenId"):
        invoke(package, boto3_alone, {**vendor, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"})


@pytest.fixture
def verified_role(world: World) -> Iterator[str]:
    """A role whose trust has a statement for the customer's own pipeline."""
    iam, arn = world.iam(), f"arn:aws:iam::{ACCOUNT}:role/with-verifier"
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=policy(trusted))
    calling = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn}
    iam.put_role_policy(RoleName="ci", PolicyName="call", PolicyDocument=policy(calling, WRITE_METRICS))
    trust = Trust((WORKATO,), (RIGHT_ID,), verifier=Verifier(VERIFIER, VERIFIER_ID))
    iam.create_role(RoleName="with-verifier", AssumeRolePolicyDocument=json.dumps(trust_document(trust)))
    yield arn
    iam.delete_role_policy(RoleName="ci", PolicyName="call")
    for name in ("with-verifier", "ci"):
        iam.delete_role(RoleName=name)


def test_the_customers_function_calls_as_the_verifier(
    world: World, package: Path, boto3_alone: Path, verified_role: str
) -> None:
    row: dict[str, Any] = {"workspace": "w", "project": "p", "vendor": "workato", "region": "eu-central-1"}
    row |= {"role_arn": verified_role, "principals": [WORKATO], "external_ids": [RIGHT_ID]}
    repack(package, {"schema": 1, "roles": [row]})
    issued = world.assume(ACCOUNT, VERIFIER)["Credentials"]
    environment = world.aws.environment(ACCOUNT) | {
        "AWS_ACCESS_KEY_ID": issued["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": issued["SecretAccessKey"],
        "AWS_SESSION_TOKEN": issued["SessionToken"],
    }
    found = invoke(package, boto3_alone, {**environment, "VERIFIER_EXTERNAL_ID": VERIFIER_ID})
    assert found["counts"]["verified"] == 1, found
    assert sums(world.aws.client(ACCOUNT, "cloudwatch"))["verified"] >= 1
    found = invoke(package, boto3_alone, {**environment, "VERIFIER_EXTERNAL_ID": RIGHT_ID})
    assert found["not_verified"] == {"w/p": "drifted"}
    assert VERIFIER_ID not in found["written"]


def repack(package: Path, listed: dict[str, Any]) -> None:
    """Put another list of roles into the zip."""
    function = package.parent / "function"
    (function / "roles.json").write_text(json.dumps(listed), "utf-8")
    package.unlink()
    content = ("rolecall", "verify_in_lambda.py", "roles.json")
    subprocess.run([sys.executable, "-m", "zipfile", "-c", str(package), *content], cwd=function, check=True)


def test_the_runtime_is_imported_from_the_zip_with_nothing_else_of_rolecall(package: Path, boto3_alone: Path) -> None:
    ended = run(sys.executable, "-I", "-S", "-c", IMPORT, str(package), str(boto3_alone), folder=package.parent)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == f"{package}/rolecall/runtime/__init__.py"
    with zipfile.ZipFile(package) as archive:
        ours = [name.split("/")[1] for name in archive.namelist() if name.startswith("rolecall/")]
    assert set(filter(None, ours)) == {"__init__.py", "runtime"}


def test_the_example_in_the_text_of_the_runtime_works_as_it_stands(world: World, tmp_path: Path) -> None:
    block = re.search(r"^    import boto3\n.*?(?=^\S)", runtime.__doc__ or "", re.MULTILINE | re.DOTALL)
    assert block, "the text has no example"
    script = f"{textwrap.dedent(block[0])}\nprint(result.verdict)"
    ended = run(sys.executable, "-c", script, folder=tmp_path, environment=world.aws.environment(WORKATO))
    assert ended.stdout == "verified\n", ended.stderr
