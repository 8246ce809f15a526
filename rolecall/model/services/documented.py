"""What a vendor has documented about its connector to one service."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rolecall.model.invalid import InvalidValueError

_MODES: Final = '{"send": ["sqs:SendMessage"]}: actions by mode'
_REASONS: Final = '{"sqs:ListQueues": "offers queues to choose from"}: what each is needed for'
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
        searched: whether somebody looked for them in the vendor's documentation, so that what is not here was not found
            there. Default: true.

    Raises:
        InvalidValueError: RC005 for what is no single action, as a pattern would grant what nobody documented, for a
            mode without any, for an account-wide action without a reason, and for values of other kinds.
    """

    vendor: str = ""
    actions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    account_wide: tuple[tuple[str, str], ...] = ()
    source: str | None = None
    searched: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "actions", tuple(self._modes()))
        object.__setattr__(self, "account_wide", tuple(_pairs(self.account_wide, _REASONS)))
        for action, reason in self.account_wide:
            if not isinstance(reason, str) or not reason.strip():
                allowed = "what the vendor needs it for, as text"
                raise InvalidValueError(f"reason of {action}", reason, allowed, "write it", rule="RC005")
        for action in self.all_actions:
            if not isinstance(action, str) or not _ACTION.fullmatch(action):
                allowed = "one action as service:Action, without * and ?"
                raise InvalidValueError("action that a vendor documents", action, allowed, "write it out", rule="RC005")

    def _modes(self) -> list[tuple[str, tuple[str, ...]]]:
        found = [(mode, _listed(mode, named)) for mode, named in _pairs(self.actions, _MODES)]
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


def _pairs(given: Any, allowed: str) -> list[tuple[str, Any]]:
    """What was given as pairs or as a mapping."""
    listed = given.items() if isinstance(given, Mapping) else given
    found: list[Any] = list(listed) if isinstance(listed, Iterable) and not isinstance(listed, str) else [None]
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 and isinstance(pair[0], str) for pair in found):
        raise InvalidValueError("what a vendor documents", given, allowed, "write it so", rule="RC005")
    return [(key, value) for key, value in found]


def _listed(mode: str, named: object) -> tuple[Any, ...]:
    if isinstance(named, str):
        return (named,)
    if not isinstance(named, Iterable) or isinstance(named, Mapping):
        raise InvalidValueError(f"actions of mode {mode}", named, "a list of actions", "name them", rule="RC005")
    return tuple(named)


NOTHING_DOCUMENTED: Final = Documented()
