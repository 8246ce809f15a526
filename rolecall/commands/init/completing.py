"""From wishes to whole wishes: what is missing is asked for, or what can honestly stand for it is taken."""

import difflib
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from rolecall.answer import USAGE, CommandError, Say
from rolecall.commands.init import questions
from rolecall.commands.init.need import Need
from rolecall.commands.init.needs import needs
from rolecall.commands.init.situation import Situation
from rolecall.commands.init.wishes import FLAGS, OF_PIPELINE, Wishes, check
from rolecall.model.invalid import InvalidValueError

Ask = Callable[[str, str], str]
"""Shows a prompt and takes a line, or what holds where the line is empty."""

# A first look needs no account, no vendor and nothing to be decided. Whoever names a workspace or project of his own
# gets no id that is somebody else's.
EXAMPLES = {
    "name": "acme",
    "account": "111111111111",
    "region": "eu-central-1",
    "vendor": "workato",
    "workspace": "acme-prod",
    "workspace_id": "12345",
    "project": "billing",
    "project_id": "678",
}
_IDS = ("workspace_id", "project_id")
_OWN = ("workspace", "project", *_IDS)


def completed(
    situation: Situation,
    wishes: Wishes,
    ask: Ask | None,
    say: Say,
    only: Collection[str] | None = None,
) -> Wishes:
    """The wishes with everything that is needed.

    Args:
        situation: what there is already.
        wishes: what has been said.
        ask: asks the user; None where nobody is asked.
        say: tells what a question is about, and which values were taken.
        only: what is asked about for now. Default: everything

    Raises:
        CommandError: a value is wrong, or missing with nobody to ask.
        EOFError: nobody answers.
    """
    said, situation = wishes, replace(situation, is_asked=ask is not None)
    while need := _next(situation, wishes, only):
        value = _asked(need, ask, say) if ask else _assumed(need, situation, said)
        if need.only and not ask:
            other = f"for another one give {FLAGS[need.name]} and {FLAGS['trusted']}"
            say(f"data centre {value}: {need.only}; {other}")
        answered: dict[str, Any] = {need.name: value}
        wishes = replace(wishes, **answered)
    if only is None:
        _refuse_unused(situation, wishes)
    return wishes


def _refuse_unused(situation: Situation, wishes: Wishes) -> None:
    """Refuse what was said and would have no effect, or a wrong one."""
    vendor = situation.vendor(wishes)
    if vendor is None:
        return
    if wishes.external_id and vendor.external_id.origin == "derived":
        tip = "leave it out: `rolecall list` shows the ID that the rule gives"
        raise CommandError(f"--external-id: {vendor.name} makes its external IDs by a rule", tip, USAGE)
    if situation.kind != "project" and wishes.data_center and not vendor.has_data_centers:
        raise CommandError(f"--data-center: {vendor.name} has no data centres to choose from", "leave it out", USAGE)
    if situation.kind == "project":
        for name in ("vendor", "workspace_id", "data_center", "trusted"):
            if getattr(wishes, name) is not None:
                raise CommandError(
                    f"{FLAGS[name]} belongs to a workspace", "leave it out: the workspace says it", USAGE
                )
    if situation.kind != "estate":
        for name in ("name", "owner"):
            if getattr(wishes, name) is not None:
                raise CommandError(f"{FLAGS[name]} belongs to a new estate", "leave it out: estate.yaml says it", USAGE)


def refuse_wrong(wishes: Wishes) -> None:
    """Refuse flags that can never be right, before anything is asked.

    Raises:
        CommandError: names the flag.
    """
    for name, value in wishes.given().items():
        try:
            check(name, value, FLAGS[name])
        except InvalidValueError as error:
            raise CommandError(str(error), exit_code=USAGE) from None


def refuse_misplaced(wishes: Wishes, *, is_pipeline: bool) -> None:
    """Refuse flags of a pipeline for anything else, and other flags for a pipeline.

    Raises:
        CommandError: names the flag.
    """
    for name in wishes.given():
        if is_pipeline and name not in OF_PIPELINE:
            raise CommandError(f"{FLAGS[name]} is no part of a pipeline", "leave it out", USAGE)
        if not is_pipeline and name in OF_PIPELINE:
            raise CommandError(f"{FLAGS[name]} belongs to --add pipeline", "leave it out", USAGE)


def _next(situation: Situation, wishes: Wishes, only: Collection[str] | None) -> Need | None:
    given = wishes.given()
    for need in needs(situation, wishes):
        if only is not None and need.name not in only:
            continue
        if need.name not in given:
            return need
        _refuse(need, given[need.name])
    return None


def _refuse(need: Need, value: str) -> None:
    try:
        need.refuse(value, FLAGS[need.name])
    except InvalidValueError as error:
        where = f"where: {need.where}" if need.where else ""
        if need.name == "data_center":
            where = "another one takes --trusted-account too: the account that the vendor's console shows"
        if need.name == "vendor":
            names = [choice.value for choice in need.choices]
            near = difflib.get_close_matches(value, names, 1)
            tip = f"did you mean {near[0]!r}? " if near else ""
            raise CommandError(
                f"vendor {value!r} is not in the catalog", f"{tip}one of {', '.join(names)}", USAGE
            ) from None
        raise CommandError(str(error), where, USAGE) from None


def _asked(need: Need, ask: Ask, say: Say) -> str:
    for line in ["", *questions.lines(need)]:
        say(line)
    while True:
        answer = ask(need.name, need.default or "").strip()
        # An id of the vendor's may be a small number too.
        if answer.isdecimal() and need.choices and 1 <= int(answer[:9]) <= len(need.choices) and len(answer) < 4:
            answer = need.choices[int(answer) - 1].value
        try:
            need.refuse(answer, need.name)
        except InvalidValueError as error:
            say(f"  {error}")
            continue
        return answer


def _assumed(need: Need, situation: Situation, said: Wishes) -> str:
    """What holds where nobody is asked."""
    value = need.default
    if situation.kind == "estate" and need.name in EXAMPLES:
        is_own = need.name in _IDS and any(getattr(said, name) is not None for name in _OWN)
        value = value if is_own else value or EXAMPLES[need.name]
    if value is None and need.optional:
        return ""
    if value is None:
        question = questions.question_of(need)
        what = question.asks + (f" ({question.hint})" if question.hint else "")
        where = f"; where: {need.where}" if need.where else ""
        choices = f", one of {', '.join(choice.value for choice in need.choices)}" if need.choices else ""
        # AWS stays AWS.
        begun = what if what[1].isupper() else f"{what[0].lower()}{what[1:]}"
        sentence = f"{FLAGS[need.name]} is missing: {begun}{choices}{where}"
        raise CommandError(sentence, f"{FLAGS[need.name]} VALUE, or without --no-input at a terminal", USAGE)
    return value
