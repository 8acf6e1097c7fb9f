"""Small rows of annotation: topics, finished runs, a pool, a session with its showings."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from annotations.models import (
    Assignment,
    Candidate,
    Judgment,
    Pool,
    RankedList,
    Run,
    Session,
    Showing,
    System,
    Topic,
    TopicSet,
)
from search.models import Figure, Verdict, WorkState


def topic_set_make(made_by: User, figures: Sequence[Figure], *, name: str = "Pumps") -> TopicSet:
    """Make a set with one topic for each figure, numbered from 1."""
    topic_set = TopicSet.objects.create(name=name, created_by=made_by, seed=7)
    Topic.objects.bulk_create(
        Topic(topic_set=topic_set, number=number, figure=figure, title=f"Need {number}", need="Pumps like this one.")
        for number, figure in enumerate(figures, start=1)
    )
    return topic_set


def run_make(
    topic_set: TopicSet,
    ranked: Sequence[Figure],
    *,
    name: str = "visual",
    system: str = System.VISUAL,
    scores: Sequence[float] | None = None,
) -> Run:
    """Make a finished run with these figures, best first, for each topic except the topic's own figure."""
    run = Run.objects.create(
        topic_set=topic_set,
        name=name,
        system=system,
        created_by=topic_set.created_by,
        encoder_keys={"visual": "tests/visual", "text": "tests/text"},
        index_versions={"visual": 1, "text": 1},
        state=WorkState.DONE,
        verdict=Verdict.ACCEPTED,
        finished_at=timezone.now(),
        sha256="0" * 64,
    )
    falling = list(scores or [0.9 - place / 100 for place in range(len(ranked))])
    for topic in topic_set.topics.all():
        kept = [(one.pk, score) for one, score in zip(ranked, falling, strict=True) if one.pk != topic.figure_id]
        RankedList.objects.create(
            run=run, topic=topic, figure_ids=[pk for pk, _ in kept], scores=[score for _, score in kept]
        )
    return run


def pool_make(topic_set: TopicSet, runs: Sequence[Run], *, depth: int = 10, name: str = "depth 10") -> Pool:
    """Make a pool of the first `depth` figures of the runs."""
    pool = Pool.objects.create(topic_set=topic_set, name=name, depth=depth, created_by=topic_set.created_by)
    pool.runs.set(runs)
    lists = RankedList.objects.filter(run__in=runs)
    wanted = {(one.topic_id, figure_id) for one in lists for figure_id in one.figure_ids[:depth]}
    Candidate.objects.bulk_create(
        Candidate(pool=pool, topic_id=topic_id, figure_id=figure_id) for topic_id, figure_id in sorted(wanted)
    )
    return pool


def session_make(
    pool: Pool, assessors: Sequence[User], *, name: str = "First session", repeats: int = 0, facets: bool = False
) -> Session:
    """Make a session in which each assessor has all candidates in the pool's order, then the first `repeats` again."""
    session = Session.objects.create(
        pool=pool, name=name, seed=11, asks_facets=facets, created_by=pool.created_by, instructions="Judge the whole."
    )
    candidates = list(pool.candidates.all())
    for assessor in assessors:
        assignment = Assignment.objects.create(session=session, assessor=assessor)
        shown = [(one, False) for one in candidates] + [(one, True) for one in candidates[:repeats]]
        Showing.objects.bulk_create(
            Showing(assignment=assignment, position=position, candidate=candidate, is_repeat=is_repeat)
            for position, (candidate, is_repeat) in enumerate(shown, start=1)
        )
    return session


def judgment_make(showing: Showing, grade: int | None = None, **fields: Any) -> Judgment:
    """Make a judgment the current one of a showing; without a grade, it is “cannot judge”."""
    judgment = Judgment.objects.create(
        client_id=uuid.uuid4(),
        showing=showing,
        assessor=showing.assignment.assessor,
        base=showing.current,
        grade=grade,
        cannot_judge=grade is None,
        **fields,
    )
    showing.current = judgment
    showing.save(update_fields=["current"])
    return judgment
