"""Which values are needed, in which order, and what can honestly stand for one that nobody gives. Pure."""

import re
from collections.abc import Iterator

from rolecall.commands.init.need import Choice, Need
from rolecall.commands.init.situation import Situation
from rolecall.commands.init.wishes import Wishes
from rolecall.config.patterns import patterned
from rolecall.config.scalars import Pending
from rolecall.config.schema import Vendor
from rolecall.config.values import PENDING, WrittenPattern, is_account_number
from rolecall.config.vendor import Published
from rolecall.model.identifiers import partition_of
from rolecall.model.invalid import InvalidValueError
from rolecall.model.safe_pattern import fits

_ANY_UUID = "00000000-0000-4000-8000-000000000000"


def needs(situation: Situation, wishes: Wishes) -> Iterator[Need]:
    """What is needed, as far as the wishes so far tell; each answer may bring more."""
    if situation.kind == "pipeline":
        yield from _of_pipeline(situation, wishes)
        return
    if situation.kind == "project":
        slugs = tuple(Choice(slug, found.workspace.vendor) for slug, found in situation.workspaces.items())
        yield Need("workspace", slugs[0].value if len(slugs) == 1 else None, slugs, closed=True)
        if situation.within(wishes) is None:
            return
    if situation.kind == "estate":
        yield Need("name", _slug_of(situation.folder))
    if situation.kind != "project":
        yield Need("vendor", choices=tuple(Choice(k, v.name) for k, v in situation.vendors.items()), closed=True)
        if situation.vendor(wishes) is None:
            return
        yield Need("workspace")
    else:
        yield Need("project")
    yield from _of_settings(situation, wishes)
    if situation.kind != "project":
        yield from _of_workspace(situation, wishes)
        yield Need("project")
    yield from _of_project(situation, wishes)


def _slug_of(folder: str) -> str | None:
    found = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-")
    return found or None


def _of_settings(situation: Situation, wishes: Wishes) -> Iterator[Need]:
    within = situation.within(wishes)
    levels = [situation.defaults, *([within] if within else [])]
    if not any(level.account for level in levels):
        known = {profile.account: profile.name for profile in reversed(situation.profiles) if profile.account}
        choices = tuple(Choice(account, f"profile {name}") for account, name in reversed(known.items()))
        yield Need("account", choices[0].value if choices else None, choices)
    if not any(level.region for level in levels):
        # That of the account comes before that of a profile whose account nobody knows.
        with_region = [p for p in situation.profiles if p.region]
        of_account = [p for p in with_region if p.account and p.account == wishes.account]
        found = of_account or [p for p in with_region if p.account is None] or with_region
        # As in AWS's own tools, what the environment says goes before every profile.
        yield Need("region", situation.region_in_force or (found[0].region if found else None))
    if situation.kind == "estate":
        yield Need("owner", "integration-platform")


def _of_workspace(situation: Situation, wishes: Wishes) -> Iterator[Need]:
    vendor = situation.vendors[wishes.vendor or ""]
    derived = vendor.external_id.derived.get(vendor.external_id.per, "")
    if "{workspace_id}" in derived or "workspace_id" in vendor.screens:
        yield _id_need("workspace_id", vendor, optional="{workspace_id}" not in derived)
    published = _published(vendor, situation.region(wishes))
    # With a principal of one's own any data centre will do, and none as well.
    if isinstance(published, dict) and (wishes.trusted is None or wishes.data_center):
        centers = tuple(Choice(name, ", ".join(found)) for name, found in published.items())
        first = centers[0].value if len(centers) == 1 else None
        only = f"the only one of {vendor.name} whose account is known" if first else ""
        where = vendor.screens.get("data_center", "")
        # Who answers another one is asked for its account next.
        closed = wishes.trusted is None and not (first and situation.is_asked)
        yield Need("data_center", first, centers, closed=closed, where=where, only=only)
    if published == PENDING or (isinstance(published, dict) and wishes.data_center not in published):
        yield _trusted(vendor)
    if vendor.external_id.per == "workspace":
        yield from _of_external_id(vendor, wishes)


def _trusted(vendor: Vendor) -> Need:
    """Whom the roles trust: somebody of the vendor's, or for some vendors somebody of the user's own."""
    if not vendor.own_principals:
        return Need("trusted", PENDING, where=vendor.screens.get("trusted_account", ""))
    who = next((note for note in vendor.notes if "trusted_principals" in note), "")
    return Need("trusted", PENDING, where=who, question="own_principal")


def _published(vendor: Vendor, region: str | None) -> Published | Pending:
    """Whom the vendor's entry trusts there; `pending` where it does not say."""
    return vendor.published_in(partition_of(region) if region else "aws") or "pending"


def _of_project(situation: Situation, wishes: Wishes) -> Iterator[Need]:
    vendor, within = situation.vendor(wishes), situation.within(wishes)
    if vendor is None:
        return
    rule = vendor.external_id
    scope = within.external_id_scope if within and within.external_id_scope else rule.per
    derived = rule.derived.get("project", "") if scope == "project" else ""
    if "{project_id}" in derived or "project_id" in vendor.screens:
        yield _id_need("project_id", vendor, optional="{project_id}" not in derived)
    if scope == "project":
        yield from _of_external_id(vendor, wishes)


def _id_need(name: str, vendor: Vendor, *, optional: bool) -> Need:
    rule = vendor.external_id

    def of_vendor(value: str, what: str) -> None:
        filled = rule.derived.get("project", rule.derived.get("workspace", ""))
        for other in ("workspace_id", "project_id"):
            filled = filled.replace(f"{{{other}}}", value if other == name else "1")
        if rule.pattern and filled and fits(rule.pattern, filled) is False:
            allowed = f"what fits {rule.pattern} in {rule.derived[rule.per]}"
            raise InvalidValueError(f"{what} is not as this vendor's", value, allowed, "copy it again", rule="RC111")

    return Need(name, optional=optional, where=vendor.screens.get(name, ""), of_vendor=of_vendor)  # type: ignore[call-overload]


def _of_external_id(vendor: Vendor, wishes: Wishes) -> Iterator[Need]:
    """What has to be known: a rule's IDs are, and one that the customer chooses is made, unless it has a form."""
    rule = vendor.external_id
    like = rule.string_like

    def of_vendor(value: str, what: str) -> None:
        if "*" in value:
            patterned(WrittenPattern(value), like, what)
            return
        forms = [rule.pattern, *rule.older_forms] if rule.pattern else []
        if is_account_number(value) and forms:
            change = "the account and the external ID are the wrong way round"
            raise InvalidValueError(f"{what} is an account number", value, "the external ID", change, rule="RC112")
        if value != PENDING and forms and not any(fits(form, value) for form in forms):
            change = "copy it from the vendor's screen"
            raise InvalidValueError(f"{what} is not as this vendor's", value, str(rule.pattern), change, rule="RC111")

    has_form = rule.pattern is not None and fits(rule.pattern, _ANY_UUID) is False
    # What was said is judged even where it need not be said.
    is_own = rule.origin == "customer" and (has_form or bool(wishes.external_id))
    if rule.origin == "vendor" or is_own:
        default = PENDING if vendor.handshake == "role-first" else None
        where = vendor.screens.get("external_id", "")
        if like is not None:
            where += f"; or a pattern that fits {like.form}: {like.reason}"
        yield Need("external_id", default, where=where, of_vendor=of_vendor)


def _of_pipeline(situation: Situation, wishes: Wishes) -> Iterator[Need]:
    """Whom the deploy role is to trust. The numbers are GitHub's: nobody can tell them from a name."""
    # With a fork's remote and that of what it was forked from, only a person knows which of them deploys.
    named = tuple(Choice(repository, f"remote {name}") for repository, name in _by_repository(situation).items())
    yield Need("repository", named[0].value if len(named) == 1 else None, named)
    repository = wishes.repository or "OWNER/NAME"
    page = f"at https://api.github.com/repos/{repository}"
    yield Need("repository_id", where=f"gh api repos/{repository} --jq .id; or `id` {page}")
    yield Need("owner_id", where=f"gh api repos/{repository} --jq .owner.id; or `id` below `owner` {page}")
    yield Need("environment", "production")


def _by_repository(situation: Situation) -> dict[str, str]:
    """The repositories on GitHub that remotes lead to, each with the first remote that does."""
    found: dict[str, str] = {}
    for name, repository in situation.remotes.items():
        found.setdefault(repository, name)
    return found
