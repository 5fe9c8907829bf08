"""What tests in several folders share: a page of HTML, read strictly."""

from html.parser import HTMLParser

import pytest

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """Collects tags, attributes and words, and checks that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def refuse_others(self) -> None:
        """Check that nothing is run, and nothing is loaded from elsewhere."""
        for tag, attributes in self.tags:
            assert tag not in ("script", "iframe", "object")
            for name in ("src", "href", "xlink:href"):
                link = attributes.get(name) or "#"
                assert link.startswith(("#", "data:")), f"{tag} {name}={link[:60]}"


@pytest.fixture(scope="session")
def read_page() -> type[Page]:
    """Return what reads a page."""
    return Page
