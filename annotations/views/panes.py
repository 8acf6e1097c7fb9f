"""The two drawings of a pair, as templates/annotations/_drawn.html shows them to assessors and adjudicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from annotations.models import Topic
from annotations.selectors.pairs import Drawing, LocatedPart
from annotations.selectors.showings import Side
from search.files import version_of
from search.views.overlay import AROUND_NUMERAL


@dataclass(frozen=True, slots=True)
class PaneShown:
    """One drawing of a pair. key: identifies the drawing, so that the page keeps a topic's drawing between its pairs.

    image: address of the picture. parts: numerals with their boxes, enlarged a little.
    """

    key: str
    title: str
    image: str
    width_px: int
    height_px: int
    parts: tuple[LocatedPart, ...]
    side: Side
    is_gone: bool


def topic_pane(topic: Topic, side: Side, drawings: Mapping[int, Drawing]) -> PaneShown | None:
    """Return the pane of a topic's drawing; None for a topic that has only text."""
    if topic.figure is not None:
        return figure_pane(drawings[topic.figure.pk], side)
    return _uploaded(topic, side) if topic.image else None


def figure_pane(drawing: Drawing, side: Side) -> PaneShown:
    figure = drawing.figure
    return PaneShown(
        key=f"figure:{figure.pk}",
        title=figure.sheet.publication.title,
        image=f"{reverse('search:figure-file', args=[figure.pk])}?v={version_of(figure.crop)}",
        width_px=drawing.width_px,
        height_px=drawing.height_px,
        parts=tuple(_with_room(part, drawing) for part in drawing.parts),
        side=side,
        is_gone=drawing.is_gone,
    )


def _uploaded(topic: Topic, side: Side) -> PaneShown:
    return PaneShown(
        key=f"topic:{topic.pk}",
        title="",
        image=reverse("annotations:topic-image", args=[topic.topic_set_id, topic.number]),
        width_px=topic.width_px,
        height_px=topic.height_px,
        parts=(),
        side=side,
        is_gone=False,
    )


def _with_room(part: LocatedPart, drawing: Drawing) -> LocatedPart:
    room = round(AROUND_NUMERAL * min(part.box.width, part.box.height))
    return LocatedPart(part.numeral, part.name, part.box.grown(room, drawing.width_px, drawing.height_px))
