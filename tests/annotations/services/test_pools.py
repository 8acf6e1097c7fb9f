"""Pools: the first figures of each run, united, without kin, reserved and retired ones, made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from annotations.models import Pool, Run, TopicSet
from annotations.selectors.pools import (
    ASSUMED_SECONDS,
    median_pace,
    pairs_of_assessors,
    pool_contents,
    pool_preview,
    runs_to_pool,
)
from annotations.services.locks import RunNotFound
from annotations.services.pools import pool_make
from annotations.services.runs import run_delete
from annotations.services.sessions import SessionOptions, session_close, session_make
from engine.errors import Problem
from search.models import Figure, WorkState
from tests.annotation_rows import judgment_make, run_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make
from tests.overlapping import second_during_first

pytestmark = pytest.mark.django_db
ALONE = SessionOptions(repeat_percent=0)


@pytest.fixture
def maker() -> User:
    return user_make("maker", staff=True)


@pytest.fixture
def figures() -> list[Figure]:
    """Two of each of six publications; the first publication's are asked with."""
    return strangers_make(6)


@pytest.fixture
def topic_set(maker: User, figures: list[Figure]) -> TopicSet:
    return topic_set_make(maker, [figures[0], figures[2]])


@pytest.fixture
def runs(topic_set: TopicSet, figures: list[Figure]) -> list[Run]:
    """Two runs that found others of the figures in other orders; both list the topics' own publications too."""
    return [
        run_make(topic_set, figures),
        run_make(topic_set, figures[::-1], name="text", system="text"),
    ]


def pooled(pool: Pool) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, figure in pool.candidates.order_by("pk").values_list("topic__number", "figure_id"):
        found.setdefault(number, []).append(figure)
    return found


def pks(*figures: Figure) -> list[int]:
    return [figure.pk for figure in figures]


def test_the_first_of_each_run_are_united_without_the_topics_own_publication(
    topic_set: TopicSet, runs: list[Run], figures: list[Figure], maker: User
) -> None:
    pool = pool_make(topic_set=topic_set, runs=runs, depth=3, name="depth 3", made_by=maker)
    assert pooled(pool) == {
        1: pks(figures[2], figures[3], figures[4], figures[9], figures[10], figures[11]),
        2: pks(figures[0], figures[1], figures[4], figures[9], figures[10], figures[11]),
    }


def test_keys_of_candidates_follow_the_figures_whatever_the_ranks(
    topic_set: TopicSet, runs: list[Run], maker: User
) -> None:
    forwards = pool_make(topic_set=topic_set, runs=runs, depth=4, name="a", made_by=maker)
    backwards = pool_make(topic_set=topic_set, runs=runs[::-1], depth=4, name="b", made_by=maker)
    assert pooled(forwards) == pooled(backwards)
    assert all(some == sorted(some) for some in pooled(forwards).values())


def test_family_and_application_and_reserved_publications_are_in_no_pool(
    topic_set: TopicSet, runs: list[Run], figures: list[Figure], maker: User
) -> None:
    own, relative, same_application, reserved = (figures[at].sheet.publication for at in (0, 4, 6, 8))
    own.refresh_from_db()
    relative.family_key = own.family_key
    relative.save()
    same_application.application_number = own.application_number
    same_application.save()
    topic_set.reserved.add(reserved)
    pool = pool_make(topic_set=topic_set, runs=runs, depth=20, name="all", made_by=maker)
    assert pooled(pool) == {
        1: pks(*figures[2:4], *figures[10:]),
        2: pks(*figures[:2], *figures[4:8], *figures[10:]),
    }


def test_what_was_retired_since_is_not_shown_to_anybody(
    topic_set: TopicSet, runs: list[Run], figures: list[Figure], maker: User
) -> None:
    Figure.objects.filter(pk=figures[11].pk).update(retired_at=timezone.now())
    pool = pool_make(topic_set=topic_set, runs=runs[1:], depth=2, name="two", made_by=maker)
    assert pooled(pool) == {1: pks(figures[10]), 2: pks(figures[10])}


def test_the_same_pool_made_again_is_found_and_another_of_its_name_refused(
    topic_set: TopicSet, runs: list[Run], maker: User
) -> None:
    pool = pool_make(topic_set=topic_set, runs=runs, depth=3, name="three", made_by=maker)
    count = pool.candidates.count()
    assert pool_make(topic_set=topic_set, runs=runs[::-1], depth=3, name="three", made_by=maker) == pool
    assert pool.candidates.count() == count
    for other in ({"depth": 4, "runs": runs}, {"depth": 3, "runs": runs[:1]}):
        with pytest.raises(Problem, match=r"^name-taken: "):
            pool_make(topic_set=topic_set, name="three", made_by=maker, **other)  # type: ignore[arg-type]


def test_a_later_run_widens_nothing_but_makes_a_pool_of_its_own(
    topic_set: TopicSet, runs: list[Run], figures: list[Figure], maker: User
) -> None:
    first = pool_make(topic_set=topic_set, runs=runs[:1], depth=2, name="first", made_by=maker)
    before = pooled(first)
    wider = pool_make(topic_set=topic_set, runs=runs, depth=2, name="wider", made_by=maker)
    assert pooled(first) == before
    assert set(pooled(wider)[1]) > set(before[1])


def test_a_pool_of_the_unjudged_leaves_out_what_was_graded_or_is_still_asked(
    topic_set: TopicSet, runs: list[Run], figures: list[Figure], maker: User
) -> None:
    first = pool_make(topic_set=topic_set, runs=runs[:1], depth=2, name="first", made_by=maker)
    session = session_make(pool=first, name="first", assessors=[maker], options=ALONE, seed=1, made_by=maker)
    again = pool_make(topic_set=topic_set, runs=runs, depth=2, name="open", made_by=maker, only_unjudged=True)
    assert pooled(again) == {1: pks(*figures[10:]), 2: pks(*figures[10:])}
    graded, unjudgeable, *_ = session.assignments.get().showings.select_related("candidate__topic")
    judgment_make(graded, 2)
    judgment_make(unjudgeable)
    session_close(session=session)
    rest = pool_make(topic_set=topic_set, runs=runs[:1], depth=2, name="rest", made_by=maker, only_unjudged=True)
    held = {(topic, figure) for topic, some in pooled(rest).items() for figure in some}
    whole = {(topic, figure) for topic, some in pooled(first).items() for figure in some}
    assert whole - held == {(graded.candidate.topic.number, graded.candidate.figure_id)}
    # Asked for again when less is unjudged by now, it is still the same pool.
    session_make(pool=rest, name="rest", assessors=[maker], options=ALONE, seed=1, made_by=maker)
    same = pool_make(topic_set=topic_set, runs=runs[:1], depth=2, name="rest", made_by=maker, only_unjudged=True)
    assert same == rest


def test_where_nothing_is_left_there_is_no_pool(topic_set: TopicSet, runs: list[Run], maker: User) -> None:
    first = pool_make(topic_set=topic_set, runs=runs, depth=2, name="first", made_by=maker)
    session_make(pool=first, name="first", assessors=[maker], options=ALONE, seed=1, made_by=maker)
    with pytest.raises(Problem, match=r"^nothing-to-judge: "):
        pool_make(topic_set=topic_set, runs=runs, depth=2, name="none", made_by=maker, only_unjudged=True)
    assert not Pool.objects.filter(name="none").exists()


def test_a_preview_tells_what_the_pool_will_hold(topic_set: TopicSet, runs: list[Run], maker: User) -> None:
    preview = pool_preview(topic_set, runs, 3)
    assert preview.count == 12
    assert not Pool.objects.exists()
    pool = pool_make(topic_set=topic_set, runs=runs, depth=3, name="three", made_by=maker)
    assert pool_contents(pool).topics == preview.topics
    assert {topic.number: list(some) for topic, some in preview.topics} == pooled(pool)


def test_a_preview_tells_how_many_pairs_each_would_see_as_the_session_deals_them(
    topic_set: TopicSet, runs: list[Run], maker: User
) -> None:
    colleague = user_make("colleague")
    pool = pool_make(topic_set=topic_set, runs=runs, depth=3, name="three", made_by=maker)
    options = SessionOptions(overlap_percent=25, repeat_percent=20)
    told = pairs_of_assessors(
        pool_contents(pool), [maker.pk, colleague.pk], overlap_percent=25, repeat_percent=20, seed=4
    )
    session = session_make(pool=pool, name="s", assessors=[maker, colleague], options=options, seed=4, made_by=maker)
    dealt = sorted(one.showings.filter(is_repeat=False).count() for one in session.assignments.all())
    assert sum(dealt) == 12 + 3
    assert told[0] >= dealt[0] and told[-1] >= dealt[-1]


def test_the_pace_is_assumed_until_it_is_measured_and_then_the_median(
    topic_set: TopicSet, runs: list[Run], maker: User
) -> None:
    assert (median_pace().seconds, median_pace().is_measured) == (ASSUMED_SECONDS, False)
    pool = pool_make(topic_set=topic_set, runs=runs, depth=3, name="three", made_by=maker)
    session = session_make(pool=pool, name="s", assessors=[maker], options=ALONE, seed=4, made_by=maker)
    for showing, seconds in zip(session.assignments.get().showings.all(), (3.0, 5.0, 900.0), strict=False):
        judgment_make(showing, 1, seconds=seconds)
    assert (median_pace().seconds, median_pace().is_measured) == (5.0, True)
    assert pool_preview(topic_set, runs, 3).hours == pytest.approx(12 * 5 / 3600)


def test_runs_that_are_not_finished_are_not_pooled(topic_set: TopicSet, runs: list[Run]) -> None:
    Run.objects.filter(pk=runs[1].pk).update(state=WorkState.RUNNING, finished_at=None)
    assert runs_to_pool(topic_set) == runs[:1]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_make_the_same_pool_at_once_have_one(topic_set: TopicSet, runs: list[Run], maker: User) -> None:
    def make(_: int) -> int:
        try:
            return pool_make(topic_set=topic_set, runs=runs, depth=3, name="three", made_by=maker).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        made = set(people.map(make, range(8)))
    assert len(made) == 1
    assert Pool.objects.get().candidates.count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_run_stays_that_a_pool_is_just_being_made_of(topic_set: TopicSet, runs: list[Run], maker: User) -> None:
    pool, refused = second_during_first(
        lambda: pool_make(topic_set=topic_set, runs=runs, depth=3, name="three", made_by=maker),
        lambda: run_delete(run=runs[0]),
    )
    assert isinstance(pool, Pool), pool
    assert isinstance(refused, Problem) and refused.code == "run-in-use", refused
    assert set(pool.runs.all()) == set(runs)


@pytest.mark.django_db(transaction=True)
def test_no_pool_is_made_of_a_run_that_is_just_being_deleted(topic_set: TopicSet, runs: list[Run], maker: User) -> None:
    deleted, refused = second_during_first(
        lambda: run_delete(run=runs[0]),
        lambda: pool_make(topic_set=topic_set, runs=runs, depth=3, name="three", made_by=maker),
    )
    assert deleted is None
    assert isinstance(refused, RunNotFound), refused
    assert not Pool.objects.exists()
