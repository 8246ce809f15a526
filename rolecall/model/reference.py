"""Workato's references to a secret, as its connections hold them: {{workato:sm:<key name>:<secret ARN>}}.

Source: https://docs.workato.com/security/data-protection/secrets-management/aws-secrets-manager-connections.html,
read 2026-11-22. The ARN has colons itself and a key may have one, so the two are split at the last `:arn:`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.model.identifiers import Arn
from rolecall.model.invalid import InvalidValueError
from rolecall.model.secret import Secret

_FORM = "{{workato:sm:KEY:arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-xxxxxx}}"
_WHOLE = re.compile(r"\{\{workato:sm:(?P<key>.*?):(?P<arn>arn:.*)\}\}", re.DOTALL)
# Whatever begins like one, to its closing braces or to the line's end.
_LIKE_ONE = re.compile(r"\{\{?\s*workato\s*:\s*sm\b[^}\n]*\}{0,2}", re.IGNORECASE)


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
        if not self.key or self.key != self.key.strip() or re.search(r"[{}\s]", self.key):
            raise InvalidValueError(
                "reference names no key of the secret", self.key, "the name of one JSON key", _FORM, rule="RC215"
            )
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
        return f"{{{{workato:sm:{self.key}:{self.arn}}}}}"

    @classmethod
    def parse(cls, text: str) -> "SecretReference":
        """Take a reference apart.

        Raises:
            InvalidValueError: RC215.
        """
        match = _WHOLE.fullmatch(text)
        if match is None:
            raise InvalidValueError("reference is not as Workato reads it", text, _FORM, "correct it", rule="RC215")
        key, _, rest = f"{match['key']}:{match['arn']}".rpartition(":arn:")
        return cls(key, f"arn:{rest}")


def references_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Whatever looks like a reference in a text, with its line and column, counted from 1."""
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _LIKE_ONE.finditer(line):
            yield number, match.start() + 1, match[0]
