"""`rolecall check`: everything that can be said about an estate without AWS and without CDK."""

from pathlib import Path

from rolecall.answer import NO, YES, Answer
from rolecall.commands.written_findings import written
from rolecall.estate import judged
from rolecall.model.finding import has_errors
from rolecall.report import findings as report


def check(folder: Path, output: str) -> Answer:
    """Every finding about the estate; the answer is no if one of them is an error."""
    found = judged(folder)
    roles = len(found.estate.grants) if found.estate else 0
    text = written(found.findings, roles, folder, output, found.waived)
    if output == "text" and found.estate:
        text += "".join(f"\n{line}" for line in report.room_left(found.headroom))
    return Answer(text, NO if has_errors(found.findings) else YES)
