"""Wall time of `rolecall --help`, beside a bare Python and beside importing at once what the commands use."""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HELP = "rolecall --help"
BARE = "python -c pass"
EAGER = "python -c 'import boto3, pydantic, yaml, rich'"
COMMANDS = {
    HELP: (str(Path(sys.executable).parent / "rolecall"), "--help"),
    BARE: (sys.executable, "-c", "pass"),
    EAGER: (sys.executable, "-c", "import boto3, pydantic, yaml, rich"),
}
AT_MOST_SECONDS = 0.3


def _wall_seconds(command: Sequence[str]) -> float:
    before = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - before


def measured(runs: int) -> dict[str, list[float]]:
    """Seconds of each run, the commands taking turns; the first turn warms the disk cache and does not count."""
    turns = [{name: _wall_seconds(command) for name, command in COMMANDS.items()} for _ in range(runs + 1)]
    return {name: [turn[name] for turn in turns[1:]] for name in COMMANDS}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="measured runs of each command (default: 11)")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    wanted = parser.parse_args()
    seconds = measured(wanted.runs)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    if wanted.json:
        ratio = medians[EAGER] / medians[HELP]
        print(json.dumps({"seconds": seconds, "median_seconds": medians, "eager_to_help": ratio}, indent=2))
        return
    print(f"{'':50}{'median':>8}{'minimum':>9}   seconds of wall time")
    for name, median in medians.items():
        print(f"{name:50}{median:8.3f}{min(seconds[name]):9.3f}")
    print(f"importing at once takes {medians[EAGER] / medians[HELP]:.1f} times as long as the help")
    verdict = "under" if medians[HELP] < AT_MOST_SECONDS else "NOT under"
    print(f"the help takes {verdict} {AT_MOST_SECONDS:g} s")


if __name__ == "__main__":
    main()
