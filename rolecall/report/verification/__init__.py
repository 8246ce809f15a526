"""What `verify` found, for people and for programs: a module for each format, all of them pure."""

from collections.abc import Sequence

from rolecall.report.verification.facts import RunFacts, utc
from rolecall.report.verification.json_shape import as_json
from rolecall.report.verification.junit import as_junit
from rolecall.report.verification.markdown import as_markdown
from rolecall.report.verification.text import as_text
from rolecall.runtime.verdict import RoleResult

__all__ = ["FORMATS", "RunFacts", "render", "utc"]

FORMATS = ("text", "json", "junit", "markdown")


def render(output: str, results: Sequence[RoleResult], run: RunFacts, *, width: int | None = None) -> str:
    """The results in one of the formats.

    Args:
        output: one of FORMATS.
        width: columns of the terminal that shows the text; None where there is none. The other formats do not mind.

    Raises:
        KeyError: there is no such format.
    """
    if output == "text":
        return as_text(results, run, width=width)
    return {"json": as_json, "junit": as_junit, "markdown": as_markdown}[output](results, run)
