"""What the catalog knows about a vendor by its AWS account: for trust policies that somebody else wrote."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rolecall.policy.reading import VendorFact
from rolecall.vendors import catalog

_ANYBODYS = "of-nobody-in-particular"


def by_account() -> dict[str, VendorFact]:
    """A fact for each account of each vendor of the catalog."""
    return {account: fact for entry in catalog.entries().values() for account, fact in _facts(entry)}


def _facts(entry: dict[str, Any]) -> Iterator[tuple[str, VendorFact]]:
    rule = entry["external_id"]
    like = rule.get("string_like", {})
    fact = VendorFact(
        name=entry["name"],
        makes_ids=rule["origin"] != "customer",
        id_forms=tuple(filter(_says_whose, [rule.get("pattern"), *rule.get("older_forms", [])])),
        shared_form=_shared_form(rule),
        like_form=like.get("form"),
        like_reason=like.get("reason", ""),
        self_trust=entry.get("self_trust", False),
    )
    for partition, account in sorted(accounts_of(entry)):
        yield account, replace(fact, partitions=frozenset({partition}))


def accounts_of(entry: dict[str, Any]) -> frozenset[tuple[str, str]]:
    """The AWS accounts that an entry names, each with its partition: the same number elsewhere is somebody else's."""
    return frozenset(
        (principal.split(":", 2)[1] if principal.startswith("arn:") else "aws", re.findall(r"[0-9]{12}", principal)[0])
        for principal in principals_of(entry)
    )


def _says_whose(form: str | None) -> bool:
    """Whether a form tells a vendor's IDs from others: one that any words fit says no more than how long they are."""
    return form is not None and re.fullmatch(form, _ANYBODYS) is None


def _shared_form(rule: dict[str, Any]) -> str | None:
    """What an ID looks like that the vendor sends for several roles of one workspace."""
    if rule["per"] == "workspace":
        return ".*"
    template = rule.get("derived", {}).get("workspace")
    return re.escape(template).replace(r"\{workspace_id\}", "[0-9A-Za-z.:-]+") if template else None


def principals_of(entry: dict[str, Any]) -> Iterator[str]:
    """Every principal that an entry names, of all partitions and data centres, as written; none while pending."""
    for published in (entry["principals"], *entry.get("other_partitions", {}).values()):
        centres = published.values() if isinstance(published, dict) else [published]
        yield from (principal for listed in centres if isinstance(listed, list) for principal in listed)
