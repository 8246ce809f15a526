"""`rolecall check --template`: the roles of anybody's CloudFormation templates."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rolecall.answer import NO, YES, Answer
from rolecall.cloudformation import TemplateFile, read_template
from rolecall.commands.written_findings import unreadable, written
from rolecall.model.finding import has_errors, in_reading_order
from rolecall.policy.reading import VendorFact
from rolecall.rules.template import doors_of_role, judge_templates
from rolecall.vendors import facts


def check_templates(files: Sequence[Path], output: str) -> Answer:
    """Every finding about the roles of some CloudFormation templates.

    Raises:
        CommandError: one of the files cannot be opened.
    """
    templates: list[TemplateFile] = []
    vendors = facts.by_account()
    for path in dict.fromkeys(files):
        try:
            templates.append(read_template(path))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise unreadable(path, reason, "name a template file") from None
    roles = sum(len(template.roles) for template in templates)
    ordered = in_reading_order(judge_templates(templates, vendors))
    text = written(ordered, roles, Path(), output, ())
    if output == "text":
        text += "".join(f"\n{line}" for template in templates for line in _doors(template, vendors))
    return Answer(text, NO if has_errors(ordered) else YES)


def _doors(template: TemplateFile, vendors: Mapping[str, VendorFact]) -> Iterator[str]:
    """A line for each way into each role of the file."""
    for role in template.roles:
        for door in doors_of_role(role, vendors):
            yield f"{role.logical_id or template.name}: {door}"
