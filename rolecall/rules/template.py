"""What `check --template` says about the roles of anybody's template that let others in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rolecall.cloudformation import RoleVariant, TemplateFile, TemplateRole
from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.policy.analyse import analyse, opens_to_others
from rolecall.policy.compile import VERIFIER_SID
from rolecall.policy.document import Statement, statements
from rolecall.policy.guessable import words_of
from rolecall.policy.principal import principals_of
from rolecall.policy.reading import Reading, VendorFact
from rolecall.policy.trust import doors_of
from rolecall.rules.template_limits import limits_of
from rolecall.rules.template_permissions import permissions_of

# More outcomes than anybody reads beside a finding.
_NAMED = 2


def judge_templates(files: Sequence[TemplateFile], vendors: Mapping[str, VendorFact]) -> list[Finding]:
    """Every finding about some files, and about the IDs of all their roles together."""
    found = [finding for file in files for finding in file.findings]
    for file in files:
        for role in file.roles:
            found += _of_role(role, file, vendors)
    return [*found, *_shared_ids(files, vendors)]


def doors_of_role(role: TemplateRole, vendors: Mapping[str, VendorFact]) -> list[str]:
    """Whom a role lets in and what they must send, statement by statement, in words; in whatever outcome."""
    found = {
        f"statement {judgement.statement} lets in {door}{' under further conditions' if door.further else ''}"
        for variant in role.variants
        for judgement in analyse(variant.trust or {}, reading_of(role, variant, vendors))
        for door in judgement.doors
    }
    return sorted(found)


def reading_of(role: TemplateRole, variant: RoleVariant, vendors: Mapping[str, VendorFact]) -> Reading:
    """How the trust of a role is read: by somebody who knows the catalog, and whose own account the role is in."""
    own = frozenset({role.account} if role.account else ())
    names = frozenset(filter(None, words_of(role.logical_id, variant.role_name or "")))
    return Reading(foreign=True, own_accounts=own, vendors=vendors, names=names)


def _of_role(role: TemplateRole, file: TemplateFile, vendors: Mapping[str, VendorFact]) -> Iterator[Finding]:
    """Findings of all outcomes, each once; one that not every outcome has says where it comes from."""
    outcomes: dict[Finding, list[str]] = defaultdict(list)
    for variant in role.variants:
        for finding in dict.fromkeys(_of_variant(role, variant, file, vendors)):
            outcomes[finding].append(variant.when)
    if not role.is_complete:
        message = four_parts(
            f"not every outcome of {role.logical_id} was read",
            "more parameters and conditions than can be tried together",
            "few that decide about one role",
            "look at the others yourself",
        )
        yield Finding("RC001", Severity.WARNING, role.location(()), message)
    whose = f"{role.logical_id}: " if role.logical_id else ""
    for finding, whens in outcomes.items():
        more = ", …" if len(whens) > _NAMED else ""
        when = f" (with {'; or '.join(whens[:_NAMED])}{more})" if len(whens) < len(role.variants) else ""
        yield replace(finding, message=f"{whose}{finding.message}{when}")


def _of_variant(
    role: TemplateRole, variant: RoleVariant, file: TemplateFile, vendors: Mapping[str, VendorFact]
) -> Iterator[Finding]:
    reading = reading_of(role, variant, vendors)
    yield from _of_trust(variant, reading)
    yield from limits_of(role, variant)
    if variant.trust is None or any(opens_to_others(each, reading) for each in statements(variant.trust)):
        facts = [reading.fact_of(each) for one in statements(variant.trust or {}) for each in principals_of(one)]
        may_assume_itself = any(fact is not None and fact.self_trust for fact in facts)
        yield from permissions_of(role, variant, file.secrets, may_assume_itself=may_assume_itself)


def _of_trust(variant: RoleVariant, reading: Reading) -> Iterator[Finding]:
    if variant.trust is not None and not statements(variant.trust):
        message = four_parts("trust policy cannot be read", "no Statement", "a policy document", "write it out")
        yield Finding("RC001", Severity.WARNING, variant.trust_location(), message)
        return
    for judgement in analyse(variant.trust or {}, reading):
        for problem in judgement.problems:
            place = variant.statement_location(judgement.statement, (problem.part,) if problem.part else ())
            modes = (problem.failure_mode,) if problem.failure_mode else ()
            yield Finding(problem.rule, problem.severity, place, problem.message, modes)


def _shared_ids(files: Iterable[TemplateFile], vendors: Mapping[str, VendorFact]) -> Iterator[Finding]:
    """RC108, and RC114 where the vendor sends one ID for several roles: the same ID in two roles of these files."""
    first: dict[tuple[str, str], tuple[TemplateRole, frozenset[VendorFact | None]]] = {}
    for file in {file.name: file for file in files}.values():
        for role in file.roles:
            for external_id, facts in _ids_of(role, vendors).items():
                # What only a deployment knows has a name in its own file alone.
                known = "«" not in external_id and not external_id.startswith("{{")
                other, others = first.setdefault((external_id, "" if known else file.name), (role, facts))
                if not _is_same(role, other):
                    yield _shared(role, other, external_id, facts | others)


def _is_same(role: TemplateRole, other: TemplateRole) -> bool:
    """Whether both are one role, which two answers of IAM may describe."""
    one = (role.account, role.logical_id)
    return role is other or (role.account is not None and one == (other.account, other.logical_id))


def _ids_of(role: TemplateRole, vendors: Mapping[str, VendorFact]) -> dict[str, frozenset[VendorFact | None]]:
    """The external IDs with which others come in, and what is known of those who send them."""
    found: dict[str, frozenset[VendorFact | None]] = defaultdict(frozenset)
    for variant in role.variants:
        reading = reading_of(role, variant, vendors)
        for statement in statements(variant.trust or {}):
            if opens_to_others(statement, reading) and not _is_verifiers(statement, reading):
                for door in doors_of(statement):
                    if door.external_id:
                        found[door.external_id] |= {reading.fact_of(door.principal)}
    return found


def _is_verifiers(statement: Statement, reading: Reading) -> bool:
    """Whether one role, of no vendor, comes in to prove the roles of an estate: with one ID for all, on purpose."""
    named = principals_of(statement)
    is_one_role = len(named) == 1 and ":role/" in named[0] and reading.fact_of(named[0]) is None
    return is_one_role and statement.get("Sid") == VERIFIER_SID


def _shared(role: TemplateRole, other: TemplateRole, external_id: str, facts: Iterable[VendorFact | None]) -> Finding:
    place = role.variants[0].trust_location()
    whose = f"{role.logical_id or 'this role'} and {other.logical_id or 'that'} ({other.location(())})"
    if all(fact is not None and fact.sends_for_several(external_id) for fact in facts):
        message = f"{whose} share one external ID by scope: they are not isolated from each other"
        return Finding("RC114", Severity.INFO, place, message)
    message = four_parts(
        f"one external ID opens {whose}", "the same ID", "one ID for each role", "have the vendor make a second one"
    )
    return Finding("RC108", Severity.ERROR, place, message, ("FM8",))
