"""Which secrets a project may read, in the four ways that an estate can say it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from rolecall.model.finding import Location
from rolecall.model.identifiers import Arn
from rolecall.model.identifiers import region as checked_region
from rolecall.model.invalid import InvalidValueError
from rolecall.model.kms_key import check_kms_key

# botocore's model of secretsmanager:CreateSecret, Name, read 2026-11-22.
_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
MAX_NAME_CHARACTERS = 512
# Secrets Manager appends a hyphen and six random characters to the name.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/permissions_grant-limited-resources.html
ARN_SUFFIX_CHARACTERS = 6
_SEPARATORS = "/_.=+@"
_SUFFIXED = re.compile(r"secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}")
# How one of Workato's references begins; SecretReference takes it apart.
_PASTED = re.compile(r"\s*\{\{?\s*workato\s*:\s*sm\b[\s:]*", re.IGNORECASE)

SecretKind = Literal["name", "prefix", "arn", "tag"]


@dataclass(frozen=True)
class Secret:
    """One grant of secrets: exactly one name, everything below a prefix, one whole ARN, or all that carry some tags.

    Args:
        kind: which of the four.
        value: the name, the prefix or the ARN; empty where the kind is `tag`.
        tags: tag keys and values, all of which a secret must carry; for the kind `tag` only.
        keys: JSON keys that the vendor's connections refer to; for `name` and `arn` only.
        kms_key: ARN of the customer managed key that encrypts it; None where the AWS managed key does.
        region: where the secret is; None for the role's own region.
        shared: several projects read it on purpose.
        locate: tells where an estate says so. Asked only if somebody has something to say about it.

    Raises:
        InvalidValueError: RC201 for a prefix without a separator at its end, RC206 for a name that Secrets Manager does
            not take or that holds a wildcard, RC207 for a secret's ARN without its suffix, RC208 for something that is
            not the ARN of a KMS key, RC209 for keys where no single secret is meant, RC215 for one of Workato's
            references in the place of what it refers to.
    """

    kind: SecretKind
    value: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()
    kms_key: str | None = None
    region: str | None = None
    shared: bool = False
    locate: Callable[[], Location] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in ("name", "prefix", "arn", "tag") or not isinstance(self.value, str):
            raise InvalidValueError(
                "secret", f"{self.kind} {self.value}", "name, prefix, arn or tag, and text", "name one", rule="RC206"
            )
        for text in (self.value, *self.keys):
            refuse_pasted_reference(text)
        if self.tags if self.kind != "tag" else self.value:
            raise InvalidValueError("tags of a secret", self.tags, "with the kind tag alone", "split it", rule="RC206")
        check = {
            "name": self._check_name,
            "prefix": self._check_prefix,
            "arn": self._check_arn,
            "tag": self._check_tags,
        }
        check[self.kind]()
        if self.region is not None:
            checked_region(self.region)
        if self.kms_key is not None:
            check_kms_key(self.kms_key)
        if self.keys and self.kind not in ("name", "arn"):
            raise InvalidValueError(
                "keys of a secret", ", ".join(self.keys), "beside `name` and `arn`", "name the secret", rule="RC209"
            )

    def _check_name(self) -> None:
        if not _NAME.fullmatch(self.value):
            raise InvalidValueError(
                "name of a secret",
                self.value,
                "1 to 512 characters of A-Z a-z 0-9 / _ + = . @ -, without wildcards",
                "write the secret's exact name, without the ARN's six last characters",
                rule="RC206",
            )

    def _check_prefix(self) -> None:
        self._check_name()
        if self.value[-1] not in _SEPARATORS + "-":
            raise InvalidValueError(
                "prefix does not end in a separator and would reach into neighbours",
                self.value,
                f"a last character of {' '.join(_SEPARATORS)}",
                f"write {self.value + '/'!r}, or `name` for one secret",
                rule="RC201",
            )

    def _check_arn(self) -> None:
        arn = Arn.parse(self.value, "arn of a secret")
        if (
            arn.service != "secretsmanager"
            or not arn.region
            or not arn.account
            or not _SUFFIXED.fullmatch(arn.resource)
        ):
            raise InvalidValueError(
                "arn of a secret",
                self.value,
                "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-xxxxxx, whole, with the six last characters",
                "copy it from the Secrets Manager console, or use `name`",
                rule="RC207",
            )
        if self.region not in (None, arn.region):
            raise InvalidValueError("region beside an arn", self.region, arn.region, "take it out", rule="RC207")

    def _check_tags(self) -> None:
        bad = [part for pair in self.tags for part in pair if not part or re.search(r"[*?$]", part)]
        if bad or not self.tags:
            raise InvalidValueError(
                "tag of a secret",
                bad[0] if bad else "",
                "tag keys and values without * ? $",
                "name the tag",
                rule="RC206",
            )

    @property
    def location(self) -> Location | None:
        """Where an estate grants it, if one does."""
        return self.locate() if self.locate else None

    @property
    def ends_in_hyphen(self) -> bool:
        """A prefix such as `db-`, which also opens the secret called `db`: its ARN is `db-` and six characters."""
        return self.kind == "prefix" and self.value.endswith("-")

    def region_in(self, role_region: str) -> str:
        """The region that the secret is in, for a role whose region is `role_region`."""
        return Arn.parse(self.value).region if self.kind == "arn" else self.region or role_region

    def resource(self, partition: str, role_region: str, account: str) -> str:
        """The resource pattern for an IAM policy: exact names end in `-??????`, prefixes in `*`.

        `name-??????` matches the secret called `name` alone, as every other secret's ARN is longer or different.
        """
        if self.kind == "arn":
            return self.value
        tail = {"name": f"{self.value}-{'?' * ARN_SUFFIX_CHARACTERS}", "prefix": f"{self.value}*", "tag": "*"}[
            self.kind
        ]
        return f"arn:{partition}:secretsmanager:{self.region_in(role_region)}:{account}:secret:{tail}"


def refuse_pasted_reference(text: str) -> None:
    """Refuse one of Workato's references where an estate names a secret or a key of it.

    Raises:
        InvalidValueError: RC215.
    """
    begun = _PASTED.match(text)
    if begun is None:
        return
    key, arn, rest = text[begun.end() :].strip(" }").rpartition(":arn:")
    raise InvalidValueError(
        "secret reference where the secret itself belongs: Workato fills it in, and AWS does not",
        text,
        "a secret's name or ARN, and JSON keys of it under `keys`",
        f"write `arn: arn:{rest}` and `keys: [{key}]`" if arn else "write the ARN under `arn` and the key under `keys`",
        rule="RC215",
    )
