"""One search, ranked in any way: held against hand-made candidates."""

from __future__ import annotations

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from engine.ranking.candidates import Candidates, candidates_as_bytes
from engine.ranking.fusion import Fusion
from search.models import Figure, Publication, Query
from search.question import Picture, Question
from search.selectors.figures import best_links, links_of_figures, sentences_of_region
from search.selectors.hits import hits_ranked, mosaic_of, others_found, ranked_figures
from tests.factories import DRAWN, SHEET_HEIGHT_PX, SHEET_WIDTH_PX, publication_make, query_make, user_make

pytestmark = pytest.mark.django_db
NAN = float("nan")


@pytest.fixture
def owner() -> User:
    return user_make("examiner")


@pytest.fixture
def figures() -> list[int]:
    """Two figures of each of three publications; the first two are one family."""
    for number, family in ((1, "F1"), (2, "F1"), (3, "F3")):
        made = publication_make(f"EP100000{number}A1")
        Publication.objects.filter(pk=made.pk).update(family_key=family)
    return list(Figure.objects.order_by("pk").values_list("pk", flat=True))


def query_with(owner: User, figures: list[int], visual: list[float], text: list[float], plain: bool = False) -> Query:
    query = query_make(owner, text="a pump")
    candidates = candidates_of(figures, visual, text)
    before = candidates_of(figures, visual[::-1], text[::-1]) if plain else None
    query.candidates = candidates_as_bytes(candidates, before)
    query.save()
    return query


def candidates_of(figures: list[int], visual: list[float], text: list[float]) -> Candidates:
    return Candidates(
        ids=np.array(figures),
        visual=np.array(visual, dtype=np.float32),
        text=np.array(text, dtype=np.float32),
        nearest=np.zeros(len(figures), dtype=np.int16),
        absent_visual=0.5,
        absent_text=0.1,
    )


VISUAL = [0.9, 0.8, 0.95, 0.5, 0.6, 0.7]
TEXT = [0.2, NAN, 0.1, 0.9, 0.3, NAN]


@pytest.mark.parametrize(
    ("question", "order"),
    [
        (Question(weight=100), [2, 0, 1, 5, 4, 3]),
        (Question(weight=0), [3, 4, 0, 2]),
        (Question(), [3, 0, 2, 1, 4, 5]),  # .7, .55, .525, .45, .45, .4
        (Question(by=Fusion.MAX), [2, 0, 3, 1, 5, 4]),
        (Question(weight=90), [2, 0, 1, 5, 4, 3]),
    ],
)
def test_one_search_is_ranked_in_every_way(
    owner: User, figures: list[int], question: Question, order: list[int]
) -> None:
    query = query_with(owner, figures, VISUAL, TEXT)
    ranked = hits_ranked(query, question)
    assert [figures.index(hit.figure_id) for hit in ranked] == order
    assert [hit.rank for hit in ranked] == list(range(1, len(order) + 1))


def test_a_hit_knows_its_rank_by_each_side_alone(owner: User, figures: list[int]) -> None:
    query = query_with(owner, figures, VISUAL, TEXT)
    by_figure = {figures.index(hit.figure_id): hit for hit in hits_ranked(query, Question())}
    assert [(by_figure[at].visual_rank, by_figure[at].text_rank) for at in range(6)] == [
        (2, 3),
        (3, None),
        (1, 4),
        (6, 1),
        (5, 2),
        (4, None),
    ]


def test_likes_and_dislikes_show_what_they_moved(owner: User, figures: list[int]) -> None:
    query = query_with(owner, figures, VISUAL, [NAN] * 6, plain=True)
    moved = {figures.index(hit.figure_id): hit.moved for hit in hits_ranked(query, Question())}
    # Before: .7 .6 .5 .95 .8 .9, so 3, 5, 4, 0, 1, 2; after: 2, 0, 1, 5, 4, 3.
    assert moved == {2: 5, 0: 2, 1: 2, 5: -2, 4: -2, 3: -5}
    assert {hit.moved for hit in hits_ranked(query_with(owner, figures, VISUAL, TEXT), Question())} == {None}


@pytest.mark.parametrize(
    ("group", "best", "others"),
    [
        ("figure", [2, 0, 1, 5, 4, 3], [0] * 6),
        ("publication", [2, 0, 5], [1, 1, 1]),
        ("family", [2, 5], [3, 1]),
    ],
)
def test_the_best_figure_stands_for_its_publication_or_family(
    owner: User, figures: list[int], group: str, best: list[int], others: list[int]
) -> None:
    query = query_with(owner, figures, VISUAL, TEXT)
    question = Question(weight=100, group=group)
    mosaic = mosaic_of(query, question)
    assert [figures.index(one.best.figure_id) for one in mosaic.groups] == best
    assert [one.other_count for one in mosaic.groups] == others
    assert ranked_figures(query, question) == [figures[at] for at in best]
    assert mosaic.found_count == 6
    assert mosaic.best_visual == pytest.approx(0.95)
    assert mosaic.best_text == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("group", "hit", "others"),
    [("figure", 2, []), ("publication", 2, [3]), ("publication", 5, [4]), ("family", 2, [0, 1, 3]), ("family", 5, [4])],
)
def test_the_others_of_a_hit_are_those_of_its_group_best_first(
    owner: User, figures: list[int], group: str, hit: int, others: list[int]
) -> None:
    query = query_with(owner, figures, VISUAL, TEXT)
    found = others_found(query, Question(weight=100, group=group), figures[hit])
    assert [figures.index(other.figure_id) for other, _ in found] == others
    assert [figure.pk for _, figure in found] == [figures[at] for at in others]


def test_a_figure_that_is_no_candidate_has_no_others(owner: User, figures: list[int]) -> None:
    assert others_found(query_with(owner, figures, VISUAL, TEXT), Question(), 999_999_999) == []


def test_what_was_retired_since_is_gone_and_its_publication_shows_the_next_best(
    owner: User, figures: list[int]
) -> None:
    query = query_with(owner, figures, VISUAL, TEXT)
    Figure.objects.filter(pk=figures[2]).update(retired_at=timezone.now())
    shown = mosaic_of(query, Question(weight=100))
    assert [figures.index(one.best.figure_id) for one in shown.groups] == [0, 5, 3]


def test_the_mosaic_tells_which_picture_of_the_query_a_hit_resembles(owner: User, figures: list[int]) -> None:
    query = query_with(owner, figures, VISUAL, TEXT)
    query.examples = [Picture("figure", "1", turn=90).token]
    assert {hit.nearest for hit in hits_ranked(query, Question())} == {"1~r90"}


def test_a_mosaic_asks_the_database_no_more_for_many(
    owner: User, figures: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    query = query_with(owner, figures, VISUAL, TEXT)
    for top in (1, 6):
        with django_assert_num_queries(3):
            mosaic_of(query, Question(top=top, group="figure"))


def test_the_sentence_of_a_hit_is_the_most_telling_one(figures: list[int]) -> None:
    best = best_links(figures)
    plain = links_of_figures(figures, 1)
    assert {figure_id: link.pk for figure_id, link in best.items()} == {
        figure_id: links[0].pk for figure_id, links in plain.items() if links
    }
    assert best


def test_a_part_of_a_figure_speaks_by_the_numerals_drawn_in_it(figures: list[int]) -> None:
    figure = Figure.objects.get(pk=figures[0])
    everything = sentences_of_region(figure.pk, (0, 0, 10_000, 10_000))
    assert any("10" in sentence for sentence in everything)
    left, top, _, _ = DRAWN["14"]
    across, down = round(left / SHEET_WIDTH_PX * 10_000), round(top / SHEET_HEIGHT_PX * 10_000)
    around = sentences_of_region(figure.pk, (across - 400, down - 400, 1800, 1400))
    assert around and all("14" in sentence for sentence in around)
    assert sentences_of_region(figure.pk, (9900, 9900, 100, 100)) == []
