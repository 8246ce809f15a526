"""One embedded AWS for all tests of this folder and of one process, deployed to once, with plain cdk."""

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore.loaders import create_loader

from rolecall import local
from rolecall.commands import local as local_command
from rolecall.estate import sound
from rolecall.local import LocalAws
from tests.embedded.world import ACCOUNT, OTHER_ACCOUNT, ROOT, World, run

BOUNDED = """
workspace: bounded
vendor: unified
external_id: 7b0c1f0e-1f47-4d0b-8f6b-0f6f8f7f2c55
permissions_boundary: vendor-boundary
projects:
  - project: kept
    secrets: [{prefix: bounded/}]
"""
BOUNDARY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}]}'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs the embedded AWS."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.embedded)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The example estate and a bounded role, bootstrapped and deployed as a shell would."""
    folder = tmp_path_factory.mktemp("world") / "acme"
    shutil.copytree(ROOT / "examples" / "acme", folder, ignore=shutil.ignore_patterns(".rolecall"))
    (folder / "workspaces" / "bounded.yaml").write_text(BOUNDED)
    with local.running(local_command.state_dir(folder), local_command.callers_of(sound(folder))) as aws:
        aws.client(ACCOUNT, "iam").create_policy(PolicyName="vendor-boundary", PolicyDocument=BOUNDARY)
        _deploy_with_plain_cdk(folder, aws)
        yield World(folder, aws)


def _deploy_with_plain_cdk(folder: Path, aws: local.LocalAws) -> None:
    environment = aws.environment(ACCOUNT)
    for account, region in ((ACCOUNT, "eu-central-1"), (OTHER_ACCOUNT, "eu-west-1")):
        trust = [
            "--trust",
            ACCOUNT,
            "--cloudformation-execution-policies",
            "arn:aws:iam::aws:policy/AdministratorAccess",
        ]
        where = f"aws://{account}/{region}"
        ended = run("cdk", "bootstrap", where, *trust, folder=folder, environment=aws.environment(account))
        assert ended.returncode == 0, ended.stderr
    arguments = ["deploy", "--all", "-c", f"estate={folder}", "--require-approval", "never"]
    arguments += ["--output", str(folder / "cdk.out")]  # of its own: cdk locks the folder
    ended = run("cdk", *arguments, folder=ROOT, environment=environment)
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module")
def quick_clients() -> Iterator[None]:
    """Clients of IAM users made once, and boto3's descriptions of the services read once: both take half the time."""
    with pytest.MonkeyPatch.context() as patch:
        loader = create_loader()
        patch.setattr(botocore.session, "create_loader", lambda *_: loader)
        for name in ("client", "session"):
            patch.setattr(LocalAws, name, cache(getattr(LocalAws, name)))
        yield
