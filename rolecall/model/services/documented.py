"""What a vendor has documented about its connector to one service."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rolecall.model.invalid import InvalidValueError

_ACTION: Final = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")


@dataclass(frozen=True)
class Documented:
    """What a vendor has documented that its connector to one service needs.

    Args:
        vendor: its name, for people; empty where nobody says which vendor it is.
        actions: by mode of the service (`send`, `read-write`, `use`), all IAM actions that the vendor names for it;
            pairs, or a mapping. Modes that are not there are Rolecall's own reading of AWS's API.
        account_wide: IAM actions that no resource can narrow, each with what the vendor needs it for; likewise.
        source: URL of the vendor's page.

    Raises:
        InvalidValueError: RC005 for what is no single action, as a pattern would grant what nobody documented, for a
            mode without any, and for an account-wide action without a reason.
    """

    vendor: str = ""
    actions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    account_wide: tuple[tuple[str, str], ...] = ()
    source: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "actions", tuple(self._modes()))
        object.__setattr__(self, "account_wide", tuple(_pairs(self.account_wide)))
        for action, reason in self.account_wide:
            if not isinstance(reason, str) or not reason.strip():
                allowed = "what the vendor needs it for, as text"
                raise InvalidValueError(f"reason of {action}", reason, allowed, "write it", rule="RC005")
        for action in self.all_actions:
            if not isinstance(action, str) or not _ACTION.fullmatch(action):
                allowed = "one action as service:Action, without * and ?"
                raise InvalidValueError("action that a vendor documents", action, allowed, "write it out", rule="RC005")

    def _modes(self) -> list[tuple[str, tuple[str, ...]]]:
        given = _pairs(self.actions)
        found = [(mode, (named,) if isinstance(named, str) else tuple(named)) for mode, named in given]
        for mode, named in found:
            if not named:
                raise InvalidValueError("mode without actions", mode, "one at least", "name them", rule="RC005")
        return found

    def of_mode(self, mode: str) -> tuple[str, ...] | None:
        """The documented actions of a mode; None where the vendor says nothing."""
        return dict(self.actions).get(mode)

    @property
    def on_resources(self) -> tuple[str, ...]:
        """The actions of all modes, each once."""
        return tuple(dict.fromkeys(action for _, named in self.actions for action in named))

    @property
    def all_actions(self) -> tuple[str, ...]:
        """Those and the account-wide ones."""
        return (*self.on_resources, *dict(self.account_wide))


def _pairs(given: Any) -> list[tuple[str, Any]]:
    """What was given as pairs or as a mapping."""
    return [(str(key), value) for key, value in (given.items() if isinstance(given, Mapping) else given)]


NOTHING_DOCUMENTED: Final = Documented()
