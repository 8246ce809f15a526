"""RC005 for a vendor's page that was read tomorrow: whoever looks how old a fact is would believe it for too long."""

from collections.abc import Iterator, Sequence
from datetime import date

from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import four_parts


def days_ahead(read_on: Sequence[tuple[date, Location]], today: date) -> Iterator[Finding]:
    """Once for each day that has not come yet."""
    for day, place in read_on:
        if day > today:
            allowed = f"the day on which the page was read, {today} or before"
            message = four_parts("checked is a day to come", str(day), allowed, "correct it")
            yield Finding("RC005", Severity.ERROR, place, message)
