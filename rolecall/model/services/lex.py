"""Bots of Lex, of its second version and its first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rolecall.model.services import names
from rolecall.model.services.base import ServiceAccess


@dataclass(frozen=True, kw_only=True)
class LexAccess(ServiceAccess):
    """Conversations with named bots.

    Args:
        bots: BOTID/ALIASID of Lex V2, ids of 10 characters as its console shows them, or BOTID for all aliases of it;
            NAME:ALIAS of Lex V1, or NAME for all its aliases and versions. Ten capitals and digits are a BOTID.
        region: where they are. Default: the role's region.
        shared: several projects use them on purpose. Default: false.
        account_wide: the calls about the whole account that the vendor documents are granted too. Default: true.
        documented: what the vendor has documented. Default: nothing.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonlexv2.html
    """

    service: ClassVar[str] = "lex"
    action_prefixes: ClassVar[tuple[str, ...]] = ("lex",)
    modes: ClassVar[tuple[str, ...]] = ("v2", "v1")
    names_in: ClassVar[str] = "bots"

    bots: Sequence[str]

    @property
    def modes_asked(self) -> tuple[str, ...]:
        """The versions of Lex that the bots are of."""
        return tuple(mode for mode in self.modes if self._of_version(mode))

    def resources_of(self, mode: str, partition: str, role_region: str, account: str) -> tuple[str, ...]:
        """The ARNs of the bots of one version."""
        bots = self._of_version(mode)
        return replace(self, bots=bots).resources(partition, role_region, account) if bots else ()

    def _of_version(self, mode: str) -> tuple[str, ...]:
        return tuple(bot for bot in self.bots if self.is_v2(bot) == (mode == "v2"))

    @staticmethod
    def is_v2(bot: str) -> bool:
        """Whether a bot is meant by its ids, as Lex V2 has it."""
        return re.fullmatch(names.LEX_V2, bot) is not None

    def _check_name(self, name: object) -> str:
        return names.bot(name)

    def _arns(self, name: str, partition: str, where: str) -> Sequence[str]:
        if self.is_v2(name):
            bot, _, alias = name.partition("/")
            return (f"arn:{partition}:lex:{where}:bot-alias/{bot}/{alias or '*'}",)
        bot, _, alias = name.partition(":")
        return (f"arn:{partition}:lex:{where}:bot:{bot}:{alias or '*'}",)
