"""`rolecall check --template`: the roles of anybody's CloudFormation templates."""

from collections.abc import Sequence
from pathlib import Path

from rolecall.cloudformation import read_template
from rolecall.commands.answer import NO, YES, Answer
from rolecall.commands.written_findings import unreadable, written
from rolecall.model.finding import has_errors, in_reading_order
from rolecall.rules.template import judge_templates
from rolecall.vendors import facts


def check_templates(files: Sequence[Path], output: str) -> Answer:
    """Every finding about the roles of some CloudFormation templates.

    Raises:
        CommandError: one of the files cannot be opened.
    """
    templates = []
    for path in dict.fromkeys(files):
        try:
            templates.append(read_template(path))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise unreadable(path, reason, "name a template file") from None
    roles = sum(len(template.roles) for template in templates)
    ordered = in_reading_order(judge_templates(templates, facts.by_account()))
    return Answer(written(ordered, roles, Path(), output, ()), NO if has_errors(ordered) else YES)
