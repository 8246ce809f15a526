"""The probes of a role as the cells of a row: what was seen at a glance, wrong answers in capitals."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import RoleResult

# Who or what asked (IDs, sessions, secrets), and the kinds of probes in it.
_KINDS = {
    "RIGHT ID": ("right_external_id",),
    "NO ID": ("no_external_id",),
    "WRONG": ("wrong_external_id",),
    "NEIGHBOUR": ("neighbour_external_id",),
    "STRANGER": ("wrong_principal",),
    "SESSION": ("session_duration",),
    "GRANTED": ("secret_in_scope", "secret_shape"),
    "OTHER": ("secret_out_of_scope",),
    "KEY": ("kms_decrypt",),
    "REGION": ("region",),
    "SERVICES": ("service_in_scope",),
    "OTHER SERVICES": ("service_out_of_scope",),
}
_COLUMN_OF = {kind: column for column, kinds in _KINDS.items() for kind in kinds}
# Probes of these rungs say nothing about the vendor's call, so that they never stand among those that do.
_RUNGS = {Rung.PERMISSIONS: "SIMULATED", Rung.ASSUMED_BY_VERIFIER: "VERIFIER"}
_ORDER = [*_KINDS, *_RUNGS.values()]


def columns(results: Sequence[RoleResult]) -> list[str]:
    """The columns that hold something, in an order that does not change."""
    found = {_column(probe) for result in results for probe in result.probes}
    return [name for name in _ORDER if name in found] + sorted(found.difference(_ORDER))


def cells(result: RoleResult, wanted: Sequence[str]) -> list[str]:
    """A role's cells in these columns."""
    return [_cell(column, [probe for probe in result.probes if _column(probe) == column]) for column in wanted]


def tally(probes: Iterable[Probe]) -> str:
    """Probes of all kinds in one cell: how many had the right answer, a wrong one, or none."""
    return _counted(map(_mixed, probes))


def _column(probe: Probe) -> str:
    """A kind that nobody foresaw has a column of its own, so that nothing is left out."""
    return _RUNGS.get(probe.rung) or _COLUMN_OF.get(probe.kind) or probe.kind.replace("_", " ").upper()


def _cell(column: str, probes: Sequence[Probe]) -> str:
    if column in _RUNGS.values():
        return tally(probes)
    return _counted(map(_word, probes))


def _counted(words: Iterable[str]) -> str:
    """Each word with how many times; a wrong answer comes first, as capitals do."""
    counts = sorted(Counter(words).items())
    return ", ".join(word if count == 1 or word == "kept" else f"{count} {word}" for word, count in counts) or "-"


def _word(probe: Probe) -> str:
    if probe.kind == "session_duration" and probe.decided and not probe.failed:
        return "kept"
    return probe.observed.value.upper() if probe.failed else probe.observed.value


def _mixed(probe: Probe) -> str:
    """Where some are to be allowed and others denied, the answer alone would tell nothing."""
    if not probe.decided:
        return probe.observed.value
    return "WRONG" if probe.failed else "right"
