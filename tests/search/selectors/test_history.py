"""What the history is found by, and what is told of each query and saved search."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from search.models import Figure, FigureEmbedding, Material, Query
from search.question import Picture, Question
from search.selectors.history import (
    answers_to,
    history_matching,
    history_of,
    kept_searches,
    remembered,
    searches_of,
)
from search.services.queries import query_ask
from tests.factories import publication_make, query_make, search_make, user_make


@pytest.fixture
def figures(db: None) -> list[Figure]:
    publication_make()
    return list(Figure.objects.order_by("pk"))


def test_the_history_is_ones_own_newest_first_and_without_replays(examiner: User) -> None:
    query_make(user_make("other"), text="theirs")
    older, newer = query_make(examiner, text="a pump"), query_make(examiner, text="a rotor")
    Query.objects.create(owner=examiner, query_string=older.query_string, search_key=older.search_key, replay_of=older)
    assert list(history_of(examiner)) == [newer, older]


def test_a_query_is_found_by_words_filters_publications_and_names_of_uploads(
    examiner: User, figures: list[Figure]
) -> None:
    drawn = query_make(examiner)
    Material.objects.update(name="Läufer Skizze.png")
    of_figure = query_make(examiner, figure=figures[0])
    question = Question(text="Zahnradpumpe & Co", filters={"applicant": "Müller AG", "has_text": "1"}, weight=80)
    worded = query_ask(owner=examiner, question=question)
    turned = Picture("figure", str(figures[1].pk), turn=90)
    named = query_ask(owner=examiner, question=Question(liked=(turned,), text="unlike"))
    found = {
        "läufer": [drawn],
        "LÄUFER skizze": [drawn],
        "ep1234567": [named, of_figure],
        "zahnrad & co": [worded],
        "müller": [worded],
        "pumpe müller": [worded],
        "pumpe skizze": [],
        "80": [],  # a number of the ranking is no word
        "has_text": [],
        "%": [],
    }
    assert {wanted: list(history_matching(examiner, wanted)) for wanted in found} == found
    assert not history_matching(user_make("other"), "pumpe").exists()


def test_each_query_is_told_with_its_hits_by_a_constant_number_of_statements(
    examiner: User, figures: list[Figure], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    query_make(examiner, text="a pump", hits=figures)
    query_make(examiner, text="a rotor")
    Figure.objects.filter(pk=figures[0].pk).update(retired_at=timezone.now())
    for count in (2, 12):
        for number in range(Query.objects.count(), count):
            query_make(examiner, text=f"pump {number}", hits=figures)
        queries = list(history_of(examiner))
        with django_assert_num_queries(1):
            rows = remembered(queries)
    (first,) = [row for row in rows if row.query.question.text == "a pump"]
    assert (first.query.hit_count, first.best) == (2, (figures[1],))  # a withdrawn figure is shown no more
    (empty,) = [row for row in rows if row.query.question.text == "a rotor"]
    assert (empty.query.hit_count, empty.best) == (0, ())


def test_answers_to_one_search_are_told_newest_first_without_failures(examiner: User, figures: list[Figure]) -> None:
    first, second, failed = (query_make(examiner, figure=figures[0], hits=figures) for _ in range(3))
    Query.objects.filter(pk=failed.pk).update(state="quarantined", error_code="failed")
    query_make(examiner, figure=figures[1])
    query_make(user_make("other"), figure=figures[0])
    assert answers_to(first) == [second, first]


def test_a_saved_search_tells_how_many_drawings_came_since_it_was_asked(
    examiner: User, figures: list[Figure], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = user_make("other")
    search_make(other, text="theirs")
    query_make(other, text="a rotor")
    for name, text in (("b", "a pump"), ("a", "a rotor")):
        search_make(examiner, name=name, text=text)
    old, last = query_make(examiner, text="a pump"), query_make(examiner, text="a pump")
    Query.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=1))
    known = FigureEmbedding.objects.create(
        figure=figures[0], modality="visual", encoder_key="tests/visual", source="", vector=b"\0" * 8
    )
    Query.objects.filter(pk=last.pk).update(last_embedding_ids={"visual": known.pk})
    FigureEmbedding.objects.create(
        figure=figures[1], modality="visual", encoder_key="tests/visual", source="", vector=b"\0" * 8
    )
    with django_assert_num_queries(3):
        kept = kept_searches(examiner)
    told = [(one.search.name, one.last_asked, one.newer_count) for one in kept]
    assert told == [("a", None, None), ("b", last, 1)]
    assert [search.name for search in searches_of(examiner)] == ["a", "b"]
