"""The estate that is fit to be built: loaded, judged, and narrowed to what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rolecall.config.load import Loaded, load, nothing_collected
from rolecall.model.finding import Finding, Severity, has_errors, in_reading_order
from rolecall.model.grant import Estate, Grant
from rolecall.model.headroom import Headroom
from rolecall.model.near import did_you_mean, some_of
from rolecall.model.numbers import number_of
from rolecall.model.pipeline import Pipeline
from rolecall.rules import Examined, examine
from rolecall.rules.vendor_pages import days_ahead
from rolecall.rules.waivers import weigh


class EstateRefusedError(Exception):
    """The estate has errors; the message lists all of them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        lines = [f"{f.location}: {f.rule} {f.message}" for f in findings]
        stop = "stops" if len(lines) == 1 else "stop"
        super().__init__("\n".join([f"the estate has {number_of(len(lines), 'finding')} that {stop} it:", *lines]))


class UnknownSelectorError(Exception):
    """A selector that matches nothing; the message says what there is."""


@dataclass(frozen=True)
class Judged:
    """An estate with everything that was found about it."""

    estate: Estate | None
    findings: tuple[Finding, ...]
    waived: tuple[tuple[Finding, str], ...] = ()
    """Findings that the estate lets stand, each with who does so and why."""
    headroom: tuple[Headroom, ...] = ()
    """The room left in each account."""


def judged(folder: Path, today: date | None = None) -> Judged:
    """Load an estate and apply every rule.

    Args:
        folder: the estate's.
        today: on which waivers have to be in force, and no page can have been read later. Default: the day that it is.

    Raises:
        UnreadableEstateError: the folder has no estate.yaml.
    """
    with nothing_collected():
        return _judged(load(folder), today or date.today())


def _judged(loaded: Loaded, today: date) -> Judged:
    examined = examine(loaded.estate, loaded.never_allow) if loaded.estate else Examined([], [])
    ahead = days_ahead(loaded.read_on, today)
    found = weigh([*loaded.findings, *examined.findings, *ahead], loaded.waivers, today)
    findings = tuple(in_reading_order(found.findings))
    return Judged(loaded.estate, findings, found.waived, tuple(examined.headroom))


def selected(grants: Sequence[Grant], selectors: Sequence[str]) -> tuple[Grant, ...]:
    """The grants that selectors name: WORKSPACE, or WORKSPACE/PROJECT; no selector means all.

    Raises:
        UnknownSelectorError: one of them matches nothing.
    """
    for selector in selectors:
        if not any(_matches(grant, selector) for grant in grants):
            known = sorted({grant.workspace for grant in grants} | {grant.address for grant in grants})
            tip = did_you_mean(selector, known, f"there is: {some_of(known)}")
            raise UnknownSelectorError(f"selector {selector!r} matches no role of the estate; {tip}")
    return tuple(g for g in grants if not selectors or any(_matches(g, selector) for selector in selectors))


def in_whole_stacks(grants: Sequence[Grant], chosen: Sequence[Grant]) -> tuple[Grant, ...]:
    """The chosen grants and all that share a stack with one: a selector never leaves a project out of a template."""
    stacks = {(grant.stack, grant.account, grant.region) for grant in chosen}
    return tuple(grant for grant in grants if (grant.stack, grant.account, grant.region) in stacks)


def _matches(grant: Grant, selector: str) -> bool:
    return selector in (grant.workspace, grant.address)


def compiled(folder: Path, selectors: Sequence[str] = ()) -> tuple[Grant, ...]:
    """The grants to build, in whole stacks.

    Raises:
        UnreadableEstateError: the folder has no estate.yaml.
        EstateRefusedError: the estate has errors.
        UnknownSelectorError: a selector matches nothing.
    """
    grants = sound(folder).grants
    return in_whole_stacks(grants, selected(grants, selectors))


def with_pipeline(folder: Path) -> tuple[Estate, Pipeline]:
    """The estate and its pipeline.

    Raises:
        UnreadableEstateError: the folder has no estate.yaml.
        EstateRefusedError: the estate has errors.
        UnknownSelectorError: the estate names no pipeline, or there is nothing that it could deploy.
    """
    estate = sound(folder)
    if estate.pipeline is None:
        raise UnknownSelectorError("estate.yaml names no `pipeline`; docs/deployer.md says what it takes")
    if not estate.grants:
        raise UnknownSelectorError("the estate has no roles that a pipeline could deploy; add a workspace first")
    return estate, estate.pipeline


def sound(folder: Path) -> Estate:
    """The estate, if nothing is wrong with it.

    Raises:
        UnreadableEstateError: the folder has no estate.yaml.
        EstateRefusedError: the estate has errors.
    """
    found = judged(folder)
    if found.estate is None or has_errors(found.findings):
        raise EstateRefusedError([f for f in found.findings if f.severity is Severity.ERROR])
    return found.estate
