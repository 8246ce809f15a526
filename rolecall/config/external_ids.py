"""Which external ID the vendor will send: derived by its rule, or as written."""

import re
from collections.abc import Iterator

from rolecall.config.id_owners import owner_of
from rolecall.config.parents import sharing_parent
from rolecall.config.party import Party
from rolecall.config.patterns import patterned
from rolecall.config.reader import PathInFile, SourceFile
from rolecall.config.values import PENDING, WrittenPattern, is_account_number
from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import InvalidValueError, four_parts
from rolecall.model.safe_pattern import fits
from rolecall.model.trust import ExternalId, ParameterReference

_TAKE_OUT = "take it out: the vendor's rule gives it"


def external_ids_of(party: Party) -> tuple[ExternalId, ...] | None:
    """The current ID, and the previous one while a rotation lasts; `pending` alone; None where that cannot be known."""
    holder = party.id_holder[0]
    written, previous = (_written(holder, key, party) for key in ("external_id", "previous_external_id"))
    if isinstance(written, WrittenPattern) or isinstance(previous, WrittenPattern):
        return None  # it is none of this vendor's, which has been noted
    return _current_and_previous(written, previous, party)


def _current_and_previous(
    written: ExternalId | None, previous: ExternalId | None, party: Party
) -> tuple[ExternalId, ...] | None:
    _, source, path = party.id_holder
    derived = derived_id_of(party)
    if party.vendor.external_id.origin == "derived":
        if derived is None or not _agrees(written, derived, party, source, (*path, "external_id")):
            return None
        current: ExternalId = written if isinstance(written, ParameterReference | str) and written else derived
    elif written is None:
        message = four_parts(
            "external ID is missing",
            "nothing",
            "the vendor's, or `pending`",
            "add `external_id:`",
        )
        source.error("RC101", path, message, missing="external_id")
        return None
    else:
        current = written
    if current != derived and not _fits(current, party, source, (*path, "external_id")):
        return None
    if previous is not None and not _fits(previous, party, source, (*path, "previous_external_id")):
        return None
    if isinstance(previous, str) and derived is not None and not _was_the_vendors(previous, derived, party):
        message = four_parts("previous external ID is of another workspace or project", previous, derived, "correct it")
        source.error("RC113", (*path, "previous_external_id"), message)
        return None
    return (current,) if previous in (None, current) or current == PENDING else (current, previous)


def _written(holder: object, key: str, party: Party) -> ExternalId | WrittenPattern | None:
    """An external ID as it was written, a pattern with the reason that the vendor's entry gives for it."""
    value: ExternalId | WrittenPattern | None = getattr(holder, key, None)
    if not isinstance(value, WrittenPattern):
        return value
    try:
        return patterned(value, party.vendor.external_id.string_like, key)
    except InvalidValueError:
        return value


def is_the_vendors(written: object, party: Party) -> bool:
    """Whether a written ID is what the vendor's rule gives; noted where it is not."""
    if isinstance(written, WrittenPattern):
        return False  # which has been noted
    derived = derived_id_of(party)
    return derived is None or _agrees(written, derived, party, party.source, ("external_id",))


def derived_id_of(party: Party) -> str | None:
    """The ID that the vendor's rule gives, for vendors that have one."""
    rule = party.vendor.external_id
    if rule.origin != "derived":
        return None
    within = party.within
    if party.scope == "parent":
        parent = sharing_parent(party)
        if parent is None:
            return None
        within = parent
    template = rule.derived.get("project" if party.scope == "project" else "workspace")
    if template is None:
        message = four_parts("scope of the external ID", party.scope, ", ".join(rule.derived), "choose one of those")
        party.within.source.error("RC113", ("external_id_scope",), message)
        return None
    ids = {
        "workspace_id": (within.workspace.workspace_id, within.source, ()),
        "project_id": (party.project.project.project_id if party.project else None, party.source, party.path),
    }
    for name, (value, source, path) in ids.items():
        if "{" + name + "}" not in template:
            continue
        if value is None:
            message = four_parts(f"{name} is missing", "nothing", "the vendor's own id, quoted", f"add `{name}:`")
            source.error("RC101", path, message, missing=name)
            return None
        if not re.fullmatch(r"[0-9]+", value) and "[0-9]" in (rule.pattern or ""):
            message = four_parts(f"{name} is not as this vendor's", value, "digits", "copy it from the vendor's screen")
            source.error("RC111", (*path, name), message)
            return None
        template = template.replace("{" + name + "}", value)
    return template


def _agrees(written: object, derived: str, party: Party, source: SourceFile, path: PathInFile) -> bool:
    """Whether an ID that was written all the same is the one that the vendor will send."""
    if written in (None, derived, PENDING) or isinstance(written, ParameterReference):
        return True
    rule = party.vendor.external_id
    if any(fits(form, str(written)) for form in rule.older_forms):
        message = f"external ID {written!r} has a form that the vendor documented before; today's is {derived!r}"
        found = Finding("RC115", Severity.WARNING, source.location(path), message, address=party.address)
        source.findings.append(found)
        return True
    source.error(*_disagreement(str(written), derived, party, path))
    return False


def _disagreement(written: str, derived: str, party: Party, path: PathInFile) -> tuple[str, PathInFile, str]:
    """Rule, place and message for an ID that the vendor will not send."""
    pattern = party.vendor.external_id.pattern
    if is_account_number(written):
        return "RC112", path, _wrong_way_round(written)
    if not pattern or not fits(pattern, written):
        return "RC111", path, four_parts("external ID is not the vendor's", written, derived, _TAKE_OUT)
    owner = owner_of(written, party)
    whose = f"belongs to {owner}" if owner else "belongs to another workspace or project"
    if party.scope == "parent":
        change = "take it out: the vendor shows the project's own ID here and sends the parent's"
        return "RC113", path, four_parts(f"external ID {whose}", written, derived, change)
    return "RC113", path, four_parts(f"external ID {whose}", written, derived, _TAKE_OUT)


def _wrong_way_round(written: str) -> str:
    return four_parts(
        "external ID is an account number: the two are the wrong way round",
        written,
        "the external ID that the vendor's screen shows",
        "put the account into `trusted_account`",
    )


def _was_the_vendors(previous: str, derived: str, party: Party) -> bool:
    """Whether the vendor sent this ID before: of another scope, of a parent that shares or shared, of an older form.

    A change of scope is the one reason to rotate a derived ID.
    """
    rule = party.vendor.external_id
    older = any(fits(form, previous) for form in rule.older_forms)
    return older or previous == derived or previous in set(_of_other_scopes(party))


def _of_other_scopes(party: Party) -> Iterator[str]:
    """The IDs that the vendor's rule gives for the same role in other scopes, with any workspace as its parent."""
    own = party.project.project.project_id if party.project else None
    for within in party.workspaces.values():
        if within is party.within or within.workspace.external_id_scope == "workspace":
            for scope, template in party.vendor.external_id.derived.items():
                if scope == "workspace" or within is party.within:
                    filled = template.replace("{workspace_id}", within.workspace.workspace_id or "")
                    yield filled.replace("{project_id}", own or "")


def _fits(value: ExternalId, party: Party, source: SourceFile, path: PathInFile) -> bool:
    pattern = party.vendor.external_id.pattern
    forms = [pattern, *party.vendor.external_id.older_forms] if pattern else []
    if not forms or value == PENDING or not isinstance(value, str) or any(fits(form, value) for form in forms):
        return True
    if is_account_number(value):
        source.error("RC112", path, _wrong_way_round(value))
        return False
    source.error("RC111", path, four_parts("external ID is not as this vendor's", value, str(pattern), "copy it again"))
    return False


def is_no_account(ids: tuple[ExternalId, ...], accounts: frozenset[str], party: Party) -> bool:
    """Whether no external ID is an account that the role trusts; noted where one is."""
    _, source, path = party.id_holder
    keys = ("external_id", "previous_external_id")
    swapped = [
        (key, value) for key, value in zip(keys, ids, strict=False) if isinstance(value, str) and value in accounts
    ]
    for key, value in swapped:
        source.error("RC112", (*path, key), _wrong_way_round(value))
    return not swapped


def place_of_id(party: Party) -> Location | None:
    """Where the external ID is written; None where the vendor's rule derives it."""
    holder, source, path = party.id_holder
    return None if getattr(holder, "external_id", None) is None else source.location((*path, "external_id"))
