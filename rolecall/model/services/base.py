"""What all kinds of service access have in common."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final

from rolecall.model.finding import Location
from rolecall.model.identifiers import Arn
from rolecall.model.identifiers import region as checked_region
from rolecall.model.invalid import InvalidValueError
from rolecall.model.kms_key import check_kms_key
from rolecall.model.services.documented import NOTHING_DOCUMENTED, Documented

# How tokens of the CDK look within texts and within lists.
_TOKEN: Final = re.compile(r"[$#]\{Token\[")


@dataclass(frozen=True, kw_only=True)
class ServiceAccess:
    """Access to named resources of one service, in the role's account.

    Args:
        region: where the resources are. Default: the role's own region.
        shared: several projects use them on purpose; silences RC203. Default: false.
        account_wide: the calls about the whole account that the vendor documents are granted too. Default: true.
        documented: what the vendor has documented. Default: nothing, so that the actions are Rolecall's reading and no
            account-wide call is granted.
        locate: tells where an estate says so. Asked only if somebody has something to say about it.

    Raises:
        InvalidValueError: RC219 for a name that the service does not take or that holds a wildcard and for what is no
            list or no true or false, RC302 for a region that is none, RC005 for what is documented of no such service.
    """

    service: ClassVar[str]
    """Its key in an estate."""
    action_prefixes: ClassVar[tuple[str, ...]]
    """The prefixes of its IAM actions."""
    modes: ClassVar[tuple[str, ...]] = ("use",)
    """What an estate may ask for."""
    names_in: ClassVar[str] = ""
    """The field that holds the names of the resources."""

    region: str | None = None
    shared: bool = False
    account_wide: bool = True
    documented: Documented = NOTHING_DOCUMENTED
    locate: Callable[[], Location] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.type == Sequence[str]:
                value = several(value, f"{each.name} of {self.service}")
                object.__setattr__(self, each.name, value)
            if each.type is bool and not isinstance(value, bool):
                raise InvalidValueError(
                    f"{each.name} of {self.service}", value, "True or False", "write it", rule="RC219"
                )
            refuse_tokens(value, f"{each.name} of {self.service}")
        self.check_documented(self.documented)
        if self.names_in:
            self._check_names()
        if self.region is not None:
            checked_region(self.region)

    @property
    def left_out(self) -> tuple[tuple[str, str], ...]:
        """The documented calls about the whole account that are not granted, each with what the vendor needs it for."""
        return () if self.account_wide else self.documented.account_wide

    @classmethod
    def check_documented(cls, documented: Documented) -> None:
        """Refuse modes that the service does not have, and actions of other services.

        Raises:
            InvalidValueError: RC005, also for what is no `Documented`.
        """
        if not isinstance(documented, Documented):
            allowed = "Documented(vendor, actions, account_wide, source)"
            raise InvalidValueError(f"documented of {cls.service}", documented, allowed, "make one of it", rule="RC005")
        for mode, _ in documented.actions:
            if mode not in cls.modes:
                allowed = f"{', '.join(cls.modes)}, each with at least one action"
                raise InvalidValueError(f"actions of {cls.service}", mode, allowed, "correct it", rule="RC005")
        for action in documented.all_actions:
            if action.partition(":")[0] not in cls.action_prefixes:
                allowed = " or ".join(f"{prefix}:…" for prefix in cls.action_prefixes)
                raise InvalidValueError(f"action of {cls.service}", action, allowed, "name actions of it", rule="RC005")

    def _check_names(self) -> None:
        names: Sequence[str] = getattr(self, self.names_in)
        if not names:
            raise InvalidValueError(
                f"{self.names_in} of {self.service}", names, "a list with at least one name", "name one", rule="RC219"
            )
        for name in names:
            self._check_name(name)

    def _check_name(self, name: object) -> object:
        raise NotImplementedError

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the resources, as written."""
        return tuple(getattr(self, self.names_in)) if self.names_in else ()

    @property
    def modes_asked(self) -> tuple[str, ...]:
        """The modes that this access asks for, in the service's order."""
        return self.modes

    @property
    def location(self) -> Location | None:
        """Where an estate grants it, if one does."""
        return self.locate() if self.locate else None

    def region_in(self, role_region: str) -> str:
        """The region that the resources are in, for a role whose region is `role_region`."""
        return self.region or role_region

    def resources(self, partition: str, role_region: str, account: str) -> tuple[str, ...]:
        """The ARNs of the named resources, sorted; some services need more than one for a name, or a pattern."""
        where = f"{self.region_in(role_region)}:{account}"
        return tuple(sorted({arn for name in self.names for arn in self._arns(name, partition, where)}))

    def resources_of(self, mode: str, partition: str, role_region: str, account: str) -> tuple[str, ...]:
        """The ARNs that one of the modes asked for is about; mostly all of them."""
        return self.resources(partition, role_region, account) if mode in self.modes_asked else ()

    def _arns(self, name: str, partition: str, where: str) -> Sequence[str]:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class EncryptedAccess(ServiceAccess):
    """Access to resources that a customer managed key may encrypt.

    Args:
        kms_key: ARN of that key, in the region of the resources. Default: none, which is right for resources that are
            not encrypted, or with the AWS managed key or the service's own.

    Raises:
        InvalidValueError: RC208 for something that is not the ARN of a KMS key, or for one of another region.
    """

    context_key: ClassVar[str]
    """The encryption context under which the service calls KMS."""

    kms_key: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kms_key is None:
            return
        check_kms_key(self.kms_key)
        found = Arn.parse(self.kms_key).region
        if self.region not in (None, found):
            raise InvalidValueError(
                "kms_key of another region",
                self.kms_key,
                f"region {self.region}, as beside it",
                "correct it",
                rule="RC208",
            )


def several(value: object, what: str) -> tuple[Any, ...]:
    """A list as a tuple; what has no order is sorted, so that a policy is the same in each run.

    Raises:
        InvalidValueError: RC219 for a text, each letter of which would be a name, for a mapping, half of which would be
            lost, and for what is no list.
    """
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        raise InvalidValueError(what, value, "a list of texts", "write it as a list", rule="RC219")
    found = tuple(value)
    return tuple(sorted(found, key=str)) if isinstance(value, Set) else found


def refuse_tokens(value: object, what: str) -> None:
    """Refuse what the CDK fills in later, as `bucket.bucket_name` is: names are checked and compared before that.

    https://docs.aws.amazon.com/cdk/v2/guide/tokens.html

    Raises:
        InvalidValueError: RC219.
    """
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, str) and _TOKEN.search(each):
            raise InvalidValueError(
                f"{what} is a token of the CDK",
                each,
                "a text that is known here, as it is checked and compared before the deployment",
                "write the name out, and give the same text to the resource",
                rule="RC219",
            )


def choices(given: Sequence[str], allowed: Mapping[str, str] | Sequence[str], what: str) -> None:
    """Refuse what is none of the words that may stand at a place.

    Raises:
        InvalidValueError: RC219.
    """
    wrong = [each for each in given if each not in allowed] if not isinstance(given, str) else [given]
    if wrong or not given:
        received = wrong[0] if wrong else "nothing"
        raise InvalidValueError(what, received, ", ".join(allowed), "name at least one of them", rule="RC219")
