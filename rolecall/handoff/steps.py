"""The steps on the vendor's screens: the catalog's own, or general ones made of what it knows about the screens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rolecall.config.hand_off import HandOff, Step
from rolecall.handoff.general_steps import first_of_all, general_checks, general_steps
from rolecall.handoff.line import Facts, Line, value, words
from rolecall.handoff.subject import Subject, facts, unsettled

_FOR_OWNER = "copy what is shown, whole, for the owner"
# Steps of the catalog say to compare, which goes for a value that is known.
_NOTHING_YET = "nothing to compare with yet: "


@dataclass(frozen=True)
class Field:
    """A field on the vendor's screen.

    Args:
        label: as it stands there.
        value: what it holds.
        asks: what the value is to what is shown; empty where the value says it itself.
    """

    label: Line
    value: Line
    asks: str = ""


@dataclass(frozen=True)
class SheetStep:
    """One step.

    Args:
        at: the screen; None for the one of the step before.
        compare: what the screen shows and has to be.
        enter: what goes into which field.
        warning: what the step may break.
        stop: why nobody goes on after it; None where one does.
    """

    at: Line | None
    do: Line
    compare: tuple[Field, ...] = ()
    enter: tuple[Field, ...] = ()
    warning: Line | None = None
    stop: Line | None = None


@dataclass(frozen=True)
class Guide:
    """All that is done on the vendor's screens for one role.

    Args:
        stop: the number of the step that shows all that the owner still needs, from 1; None where there is none.
    """

    first: tuple[Line, ...]
    steps: tuple[SheetStep, ...]
    check: tuple[Line, ...]
    trouble: tuple[tuple[Line, Line], ...]
    last: tuple[Line, ...]
    stop: int | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field of every step."""
        return tuple(field for step in self.steps for field in (*step.compare, *step.enter))


def guide(subject: Subject) -> Guide:
    """What is done for a role; without steps in the catalog it is made of the screens that are known."""
    known, made = subject.vendor.hand_off or HandOff.model_validate({}), facts(subject)
    has_own = bool(known.steps)
    written = [step for step in known.steps if _applies(step, subject)] if has_own else list(general_steps(subject))
    steps, stop = [_step(step, subject, made) for step in written], _stop(written, subject)
    if stop is not None:
        rest = "Stop here, and go on with the sheet that the owner makes anew."
        steps[stop - 1] = replace(steps[stop - 1], stop=words(rest))
    return Guide(
        tuple(map(made.filled, [*([] if has_own else first_of_all(subject)), *known.first])),
        tuple(steps),
        tuple(map(made.filled, (known.check or general_checks(subject)) if steps else ())),
        tuple((made.filled(said), made.filled(cure)) for said, cure in known.trouble.items()),
        tuple(map(made.filled, known.last)),
        stop,
    )


def _applies(step: Step, subject: Subject) -> bool:
    scopes = [step.external_id_scope] if isinstance(step.external_id_scope, str) else step.external_id_scope
    return (
        step.secrets_scope in (None, subject.party.within.workspace.secrets_scope)
        and (scopes is None or subject.party.scope in scopes)
        and step.shares_its_id in (None, subject.shares_its_id)
        and (step.grants is None or step.grants in subject.grants)
    )


def _stop(steps: Sequence[Step], subject: Subject) -> int | None:
    """The first step by which the screens have shown whatever of the unknown they show at all."""
    wanted = [f"{{{name}}}" for name in unsettled(subject)]
    shown = [{name for name in wanted for text in step.compare.values() if name in text} for step in steps]
    left = set().union(*shown)
    for number, names in enumerate(shown, 1):
        if left and not (left := left - names):
            return number
    return None


def _step(step: Step, subject: Subject, made: Facts) -> SheetStep:
    return SheetStep(
        made.filled(step.at) if step.at else None,
        made.filled(step.do),
        tuple(_compared(label, text, subject, made) for label, text in step.compare.items()),
        tuple(_entered(step.enter, made)),
        made.filled(step.warning) if step.warning else None,
    )


def _entered(written: Mapping[str, str], made: Facts) -> Iterator[Field]:
    yield from (Field(words(label), made.filled(text)) for label, text in written.items())


def _compared(label: str, text: str, subject: Subject, made: Facts) -> Field:
    """What is shown beside what it has to be; what nobody knows yet is copied, of a pattern the beginning compared."""
    if text in [f"{{{name}}}" for name in unsettled(subject)]:
        has_own = bool(subject.vendor.hand_off and subject.vendor.hand_off.steps)
        return Field(words(label), words(f"{_NOTHING_YET if has_own else ''}{_FOR_OWNER}"))
    if text == "{external_id}" and subject.id_pattern:
        beginning, _, rest = subject.id_pattern.partition("*")
        fit: Line = (*words(" and to fit "), *value(subject.id_pattern)) if rest else ()
        tail = words(", where a star is any text" if rest else ", and goes on as the vendor has it")
        return Field(words(label), (*value(beginning), *fit, *tail), "has to begin with")
    several = "{principal}" in text or "{trusted_account}" in text
    is_one_of = several and len(made.known["principal" if "{principal}" in text else "trusted_account"]) > 1
    return Field(words(label), made.filled(text), "has to be one of" if is_one_of else "has to be")
