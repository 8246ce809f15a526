"""What is known about a rule, for people: a page of the reference, and the help that SARIF viewers show."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

_FORMS = {".yaml": "yaml", ".json": "json"}


class DescribedRule(Protocol):
    """The parts of a rule's description that reports show."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def severities(self) -> Sequence[str]: ...
    @property
    def failure_modes(self) -> Sequence[str]: ...
    @property
    def reason(self) -> str: ...
    @property
    def example(self) -> Mapping[str, str]: ...
    @property
    def fix(self) -> Mapping[str, str]: ...
    @property
    def sources(self) -> Sequence[str]: ...
    @property
    def waivable(self) -> bool: ...


def as_markdown(rule: DescribedRule) -> str:
    """The reason, what breaks the rule, the same mended, and where to read on."""
    parts = [rule.reason, "Breaks it:", *_files(rule.example), "Mended:", *_files(rule.fix)]
    if rule.sources:
        parts.append("\n".join(["Sources:", "", *(f"* <{url}>" for url in rule.sources)]))
    return "\n\n".join(parts)


def as_plain(rule: DescribedRule) -> str:
    """The reason alone, for viewers that show no Markdown."""
    return "\n".join([rule.reason, *rule.sources])


def facts(rule: DescribedRule) -> str:
    """One line: how severe it is, which failure modes it belongs to, and whether it may be waived."""
    parts = [" or ".join(rule.severities), *rule.failure_modes]
    return f"{', '.join(parts)}; {'can be waived' if rule.waivable else 'cannot be waived'}"


def _files(example: Mapping[str, str]) -> Iterator[str]:
    """Each file with its name and a fence; a description in words stands as it is."""
    for name, text in example.items():
        if name == "words":
            yield text.strip()
        else:
            form = next((form for end, form in _FORMS.items() if name.endswith(end)), "text")
            yield f"`{name}`:\n\n```{form}\n{text.rstrip()}\n```"
