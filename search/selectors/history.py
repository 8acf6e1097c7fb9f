"""The history of a user's queries, its search by words, the answers to one search over time, and saved searches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet

from search.filters import FILTERS
from search.filters.kinds import LinkedText
from search.models import Figure, FigureEmbedding, Material, Query, SavedSearch
from search.selectors.figures import figures_to_show
from search.selectors.queries import queries_of

BEST_SHOWN = 4
MOST_ANSWERS = 50
_PICTURE_FIELDS = {"image", "figure", "like", "unlike"}
_HIDDEN_FIELDS = {"passage", "patent_xml", "weight", "top", "by", "group", "family"}
_FIGURE = re.compile(r"(?:^|&)(?:figure|like|unlike)=(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Remembered:
    """A query of the history, and those of its best figures that are still shown."""

    query: Query
    best: tuple[Figure, ...]


def history_of(owner: User) -> QuerySet[Query]:
    """Return the user's queries, newest first, without replays; candidates are deferred."""
    return queries_of(owner).filter(replay_of=None).defer("candidates")


def history_matching(owner: User, words_typed: str) -> QuerySet[Query]:
    """Return the queries of the history whose text, filters, publications or names of uploads contain all the words."""
    addresses = dict(history_of(owner).values_list("pk", "query_string"))
    names = _names_of_materials(owner) | _publications_of(addresses.values())
    words = words_typed.casefold().split()
    found = [pk for pk, address in addresses.items() if _contains(address, words, names)]
    return history_of(owner).filter(pk__in=found)


def remembered(queries: Sequence[Query]) -> list[Remembered]:
    """Return the queries with their best figures, by one database query however many they are."""
    figures = figures_to_show().in_bulk({figure_id for query in queries for figure_id in query.best_figures})
    return [
        Remembered(query, tuple(figures[one] for one in query.best_figures[:BEST_SHOWN] if one in figures))
        for query in queries
    ]


def answers_to(query: Query) -> list[Query]:
    """Return the owner's answered queries of the same search, newest first, including this one."""
    same = history_of(query.owner).filter(search_key=query.search_key, error_code="", state="done")
    return list(same[:MOST_ANSWERS])


def earlier_answers_to(query: Query) -> QuerySet[Query]:
    """Return the owner's answered queries of the same search before this one."""
    same = history_of(query.owner).filter(search_key=query.search_key, error_code="", state="done")
    return same.filter(created_at__lt=query.created_at)


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search. last_asked, newer_count: its last query and the drawings added since; None without a query."""

    search: SavedSearch
    last_asked: Query | None
    newer_count: int | None


def searches_of(owner: User) -> QuerySet[SavedSearch]:
    """Return the user's saved searches, by name. Administrators do not see those of others either."""
    return SavedSearch.objects.filter(owner=owner).order_by("name")


def kept_searches(owner: User) -> list[Kept]:
    """Return the user's saved searches with the number of drawings added since each was last asked."""
    searches = list(searches_of(owner))
    keys = {search.pk: search.question.search_key for search in searches}
    newest: dict[str, Query] = {}
    for query in history_of(owner).filter(search_key__in=set(keys.values()), state="done").order_by("created_at"):
        newest[query.search_key] = query
    newer = _newer_counts(newest.values())
    found = [(search, newest.get(keys[search.pk])) for search in searches]
    return [Kept(search, last, newer.get(last.pk) if last is not None else None) for search, last in found]


def _newer_counts(queries: Iterable[Query]) -> dict[UUID, int]:
    """Count, by query, the embeddings of its visual encoder that are newer than its answer."""
    known = {
        query.pk: (query.encoder_keys["visual"], query.last_embedding_ids["visual"])
        for query in queries
        if "visual" in query.encoder_keys and "visual" in query.last_embedding_ids
    }
    if not known:
        return {}
    names = {f"newer_{place}": pk for place, pk in enumerate(known)}
    keys = {encoder_key for encoder_key, _ in known.values()}
    beyond = min(newest for _, newest in known.values())
    counted = FigureEmbedding.objects.filter(encoder_key__in=keys, pk__gt=beyond).aggregate(
        **{name: Count("pk", filter=Q(encoder_key=known[pk][0], pk__gt=known[pk][1])) for name, pk in names.items()}
    )
    return {pk: counted[name] for name, pk in names.items()}


def _names_of_materials(owner: User) -> dict[str, str]:
    rows = Material.objects.filter(owner=owner).values_list("pk", "name")
    return {str(pk): name.casefold() for pk, name in rows}


def _publications_of(addresses: Iterable[str]) -> dict[str, str]:
    """By figure: the reference of its publication."""
    figure_ids = {int(found) for address in addresses for found in _FIGURE.findall(address)}
    rows = Figure.objects.filter(pk__in=figure_ids).values_list("pk", "sheet__publication__reference")
    return {str(pk): reference.casefold() for pk, reference in rows}


def _is_flag(field: str) -> bool:
    return field in FILTERS and isinstance(FILTERS[field].kind, LinkedText)


def _contains(address: str, words: Sequence[str], names: dict[str, str]) -> bool:
    texts = []
    for field, value in parse_qsl(address):
        if field in _PICTURE_FIELDS:
            texts.append(names.get(value.split("~", 1)[0], ""))
        elif field not in _HIDDEN_FIELDS and not _is_flag(field):
            texts.append(value.casefold())
    text = "\n".join(texts)
    return all(word in text for word in words)
