"""A vendor: whom its roles trust, who makes the external IDs, and what its screens ask for."""

from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, WithJsonSchema

from rolecall.config import scalars
from rolecall.config.external_id_rule import ExternalIdRule
from rolecall.config.hand_off import HandOff
from rolecall.config.parts import Part
from rolecall.config.scalars import Access, Pending, Text
from rolecall.config.vendor_services import VendorServices

ScreenValue = Literal[
    "workspace_id", "project_id", "data_center", "trusted_account", "external_id", "role_arn", "region"
]
"""What a person looks up on the vendor's screens, or enters there."""

_Listed = scalars.Principals
_ByCenter = dict[str, scalars.Principals]


def _published(principal: dict[str, Any]) -> WithJsonSchema:
    listed = {"type": "array", "items": principal, "minItems": 1}
    centers = {"type": "object", "minProperties": 1, "propertyNames": {"minLength": 1}, "additionalProperties": listed}
    return WithJsonSchema({"anyOf": [listed, centers]})


Published = _Listed | _ByCenter
"""Principals as a vendor has published them: a list, or lists by data centre."""

OtherPartition = Literal["aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"]
"""AWS's partitions besides the standard one, whose accounts are others under the same numbers."""


class Actions(Part):
    """IAM actions of a vendor's two kinds of access, on the granted secrets."""

    read: list[scalars.ReadingAction] | None = Field(
        None, min_length=1, description="Actions of access read. Default: GetSecretValue and DescribeSecret"
    )
    read_write: list[scalars.VendorAction] | None = Field(
        None,
        min_length=1,
        alias="read-write",
        description="All actions of access read-write. Default: those of read, and CreateSecret, UpdateSecret, "
        "DeleteSecret",
    )


class Vendor(Part):
    """A vendor: a catalog entry or one of the customer's own."""

    name: Text = Field(description="The vendor's name, for people.")
    principals: Annotated[Published, _published(scalars.PRINCIPAL)] | Pending = Field(
        description="Whom roles trust: account ids or ARNs, or lists of them by what `data_center` tells apart (data "
        "centres, sites or products); pending while unknown."
    )
    own_principals: bool = Field(
        False,
        description="Whether nobody of the vendor's calls the roles, but a role or a user of your own, which each "
        "workspace names. Default: false",
    )
    other_partitions: dict[OtherPartition, Annotated[Published, _published(scalars.PRINCIPAL_ELSEWHERE)]] = Field(
        default_factory=dict,
        description="Whom roles in other partitions than aws trust, such as aws-us-gov: whole ARNs of that partition, "
        "or lists of them by data centre. Default: nobody is known there",
    )
    external_id: ExternalIdRule = Field(description="Who makes the external IDs, and what one belongs to.")
    access: Access = Field("read", description="Access of projects that do not say. Default: read")
    actions: Actions = Field(Actions(), description="IAM actions of the two kinds of access.")
    services: VendorServices = Field(
        default_factory=dict, description="What the vendor documents that its connectors to AWS services need."
    )
    session: scalars.Session | None = Field(
        None, description="Session that the vendor asks for: a whole number with h or m, 1h to 12h. Default: 1h"
    )
    self_trust: bool = Field(
        False,
        description="Whether the vendor asks that each role trusts itself too, and may assume itself. Default: false",
    )
    one_region: bool = Field(
        False, description="Whether a workspace at the vendor works with the secrets of a single region. Default: false"
    )
    names_secrets: bool = Field(
        False, description="Whether the vendor makes secrets under names of its own, so that it needs a prefix."
    )
    json_secrets: bool = Field(
        False, description="Whether the vendor reads values out of JSON objects only, and no plain text. Default: false"
    )
    permission_profile: Literal["read-one-secret", "read", "read-write-prefix", "no-secrets"] | None = Field(
        None,
        description="What the vendor does with secrets: reads one, reads several, keeps its own under a prefix, or has "
        "to do with other services only. Default: unknown",
    )
    handshake: Literal["external-id-first", "role-first"] = Field(
        "external-id-first",
        description="What comes first: the external ID, or the role's ARN, without which the vendor shows no ID, so "
        "that a new project begins as pending. Default: external-id-first",
    )
    role_path: scalars.RolePath | None = Field(
        None, description="The one IAM path that the vendor takes roles at. Default: any"
    )
    screens: dict[ScreenValue, Text] = Field(
        default_factory=dict,
        description="Where each value is found or entered on the vendor's screens, as a person would be told.",
    )
    hand_off: HandOff | None = Field(None, description="What to do on the vendor's screens. Default: made of `screens`")
    notes: list[Text] = Field(default_factory=list, description="What else one should know, a sentence each.")
    source: scalars.Page | None = Field(
        None, description="URL of the vendor's own documentation, beginning with https://"
    )
    checked: scalars.Day | None = Field(None, description="Date on which the source was read, such as 2026-11-22")

    _is_told_by_the_estate: bool = PrivateAttr(False)

    @property
    def has_data_centers(self) -> bool:
        """Whether its principals differ by data centre, in any partition."""
        return any(isinstance(published, dict) for published in (self.principals, *self.other_partitions.values()))

    def published_in(self, partition: str) -> Published | Pending | None:
        """Its principals of a partition; None where none are known there.

        What vendors publish are accounts of the standard partition: the same number elsewhere is somebody else's. What
        an estate says itself holds where its roles are, with a page as its source or without.
        """
        for other, published in self.other_partitions.items():
            if other == partition:
                return published
        is_known = partition == "aws" or self._is_told_by_the_estate or not listed(self.principals)
        return self.principals if is_known else None

    def told_by_the_estate(self) -> "Vendor":
        """The same vendor, whose principals the estate names and not the catalog: they hold wherever its roles are."""
        copy = self.model_copy()
        copy._is_told_by_the_estate = True
        return copy


def listed(published: Published | Pending) -> list[str]:
    """Every principal, of all data centres; none while pending."""
    if isinstance(published, dict):
        return [principal for principals in published.values() for principal in principals]
    return published if isinstance(published, list) else []
