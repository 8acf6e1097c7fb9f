"""Runs, with what their pages show, and the state of the collection that a new run would search."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotations.models import FusionFit, Pool, RankedList, Run, System, Topic, TopicSet
from annotations.selectors.topics import ShownTopic, may_see_drawings
from engine.errors import NotFound
from search.models import Figure, FigureEmbedding, Modality, SentenceLink, WorkState
from search.selectors.figures import best_links
from search.selectors.vectors import active_versions, newest_embedding

FAILED = (WorkState.REJECTED, WorkState.QUARANTINED)
HITS_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class CollectionState:
    """The state of the collection that a run searches, by modality."""

    encoder_keys: dict[str, str]
    index_versions: dict[str, int]
    last_embedding_ids: dict[str, int]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list. done, count: topics with a ranked list, and all. is_used: a pool or a fit was made of it."""

    run: Run
    done: int
    count: int
    is_used: bool

    @property
    def is_open(self) -> bool:
        return not self.run.is_finished

    @property
    def has_failed(self) -> bool:
        return self.run.state in FAILED

    @property
    def percent(self) -> int:
        return 100 * self.done // self.count if self.count else 0


@dataclass(frozen=True, slots=True)
class RunHit:
    """A figure that a run found. figure: None if it was retired since."""

    rank: int
    score: float
    figure_id: int
    figure: Figure | None
    link: SentenceLink | None


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run with the ranked list of one topic. hits: a page of the list. page: None before the topic was searched."""

    row: RunRow
    topics: tuple[Topic, ...]
    shown: ShownTopic | None
    hits: tuple[RunHit, ...]
    page: Page[tuple[int, float]] | None
    previous: Topic | None
    following: Topic | None

    @property
    def query_part(self) -> str:
        """The beginning of the query string of other pages of the list."""
        return f"topic={self.shown.topic.number}&" if self.shown else ""


def current_collection_state() -> CollectionState | None:
    """Return the encoders in use with their indexes and newest embeddings; None before there is an index."""
    versions = active_versions()
    if not versions:
        return None
    keys = {side: version.encoder_key for side, version in sorted(versions.items())}
    return CollectionState(
        encoder_keys=keys,
        index_versions={side: version.pk for side, version in sorted(versions.items())},
        last_embedding_ids={side: newest_embedding(key) for side, key in keys.items()},
    )


def runs_listed(topic_set: TopicSet) -> list[RunRow]:
    """Return the runs of a topic set with their progress, oldest first."""
    count = topic_set.topics.count()
    return [_row(run, count) for run in _counted(topic_set.runs.all())]


def run_row(run: Run) -> RunRow:
    """Return a run with its progress. Raises: NotFound."""
    counted = _counted(Run.objects.filter(pk=run.pk)).first()
    if counted is None:
        raise NotFound(f"Run {run} was deleted meanwhile.")
    return _row(counted, counted.topic_set.topics.count())


def runs_in_use() -> Q:
    """Select the runs that a pool or a fit was made of."""
    pools = Pool.runs.through.objects.filter(run=OuterRef("pk"))
    fits = FusionFit.objects.filter(Q(run=OuterRef("pk")) | Q(baseline=OuterRef("pk")))
    return Q(Exists(pools)) | Q(Exists(fits))


def run_like(
    topic_set: TopicSet,
    state: CollectionState,
    *,
    system: System,
    weight: float | None,
    depth: int,
    filters: Mapping[str, str],
) -> Run | None:
    """Return the run with the same settings and state of the collection, whose lists are the same; None without one."""
    same = topic_set.runs.filter(
        system=system,
        weight=weight,
        depth=depth,
        filters=dict(filters),
        encoder_keys=state.encoder_keys,
        last_embedding_ids=state.last_embedding_ids,
    )
    same_index = Q(index_versions=state.index_versions) | ~Q(state=WorkState.DONE)
    return same.filter(same_index).order_by("pk").first()


def run_content(run: Run) -> bytes:
    """Serialize the ranked lists of a run for its hash: topic number, figures and scores, one line for each topic."""
    lists = run.lists.select_related("topic").order_by("topic__number")
    return lists_content((one.topic.number, one.figure_ids, one.scores) for one in lists)


def lists_content(lists: Iterable[tuple[int, Sequence[int], Sequence[float]]]) -> bytes:
    """Serialize ranked lists like run_content: topic number, figures and scores, in the order of numbers."""
    return "".join(f"{json.dumps(one, separators=(',', ':'))}\n" for one in lists).encode()


def topics_lacking(topic_set: TopicSet, encoder_keys: Mapping[str, str]) -> dict[str, list[int]]:
    """Modality → numbers of the topics without a drawing or text to search with."""
    numbers: dict[str, list[int]] = {}
    for side in Modality:
        embedded = FigureEmbedding.objects.filter(figure=OuterRef("figure"), encoder_key=encoder_keys.get(side.value))
        has_own = ~Q(image="") if side is Modality.VISUAL else ~Q(text="")
        lacking = topic_set.topics.exclude(has_own).filter(~Exists(embedded))
        numbers[side.value] = list(lacking.order_by("number").values_list("number", flat=True))
    return numbers


def run_page(run: Run, viewer: User, number: int | None, page: str | None) -> RunPage:
    """Return a run with the ranked list of a topic by number, by default of the first topic."""
    topics = list(run.topic_set.topics.select_related("figure__sheet__publication").order_by("number"))
    place = next((at for at, topic in enumerate(topics) if topic.number == number), 0)
    topic = topics[place] if topics else None
    ranked = RankedList.objects.filter(run=run, topic=topic).first() if topic else None
    pairs = list(zip(ranked.figure_ids, ranked.scores, strict=True)) if ranked else []
    shown = Paginator(pairs, HITS_PER_PAGE).get_page(page)
    own = [topic.figure_id] if topic is not None and topic.figure_id is not None else []
    figure_ids = [figure_id for figure_id, _ in shown]
    links = best_links([*own, *figure_ids])
    return RunPage(
        row=run_row(run),
        topics=tuple(topics),
        shown=None if topic is None else _shown(topic, links, run, viewer),
        hits=tuple(_hits(shown, links)),
        page=shown if ranked else None,
        previous=topics[place - 1] if place else None,
        following=topics[place + 1] if place + 1 < len(topics) else None,
    )


def _shown(topic: Topic, links: Mapping[int, SentenceLink], run: Run, viewer: User) -> ShownTopic:
    may_see = topic.figure_id is not None or may_see_drawings(viewer, run.topic_set)
    return ShownTopic(topic, links.get(topic.figure_id or 0), may_see)


def _hits(page: Page[tuple[int, float]], links: Mapping[int, SentenceLink]) -> list[RunHit]:
    pairs: Sequence[tuple[int, float]] = list(page)
    shown = Figure.objects.filter(retired_at=None, sheet__publication__retired_at=None)
    figures = shown.select_related("sheet__publication").in_bulk([figure_id for figure_id, _ in pairs])
    return [
        RunHit(rank, score, figure_id, figures.get(figure_id), links.get(figure_id))
        for rank, (figure_id, score) in enumerate(pairs, start=page.start_index())
    ]


def _counted(runs: QuerySet[Run]) -> QuerySet[Run, Any]:
    lists = RankedList.objects.filter(run=OuterRef("pk")).order_by().values("run").annotate(count=Count("pk"))
    done = Coalesce(Subquery(lists.values("count"), output_field=IntegerField()), 0)
    return runs.select_related("created_by", "topic_set").annotate(done=done, is_used=runs_in_use()).order_by("pk")


def _row(run: Any, count: int) -> RunRow:
    return RunRow(run=run, done=run.done, count=count, is_used=run.is_used)
