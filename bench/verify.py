"""Wall time of all trust probes on the embedded AWS, beside a bare boto3 loop that makes the same calls."""

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import made_up_estate
from botocore.config import Config
from botocore.exceptions import ClientError
from trust_calls import STRANGER, VENDOR, Call, expectations, probes_of, recorded

from rolecall import local
from rolecall.commands.local import callers_of, state_dir
from rolecall.estate import sound
from rolecall.model.grant import Grant
from rolecall.policy.compile import trust_document
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.side_by_side import WORKERS
from rolecall.runtime.wrong_ids import Neighbours

AT_MOST_TIMES = 1.2
BARE_THREADS = 64
MANY_IDS = 10_000
_ROLECALL = str(Path(sys.executable).parent / "rolecall")


@dataclass(frozen=True)
class Run:
    """The calls of one way of doing it: how long they took, and how many were let in and refused."""

    seconds: float
    outcomes: Mapping[str, int]


def create_roles(aws: local.LocalAws, grants: tuple[Grant, ...]) -> None:
    """Each role with its compiled trust, and without permissions, which no trust probe needs."""
    clients = {account: aws.client(account, "iam") for account in {grant.account for grant in grants}}

    def create(grant: Grant) -> None:
        clients[grant.account].create_role(
            RoleName=grant.role_name,
            Path=grant.role_path,
            AssumeRolePolicyDocument=json.dumps(trust_document(grant.trust)),
            MaxSessionDuration=grant.max_session_seconds,
        )

    with ThreadPoolExecutor(BARE_THREADS // 8) as pool:
        list(pool.map(create, grants))


def by_rolecall(aws: local.LocalAws, roles: list[RoleExpectation], workers: int) -> Run:
    """TrustProbes over a pool of threads."""
    before = time.perf_counter()
    callers = {name: Clients(aws.session(name)) for name in (VENDOR, STRANGER)}
    with ThreadPoolExecutor(workers) as pool:
        probes = [probe for found in pool.map(lambda role: probes_of(role, callers), roles) for probe in found]
    return Run(time.perf_counter() - before, Counter(probe.observed.value for probe in probes))


def by_bare_loop(aws: local.LocalAws, calls: list[Call]) -> Run:
    """The calls and nothing else: one client of each caller, as many connections as threads, no retries needed."""
    before = time.perf_counter()
    config = Config(max_pool_connections=BARE_THREADS)
    callers = {name: aws.session(name).client("sts", config=config) for name in (VENDOR, STRANGER)}

    def ask(call: Call) -> str:
        try:
            callers[call.caller].assume_role(**call.request)
        except ClientError:
            return "denied"
        return "allowed"

    with ThreadPoolExecutor(BARE_THREADS) as pool:
        outcomes = Counter(pool.map(ask, calls))
    return Run(time.perf_counter() - before, outcomes)


def by_command(aws: local.LocalAws, estate: Path) -> Run:
    """The whole command as the vendor, start-up, reading the estate and printing included."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    asked = (_ROLECALL, "verify", "--estate", str(estate), "--target", "aws", "--as", "vendor", "--format", "json")
    before = time.perf_counter()
    ended = subprocess.run(  # noqa: S603
        asked, env=environment | aws.environment(VENDOR), capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - before
    if ended.returncode != 0:
        sys.exit(f"rolecall verify ended with {ended.returncode}: {ended.stderr[-500:]}")
    probes = [probe for role in json.loads(ended.stdout)["roles"] for probe in role["probes"]]
    return Run(seconds, Counter(probe["observed"] for probe in probes))


@contextlib.contextmanager
def fresh_server(folder: Path, estate: Path, grants: tuple[Grant, ...]) -> Iterator[local.LocalAws]:
    """An embedded AWS of its own for one run. Every session that it gives out slows it down, whoever asks for it."""
    with (
        tempfile.TemporaryDirectory(dir=folder) as state,
        local.running(state_dir(Path(state)), callers_of(sound(estate))) as aws,
    ):
        create_roles(aws, grants)
        yield aws


def measured(ways: Mapping[str, Callable[[local.LocalAws], Run]], servers: Callable[[], Any], rounds: int) -> list[Any]:
    """The runs of each round by the name of the way; every other round goes through them backwards."""
    found = []
    for number in range(rounds):
        order = list(ways) if number % 2 == 0 else list(ways)[::-1]
        runs: dict[str, Run] = {}
        for name in order:
            with servers() as aws:
                runs[name] = ways[name](aws)
            calls = sum(runs[name].outcomes.values())
            print(f"round {number + 1}: {name}: {runs[name].seconds:.1f} s, {calls:,} answers", file=sys.stderr)
        found.append(runs)
    return found


def neighbours_seconds(size: int) -> float:
    """Processor time that it takes to draw each role's sample of neighbours, for that many roles with an ID each."""
    pairs = [(f"workato_iam_external_id_{10_000 + n // 100}_{n}", f"team-{n // 100}/project-{n}") for n in range(size)]
    before = time.process_time()
    neighbours = Neighbours.of(pairs)
    for value, address in pairs:
        neighbours.beside(address, (value,))
    return time.process_time() - before


def summary(rounds: list[dict[str, Run]], calls: int) -> dict[str, object]:
    """Medians and ratios to the bare loop."""
    seconds = {name: [runs[name].seconds for runs in rounds] for name in rounds[0]}
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "calls": calls,
        "seconds": seconds,
        "median_seconds": medians,
        "outcomes": {name: dict(run.outcomes) for name, run in rounds[0].items()},
        "ratios": {name: median / medians["bare"] for name, median in medians.items() if name != "bare"},
        "at_most_times": AT_MOST_TIMES,
        "neighbours_seconds": statistics.median(neighbours_seconds(MANY_IDS) for _ in range(5)),
    }


def _print_table(found: dict[str, Any], labels: Mapping[str, str]) -> None:
    print(f"seconds of wall time, {found['machine']}, {found['calls']:,} calls\n{'':44}{'median':>8}   each round")
    for name, median in found["median_seconds"].items():
        each = " ".join(f"{seconds:.1f}" for seconds in found["seconds"][name])
        outcomes = ", ".join(f"{count:,} {word}" for word, count in found["outcomes"][name].items())
        print(f"{labels[name]:44}{median:8.1f}   {each}   {outcomes}")
    for name, ratio in found["ratios"].items():
        print(f"{labels[name]} takes {ratio:.2f} times as long as the bare loop (goal: at most {AT_MOST_TIMES:g})")
    print(f"the neighbours of {MANY_IDS:,} roles take {found['neighbours_seconds']:.2f} s to find (goal: under 1 s)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--roles", type=int, default=1_000, help="how many (default: 1000)")
    parser.add_argument("--rounds", type=int, default=3, help="measured rounds (default: 3)")
    parser.add_argument("--workers", type=int, default=WORKERS, help=f"Rolecall's threads (default: {WORKERS})")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        estate = folder / "estate"
        made_up_estate.write_estate(estate, wanted.roles)
        grants = sound(estate).grants
        roles = expectations(grants)
        calls = recorded(roles)
        ways: dict[str, Callable[[local.LocalAws], Run]] = {
            "bare": lambda aws: by_bare_loop(aws, calls),
            "probes": lambda aws: by_rolecall(aws, roles, wanted.workers),
            "command": lambda aws: by_command(aws, estate),
        }
        rounds = measured(ways, lambda: fresh_server(folder, estate, grants), wanted.rounds)
    found = summary(rounds, len(calls))
    labels = {
        "bare": f"a bare loop, {BARE_THREADS} threads",
        "probes": f"Rolecall's probes, {wanted.workers} threads",
        "command": "rolecall verify --as vendor, all of it",
    }
    if wanted.json:
        print(json.dumps(found, indent=2))
    else:
        _print_table(found, labels)


if __name__ == "__main__":
    main()
