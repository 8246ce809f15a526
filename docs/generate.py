"""Write the pages that are made from the program itself; with --check, say which ones are out of date.

Run as `make docs`; `make lint` runs the check.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from rolecall.commands.schema import as_text
from rolecall.config.json_schema import FILES
from rolecall.report.rule_page import as_markdown, facts
from rolecall.rules.reference import Rule, rules

DOCS = Path(__file__).parent
COMMANDS = [
    "check",
    "list",
    "show",
    "references",
    "vendors",
    "handoff",
    "init",
    "install-cdk",
    "synth",
    "deploy",
    "verify",
    "verify-role",
    "drift",
    "demo",
    "schema",
]
GROUPS = {"local": ["up", "down", "status", "env"], "external-id": ["new"]}


def pages() -> dict[str, str]:
    """Each generated page by its name."""
    schemas = {f"schema/{kind}.json": as_text(kind) + "\n" for kind in FILES}
    return {"commands.md": _commands(), "rules.md": _rules(), **schemas}


def _commands() -> str:
    grouped = [call for group, names in GROUPS.items() for call in ([group], *([group, name] for name in names))]
    calls = [[], *([name] for name in COMMANDS), *grouped]
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


def _rules() -> str:
    head = "# Rules\n\nWhat `rolecall check` knows. Made from `rolecall/rules/reference.yaml` by `make docs`."
    pages = [f"## {rule.id}: {rule.title}\n\n{facts(rule)}\n\n{as_markdown(rule)}" for rule in rules().values()]
    return "\n\n".join([head, _table(), *pages]) + "\n"


def _table() -> str:
    rows = [f"| [{rule.id}](#{_anchor(rule)}) | {rule.title} | {facts(rule)} |" for rule in rules().values()]
    return "\n".join(["| rule | what is wrong | |", "|---|---|---|", *rows])


def _anchor(rule: Rule) -> str:
    """The heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", f"{rule.id}: {rule.title}".lower()).replace(" ", "-")


def main() -> int:
    """Write or check; 1 if a page is out of date."""
    check = "--check" in sys.argv[1:]
    stale = {name: text for name, text in pages().items() if not _is_current(DOCS / name, text)}
    for name, text in stale.items():
        if check:
            print(f"docs/{name} is out of date; run `make docs`", file=sys.stderr)
        else:
            (DOCS / name).parent.mkdir(exist_ok=True)
            (DOCS / name).write_text(text, "utf-8")
    return 1 if check and stale else 0


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
