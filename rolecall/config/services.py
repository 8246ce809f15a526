"""Parts of the files about AWS services besides Secrets Manager: which resources of each a project may use."""

from collections.abc import Callable, Iterator
from typing import ClassVar, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from rolecall.config import scalars
from rolecall.config.parts import Part
from rolecall.config.scalars import KmsKey
from rolecall.model import services
from rolecall.model.finding import Location
from rolecall.model.invalid import InvalidValueError
from rolecall.model.services import Documented, ServiceAccess

# As many as a policy could ever hold; a list that is longer was never meant.
MAX_NAMES = 1000


class ServicePart(Part):
    """What the parts have in common: each is checked as the model checks it, while the file is read."""

    of: ClassVar[type[ServiceAccess]]

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        self.access_of(services.NOTHING_DOCUMENTED, None)
        return self

    def access_of(self, documented: Documented, locate: Callable[[], Location] | None) -> ServiceAccess:
        """The access as the model knows it, with what the vendor has documented."""
        written = {key: getattr(self, key) for key in type(self).model_fields}
        return self.of(**written, documented=documented, locate=locate)


class PlacedPart(ServicePart):
    """A service whose resources are somewhere."""

    region: scalars.Region | None = Field(None, description="Where the resources are. Default: the project's region")
    shared: bool = Field(False, description="Several projects use them on purpose; silences RC203. Default: false")
    account_wide: bool = Field(
        True,
        description="Whether the role may make the calls about the whole account, such as sqs:ListQueues, that the "
        "vendor documents; false leaves them out. Default: true",
    )


class EncryptedPart(PlacedPart):
    """A service whose resources a customer managed key may encrypt."""

    kms_key: KmsKey | None = Field(
        None,
        description="ARN (no alias) of the customer managed key that encrypts them all. Default: none, as the AWS "
        "managed key and the service's own need no grant",
    )


class SqsPart(EncryptedPart):
    """Messages of named queues of SQS."""

    of: ClassVar[type[ServiceAccess]] = services.SqsAccess
    queues: list[scalars.Queue] = Field(
        min_length=1, max_length=MAX_NAMES, description="Names of queues; those of FIFO queues end in .fifo"
    )
    actions: list[Literal["send", "receive"]] = Field(
        ["send", "receive"], min_length=1, description="What to do with messages. Default: send and receive"
    )


class SnsPart(EncryptedPart):
    """Publishing to named topics of SNS."""

    of: ClassVar[type[ServiceAccess]] = services.SnsAccess
    topics: list[scalars.Topic] = Field(
        min_length=1, max_length=MAX_NAMES, description="Names of topics; those of FIFO topics end in .fifo"
    )


class S3Part(EncryptedPart):
    """Objects of named buckets of S3, or those under some prefixes in them."""

    of: ClassVar[type[ServiceAccess]] = services.S3Access
    buckets: list[scalars.Bucket] = Field(
        min_length=1, max_length=MAX_NAMES, description="Names of general purpose buckets of the role's account."
    )
    prefixes: list[scalars.S3Prefix] = Field(
        default_factory=list,
        max_length=MAX_NAMES,
        description="What keys begin with, in each of the buckets; each ends in one of / _ . = + @, or in -, which is "
        "accepted with a warning. Default: whole buckets",
    )
    access: Literal["read", "read-write"] = Field(
        "read", description="read-write adds writing and deleting of objects. Default: read"
    )


class LambdaPart(PlacedPart):
    """Calls of named functions of Lambda."""

    of: ClassVar[type[ServiceAccess]] = services.LambdaAccess
    functions: list[scalars.Function] = Field(
        min_length=1, max_length=MAX_NAMES, description="NAME, NAME:ALIAS or NAME:VERSION; each opens exactly that one."
    )


class SesPart(PlacedPart):
    """Sending of e-mail from named identities of SES."""

    of: ClassVar[type[ServiceAccess]] = services.SesAccess
    identities: list[scalars.Identity] = Field(
        min_length=1, max_length=MAX_NAMES, description="Domains or e-mail addresses that are verified in SES."
    )
    configuration_sets: list[scalars.ConfigurationSet] = Field(
        default_factory=list,
        max_length=MAX_NAMES,
        description="Names of configuration sets that mail is sent with, an identity's default one included. "
        "Default: none",
    )


class LexPart(PlacedPart):
    """Conversations with named bots of Lex."""

    of: ClassVar[type[ServiceAccess]] = services.LexAccess
    bots: list[scalars.Bot] = Field(
        min_length=1,
        max_length=MAX_NAMES,
        description="Lex V2: BOTID/ALIASID as its console shows them, or BOTID for all aliases. Lex V1: NAME:ALIAS, or "
        "NAME for all of them.",
    )


class CloudWatchPart(PlacedPart):
    """Reading of named log groups of CloudWatch Logs."""

    of: ClassVar[type[ServiceAccess]] = services.CloudWatchAccess
    log_groups: list[scalars.LogGroup] = Field(min_length=1, max_length=MAX_NAMES, description="Names of log groups.")


class HttpPart(ServicePart):
    """The vendor's generic HTTP connector: what it may call stands under `statements`."""

    of: ClassVar[type[ServiceAccess]] = services.HttpAccess


class ServicesPart(Part):
    """AWS services besides Secrets Manager, each with the resources that the project may use."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    sqs: SqsPart | None = Field(None, description="Queues of SQS. Default: none")
    sns: SnsPart | None = Field(None, description="Topics of SNS, to publish to. Default: none")
    s3: S3Part | None = Field(None, description="Buckets of S3. Default: none")
    lambda_: LambdaPart | None = Field(None, alias="lambda", description="Functions of Lambda, to call. Default: none")
    ses: SesPart | None = Field(None, description="Identities of SES, to send e-mail from. Default: none")
    lex: LexPart | None = Field(None, description="Bots of Lex, to talk to. Default: none")
    cloudwatch: CloudWatchPart | None = Field(None, description="Log groups of CloudWatch, to read. Default: none")
    http: HttpPart | None = Field(
        None, description="The vendor's generic HTTP connector, which takes its permissions from `statements`."
    )

    @model_validator(mode="before")
    @classmethod
    def _names_one(cls, value: object) -> object:
        """No service at all is said by leaving the key out."""
        if value == {}:
            raise InvalidValueError("services", "{}", "one service at least", "name it, or take it out", rule="RC005")
        return value

    @classmethod
    def none(cls) -> "ServicesPart":
        """What a project has that says nothing of services."""
        return cls.model_construct()

    @field_validator("*", mode="before")
    @classmethod
    def _is_something(cls, value: object) -> object:
        """A key with nothing behind it is no silent nothing."""
        if value is None:
            raise InvalidValueError(
                "service", value, "a mapping; {} for http", "write it, or take it out", rule="RC005"
            )
        return value

    def written(self) -> Iterator[tuple[str, ServicePart]]:
        """The services that are there, by their key."""
        for name, described in type(self).model_fields.items():
            part = getattr(self, name)
            if part is not None:
                yield described.alias or name, part
