"""Everything about one vendor, for somebody who is about to open a door for it."""

from collections.abc import Iterator

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
_NEEDS = {
    "one_region": "It works with the secrets of one region.",
    "names_secrets": "It names the secrets that it makes, so that it needs a prefix.",
    "json_secrets": "It reads keys of JSON objects, and no plain text.",
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


def as_page(entry: Entry) -> str:
    """The sections that have something to say."""
    changed = f": {', '.join(entry['changed'])}" if entry["changed"] else ""
    sections = [
        ("Entry", [f"from the {entry['from']}{changed}", *_source(entry)]),
        ("Whom its roles trust", list(_principals(entry))),
        ("External ID", list(_external_id(entry))),
        ("What comes first", [_FIRST[entry["handshake"]]]),
        ("Permissions", list(_permissions(entry))),
        ("On its screens", [f"{_SCREENS.get(key, key)}: {place}" for key, place in entry["screens"].items()]),
        ("Steps", list(_steps(entry))),
        ("Notes", list(entry["notes"])),
        ("In a workspace file", workspace_file(entry).splitlines()),
    ]
    told = [f"{title}\n" + "\n".join(f"  {line}".rstrip() for line in lines) for title, lines in sections if lines]
    return "\n\n".join([f"{entry['name']} ({entry['id']})", *told])


def _source(entry: Entry) -> Iterator[str]:
    if entry["source"]:
        yield entry["source"] + (f", read {entry['checked']}" if entry["checked"] else "")


def _principals(entry: Entry) -> Iterator[str]:
    if entry["principals"] == "pending":
        yield "not known before the vendor shows it: write it into trusted_principals; until then nobody gets in"
    for partition, published in {"aws": entry["principals"], **entry["other_partitions"]}.items():
        for center, principals in centers_of(published):
            where = f" in data centre {center}" if center else ""
            elsewhere = f" ({partition})" if partition != "aws" else ""
            yield from (f"{kind_of(each)} {each}{where}{elsewhere}" for each in principals)
    if entry["principals"] != "pending" and entry["source"]:
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
        yield f"patterns such as {rule['string_like']['form']} are in order: {rule['string_like']['reason']}"


def _permissions(entry: Entry) -> Iterator[str]:
    yield _PROFILES[entry["permission_profile"]]
    if entry["permission_profile"] != "no-secrets":
        yield f"{entry['access']} unless a project says otherwise"
        for access in ("read", "read-write"):
            yield f"{access}: {', '.join(entry['actions'][access])}"
    if entry["session"]:
        yield f"sessions of {entry['session']} s"
    if entry["role_path"]:
        yield f"roles at the path {entry['role_path']}"
    yield from (sentence for key, sentence in _NEEDS.items() if entry[key])


def _steps(entry: Entry) -> Iterator[str]:
    hand_off = entry["hand_off"] or {"first": [], "steps": [], "last": [], "check": [], "notes": []}
    yield from (f"before: {sentence}" for sentence in hand_off["first"])
    for number, step in enumerate(hand_off["steps"], 1):
        yield f"{number}. {step['at'] + ': ' if step['at'] else ''}{step['do']}"
        yield from (f"   {label}: {value}" for label, value in step["enter"].items())
    yield from (f"then: {sentence}" for sentence in (*hand_off["last"], *hand_off["check"]))
    yield from (f"on the sheet: {sentence}" for sentence in hand_off["notes"])
