"""What a role may do, by IAM's policy simulator: its identity policies, its boundary and the organization's SCPs.

Never what its trust does, which the simulator reads and ignores, nor what the policies of secrets and keys do. The
shape of an answer: botocore's model of iam:SimulatePrincipalPolicy, read 2026-11-22.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.observation import DENIED, Observation, Observed, observe
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.trouble import Trouble

# Resources asked about in one call, and pages read of its answer.
RESOURCES_AT_ONCE = 10
MAX_PAGES = 20
PROVES_NOTHING = "nothing was allowed: that simulator refuses roles that it does not find in the same words"
_DOES_NOT_HEED = "the embedded AWS's simulator does not heed"

Context = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Condition keys, each with its type (string, boolean …) and its values."""


@dataclass(frozen=True)
class Question:
    """Some actions on one resource, and what should come of all of them.

    Args:
        kind: secret_in_scope, secret_out_of_scope, service_in_scope, service_out_of_scope, kms_decrypt or region.
        actions: whole names, no patterns.
        resource: one ARN, no pattern.
        context: the condition keys of the call.
        expected: allowed or denied.
        asked: in words, on what.
        hangs_on: what the answer hangs on and only AWS's own simulator heeds, in words; empty for the policies alone.
    """

    kind: str
    actions: tuple[str, ...]
    resource: str
    context: Context
    expected: Observed
    asked: str
    hangs_on: str = ""


_Answers = Mapping[tuple[str, str], Observation]
"""By the action in lower case and the resource."""


def simulate(
    iam: Any,
    role_arn: str,
    questions: Sequence[Question],
    *,
    is_emulated: bool = False,
    denies_on_condition: bool = False,
) -> list[Probe]:
    """One probe for each question.

    Args:
        iam: a boto3 IAM client of the role's account; needs iam:SimulatePrincipalPolicy.
        is_emulated: whether the simulator is that of the embedded AWS, which heeds neither condition keys nor the
            boundary, looks at a call's first resource only, finds roles by their names, and refuses those it does not
            find. It is not asked what it would answer wrongly, and its refusals count beside something allowed only.
        denies_on_condition: whether the live role's own policies hold a Deny with a Condition, which the embedded
            AWS's simulator applies always. Its explicit refusals then say nothing.
    """
    asked = [question for question in questions if not (is_emulated and question.hangs_on)]
    doubts_deny = is_emulated and denies_on_condition
    source = _without_path(role_arn) if is_emulated else role_arn
    seen: dict[Question, list[tuple[str, Observation]]] = {}
    broken: Observation | None = None
    for group in _groups(asked, 1 if is_emulated else RESOURCES_AT_ONCE):
        answers, otherwise = _asked(iam, source, group) if broken is None else ({}, broken)
        if otherwise.trouble is not None and otherwise.trouble.may_last:
            broken = otherwise  # whatever is asked next would wait for it as long
        for question in group:
            pairs = [(action, (action.lower(), question.resource)) for action in question.actions]
            seen[question] = [(action, _heard(answers.get(key, otherwise), doubts_deny)) for action, key in pairs]
    probes = [_probe(question, seen.get(question)) for question in questions]
    return [_doubted(probe, probes) for probe in probes] if is_emulated else probes


def _without_path(role_arn: str) -> str:
    return f"{role_arn.partition('/')[0]}/{role_arn.rpartition('/')[2]}"


def _groups(questions: Sequence[Question], at_once: int) -> Iterator[list[Question]]:
    """Questions for one call: a call asks every action on every resource under one context."""
    alike: dict[tuple[tuple[str, ...], Context], list[Question]] = {}
    for question in dict.fromkeys(questions):
        alike.setdefault((question.actions, question.context), []).append(question)
    for group in alike.values():
        for start in range(0, len(group), at_once):
            yield group[start : start + at_once]


def _asked(iam: Any, source: str, group: Sequence[Question]) -> tuple[_Answers, Observation]:
    """The answers of a call, all pages of them, and what is to be said of what it does not answer."""
    resources = list(dict.fromkeys(question.resource for question in group))
    request: dict[str, Any] = {
        "PolicySourceArn": source,
        "ActionNames": list(group[0].actions),
        "ResourceArns": resources,
        "ContextEntries": [
            {"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": list(values)}
            for key, kind, values in group[0].context
        ],
    }
    answers: dict[tuple[str, str], Observation] = {}
    for _ in range(MAX_PAGES):
        seen, page = observe(lambda: iam.simulate_principal_policy(**request), is_sound=_is_page)
        if page is None:
            return answers, _no_answer(seen)
        answers |= _answers(page, resources, seen.elapsed_ms)
        if not page.get("IsTruncated") or not page.get("Marker"):
            break
        request["Marker"] = page["Marker"]
    return answers, Observation(Observed.UNDECIDED, reason="the simulator did not answer", trouble=Trouble.NONSENSE)


def _is_page(page: Any) -> bool:
    """Whether it can be taken apart; what cannot raises, and observe says so."""
    return isinstance(_answers(page, ("*",), 0.0), dict)


def _no_answer(seen: Observation) -> Observation:
    """A refusal is one of the simulator itself, and says nothing of the role."""
    if seen.error_code in DENIED:
        reason = f"the simulator may not be used: iam:SimulatePrincipalPolicy was refused ({seen.error_code})"
        return Observation(Observed.UNDECIDED, seen.error_code, seen.elapsed_ms, reason)
    return seen


def _answers(page: Any, resources: Sequence[str], elapsed_ms: float) -> dict[tuple[str, str], Observation]:
    """What a page says of each action on each resource.

    The upper level of a result is for all resources together, so that it counts where there is one only.
    """
    found: dict[tuple[str, str], Observation] = {}
    for result in page["EvaluationResults"]:
        action = result["EvalActionName"].lower()
        each = result.get("ResourceSpecificResults") or []
        all_refused = all(one["EvalResourceDecision"] != "allowed" for one in each)
        by_organization = all_refused and _forbids(result, "OrganizationsDecisionDetail", "AllowedByOrganizations")
        for one in each:
            seen = _decided(one["EvalResourceDecision"], one, by_organization)
            found[action, one["EvalResourceName"]] = replace(seen, elapsed_ms=elapsed_ms)
        if not each and len(resources) == 1 and _may_be_about(result.get("EvalResourceName", "*"), resources[0]):
            seen = _decided(result["EvalDecision"], result, by_organization)
            found[action, resources[0]] = replace(seen, elapsed_ms=elapsed_ms)
    return found


def _may_be_about(name: str, resource: str) -> bool:
    """Whether the upper level names the one resource, or none in particular; another one is of another question."""
    return name in ("*", resource) or "${" in name


def _decided(word: str, detail: Mapping[str, Any], by_organization: bool) -> Observation:
    if missing := detail.get("MissingContextValues"):
        reason = f"the answer hangs on {', '.join(sorted(missing))}, which only a real call has"
        return Observation(Observed.UNDECIDED, reason=reason)
    if word == "allowed":
        return Observation(Observed.ALLOWED)
    if word not in ("explicitDeny", "implicitDeny"):
        return Observation(Observed.UNDECIDED, reason=Trouble.NONSENSE.value, trouble=Trouble.NONSENSE)
    if by_organization:
        return Observation(Observed.DENIED, word, denied_by=DeniedBy.SERVICE_CONTROL_POLICY)
    by_boundary = _forbids(detail, "PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary")
    by = DeniedBy.PERMISSIONS_BOUNDARY if by_boundary else None
    return Observation(Observed.DENIED, word, denied_by=by, explicitly=word == "explicitDeny")


def _forbids(detail: Mapping[str, Any], part: str, key: str) -> bool:
    """Whether a kind of policy is what does not let it pass."""
    return (detail.get(part) or {}).get(key) is False


def _probe(question: Question, seen: Sequence[tuple[str, Observation]] | None) -> Probe:
    """The worst of the actions' answers, with the actions that had it: wrong before open before right."""
    if seen is None:
        skipped = Observation.skipped(f"{_DOES_NOT_HEED} {question.hangs_on}")
        seen = [(action, skipped) for action in question.actions]
    wrong = Observed.DENIED if question.expected is Observed.ALLOWED else Observed.ALLOWED
    order = (wrong, Observed.UNDECIDED, Observed.SKIPPED, question.expected)
    _, worst = min(seen, key=lambda pair: order.index(pair[1].observed))
    names = [action.rpartition(":")[2] for action, one in seen if one.observed is worst.observed]
    asked = f"by the simulator, {', '.join(names)} on {question.asked}"
    return Probe(question.kind, question.expected, worst, asked, Rung.PERMISSIONS)


def _heard(seen: Observation, doubts_deny: bool) -> Observation:
    return Observation.skipped(f"{_DOES_NOT_HEED} condition keys") if doubts_deny and seen.explicitly else seen


def _doubted(probe: Probe, probes: Sequence[Probe]) -> Probe:
    """A refusal by a simulator that may not have found the role."""
    if probe.observed is not Observed.DENIED or probe.failed or any(p.observed is Observed.ALLOWED for p in probes):
        return probe
    return replace(probe, observation=Observation.skipped(PROVES_NOTHING))
