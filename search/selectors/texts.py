"""The text of a publication for display: claims first, numerals and search terms marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.linking import MentionKind
from engine.linking.terms import occurrences_of
from engine.patents.publication import Section
from search.models import Paragraph, Publication

_ORDER = (Section.CLAIM.value, Section.ABSTRACT.value, Section.DESCRIPTION.value)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a paragraph with the same marks.

    numeral: the reference numeral that it belongs to, or "". term: the index of the search term that it belongs to, and
    found: the number of this occurrence, from 1; both None outside terms. begins: whether the occurrence starts here.
    """

    text: str
    numeral: str = ""
    term: int | None = None
    found: int | None = None
    begins: bool = False


@dataclass(frozen=True, slots=True)
class MarkedParagraph:
    """A paragraph with its text in marked pieces."""

    paragraph: Paragraph
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class TextSection:
    """Claims, abstract or description in one language. counts: occurrences of each term in it."""

    name: str
    language: str
    paragraphs: tuple[MarkedParagraph, ...]
    counts: tuple[int, ...]

    @property
    def title(self) -> str:
        return f"{self.name} ({self.language})" if self.language else self.name


@dataclass(frozen=True, slots=True)
class PublicationText:
    """All sections. counts: occurrences of each term in all sections; found_count: of all terms together."""

    sections: tuple[TextSection, ...]
    counts: tuple[int, ...]
    found_count: int


def text_of_publication(publication: Publication, terms: Sequence[str] = ()) -> PublicationText:
    """Return the text by section and language: claims, abstract, description, each in the document's order."""
    numerals: dict[int, list[tuple[int, int, str]]] = {}
    sentences = publication.sentences.exclude(mentions=[]).values_list("paragraph_id", "start", "mentions")
    for paragraph_id, begin, mentions in sentences:
        for numeral, start, end, kind in mentions:
            if kind == MentionKind.NUMERAL.value:
                numerals.setdefault(paragraph_id, []).append((begin + start, begin + end, numeral))
    by_section: dict[tuple[str, str], list[Paragraph]] = {}
    for paragraph in publication.paragraphs.defer("figure_references", "emphasised").order_by("position"):
        by_section.setdefault((paragraph.section, paragraph.language), []).append(paragraph)
    sections, found = [], 0
    for (name, language), paragraphs in sorted(by_section.items(), key=lambda section: _place(section[0][0])):
        marked: list[MarkedParagraph] = []
        counts: Counter[int] = Counter()
        for paragraph in paragraphs:
            pieces = pieces_of_paragraph(paragraph.text, numerals.get(paragraph.pk, ()), terms, found)
            begun = [piece.term for piece in pieces if piece.begins and piece.term is not None]
            counts.update(begun)
            found += len(begun)
            marked.append(MarkedParagraph(paragraph, pieces))
        sections.append(TextSection(name, language, tuple(marked), tuple(counts[term] for term in range(len(terms)))))
    counts_of_all = tuple(sum(section.counts[term] for section in sections) for term in range(len(terms)))
    return PublicationText(tuple(sections), counts_of_all, found)


def pieces_of_paragraph(
    text: str, numerals: Iterable[tuple[int, int, str]], terms: Sequence[str], found_before: int = 0
) -> tuple[Piece, ...]:
    """Cut a text wherever a numeral or an occurrence of a term begins or ends. Joined, the pieces are the text.

    numerals: start, end and the numeral; one that overlaps an earlier one or exceeds the text is left out.
    found_before: occurrences in earlier paragraphs, from which counting goes on.
    """
    marks: list[tuple[int, int, str]] = []
    for span in sorted(numerals):
        if span[0] >= (marks[-1][1] if marks else 0) and span[1] <= len(text):
            marks.append(span)
    occurrences = occurrences_of(text, terms)
    edges = [(start, end) for start, end, _ in marks] + [
        (occurrence.start, occurrence.end) for occurrence in occurrences
    ]
    cuts = sorted({0, len(text), *(at for edge in edges for at in edge)})
    pieces: list[Piece] = []
    mark_at = found_at = 0
    for start, end in pairwise(cuts):
        while mark_at < len(marks) and marks[mark_at][1] <= start:
            mark_at += 1
        while found_at < len(occurrences) and occurrences[found_at].end <= start:
            found_at += 1
        mark = marks[mark_at] if mark_at < len(marks) and marks[mark_at][0] <= start else None
        occurrence = (
            occurrences[found_at] if found_at < len(occurrences) and occurrences[found_at].start <= start else None
        )
        pieces.append(
            Piece(
                text=text[start:end],
                numeral=mark[2] if mark else "",
                term=occurrence.term if occurrence else None,
                found=found_before + found_at + 1 if occurrence else None,
                begins=occurrence is not None and occurrence.start == start,
            )
        )
    return tuple(pieces)


def _place(section: str) -> int:
    return _ORDER.index(section) if section in _ORDER else len(_ORDER)
