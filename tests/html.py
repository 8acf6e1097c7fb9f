"""Pages as tests compare them: white space around tags and its amount say nothing, as in a browser."""

from __future__ import annotations

import re
from typing import Protocol


class Page(Protocol):
    """What a test client answers."""

    @property
    def content(self) -> bytes: ...


class Html(str):
    """HTML with its white space folded; `in`, count and split fold what they look for, too."""

    __slots__ = ()

    def __new__(cls, text: str) -> Html:
        return super().__new__(cls, folded(text))

    def __contains__(self, part: object) -> bool:
        return isinstance(part, str) and super().__contains__(folded(part))

    def count(self, part: str, *bounds: int) -> int:  # type: ignore[override]  # the stubs know more kinds of bounds
        return super().count(folded(part), *bounds)


def folded(text: str) -> str:
    """The text with each run of white space as one blank, and none beside a tag."""
    return re.sub(r" ?([<>]) ?", r"\1", re.sub(r"\s+", " ", text))


def html_of(response: Page) -> Html:
    """The body of a page."""
    return Html(response.content.decode())
