"""Write the pages that are made from the program itself; with --check, say which ones are out of date.

Run as `make docs`; `make lint` runs the check.
"""

import os
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent
COMMANDS = ["check", "list", "init", "synth", "deploy", "verify", "verify-role", "demo"]
LOCAL_COMMANDS = ["up", "down", "status", "env"]


def pages() -> dict[str, str]:
    """Each generated page by its name."""
    return {"commands.md": _commands()}


def _commands() -> str:
    calls = [[], *([name] for name in COMMANDS), ["local"], *(["local", name] for name in LOCAL_COMMANDS)]
    parts = ["# Commands", "Made from the program by `make docs`."]
    for call in calls:
        title = " ".join(["rolecall", *call])
        parts.append(f"## {title}\n\n```text\n{_help(call)}\n```")
    return "\n\n".join(parts) + "\n"


def _help(call: list[str]) -> str:
    ended = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-m", "rolecall.cli", *call, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
    )
    return ended.stdout.strip().replace("python -m rolecall.cli", "rolecall")


def main() -> int:
    """Write or check; 1 if a page is out of date."""
    check = "--check" in sys.argv[1:]
    stale = [name for name, text in pages().items() if not _is_current(DOCS / name, text)]
    for name in stale:
        if check:
            print(f"docs/{name} is out of date; run `make docs`", file=sys.stderr)
        else:
            (DOCS / name).write_text(pages()[name], "utf-8")
    return 1 if check and stale else 0


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
