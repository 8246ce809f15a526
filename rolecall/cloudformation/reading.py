"""Reading a file: a template with its roles and secrets, or one of the other kinds."""

from pathlib import Path

from rolecall.cloudformation.attached import policy_resources
from rolecall.cloudformation.budget import Budget, WorkLimitError
from rolecall.cloudformation.documents import as_name
from rolecall.cloudformation.evaluation import Evaluation, as_text
from rolecall.cloudformation.functions import evaluation_of
from rolecall.cloudformation.inner import body_of, inner_templates
from rolecall.cloudformation.loops import Loops, has_loop
from rolecall.cloudformation.other_documents import other_roles
from rolecall.cloudformation.part import LOOP, MAX_PARTS, Part, UnreadableTextError, mapping, printable
from rolecall.cloudformation.role import Place, TemplateFile, TemplateRole, TemplateSecret
from rolecall.cloudformation.roles import FILE_STEPS, RoleReader
from rolecall.cloudformation.source import read_source
from rolecall.cloudformation.template import Template
from rolecall.cloudformation.world import World
from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import four_parts

_SECRET = "AWS::SecretsManager::Secret"  # noqa: S105  a type of resource
_SECRET_STEPS = 1_000_000


def read_template(path: Path) -> TemplateFile:
    """The roles and secrets of a template that anybody may have written; what is wrong with it becomes findings.

    A policy document that stands alone and IAM's own answers about roles are read too.

    Raises:
        OSError: the file cannot be opened.
    """
    name = str(path)
    root, findings = read_source(path)
    if root is None:
        return TemplateFile(name, tuple(findings))
    root = (body_of(root.entries()["TemplateBody"]) or root) if "TemplateBody" in root.entries() else root
    if not isinstance(root.nearest(("Resources",)).value, dict) or "Resources" not in root.entries():
        roles = other_roles(name, root)
        if roles is None:
            findings.append(_no_template(name, root))
        return TemplateFile(name, tuple(findings), tuple(roles or ()))
    template, inner, left = _read(name, root, "", findings)
    for each in inner_templates(template):
        if each.root is None:
            findings.append(_not_read(Place(name, each.logical_id, each.resource).location(())))
        else:
            _, roles_within, left = _read(name, each.root, f"{each.logical_id}/", findings, left)
            inner += roles_within
    return TemplateFile(name, tuple(findings), tuple(inner), tuple(_secrets(name, template)))


def _read(
    name: str, root: Part, within: str, findings: list[Finding], left: int = FILE_STEPS
) -> tuple[Template, list[TemplateRole], int]:
    """A template, its roles and the work that is left; what is wrong with it is added to the findings."""
    template = Template(root)
    try:
        _write_out_loops(template)
    except (WorkLimitError, UnreadableTextError, RecursionError):
        findings.append(_too_much(name))
    policies = policy_resources(name, template.resources, within)
    reader = RoleReader(name, template, policies, within, left)
    found = list(reader.roles())
    findings += dict.fromkeys(reader.findings)
    return template, found, reader.left


def _not_read(location: Location) -> Finding:
    allowed = "a text that is a template whatever is filled in"
    message = four_parts("roles of an inner template were not read", "TemplateBody", allowed, "check it by itself")
    return Finding("RC001", Severity.WARNING, location, message)


def _no_template(name: str, root: Part) -> Finding:
    keys = ", ".join(root.entries()) or ("a list" if root.items() else "a text" if root.text() else "nothing")
    message = four_parts(
        "not a CloudFormation template",
        keys,
        "a mapping with Resources, a policy document, or what `aws iam get-role` prints",
        "name a template",
    )
    return Finding("RC001", Severity.ERROR, Location(name, root.line, root.column), message)


def _too_much(name: str) -> Finding:
    allowed = f"loops that make at most {MAX_PARTS} values"
    message = four_parts("template cannot be read whole", LOOP, allowed, "make fewer rounds, or split the template")
    return Finding("RC001", Severity.ERROR, Location(name), message)


def _write_out_loops(template: Template) -> None:
    """Replace the loops of resources and conditions; a collection is read with the defaults of the parameters."""
    if not any(has_loop(mapping(entries, 1, 1)) for entries in (template.resources, template.conditions)):
        return
    evaluation = evaluation_of(template, World({}, is_lenient=True), Budget(MAX_PARTS))

    def collection(part: Part) -> list[str]:
        value = evaluation.value(part)
        return [as_text(item) for item in value] if isinstance(value, list) else [as_text(value)]

    loops = Loops(collection, evaluation.budget)
    template.conditions = loops.written_out(template.conditions)
    template.resources = loops.written_out(template.resources)


def _secrets(name: str, template: Template) -> list[TemplateSecret]:
    """The secrets that the template makes, with the parameters' defaults."""
    secrets = []
    evaluation = evaluation_of(template, World({}, is_lenient=True), Budget(_SECRET_STEPS))
    for logical_id, part in template.resources.items():
        entries = part.entries()
        if "Type" in entries and entries["Type"].text() == _SECRET:
            properties = entries["Properties"].entries() if "Properties" in entries else {}
            location = Place(name, logical_id, part).location(())
            secret_name, kms_key = (_property(evaluation, properties, key) for key in ("Name", "KmsKeyId"))
            secrets.append(TemplateSecret(printable(logical_id), secret_name, kms_key, location))
    return secrets


def _property(evaluation: Evaluation, properties: dict[str, Part], name: str) -> str | None:
    try:
        return as_name(evaluation.value(properties[name])) if name in properties else None
    except (WorkLimitError, RecursionError):
        return None
