"""Findings as SARIF 2.1.0, which code scanning and editors read.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import hashlib
import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from rolecall.model.finding import Finding, Severity
from rolecall.report.findings import Waived
from rolecall.report.rule_page import DescribedRule, as_markdown, as_plain

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_FAMILIES = {"RC0": "files", "RC1": "trust", "RC2": "permissions", "RC3": "names-and-quotas", "RC4": "lifecycle"}
_ROOT = "SRCROOT"
_FINGERPRINT = "rolecallFinding/v1"
# Places inside a message: `workspaces/w.yaml:5:3`, and `after line 2`. An ARN's account has twelve digits.
_PLACES = re.compile(r":[0-9]{1,7}:[0-9]{1,7}\b|\bline [0-9]+\b")


def as_sarif(
    findings: Sequence[Finding],
    version: str,
    rules: Mapping[str, DescribedRule],
    folder: str,
    waived: Sequence[Waived] = (),
) -> str:
    """One run, whose rules are those that were found broken.

    Args:
        findings: in reading order.
        version: of Rolecall.
        rules: what is known about each rule, by its id.
        folder: the estate's, as seen from the repository's root, with slashes; empty where it is the root.
        waived: come as results that are suppressed, each with its reason.
    """
    found = [*findings, *(finding for finding, _ in waived)]
    reasons: list[str | None] = [*(None for _ in findings), *(reason for _, reason in waived)]
    ids = sorted({finding.rule for finding in found})
    results = [
        _result(finding, ids.index(finding.rule), folder, reason) | {"partialFingerprints": {_FINGERPRINT: mark}}
        for finding, reason, mark in zip(found, reasons, _fingerprints(found), strict=True)
    ]
    driver = {"name": "rolecall", "version": version, "rules": [_descriptor(rule, rules.get(rule)) for rule in ids]}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository that holds the estate."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _descriptor(rule_id: str, rule: DescribedRule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": rule_id}
    worst = min(map(Severity, rule.severities), key=list(Severity).index)
    return {
        "id": rule_id,
        "name": "".join(word.replace("'", "").capitalize() for word in re.findall(r"[A-Za-z0-9']+", rule.title)),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.reason},
        "help": {"text": as_plain(rule), "markdown": as_markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[worst]},
        "properties": {"tags": ["security", _FAMILIES[rule_id[:3]], *rule.failure_modes]},
    }


def _result(finding: Finding, index: int, folder: str, waiver: str | None) -> dict[str, Any]:
    place = finding.location
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(posixpath.normpath(posixpath.join(folder, place.file))),
            "region": {"startLine": place.line, "startColumn": place.column},
        }
    }
    if place.path:
        location["logicalLocations"] = [{"fullyQualifiedName": place.path}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [location],
    }
    if waiver is not None:
        result["suppressions"] = [{"kind": "external", "justification": waiver}]
    return result


def _artifact(path: str) -> dict[str, str]:
    """A relative URI below the repository's root; a whole one for a file that lies elsewhere."""
    if posixpath.isabs(path):
        return {"uri": PurePosixPath(path).as_uri()}
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": _ROOT}


def _fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """For each finding a mark that stays the same when lines above it come or go; equal ones are numbered."""
    seen: Counter[str] = Counter()
    for finding in findings:
        place = finding.location
        parts = (finding.rule, place.file, place.path, _PLACES.sub("", finding.message))
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
        seen[digest] += 1
        yield f"{digest}:{seen[digest]}"
