"""Why a figure answers a query: sentences beside the query's, parts and numerals that both drawings have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from engine.linking import split_sentences
from engine.linking.shared_names import Likeness, SharedName, names_shared_across
from engine.ranking.explaining import shared_words
from engine.sheets.reading import TextKind
from search.files import file_read, private_storage
from search.models import Explanation, Figure, Material, Query
from search.question import Picture, Question, picture_from_token
from search.selectors.figures import (
    figures_to_show,
    links_of_figures,
    numerals_of_region,
    pieces_of,
    sentences_of_region,
)
from search.selectors.hits import RankedHit
from search.selectors.publications import numeral_sort_key

MOST_SENTENCES = 40
"""Of either side: each is encoded while somebody waits."""
TYPED, FROM_XML = "your text", "the patent XML"
Pieces = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class QuerySentence:
    """A sentence of the query, and where it comes from: a figure by its name, or TYPED, or FROM_XML."""

    text: str
    source: str
    language: str


@dataclass(frozen=True, slots=True)
class PairShown:
    """Two sentences that mean much the same, in pieces (text, mark): words that both have are marked."""

    asked: Pieces
    source: str
    found: Pieces
    similarity: float


@dataclass(frozen=True, slots=True)
class NumeralShown:
    """A numeral drawn in both figures, with what either text calls its part; empty where it has no name."""

    numeral: str
    asked_name: str
    found_name: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class PartsShown:
    """What both drawings name. asked: the figure of the query that was compared, None where it has none.

    same: parts of the same name; alike: parts whose names have the same head noun, "boom cylinder", "bucket cylinder".
    """

    asked: Figure | None
    same: tuple[SharedName, ...] = ()
    alike: tuple[SharedName, ...] = ()
    numerals: tuple[NumeralShown, ...] = ()
    is_family: bool = False


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Numerals drawn in a figure, or in a part of it, with the names of their parts; rising."""

    figure: Figure
    names: dict[str, str]

    @property
    def named(self) -> dict[str, str]:
        return {numeral: name for numeral, name in self.names.items() if name}


def nearest_picture(query: Query, question: Question, hit: RankedHit) -> Picture | None:
    """The picture of the query that the hit's drawing is most similar to; None where no drawing was compared."""
    if not hit.nearest:
        return None
    named = [one for one in (*question.examples, *question.liked) if one.token == hit.nearest]
    # The figures of a publication that is asked with stand in no address of their own.
    return named[0] if named else picture_from_token("figure", hit.nearest)


def query_figures(query: Query, question: Question, hit: RankedHit) -> list[Picture]:
    """The figures of the collection that were asked with, the nearest to the hit first; without any the liked ones."""
    nearest = nearest_picture(query, question, hit)
    given = {one.token: one for one in question.examples}
    compared = [
        given.get(token) or picture_from_token("figure", token) for token in query.examples if _is_figure(token)
    ]
    pictures = (*([nearest] if nearest else []), *question.examples, *compared)
    return [one for one in dict.fromkeys(pictures) if one.source == "figure"] or list(question.liked)


def query_sentences(query: Query, question: Question, hit: RankedHit) -> list[QuerySentence]:
    """Sentences of the query, at most MOST_SENTENCES, from its sources by turns so that none is crowded out."""
    pictures = query_figures(query, question, hit)
    sources: list[list[QuerySentence]] = [
        [QuerySentence(text, TYPED, "en") for text in _split(question.text)],
        [QuerySentence(text, TYPED, "en") for text in _split(_passage(query, question))],
        [QuerySentence(text, FROM_XML, "en") for text in query.sentences],
        *_sentences_of_figures(pictures),
    ]
    by_turns = (one for turn in zip_longest(*sources) for one in turn if one is not None and one.text.strip())
    return list({one.text: one for one in by_turns}.values())[:MOST_SENTENCES]


def found_sentences(figure_id: int) -> list[str]:
    """Linked sentences of a figure, the most telling first, at most MOST_SENTENCES."""
    links = links_of_figures([figure_id], MOST_SENTENCES)[figure_id]
    return list(dict.fromkeys(link.sentence.text for link in links if link.sentence.text.strip()))


def pairs_shown(explanation: Explanation, asked: Sequence[QuerySentence], language: str) -> tuple[PairShown, ...]:
    """The sentence pairs of an explanation; language: of the found figure's publication."""
    by_text = {one.text: one for one in asked}
    shown = []
    for pair in explanation.sentence_pairs:
        source = by_text.get(pair["asked"]) or QuerySentence(pair["asked"], "", "en")
        here, there = shared_words(pair["asked"], pair["found"], source.language, language)
        shown.append(
            PairShown(
                asked=pieces_of(pair["asked"], here),
                source=source.source,
                found=pieces_of(pair["found"], there),
                similarity=pair["similarity"],
            )
        )
    return tuple(shown)


def parts_shown(query: Query, question: Question, hit: RankedHit, found: Figure) -> PartsShown:
    """Shared part names and numerals of the found figure and the query's nearest figure that is of the collection."""
    pictures = query_figures(query, question, hit)
    asked = _drawn_in(pictures[0]) if pictures else None
    if asked is None:
        return PartsShown(None)
    there = _Drawn(found, _names_of(found, _numerals_of(found)))
    here_publication, there_publication = asked.figure.sheet.publication, found.sheet.publication
    shared = names_shared_across(
        (asked.named, there.named), (here_publication.language or "en", there_publication.language or "en")
    )
    same = tuple(one for one in shared if one.likeness is Likeness.SAME)
    return PartsShown(
        asked=asked.figure,
        same=same,
        alike=tuple(one for one in shared if one.likeness is Likeness.SIMILAR),
        numerals=tuple(
            NumeralShown(numeral, asked.names[numeral], there.names[numeral], _is_same(same, numeral))
            for numeral in asked.names
            if numeral in there.names
        ),
        is_family=here_publication == there_publication
        or bool(here_publication.family_key and here_publication.family_key == there_publication.family_key),
    )


def _is_same(same: Iterable[SharedName], numeral: str) -> bool:
    """Whether both sides mark parts of one name with this very numeral."""
    return any(
        any(part.numeral == numeral for part in one.left) and any(part.numeral == numeral for part in one.right)
        for one in same
    )


def _is_figure(token: str) -> bool:
    """Uploaded pictures are named by a UUID, which has dashes; figures by a number."""
    return "-" not in token.partition("~")[0]


def _split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, "en")] if text else []


def _passage(query: Query, question: Question) -> str:
    """The long text of the query; empty where it is gone since."""
    if not question.passage:
        return ""
    kept = Material.objects.filter(owner=query.owner_id, pk=question.passage).first()
    return file_read(kept.file, private_storage()).decode() if kept is not None else ""


def _sentences_of_figures(pictures: Sequence[Picture]) -> list[list[QuerySentence]]:
    """For each picture its linked sentences; of a part of a figure, those of the numerals within."""
    figures = figures_to_show().in_bulk([int(picture.key) for picture in pictures])
    whole = [int(picture.key) for picture in pictures if picture.region is None and int(picture.key) in figures]
    links = links_of_figures(whole, MOST_SENTENCES) if whole else {}
    sources = []
    for picture in pictures:
        figure = figures.get(int(picture.key))
        if figure is None:
            continue
        if picture.region is not None:
            texts = sentences_of_region(figure.pk, picture.region)
        else:
            texts = [link.sentence.text for link in links[figure.pk]]
        publication = figure.sheet.publication
        name = f"{'part of ' if picture.region else ''}{figure} of {publication.reference}"
        sources.append([QuerySentence(text, name, publication.language) for text in texts])
    return sources


def _drawn_in(picture: Picture) -> _Drawn | None:
    figure = figures_to_show().filter(pk=int(picture.key)).first()
    if figure is None:
        return None
    numerals = numerals_of_region(figure, picture.region) if picture.region is not None else _numerals_of(figure)
    return _Drawn(figure, _names_of(figure, numerals))


def _numerals_of(figure: Figure) -> set[str]:
    return set(figure.readings.filter(kind=TextKind.NUMERAL.value).values_list("text", flat=True))


def _names_of(figure: Figure, numerals: set[str]) -> dict[str, str]:
    """Numeral → name of its part, empty without one; in the order a reader counts."""
    names = figure.sheet.publication.part_names.filter(numeral__in=numerals)
    known = dict(names.values_list("numeral", "name"))
    return {numeral: known.get(numeral, "") for numeral in sorted(numerals, key=numeral_sort_key)}
