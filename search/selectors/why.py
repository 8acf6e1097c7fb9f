"""Why a figure matches a query: similar sentences, shared part names and numerals."""

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
"""Per side; each is encoded while the user waits."""
TYPED, FROM_XML = "your text", "the patent XML"
Pieces = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class QuerySentence:
    """A sentence of the query. source: the name of a figure, TYPED or FROM_XML."""

    text: str
    source: str
    language: str


@dataclass(frozen=True, slots=True)
class PairShown:
    """Two sentences of similar meaning, the query's and the hit's, in pieces (text, mark): shared words are marked."""

    query_pieces: Pieces
    source: str
    found: Pieces
    similarity: float


@dataclass(frozen=True, slots=True)
class NumeralShown:
    """A numeral drawn in both figures, with the part name in either text, "" for none."""

    numeral: str
    query_name: str
    found_name: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class PartsShown:
    """Parts and numerals of both drawings.

    query_figure: the figure of the query that was compared, or None. same: parts with the same name. alike: parts whose
    names have the same head noun, like "boom cylinder" and "bucket cylinder". is_family: both are of one family.
    """

    query_figure: Figure | None
    same: tuple[SharedName, ...] = ()
    alike: tuple[SharedName, ...] = ()
    numerals: tuple[NumeralShown, ...] = ()
    is_family: bool = False


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Numerals drawn in a figure, or in a region of it, with their part names, in the order of the numerals."""

    figure: Figure
    names: dict[str, str]

    @property
    def named(self) -> dict[str, str]:
        return {numeral: name for numeral, name in self.names.items() if name}


def nearest_picture(query: Query, question: Question, hit: RankedHit) -> Picture | None:
    """Return the query's picture that is most similar to the hit. None if no drawings were compared."""
    if not hit.nearest:
        return None
    named = [picture for picture in (*question.examples, *question.liked) if picture.token == hit.nearest]
    # A query with a whole publication does not list its figures as examples.
    return named[0] if named else picture_from_token("figure", hit.nearest)


def query_figures(query: Query, question: Question, hit: RankedHit) -> list[Picture]:
    """Return the query's figures of the collection, the nearest to the hit first. Without any, the liked figures."""
    nearest = nearest_picture(query, question, hit)
    given = {picture.token: picture for picture in question.examples}
    compared = [
        given.get(token) or picture_from_token("figure", token) for token in query.examples if _is_figure(token)
    ]
    pictures = (*([nearest] if nearest else []), *question.examples, *compared)
    return [picture for picture in dict.fromkeys(pictures) if picture.source == "figure"] or list(question.liked)


def query_sentences(query: Query, question: Question, hit: RankedHit) -> list[QuerySentence]:
    """Return sentences of the query, at most MOST_SENTENCES, taken from its sources in turn."""
    pictures = query_figures(query, question, hit)
    sources: list[list[QuerySentence]] = [
        [QuerySentence(text, TYPED, "en") for text in _split(question.text)],
        [QuerySentence(text, TYPED, "en") for text in _split(_passage(query, question))],
        [QuerySentence(text, FROM_XML, "en") for text in query.sentences],
        *_sentences_of_figures(pictures),
    ]
    turns = (sentence for turn in zip_longest(*sources) for sentence in turn)
    in_turn = (sentence for sentence in turns if sentence is not None and sentence.text.strip())
    return list({sentence.text: sentence for sentence in in_turn}.values())[:MOST_SENTENCES]


def found_sentences(figure_id: int) -> list[str]:
    """Return the linked sentences of a figure, the best first, at most MOST_SENTENCES."""
    links = links_of_figures([figure_id], MOST_SENTENCES)[figure_id]
    return list(dict.fromkeys(link.sentence.text for link in links if link.sentence.text.strip()))


def pairs_shown(explanation: Explanation, sentences: Sequence[QuerySentence], language: str) -> tuple[PairShown, ...]:
    """Return the sentence pairs of an explanation, with shared words marked.

    sentences: the query's, for their sources. language: of the found figure's publication.
    """
    by_text = {sentence.text: sentence for sentence in sentences}
    shown = []
    for pair in explanation.sentence_pairs:
        source = by_text.get(pair["asked"]) or QuerySentence(pair["asked"], "", "en")
        here, there = shared_words(pair["asked"], pair["found"], source.language, language)
        shown.append(
            PairShown(
                query_pieces=pieces_of(pair["asked"], here),
                source=source.source,
                found=pieces_of(pair["found"], there),
                similarity=pair["similarity"],
            )
        )
    return tuple(shown)


def parts_shown(query: Query, question: Question, hit: RankedHit, found: Figure) -> PartsShown:
    """Return the part names and numerals that the found figure shares with the query's nearest figure."""
    pictures = query_figures(query, question, hit)
    queried = _drawn_in(pictures[0]) if pictures else None
    if queried is None:
        return PartsShown(None)
    there = _Drawn(found, _names_of(found, _numerals_of(found)))
    here_publication, there_publication = queried.figure.sheet.publication, found.sheet.publication
    shared = names_shared_across(
        (queried.named, there.named), (here_publication.language or "en", there_publication.language or "en")
    )
    same = tuple(name for name in shared if name.likeness is Likeness.SAME)
    return PartsShown(
        query_figure=queried.figure,
        same=same,
        alike=tuple(name for name in shared if name.likeness is Likeness.SIMILAR),
        numerals=tuple(
            NumeralShown(numeral, queried.names[numeral], there.names[numeral], _is_same(same, numeral))
            for numeral in queried.names
            if numeral in there.names
        ),
        is_family=here_publication == there_publication
        or bool(here_publication.family_key and here_publication.family_key == there_publication.family_key),
    )


def _is_same(same: Iterable[SharedName], numeral: str) -> bool:
    """Return whether both drawings use this numeral for parts with the same name."""
    return any(
        any(part.numeral == numeral for part in name.left) and any(part.numeral == numeral for part in name.right)
        for name in same
    )


def _is_figure(token: str) -> bool:
    """Return whether a picture's token is a figure's: uploads have a UUID, with dashes, figures a number."""
    return "-" not in token.partition("~")[0]


def _split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, "en")] if text else []


def _passage(query: Query, question: Question) -> str:
    """Return the long text of the query, "" if it was deleted since."""
    if not question.passage:
        return ""
    stored = Material.objects.filter(owner=query.owner_id, pk=question.passage).first()
    return file_read(stored.file, private_storage()).decode() if stored is not None else ""


def _sentences_of_figures(pictures: Sequence[Picture]) -> list[list[QuerySentence]]:
    """Return the linked sentences of each picture; for a region, those of the numerals within."""
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
    """Return part names by numeral, "" for none, in the order of the numerals."""
    names = figure.sheet.publication.part_names.filter(numeral__in=numerals)
    known = dict(names.values_list("numeral", "name"))
    return {numeral: known.get(numeral, "") for numeral in sorted(numerals, key=numeral_sort_key)}
