"""Verdicts for people and for programs."""

import json
from collections import Counter
from collections.abc import Sequence

from rolecall.report.table import table
from rolecall.runtime.probe import Probe
from rolecall.runtime.verdict import RoleResult, Verdict

# Columns of the table: who or what asked (IDs, sessions, secrets), and the kinds of probes in it.
_COLUMNS = {
    "RIGHT ID": ("right_external_id",),
    "NO ID": ("no_external_id",),
    "WRONG": ("wrong_external_id",),
    "NEIGHBOUR": ("neighbour_external_id",),
    "STRANGER": ("wrong_principal",),
    "SESSION": ("session_duration",),
    "GRANTED": ("secret_in_scope", "secret_shape"),
    "OTHER": ("secret_out_of_scope",),
}
_HINTS = {
    Verdict.UNPROTECTED: "the live trust lets in more than the estate says: look who changed it, then deploy again",
    Verdict.OVERREACHING: "the role may do more than the estate grants: take the extra policy away, then deploy again",
    Verdict.NOT_ASSUMABLE: "the vendor is refused: compare external ID and principal with the vendor's screen",
    Verdict.UNDERPOWERED: "the role lacks what the estate grants: look at its policies, boundary and the secrets' keys",
    Verdict.DRIFTED: "the live role differs from the estate: deploy again",
    Verdict.INCONCLUSIVE: "something could not be decided: the reasons stand with the probes",
}


def hint(verdict: Verdict, texts: Sequence[str]) -> str | None:
    """What to do about a verdict."""
    return _HINTS.get(verdict) if texts or verdict is Verdict.INCONCLUSIVE else None


def as_json(results: Sequence[RoleResult], *, mode: str, caller_arn: str | None) -> str:
    """The shape of the contract."""
    shape = {
        "schema": 1,
        "mode": mode,
        "caller_arn": caller_arn,
        "roles": [result.as_json() for result in results],
        "summary": _summary(results),
    }
    return json.dumps(shape, indent=2)


def as_text(results: Sequence[RoleResult], *, mode: str, caller_arn: str | None) -> str:
    """A table of roles, verdicts and probes; below it, everything that speaks against a role."""
    del mode, caller_arn  # for programs
    columns = [name for name, kinds in _COLUMNS.items() if any(p.kind in kinds for r in results for p in r.probes)]
    rows = [
        (
            result.address,
            result.verdict.value,
            *(_cell([p for p in result.probes if p.kind in _COLUMNS[name]]) for name in columns),
            ", ".join(result.evidence) or "-",
        )
        for result in results
    ]
    counts = ", ".join(f"{count} {word}" for word, count in _summary(results).items())
    head = ("ROLE", "VERDICT", *columns, "EVIDENCE")
    same = {row[-1] for row in rows}
    if len(same) == 1:  # said once, below the table
        head, rows = head[:-1], [row[:-1] for row in rows]
    evidence = f"; evidence: {same.pop()}" if len(same) == 1 else ""
    return "\n".join([table(head, rows), *_against(results), "", f"{len(results)} roles: {counts or 'none'}{evidence}"])


def _cell(probes: Sequence[Probe]) -> str:
    """What was seen, with how many times; a wrong answer comes first and in capitals."""
    seen = Counter((not probe.failed, _word(probe)) for probe in probes)
    return (
        ", ".join(
            word if count == 1 or word == "kept" else f"{count} {word}" for (_, word), count in sorted(seen.items())
        )
        or "-"
    )


def _word(probe: Probe) -> str:
    if probe.kind == "session_duration" and probe.decided and not probe.failed:
        return "kept"
    return probe.observed.value.upper() if probe.failed else probe.observed.value


def _against(results: Sequence[RoleResult]) -> list[str]:
    lines = []
    for result in results:
        if result.verdict is Verdict.VERIFIED:
            continue
        lines += ["", f"{result.address} is {result.verdict.value}: {result.role_arn}"]
        lines += [f"  {text}" for text in result.findings]
        reasons = Counter(probe.observation.reason for probe in result.probes if not probe.decided)
        lines += [f"  {count} probes could not be decided: {reason}" for reason, count in reasons.items()]
        lines += [f"  {result.hint}"] if result.hint else []
    return lines


def _summary(results: Sequence[RoleResult]) -> dict[str, int]:
    counts = Counter(result.verdict for result in results)
    return {verdict.value: counts[verdict] for verdict in Verdict if counts[verdict]}
