"""`rolecall check --template`: the roles of anybody's CloudFormation templates."""

from collections.abc import Sequence
from pathlib import Path

from rolecall.cloudformation import read_template
from rolecall.commands.answer import NO, YES, Answer
from rolecall.commands.written_findings import unreadable, written
from rolecall.model.finding import Finding, has_errors, in_reading_order
from rolecall.rules.template import judge_template
from rolecall.vendors import facts


def check_templates(files: Sequence[Path], output: str) -> Answer:
    """Every finding about the roles of some CloudFormation templates.

    Raises:
        CommandError: one of the files cannot be opened.
    """
    found: list[Finding] = []
    roles = 0
    for path in files:
        try:
            template = read_template(path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise unreadable(path, reason, "name a template file") from None
        roles += len(template.roles)
        found += judge_template(template, facts.by_account())
    ordered = in_reading_order(found)
    return Answer(written(ordered, roles, Path(), output, ()), NO if has_errors(ordered) else YES)
