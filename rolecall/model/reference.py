"""Workato's references to a secret, as its connections hold them: {{workato:sm:<key name>:<secret ARN>}}.

Source: https://docs.workato.com/security/data-protection/secrets-management/aws-secrets-manager-connections.html,
read 2026-11-22. The ARN has colons itself and a key may have one, so the two are split at the last `:arn:`.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rolecall.model.identifiers import Arn
from rolecall.model.invalid import InvalidValueError
from rolecall.model.secret import Secret

VENDOR: Final = "workato"
"""The catalog's id of the one vendor whose connections hold such references."""
_FORM = "{{workato:sm:KEY:arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-xxxxxx}}"
_BEGIN, _END = "{{workato:sm:", "}}"
# Whatever begins like one, to its closing braces, to the next brace or to the line's end.
_LIKE_ONE = re.compile(r"(?P<begin>\{\{?\s*workato\s*:\s*sm\b)[^{}\n]*\}{0,2}", re.IGNORECASE)
# Holds no ARN.
_FOREIGN = re.compile(r"[\s\\\"'`,;]")


@dataclass(frozen=True)
class SecretReference:
    """One JSON key of one secret.

    Args:
        key: name of a key in the secret's JSON object; not the secret's name.
        arn: of the secret, whole, with the six characters at its end.

    Raises:
        InvalidValueError: RC215.
    """

    key: str
    arn: str

    def __post_init__(self) -> None:
        if not self.key or self.key != self.key.strip() or not self.key.isprintable() or re.search("[{}]", self.key):
            allowed = "the name of one JSON key: printable, without braces and without blanks around it"
            raise InvalidValueError("reference names no key of the secret", self.key, allowed, _FORM, rule="RC215")
        try:
            Secret("arn", self.arn)
        except InvalidValueError as error:
            raise InvalidValueError(
                "reference does not hold the whole ARN of a secret", self.arn, error.allowed, error.change, rule="RC215"
            ) from None

    @property
    def secret(self) -> Arn:
        """The secret's ARN, taken apart."""
        return Arn.parse(self.arn)

    def __str__(self) -> str:
        return f"{_BEGIN}{self.key}:{self.arn}{_END}"

    @classmethod
    def parse(cls, text: str) -> "SecretReference":
        """Take a reference apart.

        Raises:
            InvalidValueError: RC215.
        """
        key, found, rest = text[len(_BEGIN) : -len(_END)].rpartition(":arn:")
        if not text.startswith(_BEGIN) or not text.endswith(_END) or not found:
            raise InvalidValueError("reference is not as Workato reads it", text, _FORM, "correct it", rule="RC215")
        return cls(key, f"arn:{rest}")


def references_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Whatever looks like a reference in a text, with its line and column, counted from 1 as editors do."""
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        for match in _LIKE_ONE.finditer(line):
            yield number, match.start() + 1, _without_neighbours(match)


def _without_neighbours(match: re.Match[str]) -> str:
    """Cut where the closing braces are missing: what follows in an export may be a password."""
    found = match[0]
    if found.endswith(_END) and not _FOREIGN.search(found.rpartition(":arn:")[2].rstrip("} \t")):
        return found
    foreign = _FOREIGN.search(found, match.end("begin") - match.start())
    return found[: foreign.start()] if foreign else found
