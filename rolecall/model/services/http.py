"""A vendor's generic HTTP connector."""

from dataclasses import dataclass
from typing import ClassVar

from rolecall.model.services.base import ServiceAccess


@dataclass(frozen=True, kw_only=True)
class HttpAccess(ServiceAccess):
    """Calls of any AWS API through a vendor's HTTP connector: grants nothing by itself, `statements` do."""

    service: ClassVar[str] = "http"
    action_prefixes: ClassVar[tuple[str, ...]] = ()
    modes: ClassVar[tuple[str, ...]] = ()
