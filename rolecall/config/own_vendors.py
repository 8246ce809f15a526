"""Vendors of the estate's own, and its changes to the catalog's: what only the file as a whole can be asked about."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rolecall.config.reader import PathInFile, SourceFile
from rolecall.config.vendor import Published, Vendor
from rolecall.model import identifiers
from rolecall.model.finding import Location
from rolecall.model.invalid import InvalidValueError, four_parts

_WHERE = "account ids or ARNs, or `pending` while nobody knows them"


def report_principals(vendor: Vendor, source: SourceFile, path: PathInFile) -> bool:
    """Note each principal of a vendor that is none, where it stands and whether or not a workspace uses it.

    Args:
        vendor: as the estate has it; what stands in the catalog is not looked at again.
        source: estate.yaml.
        path: of the vendor in it.

    Returns:
        Whether all of them are right.
    """
    before = len(source.findings)
    written: list[tuple[PathInFile, Published | str]] = [(("principals",), vendor.principals)]
    written += [(("other_partitions", name), published) for name, published in vendor.other_partitions.items()]
    for key, published in written:
        if source.holds((*path, *key)) and not isinstance(published, str):
            _report_published(published, source, (*path, *key), key[1:])
    return len(source.findings) == before


def without_patterns(written: dict[str, Any], source: SourceFile, path: PathInFile) -> dict[str, Any]:
    """What an estate writes about a vendor, itself unless it gives a reason for patterns of its own, which is noted.

    Nobody but a reviewer of the catalog can tell the part of a pattern that is one customer's from what the vendor puts
    at the beginning of everybody's IDs.
    """
    rule = written.get("external_id")
    if not isinstance(rule, dict) or "string_like" not in rule:
        return written
    what = "string_like in an estate opens roles to every external ID of a form"
    allowed = "StringEquals with the whole ID; only vendors of Rolecall's own catalog have patterns, each one reviewed"
    change = "take it out, and write the whole ID in each project"
    source.error("RC104", (*path, "external_id", "string_like"), four_parts(what, "string_like", allowed, change))
    return written | {"external_id": {key: value for key, value in rule.items() if key != "string_like"}}


def _report_published(published: Published, source: SourceFile, path: PathInFile, partition: PathInFile) -> None:
    by_center = published if isinstance(published, dict) else {"": published}
    if not by_center:
        message = four_parts("principals by data centre", "none", _WHERE, "name the vendor's, by data centre")
        source.error("RC106", path, message)
    for center, listed in by_center.items():
        place = (*path, center) if isinstance(published, dict) else path
        if not listed:
            what = f"principals of {center}" if center else "principals"
            source.error("RC106", place, four_parts(what, "none", _WHERE, "name the vendor's"))
        for index, value in enumerate(listed):
            try:
                _refuse_wrong(value, partition)
            except InvalidValueError as error:
                source.error(error.rule, (*place, index), str(error))


def _refuse_wrong(value: str, other: PathInFile) -> None:
    """Refuse what is no principal, and in another partition what is none of it: account numbers are somebody else's."""
    arn = identifiers.principal(value, "aws")
    begins = f"arn:{other[0]}:" if other else "arn:"
    if not arn.startswith(begins):
        allowed, change = f"whole ARNs that begin with {begins}", "copy the ARN from the vendor"
        raise InvalidValueError("principal of another partition", value, allowed, change, rule="RC106")


def read_on(vendors: Mapping[str, Vendor], source: SourceFile) -> Iterator[tuple[date, Location]]:
    """Each day on which a page about a vendor is said to have been read, with its place in estate.yaml."""
    # Those that estate.yaml says nothing about are not even read from the catalog.
    for name in filter(lambda each: source.holds(("vendors", each)), vendors):
        vendor = vendors[name]
        days: list[tuple[PathInFile, date | None]] = [((), vendor.checked)]
        days += [(("services", service), entry.checked) for service, entry in vendor.services.items()]
        for inside, day in days:
            path = ("vendors", name, *inside, "checked")
            if day is not None and source.holds(path):
                yield day, source.location(path)
