"""The steps on the vendor's screens: the catalog's own, or general ones made of what it knows about the screens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rolecall.config.hand_off import HandOff, Step
from rolecall.config.vendor import ScreenValue
from rolecall.handoff.line import Facts, Line, words
from rolecall.handoff.subject import Subject, facts


@dataclass(frozen=True)
class Field:
    """A field on the vendor's screen: its label, and what it holds."""

    label: Line
    value: Line


@dataclass(frozen=True)
class SheetStep:
    """One step.

    Args:
        at: the screen; None for the one of the step before.
        compare: what the screen shows and has to be.
        enter: what goes into which field.
        warning: what the step may break.
    """

    at: Line | None
    do: Line
    compare: tuple[Field, ...] = ()
    enter: tuple[Field, ...] = ()
    warning: Line | None = None


@dataclass(frozen=True)
class Guide:
    """All that is done on the vendor's screens for one role."""

    first: tuple[Line, ...]
    steps: tuple[SheetStep, ...]
    check: tuple[Line, ...]
    trouble: tuple[tuple[Line, Line], ...]
    last: tuple[Line, ...]


def guide(subject: Subject) -> Guide:
    """What is done for a role; without a hand-off in the catalog it is made of the screens that are known."""
    known = subject.vendor.hand_off
    return _from_catalog(known, subject) if known else _in_general(subject)


def _from_catalog(known: HandOff, subject: Subject) -> Guide:
    made = facts(subject)
    return Guide(
        tuple(map(made.filled, known.first)),
        tuple(_step(step, made) for step in known.steps if _applies(step, subject)),
        tuple(map(made.filled, known.check)),
        tuple((made.filled(said), made.filled(cure)) for said, cure in known.trouble.items()),
        tuple(map(made.filled, known.last)),
    )


def _applies(step: Step, subject: Subject) -> bool:
    return (
        step.secrets_scope in (None, subject.party.within.workspace.secrets_scope)
        and step.external_id_scope in (None, subject.party.scope)
        and (step.grants is None or step.grants in subject.grants)
    )


def _step(step: Step, made: Facts) -> SheetStep:
    return SheetStep(
        made.filled(step.at) if step.at else None,
        made.filled(step.do),
        _fields(step.compare, made),
        _fields(step.enter, made),
        made.filled(step.warning) if step.warning else None,
    )


def _fields(written: Mapping[str, str], made: Facts) -> tuple[Field, ...]:
    return tuple(Field(words(label), made.filled(text)) for label, text in written.items())


def _in_general(subject: Subject) -> Guide:
    name = subject.vendor.name
    checks = [
        f"{name} says that it connected. Have it read something that the role may read.",
        "If it is refused, compare every value on its screens with this sheet, letter for letter.",
    ]
    return Guide((), tuple(_general_steps(subject)), tuple(map(words, checks)), (), ())


def _general_steps(subject: Subject) -> Iterator[SheetStep]:
    """What the vendor shows is compared before anything is entered; with role-first the ID is shown only afterwards."""
    name, is_own_id = subject.vendor.name, subject.vendor.external_id.origin == "customer"
    yield SheetStep(
        words(f"{name}, where an AWS role is set up"),
        words("Choose a role that is assumed (cross-account role, role ARN), not access keys."),
    )
    shows_id_late = subject.vendor.handshake == "role-first"
    account = _one("trusted_account", "AWS account", "{trusted_account}", subject, "Compare what the screen shows.")
    enter_id = _one("external_id", "External ID", "{external_id}", subject, "Enter the external ID.", enter=True)
    compare_id = _one("external_id", "External ID", "{external_id}", subject, "Compare the ID that the screen shows.")
    if "trusted_account" in subject.vendor.screens:
        yield account
    if not is_own_id and not shows_id_late:
        yield compare_id
    yield _one("role_arn", "Role ARN", "{role_arn}", subject, "Enter the role's ARN.", enter=True)
    if is_own_id:
        yield enter_id
    if "region" in subject.vendor.screens:
        yield _one("region", "Region", "{region}", subject, "Enter the region.", enter=True)
    if not is_own_id and shows_id_late:
        yield compare_id
    yield SheetStep(None, words("Save, and have the connection tested if the screen offers it."))


def _one(screen: ScreenValue, label: str, text: str, subject: Subject, do: str, *, enter: bool = False) -> SheetStep:
    """A step about one value, at the place that the catalog knows for it."""
    place = subject.vendor.screens.get(screen)
    fields = (Field(words(label), facts(subject).filled(text)),)
    at = words(place) if place else None
    return SheetStep(at, words(do), enter=fields) if enter else SheetStep(at, words(do), compare=fields)
