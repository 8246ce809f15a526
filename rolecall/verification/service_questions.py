"""From a grant of services to what IAM's policy simulator should say: every action, those that do something too."""

from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.model.grant import Grant
from rolecall.model.services import S3Access
from rolecall.policy.case_blind import as_written
from rolecall.policy.condition import Condition
from rolecall.policy.permissions import Atom
from rolecall.runtime.expectation import ServiceCall
from rolecall.runtime.observation import Observed
from rolecall.runtime.simulation import Context, Question
from rolecall.verification.questions import BOUNDARY, CONTEXT
from rolecall.verification.sample_secrets import NAME
from rolecall.verification.tried_services import MAX_RESOURCES, PermittedCalls

_STREAM = ":log-stream:"


@dataclass(frozen=True)
class _Asked:
    """Actions that were granted on one resource under one condition, with what stands for its wildcards."""

    actions: tuple[str, ...]
    resource: str
    context: Context
    is_conditional: bool

    @property
    def service(self) -> str:
        """The prefix of its actions."""
        return self.actions[0].partition(":")[0]

    @property
    def prefix(self) -> str:
        """Below what is listed."""
        return next((values[0] for key, _, values in self.context if key == S3Access.prefix_key), "")


def service_questions(grant: Grant) -> list[Question]:
    """Everything to be asked of one role about services: inside its grants first, then beside them."""
    permitted = PermittedCalls(grant)
    asked = list(_asked(permitted)) if grant.permissions.services else []
    inside = [_inside(grant, each) for each in asked]
    return [*inside, *(question for each in asked for question in _beside(permitted, each))]


def _asked(permitted: PermittedCalls) -> Iterator[_Asked]:
    """The granted actions by resource and condition, of a few resources of each service."""
    groups: dict[tuple[str, str, Condition], list[str]] = {}
    for atom in permitted.granted:
        if not _is_group_alone(atom):
            service, _, _ = atom.action.partition(":")
            groups.setdefault((service, atom.resource, atom.condition), []).append(as_written(atom.action))
    taken: dict[str, int] = {}
    for (_, resource, condition), actions in groups.items():
        asked = _Asked(tuple(actions), _concrete(resource), _context(condition), bool(condition))
        taken[asked.service] = taken.get(asked.service, 0) + 1
        if taken[asked.service] <= MAX_RESOURCES:
            yield asked


def _is_group_alone(atom: Atom) -> bool:
    """Whether it is a log group without what is in it, which comes besides."""
    return atom.action.startswith("logs:") and atom.resource != "*" and not atom.resource.endswith("*")


def _concrete(resource: str) -> str:
    """One resource that a pattern covers."""
    if ":log-group:" in resource:
        return f"{resource.removesuffix(':*')}{_STREAM}{NAME}"
    return resource if resource == "*" else resource.replace("*", NAME)


def _context(condition: Condition) -> Context:
    """The keys of a condition with what meets it, as a key that is missing leaves the answer open."""
    clauses = ((as_written(key), values[0].rstrip("*")) for _, key, values in condition if values)
    return tuple((key, "string", (value,)) for key, value in clauses)


def _inside(grant: Grant, asked: _Asked) -> Question:
    hangs_on = CONTEXT if asked.is_conditional else BOUNDARY if grant.permissions_boundary else ""
    return Question(
        "service_in_scope",
        asked.actions,
        asked.resource,
        asked.context,
        Observed.ALLOWED,
        _said(asked.resource, asked.prefix),
        hangs_on,
    )


def _beside(permitted: PermittedCalls, asked: _Asked) -> Iterator[Question]:
    """The same actions on what is called alike, without those that the estate allows there."""
    if asked.resource == "*" or asked.service == "kms":
        return
    prefix = f"{asked.prefix[:-1]}-beside/" if asked.prefix else ""
    resource = asked.resource if prefix else _resource_beside(asked.resource)
    context = tuple(
        (key, kind, (prefix,) if key == S3Access.prefix_key else values) for key, kind, values in asked.context
    )
    region = permitted.grant.region
    actions = tuple(
        action for action in asked.actions if not permitted.may(ServiceCall(action, resource, region, prefix))
    )
    if actions:
        hangs_on = CONTEXT if asked.is_conditional else ""
        said = _said(resource, prefix)
        yield Question("service_out_of_scope", actions, resource, context, Observed.DENIED, said, hangs_on)


def _resource_beside(resource: str) -> str:
    """A name that goes on where the granted one ends; of objects, under a prefix that goes on."""
    head, stream, rest = resource.partition(_STREAM)
    if stream:
        return f"{head}-beside{stream}{rest}"
    if ":s3:::" in resource and "/" in resource:
        folder = resource.removesuffix(NAME)
        return f"{folder[:-1]}-beside/{NAME}"
    head, dot, rest = resource.partition(".fifo")
    return f"{head}-beside{dot}{rest}"


def _said(resource: str, prefix: str) -> str:
    """A resource in words: its name and region; below which prefix is listed."""
    if resource == "*":
        return "the whole account"
    _, _, _, region, _, name = resource.split(":", 5)
    where = f" in {region}" if region else ""
    return f"{name.partition(_STREAM)[0]}{f' below {prefix}' if prefix else ''}{where}"
