"""Template tags and filters for figures, publications, scores and the models in use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.urls import reverse

from engine.linking import caption_of
from engine.patents.publication import PublicationNumber, Section
from search.files import version_of
from search.models import Figure, IndexVersion, Publication, Query, SentenceLink, ShortlistEntry, Stage
from search.question import Question
from search.selectors.figures import marked_pieces
from search.selectors.history import earlier_answers_to
from search.selectors.hits import RankedHit
from search.selectors.vectors import active_versions, delta_count
from search.selectors.weights import OfferedWeight, weight_offered

register = template.Library()


@register.inclusion_tag("search/_models.html")
def models_in_use() -> dict[str, list[tuple[IndexVersion, int]]]:
    """Render the models in use, each with the number of figures it can find, newer embeddings included."""
    versions = sorted(active_versions().values(), key=lambda version: version.modality, reverse=True)
    return {"versions": [(version, version.figure_count + delta_count(version)) for version in versions]}


@register.inclusion_tag("search/_pieces.html")
def sentence_marked(link: SentenceLink) -> dict[str, Any]:
    """Render a linked sentence with the mentions of the figure's numerals and label marked."""
    return {"pieces": marked_pieces(link)}


@register.simple_tag
def figure_name(figure: Figure, publication: Publication, link: SentenceLink | None = None) -> str:
    """Return the accessible name of a figure, like "FIG. 3 of EP 1 234 567 A1, wheel loader, a side view".

    link: its best sentence, for the caption. Makes no query if the figure's sheet and the paragraph are loaded.
    """
    number = PublicationNumber(publication.country, publication.doc_number, publication.kind_code)
    place = f"drawing {figure.position + 1} on sheet {figure.sheet.position + 1}"
    shown = f"FIG. {figure.label.replace(',', ', ')}" if figure.label else place
    caption = caption_of(link.sentence.text, link.spans) if link else ""
    return ", ".join(filter(None, (f"{shown} of {number.spaced}", publication.title, caption)))


@register.simple_tag
def thumbnail_address(figure: Figure) -> str:
    """Return the address of a figure's thumbnail, with its hash, so that browsers can cache it."""
    return f"{reverse('search:thumbnail-file', args=[figure.pk])}?v={version_of(figure.thumbnail)}"


@register.filter
def entry_of(entries: Mapping[int, ShortlistEntry], figure_id: int) -> ShortlistEntry | None:
    """Return the entry of a figure on the current shortlist, or None."""
    return entries.get(figure_id)


@register.simple_tag
def earlier_answers(query: Query) -> int:
    """Return how often the same search was answered before."""
    return earlier_answers_to(query).count()


@register.simple_tag
def offered_weight(question: Question) -> OfferedWeight | None:
    """Return the suggested weight with the address that ranks with it, or None."""
    return weight_offered(question)


@register.filter
def percent(score: float | None) -> int:
    """Return a similarity as a percentage from 0 to 100. None and negative values are 0."""
    return round(100 * min(max(score or 0.0, 0.0), 1.0))


@register.filter
def named(names: Mapping[str, str], numeral: str) -> str:
    """Return the part name of a numeral, or ""."""
    return names.get(numeral, "")


@register.filter
def sum_of(numbers: Iterable[float]) -> float:
    return sum(numbers)


@register.filter
def by_stage(seconds: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return seconds by stage as pairs, in the order of the pipeline."""
    return [(stage, seconds[stage]) for stage in Stage.values if stage in seconds]


@register.filter
def durations(parts: Iterable[tuple[str, float]], unit: str) -> str:
    """Durations in one line, for a tooltip: "store 0.12 s, read 1.50 s"; milliseconds with one digit."""
    digits = 1 if unit == "ms" else 2
    return ", ".join(f"{name} {spent:.{digits}f} {unit}" for name, spent in parts)


@register.filter
def names_of_panes(panes: Iterable[Any]) -> str:
    """The names of the pictures side by side, for the title of the page: "FIG. 1 of EP1234567A1, drawing.png"."""
    shown = [pane.pane for pane in panes]
    return ", ".join(
        f"{one.figure} of {one.figure.sheet.publication.reference}" if one.figure else one.name for one in shown
    )


@register.filter
def sides_with_ranks(hit: RankedHit) -> str:
    """Both similarities of a hit with its rank by each alone: "drawing 0.912, rank 3; text 0.534, rank 17"."""
    sides = (("drawing", hit.visual, hit.visual_rank), ("text", hit.text, hit.text_rank))
    return "; ".join(f"{side} {score:.3f}, rank {rank}" for side, score, rank in sides if score is not None)


@register.filter
def section_title(name: str) -> str:
    """Return the heading of a section of the text: "Claims (en)" for "claim (en)"."""
    section, _, rest = name.partition(" ")
    plural = "claims" if section == Section.CLAIM else section
    return f"{plural} {rest}".strip().capitalize()


@register.filter
def magnitude(number: int) -> int:
    """Return the absolute value."""
    return abs(number)
