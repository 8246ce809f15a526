"""Wall time and memory of `rolecall check`, beside loading the same files with PyYAML's C loader."""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import made_up_estate

AT_MOST_TIMES = 4.0
AT_MOST_SECONDS = 1.0
LARGE, SMALL = 10_000, 1_000
PROJECTS_IN_A_WORKSPACE = 100
GROWTH = (2_500, 5_000, 10_000, 20_000)
_CHECK = (str(Path(sys.executable).parent / "rolecall"), "check", "--estate")
# The load measures itself: starting Python and importing yaml are not part of what `check` is compared with.
_LOAD = """
import pathlib, sys, time, yaml
before = time.perf_counter()
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.yaml")):
    yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
print(time.perf_counter() - before)
"""


@dataclass(frozen=True)
class Run:
    """One `rolecall check`: its wall time, start-up and printing included, and the most memory that it held."""

    seconds: float
    megabytes: float


def checked(estate: Path) -> Run:
    """Check an estate in a process of its own. The findings go to a pipe that nobody reads slowly."""
    before = time.perf_counter()
    child = subprocess.Popen([*_CHECK, str(estate)], stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - before
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"rolecall check ended with {child.returncode}: the estate of the benchmark is to have no errors")
    return Run(seconds, used.ru_maxrss / 1024)


def loaded(estate: Path) -> float:
    """Seconds that PyYAML takes for the estate's files, one after the other."""
    ended = subprocess.run([sys.executable, "-c", _LOAD, str(estate)], check=True, capture_output=True, text=True)  # noqa: S603
    return float(ended.stdout)


def written(folder: Path, projects: int) -> Path:
    """The estate of that many projects in workspaces of a hundred."""
    estate = folder / str(projects)
    made_up_estate.write_estate(estate, projects, max(1, projects // PROJECTS_IN_A_WORKSPACE), with_key=True)
    return estate


def measured(large: Path, small: Path, runs: int) -> dict[str, list[float]]:
    """Seconds of each run, the sides taking turns; the first turn warms the disk cache and does not count."""
    turns = [(checked(large).seconds, loaded(large), checked(small).seconds) for _ in range(runs + 1)]
    names = ("check", "load", "check_small")
    return {name: [turn[index] for turn in turns[1:]] for index, name in enumerate(names)}


def growth(folder: Path) -> dict[int, float]:
    """Megabytes that an estate of each size takes beyond those of an estate with one project."""
    bare = checked(written(folder, 1)).megabytes
    return {projects: checked(written(folder / "growth", projects)).megabytes - bare for projects in GROWTH}


def exponent(sizes: dict[int, float]) -> float:
    """The slope of the line through the logarithms: 1 where memory doubles with the estate, 2 where it quadruples."""
    return statistics.linear_regression([math.log(n) for n in sizes], [math.log(mb) for mb in sizes.values()]).slope


def summary(seconds: dict[str, list[float]], sizes: dict[int, float]) -> dict[str, object]:
    """Medians, the ratio, and how memory grows."""
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "projects": LARGE,
        "seconds": seconds,
        "median_seconds": medians,
        "check_to_load": medians["check"] / medians["load"],
        "at_most_times": AT_MOST_TIMES,
        "at_most_seconds": AT_MOST_SECONDS,
        "megabytes": sizes,
        "growth_exponent": exponent(sizes),
    }


def _print_table(found: dict[str, object], seconds: dict[str, list[float]], sizes: dict[int, float]) -> None:
    rows = {"check": f"rolecall check, {LARGE:,} projects", "load": f"PyYAML's C loader, {LARGE:,} projects"}
    rows["check_small"] = f"rolecall check, {SMALL:,} projects"
    print(f"seconds of wall time, {found['machine']}\n{'':36}{'median':>8}{'minimum':>9}   each run")
    for name, row in rows.items():
        each = seconds[name]
        print(f"{row:36}{statistics.median(each):8.2f}{min(each):9.2f}   {' '.join(f'{s:.2f}' for s in each)}")
    print(f"check takes {found['check_to_load']:.2f} times as long as the load (goal: at most {AT_MOST_TIMES:g})")
    small = statistics.median(seconds["check_small"])
    print(f"{SMALL:,} projects take {small:.2f} s (goal: under {AT_MOST_SECONDS:g} s)")
    print("megabytes: " + ", ".join(f"{projects:,} projects {mb:.0f}" for projects, mb in sizes.items()))
    print(f"memory grows with the estate to the power of {found['growth_exponent']:.2f} (goal: 1)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each side (default: 7)")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds = measured(written(folder, LARGE), written(folder, SMALL), wanted.runs)
        sizes = growth(folder)
    found = summary(seconds, sizes)
    if wanted.json:
        print(json.dumps(found, indent=2))
    else:
        _print_table(found, seconds, sizes)


if __name__ == "__main__":
    main()
