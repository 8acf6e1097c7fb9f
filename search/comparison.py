"""A comparison of drawings side by side, and how an address spells it (as search.question does).

figure=PK               a figure of the collection, turned and mirrored as a question writes it: 12~r90~m
query=UUID              the query whose hits are walked; its own drawing is laid beside them
picture=image:UUID      which of the query's drawings (or figure:PK); without it the one most similar to the hit,
                        `picture=none` shows none of them
at=N                    the place of the query's drawing among the others, from 0
by, weight, group, top  how the hits are ranked
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Literal

from django.http import QueryDict

from engine.errors import Problem
from search.numbers import whole_number
from search.question import Picture, Question, picture_from_token, question_from_query

MOST_PANES = 4
NO_EXAMPLE = "none"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Up to MOST_PANES pictures in order. ranking: a question that says how hits are ranked, and nothing else.

    example: the query's drawing that is shown where one was chosen; at: its pane.
    """

    figures: tuple[Picture, ...] = ()
    query: str = ""
    example: Picture | None = None
    has_example: bool = True
    at: int = 0
    ranking: Question = field(default_factory=Question)

    @property
    def address(self) -> str:
        """The query string of the comparison."""
        written = QueryDict(mutable=True)
        if self.query:
            written["query"] = self.query
            if not self.has_example:
                written["picture"] = NO_EXAMPLE
            elif self.example is not None:
                written["picture"] = f"{self.example.source}:{self.example.token}"
            if self.has_example and self.at:
                written["at"] = str(self.at)
        for picture in self.figures:
            written.appendlist("figure", picture.token)
        ranking = self.ranking.address if self.query else ""
        return written.urlencode() + (f"&{ranking}" if ranking else "")

    @property
    def hits(self) -> QueryDict:
        """The query and its ranking, as pages of hits read them."""
        return QueryDict(f"query={self.query}&{self.ranking.address}")

    def panes(self, example: Picture | None) -> tuple[Picture, ...]:
        """Return all pictures in order, with this drawing of the query."""
        if example is None:
            return self.figures
        return (*self.figures[: self.at], example, *self.figures[self.at :])

    def of_panes(self, panes: tuple[Picture, ...], example: int | None) -> Comparison:
        """Return the comparison with these pictures; `example` is the place of the query's own among them."""
        if example is None:
            return replace(self, figures=panes, has_example=False, example=None, at=0)
        figures = panes[:example] + panes[example + 1 :]
        return replace(self, figures=figures, at=example)

    def walked(self, figure_id: int) -> Comparison:
        """Return the comparison with its last figure replaced."""
        return replace(self, figures=(*self.figures[:-1], Picture("figure", str(figure_id))))

    def beside(self, figure_id: int) -> Comparison:
        """Return the comparison with one more figure."""
        return replace(self, figures=(*self.figures, Picture("figure", str(figure_id))))


def comparison_from_query(address: QueryDict) -> Comparison:
    """Return the comparison of an address. Raises Problem, naming the part that is wrong."""
    tokens = dict.fromkeys(token for token in address.getlist("figure") if token)
    figures = tuple(picture_from_token("figure", token) for token in tokens)
    query = address.get("query", "")
    if query and not _is_uuid(query):
        raise Problem("query", f"“{query[:40]}” is not a query. Go back to its hits and compare again.")
    picture = address.get("picture", "") if query else ""
    has_example = bool(query) and picture != NO_EXAMPLE
    if len(figures) + has_example > MOST_PANES:
        raise Problem("too-many", f"At most {MOST_PANES} drawings can be compared; leave some out.")
    at = whole_number(address.get("at", "0"), most=99)
    if at is None:
        raise Problem("at", "at must be the place of the query's drawing: 0, 1, 2 or 3.")
    return Comparison(
        figures=figures,
        query=query,
        example=_example(picture) if picture and has_example else None,
        has_example=has_example,
        at=min(at, len(figures)),
        ranking=question_from_query(address).ranking,
    )


def picture_of_example(token: str) -> Picture:
    """Return a query's picture by the token that the query stores, which does not name its source."""
    source: Literal["image", "figure"] = "figure" if token.partition("~")[0].isdecimal() else "image"
    return picture_from_token(source, token)


def _example(written: str) -> Picture:
    source, _, token = written.partition(":")
    if source == "image":
        return picture_from_token("image", token)
    if source == "figure":
        return picture_from_token("figure", token)
    raise Problem("picture", f"“{written[:60]}” is not a picture of the query. Choose one of its drawings.")


def _is_uuid(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False
