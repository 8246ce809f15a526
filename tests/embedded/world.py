"""An estate on an embedded AWS, and the command line to ask about it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.commands.verify import verify
from rolecall.local import LocalAws
from rolecall.verification.wish import Wish

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ACCOUNT, OTHER_ACCOUNT = "111111111111", "222222222222"
WORKATO = "arn:aws:iam::353360065216:root"
UNIFIED = "arn:aws:iam::944579081756:user/unified_assume_role_user"


def run(*arguments: str, folder: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program of the checkout, as a shell with the documented PATH would."""
    path = os.pathsep.join([str(BIN), str(ROOT / "node_modules" / ".bin"), "/usr/bin", "/bin"])
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        arguments,
        cwd=folder,
        env={**clean, **(environment or {}), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@dataclass(frozen=True)
class World:
    """A deployed estate."""

    folder: Path
    aws: LocalAws

    def rolecall(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line in the estate's folder."""
        return run("rolecall", *arguments, folder=self.folder)

    def verify(self, selector: str) -> tuple[dict[str, Any], int]:
        """What `verify` says of one role, and its exit code."""
        ended = self.rolecall("verify", selector, "--target", "local", "--format", "json")
        assert ended.stdout, ended.stderr
        return json.loads(ended.stdout)["roles"][0], ended.returncode

    def judged(self, *addresses: str) -> list[dict[str, Any]]:
        """What `verify` says of some roles, or of all, without a process of its own."""
        wish = Wish(target="local", output="json")
        answer = verify(self.folder, addresses, wish, lambda _: None, lambda results, _: results)
        roles = list(json.loads(answer.text)["roles"])
        assert answer.exit_code == any(role["verdict"] != "verified" for role in roles)
        return roles

    def iam(self, account: str = ACCOUNT) -> Any:
        """IAM, as an account's administrator."""
        return self.aws.client(account, "iam")

    def assume(self, principal: str, role_arn: str, **more: Any) -> Any:
        """Call a role with boto3 and nothing of ours."""
        return self.aws.client(principal, "sts").assume_role(RoleArn=role_arn, RoleSessionName="plain-boto3", **more)
