"""Pages as their readers see them: HTML and Markdown taken apart again."""

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})
INLINE = frozenset({"code", "strong", "a", "em", "b", "i", "span"})


class Page(HTMLParser):
    """A page's text as it is shown, its tags with their attributes, and what is wrong with their nesting."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []
        self._open: list[str] = []
        self._text: list[str] = []
        self.feed(html)
        self.close()
        self.wrong += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._text.append("" if tag in INLINE else " ")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in ("style", "script"):
            self._text.append(data)

    @property
    def text(self) -> str:
        """What a reader sees, with single blanks."""
        return re.sub(r"\s+", " ", "".join(self._text))


def of_html(html: str) -> Page:
    """A page of ours."""
    return Page(html)


def of_markdown(text: str) -> Page:
    """Markdown as GitHub would show it."""
    return Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
