"""Filters and search once more, plainly: over lists of rows. The fast paths are held against it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.encoders.protocols import Vectors
from engine.ranking.fusion import Fusion
from search.models import Figure

TIE = 1e-6


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure with all that filters ask of it and of its publication."""

    pk: int
    shown: bool
    has_text: bool
    symbols: tuple[tuple[str, str], ...]  # scheme, symbol
    parties: tuple[tuple[str, str], ...]  # role, name
    date: str  # ISO, empty where it is not known
    kind: str
    country: str
    language: str
    batches: tuple[int, ...]


def figure_rows() -> list[FigureRow]:
    """All figures of the database with what filters ask, by key."""
    found = []
    of_publication = [f"sheet__publication__{name}" for name in ("classifications", "parties", "documents")]
    figures = Figure.objects.select_related("sheet__publication").prefetch_related("links", *of_publication)
    for figure in figures.order_by("pk"):
        publication = figure.sheet.publication
        found.append(
            FigureRow(
                pk=figure.pk,
                shown=figure.retired_at is None and publication.retired_at is None,
                has_text=bool(figure.links.all()),
                symbols=tuple((one.scheme, one.symbol) for one in publication.classifications.all()),
                parties=tuple((one.role, one.name) for one in publication.parties.all()),
                date=str(publication.date or ""),
                kind=publication.kind_code,
                country=publication.country,
                language=publication.language,
                batches=tuple(document.batch_id for document in publication.documents.all()),
            )
        )
    return found


def passes(row: FigureRow, filters: Mapping[str, str]) -> bool:
    """Whether a figure is shown and passes all filters; they are written as examiners write them."""
    return row.shown and all(_passes(row, name, value) for name, value in filters.items())


def _passes(row: FigureRow, name: str, value: str) -> bool:
    several = [one.strip() for one in value.split(",") if one.strip()]
    if name in ("ipc", "cpc"):
        wanted = ["".join(one.split()).upper() for one in several]
        own = ["".join(symbol.split()) for scheme, symbol in row.symbols if scheme == name.upper()]
        return any(symbol.startswith(prefix) for symbol in own for prefix in wanted)
    if name in ("date_from", "date_to"):
        later, earlier = (row.date, value) if name == "date_from" else (value, row.date)
        return bool(row.date) and later >= earlier
    if name == "applicant":
        names = [party.upper() for role, party in row.parties if role in ("applicant", "proprietor")]
        if re.fullmatch('".+"', value):
            return value.strip('"').upper() in names
        return any(value.upper() in party for party in names)
    if name == "kind":
        return any(row.kind.startswith(one.upper()) for one in several)
    if name == "has_text":
        return row.has_text
    own_values = {"country": {row.country}, "language": {row.language}, "batch": {str(key) for key in row.batches}}
    return bool(own_values[name] & set(several))


def plain_search(
    allowed: Sequence[int],
    drawn: Mapping[int, NDArray[np.float32]],
    written: Mapping[int, NDArray[np.float32]],
    query: tuple[Vectors, Vectors],
    how: Fusion,
) -> dict[int, float]:
    """All allowed figures that can be compared with their scores, best first: cosine of one side, or the mean of both.

    drawn, written: all that were embedded. A figure without text counts the mean similarity of all texts (the head of
    engine.ranking.fusion says why). A side that no allowed figure has is left out. Equally similar ones stand in the
    order of their keys.
    """
    seen = {pk: float(drawn[pk] @ query[0][0]) for pk in allowed if pk in drawn}
    read = {pk: float(written[pk] @ query[1][0]) for pk in allowed if pk in written}
    scores = seen if (how is Fusion.VISUAL and seen) or not read else read
    if how is Fusion.AVG:
        absent_drawing = float(np.mean([vector @ query[0][0] for vector in drawn.values()]))
        absent_text = float(np.mean([vector @ query[1][0] for vector in written.values()]))
        compared = seen.keys() | read.keys()
        scores = {pk: (seen.get(pk, absent_drawing) + read.get(pk, absent_text)) / 2 for pk in compared}
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def is_same_order(found: Sequence[int], wanted: Mapping[int, float], most: int) -> bool:
    """Whether the first `most` of `found` are those of the plain search, in its order.

    The same drawing twice differs in the last bit of a float, if at all: which of two that are equal to TIE stands
    first says nothing.
    """
    first = list(found[:most])
    scores = list(wanted.values())[:most]
    if len(first) != len(scores) or len(set(first)) != len(first) or not wanted.keys() >= set(first):
        return False
    return all(abs(wanted[pk] - score) < TIE for pk, score in zip(first, scores, strict=True))


def random_filters(rows: Sequence[FigureRow], chance: random.Random) -> dict[str, str]:
    """One to four filters whose values are those of rows, cut, joined, in other spellings, or of nothing at all."""
    names = ["ipc", "cpc", "date_from", "date_to", "applicant", "kind", "country", "language", "batch", "has_text"]
    while not (found := _some_filters(names, rows, chance)):
        pass
    return found


def _some_filters(names: Sequence[str], rows: Sequence[FigureRow], chance: random.Random) -> dict[str, str]:
    example = chance.choice(rows)  # most filters are true of one row, so that many combinations leave something
    found: dict[str, str] = {}
    for name in chance.sample(names, chance.choice((1, 2, 2, 3, 4))):
        value = _random_value(name, example if chance.random() < 0.8 else chance.choice(rows), rows, chance)
        if value:
            found[name] = value
    if found.get("date_from", "") > found.get("date_to", "9999"):
        found["date_from"], found["date_to"] = found["date_to"], found["date_from"]
    return found


def _random_value(name: str, row: FigureRow, rows: Sequence[FigureRow], chance: random.Random) -> str:
    other = chance.choice(rows)
    if name in ("ipc", "cpc"):
        of_scheme = [_some_symbol(one, name.upper(), chance) for one in (row, other)]
        return ", ".join(filter(None, of_scheme[: chance.choice((1, 1, 2))]))
    if name == "applicant":
        names = [party for role, party in row.parties if role in ("applicant", "proprietor")]
        return _some_name(chance.choice(names), chance) if names else ""
    makers: dict[str, Callable[[FigureRow], str]] = {
        "date_from": lambda one: min(one.date, other.date),
        "date_to": lambda one: max(one.date, other.date),
        "kind": lambda one: chance.choice((one.kind, one.kind[:1], f"{one.kind},{other.kind[:1]}")),
        "country": lambda one: chance.choice((one.country, f"{one.country},{other.country}")),
        "language": lambda one: chance.choice((one.language, f"{one.language},{other.language}")),
        "batch": lambda one: ",".join(map(str, one.batches)),
        "has_text": lambda one: "1",
    }
    return makers[name](row).strip(",")


def _some_symbol(row: FigureRow, scheme: str, chance: random.Random) -> str:
    symbols = [symbol for own, symbol in row.symbols if own == scheme]
    if not symbols:
        return ""
    symbol = chance.choice(symbols)
    lengths = [1, 3, 4, len(symbol), symbol.find("/") + 1 or len(symbol)]
    cut = symbol[: chance.choice(lengths)]
    return chance.choice((cut, cut.lower(), cut.replace(" ", "")))


def _some_name(name: str, chance: random.Random) -> str:
    if chance.random() < 0.3 or len(name) < 4:
        return f'"{name}"'
    start = chance.randrange(len(name) - 2)
    part = name[start : start + chance.randint(2, 8)].strip(' ,;"')
    return chance.choice((part, part.upper())) if part.isascii() else name
