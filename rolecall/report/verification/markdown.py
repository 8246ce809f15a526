"""Verdicts as Markdown for the summary of a job on GitHub."""

from collections.abc import Iterable, Sequence

from rolecall.report.plain import escaped
from rolecall.report.verification.columns import cells, columns
from rolecall.report.verification.details import Detail, details, notes
from rolecall.report.verification.facts import RunFacts, common_evidence, counted, evidence
from rolecall.runtime.verdict import RoleResult, Verdict

# GitHub takes 1 MiB from each step, and nothing of a summary that is larger; other lines of the step need some room.
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits,
# read 2026-11-22.
MOST_BYTES = 1_000_000
# Of a longer list the rest is folded; where the page would be too large, it is left out and counted.
_MOST_LINES = 10
_ALL = "`--format json` has all"


def as_markdown(results: Sequence[RoleResult], run: RunFacts, *, most_bytes: int = MOST_BYTES) -> str:
    """Counts, a row for each role, what speaks against those that are not verified, and how it was found out."""
    told = details(results, run.required)
    whole = [*_head(results), *_rows(results, results), *(_block(detail, folded=True) for detail in told)]
    page = "\n".join([*whole, *_notes(results), *_closing(results, run)])
    return page if _bytes(page) <= most_bytes else _shortened(results, run, told, most_bytes)


def _head(results: Sequence[RoleResult]) -> list[str]:
    titles = ["Role", "Verdict", *map(escaped, columns(results)), "Evidence"]
    return [f"## Rolecall: {counted(results)}", "", _row(titles), _row(["---"] * len(titles))]


def _rows(shown: Sequence[RoleResult], results: Sequence[RoleResult]) -> list[str]:
    """Rows for some of the results, in the columns of all."""
    wanted = columns(results)
    return [
        _row([escaped(result.address), _word(result.verdict), *cells(result, wanted), evidence(result)])
        for result in shown
    ]


def _row(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _word(verdict: Verdict) -> str:
    word = escaped(verdict.value)
    return word if verdict is Verdict.VERIFIED else f"**{word}**"


def _block(detail: Detail, *, folded: bool) -> str:
    """What speaks against a role, or against several alike.

    Args:
        folded: whether what is too long for a glance is there, and folded; else it is counted.
    """
    first, *others = detail.roles
    who = f"{len(detail.roles)} roles are" if others else f"{escaped(first.address)} is"
    whom = [f"- {escaped(result.address)}" for result in detail.roles] if others else [escaped(first.role_arn)]
    items = [f"- {escaped(text)}" for text in detail.against]
    lines = [
        "",
        f"### {who} {escaped(detail.verdict.value)}",
        "",
        *_list(whom, "roles", folded),
        *(["", *(["All alike:", ""] if others else [])] if items else []),
        *_list(items, "findings", folded),
    ]
    lines += ["", f"**Hint:** {escaped(detail.hint)}"] if detail.hint else []
    lines += ["", *_list([f"- {escaped(text)}" for text in detail.beside], "notes", folded)] if detail.beside else []
    return "\n".join(lines)


def _list(items: Sequence[str], what: str, folded: bool) -> list[str]:
    """Items of a list, at most ten of them at a glance."""
    more = items[_MOST_LINES:]
    if not more:
        return [*items]
    if not folded:
        return [*items[:_MOST_LINES], f"- {len(more)} more {what}; {_ALL}"]
    return [*items[:_MOST_LINES], "", *_folded(f"{len(more)} more {what}", more)]


def _folded(title: str, items: Sequence[str]) -> list[str]:
    return [f"<details><summary>{title}</summary>", "", *items, "", "</details>"]


def _notes(results: Sequence[RoleResult]) -> list[str]:
    items = [f"- {escaped(note)}" for note in notes(results)]
    return ["", *_folded("Notes on verified roles", items)] if items else []


def _closing(results: Sequence[RoleResult], run: RunFacts) -> list[str]:
    caller = escaped(run.caller_arn) if run.caller_arn else "each vendor's own principal"
    required = ", ".join(map(escaped, run.required)) or "none"
    found = escaped(common_evidence(results) or "as the table says")
    return [
        "",
        f"Mode: {escaped(run.mode)} on {escaped(run.target)}, called as {caller}, started {escaped(run.started)}. "
        f"Required: {required}. Evidence: {found}.",
    ]


def _shortened(results: Sequence[RoleResult], run: RunFacts, told: Sequence[Detail], most_bytes: int) -> str:
    """A page that fits: verified roles are left out first, then whatever comes last; all of it is counted."""
    bad = [result for result in results if result.verdict is not Verdict.VERIFIED]
    head, closing = _head(results), _closing(results, run)
    left = most_bytes - _bytes("\n".join([*head, *closing])) - 500  # for the lines that say what was left out
    rows = _fitting(_rows(bad, results), left // 2)
    blocks = _fitting([_block(detail, folded=False) for detail in told], left - _bytes("\n".join(rows)))
    said = [
        (len(results) - len(bad), "verified roles"),
        (len(bad) - len(rows), "rows"),
        (len(told) - len(blocks), "sections about roles that are not verified"),
        (len(notes(results)), "notes on verified roles"),
    ]
    omitted = ", ".join(f"{what} ({count})" for count, what in said if count)
    note = ["", f"Left out, as GitHub takes 1 MiB from a step: {omitted}; {_ALL}."] if omitted else []
    return "\n".join([*head, *rows, *note, *blocks, *closing])


def _fitting(texts: Sequence[str], most_bytes: int) -> list[str]:
    """The texts that fit, from the first on; one that is too large by itself is passed over."""
    fitting = []
    for text in texts:
        if (size := _bytes(text) + 1) <= most_bytes:
            fitting.append(text)
            most_bytes -= size
    return fitting


def _bytes(text: str) -> int:
    return len(text.encode())
