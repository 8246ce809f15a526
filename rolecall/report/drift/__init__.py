"""Live roles against the estate, for people and for programs."""

from rolecall.report.drift.json_shape import as_json
from rolecall.report.drift.result import Drift, RoleDrift, Status
from rolecall.report.drift.text import as_text

__all__ = ["Drift", "RoleDrift", "Status", "as_json", "as_text"]
