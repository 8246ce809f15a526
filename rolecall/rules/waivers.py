"""Waivers, and RC401 to RC403 about them: expired, idle, and of rules that nobody can waive."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.model.waiver import Waiver
from rolecall.rules.reference import rules


@dataclass(frozen=True)
class Weighed:
    """Findings that stand, those about waivers included, and findings that are waived, each with the justification."""

    findings: tuple[Finding, ...]
    waived: tuple[tuple[Finding, str], ...] = ()


def weigh(findings: Sequence[Finding], waivers: Sequence[Waiver], today: date) -> Weighed:
    """Take out what is waived today."""
    if not waivers:
        return Weighed(tuple(findings))
    in_force = {(each.rule, each.at): each for each in reversed(waivers) if _can_be(each) and each.until >= today}
    waived = {finding: found for finding in findings if (found := _waiver_of(finding, in_force))}
    standing = [finding for finding in findings if finding not in waived]
    places = {(finding.rule, at) for finding in findings for at in _places(finding)}
    about = [finding for waiver in waivers for finding in _about(waiver, places, today)]
    return Weighed((*standing, *about), tuple((f, waiver.justification) for f, waiver in waived.items()))


def _waiver_of(finding: Finding, in_force: Mapping[tuple[str, str], Waiver]) -> Waiver | None:
    return next((in_force[finding.rule, at] for at in _places(finding) if (finding.rule, at) in in_force), None)


def _places(finding: Finding) -> tuple[str, ...]:
    """How a waiver can name where a finding is: by its role, or by the role's workspace."""
    return (finding.address, finding.address.partition("/")[0]) if finding.address else ()


def _can_be(waiver: Waiver) -> bool:
    rule = rules().get(waiver.rule)
    return rule is not None and rule.waivable


def _about(waiver: Waiver, places: Collection[tuple[str, str]], today: date) -> Iterator[Finding]:
    if not _can_be(waiver):
        known = ", ".join(rule.id for rule in rules().values() if rule.waivable)
        what = "waiver of a rule that cannot be waived"
        message = four_parts(what, waiver.rule, known, "mend what the rule names, or correct the rule's id")
        yield Finding("RC403", Severity.ERROR, waiver.location, message)
    elif waiver.until < today:
        what = f"waiver of {waiver.rule} for {waiver.at} has expired"
        change = f"mend what it waived, or have {waiver.owner} renew it"
        message = four_parts(what, str(waiver.until), f"{today} or later", change)
        yield Finding("RC401", Severity.ERROR, waiver.location, message)
    elif (waiver.rule, waiver.at) not in places:
        what = f"waiver of {waiver.rule} for {waiver.at} waives nothing"
        message = four_parts(what, waiver.at, "a role of which the rule speaks", "take it out")
        yield Finding("RC402", Severity.WARNING, waiver.location, message)
