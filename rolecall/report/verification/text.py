"""Verdicts as text for terminals and logs."""

from collections.abc import Iterator, Sequence

from rolecall.report.paragraph import paragraph
from rolecall.report.plain import printable
from rolecall.report.table import table
from rolecall.report.verification.columns import cells, columns, tally
from rolecall.report.verification.details import Detail, details, notes
from rolecall.report.verification.facts import RunFacts, common_evidence, counted, evidence
from rolecall.runtime.verdict import RoleResult


def as_text(results: Sequence[RoleResult], run: RunFacts, *, width: int | None = None) -> str:
    """A table of roles, verdicts and probes; below it, everything that speaks against a role.

    Args:
        width: columns of the terminal. A table that is wider counts the probes instead of showing each kind, and says
            so; one that is wider even then becomes a list. None: as wide as it gets.
    """
    lines = [*_rows(results, width)]
    for detail in details(results, run.required):
        lines += ["", *_detail(detail, width)]
    told = [line for note in notes(results) for line in paragraph(note, "", width)]
    lines += ["", *told] if told else []
    common = common_evidence(results)
    closing = f"{counted(results)}; evidence: {common}" if common else counted(results)
    return "\n".join([*lines, "", *paragraph(closing, "", width)])


def _rows(results: Sequence[RoleResult], width: int | None) -> list[str]:
    """The first of three layouts that fits."""
    whole = _table(results, columns(results))
    if width is None or _widest(whole) <= width:
        return whole
    narrow = _table(results, None)
    rows = narrow if _widest(narrow) <= width else [line for result in results for line in _listed(result, width)]
    note = f"probes are counted here: {_widest(whole)} columns of width show each kind, --format json each probe"
    return [*rows, *paragraph(f"({note})", "", width)]


def _table(results: Sequence[RoleResult], wanted: Sequence[str] | None) -> list[str]:
    """A row for each role, with these columns; None for one that counts all probes."""
    is_common = common_evidence(results) is not None  # said once, below the table
    rows = [
        (
            printable(result.address),
            result.verdict.value,
            *([tally(result.probes)] if wanted is None else cells(result, wanted)),
            *([] if is_common else [evidence(result)]),
        )
        for result in results
    ]
    head = ("ROLE", "VERDICT", *(["PROBES"] if wanted is None else wanted), *([] if is_common else ["EVIDENCE"]))
    return table(head, rows).split("\n")


def _widest(lines: Sequence[str]) -> int:
    return max(map(len, lines))


def _listed(result: RoleResult, width: int | None) -> Iterator[str]:
    yield printable(result.address)
    yield from paragraph(
        f"{result.verdict.value}; probes: {tally(result.probes)}; evidence: {evidence(result)}", "  ", width
    )


def _detail(detail: Detail, width: int | None) -> Iterator[str]:
    first, *others = detail.roles
    if others:
        names = ", ".join(printable(result.address) for result in detail.roles)
        yield from paragraph(f"{len(detail.roles)} roles are {detail.verdict.value}, all alike: {names}", "", width)
    else:
        about = f"{printable(first.address)} is {detail.verdict.value}: {printable(first.role_arn)}"
        yield from paragraph(about, "", width)
    for text in detail.against:
        yield from paragraph(text, "  ", width)
    if detail.hint:
        yield from paragraph(f"hint: {detail.hint}", "  ", width)
    for text in detail.beside:
        yield from paragraph(text, "  ", width)
