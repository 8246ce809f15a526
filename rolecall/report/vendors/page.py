"""Everything about one vendor, for somebody who is about to open a door for it."""

from collections.abc import Iterator
from typing import Any

from rolecall.report.paragraph import paragraph
from rolecall.report.vendors.example import workspace_file
from rolecall.report.vendors.table import Entry, centers_of, kind_of

_MAKERS = {
    "vendor": "the vendor makes it; copy it",
    "customer": "you make it, and tell the vendor (`rolecall external-id new`)",
    "derived": "it follows from the vendor's rule; leave it out",
}
_FIRST = {
    "external-id-first": "the external ID: the vendor shows it before it knows the role",
    "role-first": "the role's ARN: only then the vendor shows the external ID. Begin with external_id: pending",
}
_PROFILES = {
    "read-one-secret": "reads one secret",
    "read": "reads secrets",
    "read-write-prefix": "keeps secrets of its own under a prefix",
    "no-secrets": "has to do with other services; what it needs is written as statements",
    None: "not known; it depends on what you use the vendor for",
}
_WHOSE = {
    False: "not known before the vendor shows it: write it into trusted_principals; until then nobody gets in",
    True: "a role or user of your own, which calls for the vendor: write its ARN into trusted_principals; until then "
    "nobody gets in",
}
_NEEDS = {
    "one_region": "It works with the secrets of one region.",
    "names_secrets": "It names the secrets that it makes, so that it needs a prefix.",
    "json_secrets": "It reads keys of JSON objects, and no plain text.",
    "self_trust": "Each role trusts itself too, with the same external ID, and may assume itself.",
}
_SCREENS = {
    "workspace_id": "workspace_id",
    "project_id": "project_id",
    "data_center": "data_center",
    "trusted_account": "whom to trust",
    "external_id": "external ID",
    "role_arn": "role ARN",
    "region": "region",
}


def as_page(entry: Entry, width: int | None) -> str:
    """The sections that have something to say.

    Args:
        width: columns of the terminal; None where there is none: then each line stays whole.
    """
    changed = f": {', '.join(entry['changed'])}" if entry["changed"] else ""
    sections = [
        ("Entry", [f"from the {entry['from']}{changed}", *_source(entry)]),
        ("Whom its roles trust", list(_principals(entry))),
        ("External ID", list(_external_id(entry))),
        ("What comes first", [_FIRST[entry["handshake"]]]),
        ("Permissions", list(_permissions(entry))),
        ("Other AWS services", list(_services(entry["services"]))),
        ("On its screens", [f"{_SCREENS.get(key, key)}: {place}" for key, place in entry["screens"].items()]),
        ("Steps", list(_steps(entry))),
        ("Notes", list(entry["notes"])),
    ]
    told = [[title, *_indented(lines, width)] for title, lines in sections if lines]
    # Somebody copies this one, so that no line of it is broken.
    example = ["In a workspace file", *(f"  {line}" for line in workspace_file(entry).splitlines())]
    return "\n\n".join([f"{entry['name']} ({entry['id']})", *map("\n".join, [*told, example])])


def _indented(lines: list[str], width: int | None) -> Iterator[str]:
    for line in lines:
        text = line.lstrip()
        yield from paragraph(text, " " * (2 + len(line) - len(text)), width)


def _source(entry: Entry) -> Iterator[str]:
    if entry["source"]:
        yield entry["source"] + (f", read {entry['checked']}" if entry["checked"] else "")


def _principals(entry: Entry) -> Iterator[str]:
    if entry["principals"] == "pending":
        yield _WHOSE[entry["own_principals"]]
    for partition, published in {"aws": entry["principals"], **entry["other_partitions"]}.items():
        for center, principals in centers_of(published):
            where = f" where data_center is {center}" if center else ""
            elsewhere = f" ({partition})" if partition != "aws" else ""
            yield from (f"{kind_of(each)} {each}{where}{elsewhere}" for each in principals)
    if entry["principals"] != "pending" and entry["from"] != "estate" and "principals" not in entry["changed"]:
        known = ", ".join(["aws", *entry["other_partitions"]])
        yield f"Known for {known}. What is not listed is not known: copy it from the vendor into trusted_account."


def _external_id(entry: Entry) -> Iterator[str]:
    rule = entry["external_id"]
    yield _MAKERS[rule["origin"]]
    yield f"one for each {rule['per']}"
    yield from (f"of a {scope}: {template}" for scope, template in rule["derived"].items())
    if rule["pattern"]:
        yield f"looks like: {rule['pattern']}"
    yield from (f"looked like this before: {form}" for form in rule["older_forms"])
    if rule["string_like"]:
        yield from _patterns(rule["string_like"])


def _patterns(like: dict[str, Any]) -> Iterator[str]:
    such = f"such as {like['example']} " if like["example"] else ""
    yield f"patterns {such}are in order: {like['reason']}"
    yield f"a pattern looks like: {like['form']}"
    if like["parts"]:
        yield f"an ID has {like['parts']} parts with {like['divider']} between them"


def _services(services: dict[str, Any]) -> Iterator[str]:
    for name, service in services.items():
        yield f"{name}:"
        yield from (f"  {mode}: {', '.join(actions)}" for mode, actions in service["actions"].items())
        if not service["actions"]:
            # Every entry of the catalog names its page.
            who = "the vendor" if service["source"] else "the estate's own entry"
            yield f"  as Rolecall reads AWS's API; {who} lists no actions"
        for action, why in service["account_wide"].items():
            yield f"  about the whole account: {action}, {why}"
        if service["source"]:
            yield f"  {service['source']}" + (f", read {service['checked']}" if service["checked"] else "")


def _permissions(entry: Entry) -> Iterator[str]:
    yield _PROFILES[entry["permission_profile"]]
    if entry["permission_profile"] != "no-secrets":
        yield f"{entry['access']} unless a project says otherwise"
        reads_only = entry["permission_profile"] in ("read", "read-one-secret") and entry["access"] == "read"
        for access in ("read",) if reads_only else ("read", "read-write"):
            yield f"{access}: {', '.join(entry['actions'][access])}"
    if entry["session"]:
        yield f"sessions of {entry['session']} s"
    if entry["role_path"]:
        yield f"roles at the path {entry['role_path']}"
    yield from (sentence for key, sentence in _NEEDS.items() if entry[key])


def _steps(entry: Entry) -> Iterator[str]:
    """Everything of a hand-off, in the order in which it is done."""
    hand_off = entry["hand_off"]
    if hand_off is None:
        return
    yield from (f"before: {sentence}" for sentence in hand_off["first"])
    for number, step in enumerate(hand_off["steps"], 1):
        yield f"{number}. {step['at'] + ': ' if step['at'] else ''}{step['do']}"
        yield from (f"   {line}" for line in _step(step))
    yield from (f"check: {sentence}" for sentence in hand_off["check"])
    yield from (f"once it works: {sentence}" for sentence in hand_off["last"])
    yield from (f"if it says {said}: {change}" for said, change in hand_off["trouble"].items())
    yield from (f"on the sheet: {sentence}" for sentence in hand_off["notes"])
    if hand_off["source"]:
        yield f"from {hand_off['source']}"


def _step(step: dict[str, Any]) -> Iterator[str]:
    scopes = {key: step[key] for key in ("secrets_scope", "external_id_scope") if step.get(key)}
    conditions = [f"{key} is {' or '.join([it] if isinstance(it, str) else it)}" for key, it in scopes.items()]
    conditions += ["others take its external ID as their parent's"] if step.get("shares_its_id") else []
    conditions += [f"the role was granted {step['grants']}"] if step.get("grants") else []
    if conditions:
        yield f"only where {' and '.join(conditions)}"
    yield from (f"compare {label}: {value}" for label, value in step["compare"].items())
    yield from (f"enter {label}: {value}" for label, value in step["enter"].items())
    if step["warning"]:
        yield f"careful: {step['warning']}"
