"""Whether a condition holds in a world."""

from rolecall.cloudformation.evaluation import Evaluation, as_text
from rolecall.cloudformation.part import Part
from rolecall.cloudformation.unknown import holds_unknown, is_unknown, may_be_equal, name_of

# Conditions that refer to conditions; a chain that is longer is read as one that nobody knows.
MAX_CHAIN = 30

_WORDS = ("true", "false")


def holds_named(evaluation: Evaluation, name: str) -> bool:
    """Whether the condition of this name holds."""
    known, opened = evaluation.known_conditions, evaluation.open_conditions
    if name in known:
        return known[name]
    part = evaluation.template.conditions.get(name)
    if part is None or name in opened or len(opened) > MAX_CHAIN:
        return _either(evaluation, name)
    opened.append(name)
    known[name] = found = holds(evaluation, part, name)
    opened.pop()
    return found


def holds(evaluation: Evaluation, part: Part, label: str = "") -> bool:
    """Whether what stands here holds; what nobody can tell holds in one world and not in another."""
    evaluation.budget.spend()
    if (text := part.text()) is not None:
        return text.lower() == "true" if text.lower() in _WORDS else holds_named(evaluation, text)
    function, argument = next(iter(part.entries().items()), ("", part))
    found = _applied(evaluation, function, argument) if len(part.entries()) == 1 else None
    return _either(evaluation, label or f"condition in line {part.line}") if found is None else found


def _applied(evaluation: Evaluation, function: str, argument: Part) -> bool | None:
    """What the functions of conditions give; None where it makes no sense."""
    items, found = argument.items(), None
    if function == "Condition" and (name := argument.text()) is not None:
        found = holds_named(evaluation, name)
    elif function == "Fn::Equals" and len(items) == 2:
        found = _equals(evaluation, *items)
    elif function == "Fn::Not" and len(items) == 1:
        found = not holds(evaluation, items[0])
    elif function == "Fn::And" and items:
        found = all(holds(evaluation, item) for item in items)
    elif function == "Fn::Or" and items:
        found = any(holds(evaluation, item) for item in items)
    return found


def _equals(evaluation: Evaluation, one: Part, other: Part) -> bool:
    left, right = (as_text(evaluation.decided(side)) for side in (one, other))
    if left == right or (left.lower() == right.lower() and left.lower() in _WORDS):
        return True
    for text, against in ((left, right), (right, left)):
        # Every text that a parameter is compared with has been tried by itself: this one is another.
        if is_unknown(text) and not holds_unknown(against) and _is_chosen(evaluation, name_of(text)):
            return False
    return may_be_equal(left, right) and _either(evaluation, f"({left} = {right})")


def _is_chosen(evaluation: Evaluation, name: str) -> bool:
    return name in evaluation.template.parameters or name.startswith("AWS::")


def _either(evaluation: Evaluation, label: str) -> bool:
    return evaluation.world.choose(label, ("true", "false")) == "true"
