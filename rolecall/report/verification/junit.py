"""Verdicts as JUnit XML: a suite for each role, which fails if and only if the role is not verified.

There is no standard. The shape is taken by both schemas in common use: Ant's, which wants the attributes and elements
that seem idle here (https://github.com/windyroad/JUnit-Schema), and Jenkins's
(https://github.com/jenkinsci/xunit-plugin, junit-10.xsd), both read 2026-11-22.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from rolecall.report.plain import printable
from rolecall.report.verification.details import NO_REASON, details
from rolecall.report.verification.facts import RunFacts, evidence
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import RoleResult, Verdict, findings

# Everything else is no XML, however it is escaped. https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class _Case:
    """One test case: how it ended (passed, failure, error or skipped), and why."""

    name: str
    ended: str = "passed"
    type: str = ""
    message: str = ""
    text: str = ""
    seconds: float = 0.0


def as_junit(results: Sequence[RoleResult], run: RunFacts) -> str:
    """One document; ASCII only, so that it survives every terminal, pipe and file."""
    root = ElementTree.Element("testsuites")
    for number, result in enumerate(results):
        root.append(_suite(number, result, run))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="us-ascii")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written.decode()}'


def _suite(number: int, result: RoleResult, run: RunFacts) -> ElementTree.Element:
    cases = [*_probes(result), *_comparison(result), _verdict(result, run)]
    counts = Counter(case.ended for case in cases)
    attributes = {
        "name": result.address,
        "id": str(number),
        "package": "rolecall",
        "hostname": "localhost",  # not the machine's: that is nobody's business
        "timestamp": run.started[:19],  # Ant's schema takes no time zone
        "tests": str(len(cases)),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
        "skipped": str(counts["skipped"]),
        "time": _seconds(sum(case.seconds for case in cases)),
    }
    suite = _element("testsuite", attributes)
    suite.append(_properties(result, run))
    classname = f"{result.workspace}.{result.project}" if result.workspace else result.project
    names: Counter[str] = Counter()
    for case in cases:
        names[case.name] += 1
        # Programs take test cases of one name for one test.
        name = case.name if names[case.name] == 1 else f"{case.name} ({names[case.name]})"
        suite.append(_case(case, name, classname))
    suite.extend([_element("system-out"), _element("system-err")])
    return suite


def _properties(result: RoleResult, run: RunFacts) -> ElementTree.Element:
    properties = {
        "role_arn": result.role_arn,
        "verdict": result.verdict.value,
        "evidence": evidence(result),
        "target": run.target,
        "mode": run.mode,
        "caller_arn": run.caller_arn or "",
        "required": ", ".join(run.required),
    }
    element = _element("properties")
    element.extend([_element("property", {"name": name, "value": value}) for name, value in properties.items()])
    return element


def _probes(result: RoleResult) -> Iterator[_Case]:
    """A case for each probe. What is open where nothing asked for it must not fail a role that is verified."""
    for probe in result.probes:
        name = f"{probe.kind}: {probe.asked}" if probe.asked else probe.kind
        name = name if probe.rung is Rung.ASSUMED else f"{name} [{probe.rung.value}]"
        seen, seconds = probe.observation, probe.observation.elapsed_ms / 1000
        reason = seen.reason or NO_REASON
        if probe.failed:
            yield _Case(name, "failure", _meaning(probe), _wrong(probe), seconds=seconds)
        elif probe.observed is Observed.UNDECIDED and result.verdict is not Verdict.VERIFIED:
            yield _Case(name, "error", "undecided", reason, seconds=seconds)
        elif not probe.decided:
            yield _Case(name, "skipped", "", f"{probe.observed.value}: {reason}", seconds=seconds)
        else:
            yield _Case(name, seconds=seconds)


def _meaning(probe: Probe) -> str:
    [(verdict, _)] = findings([probe], [])
    return verdict.value


def _wrong(probe: Probe) -> str:
    code = f" ({probe.observation.error_code})" if probe.observation.error_code else ""
    return f"was {probe.observed.value}{code}, and should have been {probe.expected.value}"


def _comparison(result: RoleResult) -> Iterator[_Case]:
    """Whether the live role is the compiled one, where the two were compared."""
    if result.differs:
        message = f"the live role differs from the compiled one: {', '.join(result.differs)}"
        said = [text for text in result.findings if text.partition(":")[0] in result.differs]
        yield _Case("live equals compiled", "failure", result.verdict.value, message, "\n".join(said))
    elif Rung.LIVE in result.evidence:
        yield _Case("live equals compiled")


def _verdict(result: RoleResult, run: RunFacts) -> _Case:
    if result.verdict is Verdict.VERIFIED:
        return _Case("verdict")
    [detail] = details([result], run.required)
    ended = "error" if result.verdict is Verdict.INCONCLUSIVE else "failure"
    said = [*detail.against, *([f"hint: {detail.hint}"] if detail.hint else []), *detail.beside]
    message = f"{result.verdict.value}: {said[0]}" if said else result.verdict.value
    return _Case("verdict", ended, result.verdict.value, message, "\n".join(said))


def _case(case: _Case, name: str, classname: str) -> ElementTree.Element:
    element = _element("testcase", {"name": name, "classname": classname, "time": _seconds(case.seconds)})
    if case.ended != "passed":
        # Ant's schema wants a type for failures and errors, and Jenkins's shows it.
        about = {"type": case.type, "message": case.message} if case.type else {"message": case.message}
        ending = _element(case.ended, about)
        ending.text = _FORBIDDEN.sub(lambda found: ascii(found.group())[1:-1], case.text) or None
        element.append(ending)
    return element


def _element(tag: str, attributes: dict[str, str] | None = None) -> ElementTree.Element:
    return ElementTree.Element(tag, {name: printable(value) for name, value in (attributes or {}).items()})


def _seconds(seconds: float) -> str:
    return f"{seconds:.4f}"
