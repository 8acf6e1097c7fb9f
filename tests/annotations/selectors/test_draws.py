"""Random topics: decided by the seed, by nothing else, and only of what may be drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.utils import timezone

from annotations.selectors.draws import Draw, topics_drawn
from engine.errors import Problem
from search.models import Figure, FigureEmbedding, Modality, Publication, SentenceLink
from tests.annotation_collection import KEYS, collection_make, index_reopen, standing_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def collection(module_rows: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Figure]]:
    with standing_in(tmp_path_factory.mktemp("indexes")):
        yield collection_make(publications=12, sheets=3)


@pytest.fixture(autouse=True)
def figures(collection: list[Figure], db: None, monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    index_reopen(monkeypatch)
    return deepcopy(collection)


def numbers_of(draw: Draw) -> list[str]:
    return [
        f"{figure.sheet.publication.reference}/{figure.sheet.position + 1}" for figure in topics_drawn(draw).figures
    ]


def test_a_seed_draws_the_same_and_another_seed_something_else() -> None:
    assert numbers_of(Draw(seed=7, topic_count=10)) == numbers_of(Draw(seed=7, topic_count=10))
    assert numbers_of(Draw(seed=7, topic_count=10)) != numbers_of(Draw(seed=8, topic_count=10))


def test_the_draw_is_that_of_another_database_with_the_same_documents(figures: list[Figure]) -> None:
    before = numbers_of(Draw(seed=7, topic_count=10))
    Figure.objects.all().delete()
    Publication.objects.all().delete()
    for first in reversed(range(12)):  # stored in another order, so that every key differs
        collection_make(publications=1, sheets=3, first=first, index=False)
    assert numbers_of(Draw(seed=7, topic_count=10)) == before


def test_fewer_topics_are_the_beginning_of_more_and_a_new_delivery_moves_none() -> None:
    ten = numbers_of(Draw(seed=3, topic_count=10, one_per_publication=False))
    assert numbers_of(Draw(seed=3, topic_count=4, one_per_publication=False)) == ten[:4]
    collection_make(publications=3, sheets=3, first=40, index=False)
    later = numbers_of(Draw(seed=3, topic_count=40, one_per_publication=False))
    assert [number for number in later if number in ten] == ten


def test_at_most_one_figure_of_a_publication_is_drawn_unless_more_are_allowed() -> None:
    one_each = topics_drawn(Draw(seed=1, topic_count=12)).figures
    assert set(Counter(figure.sheet.publication_id for figure in one_each).values()) == {1}
    several = topics_drawn(Draw(seed=1, topic_count=36, one_per_publication=False)).figures
    assert len({figure.pk for figure in several}) == 36


def test_topics_are_figures_of_the_reserved_publications_alone() -> None:
    drawn = topics_drawn(Draw(seed=5, topic_count=6, reserved_count=3, one_per_publication=False))
    assert len(drawn.reserved) == 3
    assert {figure.sheet.publication for figure in drawn.figures} <= set(drawn.reserved)
    assert topics_drawn(Draw(seed=5, topic_count=6)).reserved == ()


def test_neither_retired_nor_unembedded_nor_filtered_figures_are_drawn(figures: list[Figure]) -> None:
    retired, unembedded, without_text, of_retired = figures[0], figures[4], figures[8], figures[12]
    Figure.objects.filter(pk=retired.pk).update(retired_at=timezone.now())
    Publication.objects.filter(pk=of_retired.sheet.publication_id).update(retired_at=timezone.now())
    FigureEmbedding.objects.filter(figure=unembedded, encoder_key=KEYS[Modality.VISUAL]).delete()
    SentenceLink.objects.filter(figure=without_text).delete()
    everything = Draw(seed=2, topic_count=31, one_per_publication=False)  # 36 without 1, 1 and the publication's 3
    drawn = {figure.pk for figure in topics_drawn(everything).figures}
    assert without_text.pk in drawn
    assert not drawn & {retired.pk, unembedded.pk, of_retired.pk}
    with_text = Draw(seed=2, topic_count=30, one_per_publication=False, filters={"has_text": "1"})
    assert without_text.pk not in {figure.pk for figure in topics_drawn(with_text).figures}


@pytest.mark.parametrize(
    ("draw", "code", "said"),
    [
        (Draw(seed=1, topic_count=13), "too-few", "Only 12 figures"),
        (Draw(seed=1, topic_count=5, reserved_count=2), "too-few", "Only 2 figures"),
        (Draw(seed=1, topic_count=5, reserved_count=13), "reserved-count", "Only 12 publications"),
        (Draw(seed=1, topic_count=0), "topic-count", "from 1"),
        (Draw(seed=1, topic_count=1, filters={"kind": "B9"}), "too-few", "Only 0 figures"),
        (Draw(seed=1, topic_count=1, filters={"date_from": "soon"}), "date_from", ""),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_number_that_can(draw: Draw, code: str, said: str) -> None:
    with pytest.raises(Problem) as problem:
        topics_drawn(draw)
    assert problem.value.code == code
    assert said in problem.value.detail
