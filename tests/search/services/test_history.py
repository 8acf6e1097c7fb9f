"""Forgetting queries with what was uploaded for them, searches kept by name, and searching the collection of then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from engine.encoders.protocols import Vectors
from engine.errors import Problem
from search import ranking, runtime
from search.files import private_storage
from search.models import Figure, FigureEmbedding, Material, Modality, Query, SavedSearch, WorkState
from search.question import Picture, Question
from search.selectors.differences import Mark, difference_of, models_changed_since
from search.selectors.hits import hits_ranked
from search.services.embeddings import embeddings_store
from search.services.history import history_forget, query_forget, query_replay
from search.services.indexes import indexes_refresh
from search.services.queries import query_answer, query_ask, query_ask_once
from search.services.saved import SearchNameTaken, search_delete, search_rename, search_restore, search_save
from tests.factories import (
    document_make,
    material_make,
    publication_make,
    query_make,
    search_make,
    user_make,
)
from workers.tasks import expire_queries

pytestmark = pytest.mark.django_db

DIM = 8


@pytest.fixture
def owner() -> User:
    return user_make("examiner")


def asked_with(material: Material) -> Question:
    return Question(examples=(Picture("image", str(material.pk)),))


# Forgetting.


def test_a_forgotten_query_takes_its_hits_its_replays_and_its_drawing_along(owner: User) -> None:
    publication_make()
    query = query_make(owner, hits=list(Figure.objects.all()))
    Query.objects.create(owner=owner, query_string=query.query_string, search_key=query.search_key, replay_of=query)
    file = Material.objects.get().file
    assert query_forget(query=query) == 1
    assert not Query.objects.exists() and not Material.objects.exists()
    assert not private_storage().exists(file)
    assert query_forget(query=query) == 0


def test_what_another_query_or_a_saved_search_names_stays(owner: User) -> None:
    shared, kept, alone = (material_make(owner, shade=shade) for shade in range(3))
    query = query_ask(
        owner=owner,
        question=Question(examples=tuple(Picture("image", str(one.pk), turn=90) for one in (shared, kept, alone))),
    )
    query_ask(owner=owner, question=asked_with(shared))
    search_make(owner, image=kept)
    assert query_forget(query=query) == 1
    assert set(Material.objects.all()) == {shared, kept}


def test_the_document_of_a_forgotten_page_goes_once_no_page_of_it_is_named(owner: User) -> None:
    document = document_make(owner)
    pages = [material_make(owner, shade=shade) for shade in range(2)]
    Material.objects.filter(pk__in=[page.pk for page in pages]).update(document=document)
    queries = [query_ask(owner=owner, question=asked_with(page)) for page in pages]
    query_forget(query=queries[0])
    assert set(Material.objects.all()) == {document, pages[1]}
    query_forget(query=queries[1])
    assert not Material.objects.exists()


def test_a_forgotten_history_leaves_saved_searches_and_what_others_have(owner: User) -> None:
    other = user_make("other")
    theirs = query_make(other)
    query_make(owner)
    query_make(owner, text="a pump")
    never_asked, kept = material_make(owner, shade=5), material_make(owner, shade=6)
    search_make(owner, image=kept)
    assert history_forget(owner=owner) == 2
    assert list(Query.objects.all()) == [theirs]
    assert not Material.objects.filter(pk=never_asked.pk).exists()
    assert Material.objects.filter(pk=kept.pk).exists() and Material.objects.filter(owner=other).count() == 1
    assert history_forget(owner=owner) == 0


def test_a_query_forgotten_while_it_is_answered_comes_back_in_no_way(
    owner: User, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.embed(collection.figures)
    query = collection.asked(owner)
    plain = ranking.find

    def find_and_forget(**arguments: Any) -> Any:
        Query.objects.filter(pk=query.pk).delete()
        return plain(**arguments)

    monkeypatch.setattr(ranking, "find", find_and_forget)
    query_answer(query_id=str(query.pk))
    assert not Query.objects.exists()


def test_the_hourly_upkeep_deletes_old_uploads_but_what_a_saved_search_names(owner: User, settings: Settings) -> None:
    old, kept, new = (material_make(owner, shade=shade) for shade in range(3))
    search_make(owner, image=kept)
    query = query_ask(owner=owner, question=asked_with(old))
    past = timezone.now() - timedelta(days=settings.QUERY_RETENTION_DAYS, minutes=1)
    Material.objects.exclude(pk=new.pk).update(created_at=past)
    Query.objects.filter(pk=query.pk).update(created_at=past)
    for _ in range(2):
        expire_queries()
        assert set(Material.objects.all()) == {kept, new}
    assert not private_storage().exists(old.file) and private_storage().exists(kept.file)


# Searches kept by name.


def test_a_search_saved_twice_is_one_and_another_question_under_its_name_is_refused_until_it_is_said(
    owner: User,
) -> None:
    first = search_save(owner=owner, name="pumps", question=Question(text="a pump"))
    assert search_save(owner=owner, name="pumps", question=Question(text="a pump")) == first
    with pytest.raises(SearchNameTaken) as taken:
        search_save(owner=owner, name="pumps", question=Question(text="a rotor"))
    assert taken.value.search == first
    again = search_save(owner=owner, name="pumps", question=Question(text="a rotor"), replace=True)
    assert (again.pk, again.question.text) == (first.pk, "a rotor")
    assert search_save(owner=user_make("other"), name="pumps", question=Question(text="x")) != first
    assert SavedSearch.objects.count() == 2


def test_a_search_that_cannot_be_asked_is_not_saved(owner: User) -> None:
    theirs = material_make(user_make("other"))
    for question in (Question(), asked_with(theirs), Question(text="a", examples=(Picture("figure", "99"),))):
        with pytest.raises(Problem):
            search_save(owner=owner, name="x", question=question)
    assert not SavedSearch.objects.exists()


def test_a_search_is_renamed_but_not_onto_another(owner: User) -> None:
    pumps, rotors = search_make(owner), search_make(owner, name="rotors", text="a rotor")
    search_make(user_make("other"), name="wheels")
    assert search_rename(search=pumps, name="wheels").name == "wheels"
    assert search_rename(search=pumps, name="wheels").name == "wheels"
    with pytest.raises(SearchNameTaken) as taken:
        search_rename(search=pumps, name="rotors")
    assert taken.value.search == rotors
    assert sorted(SavedSearch.objects.filter(owner=owner).values_list("name", flat=True)) == ["rotors", "wheels"]


def test_a_deleted_search_is_brought_back_and_takes_no_name_that_was_given_since(owner: User) -> None:
    deleted = search_delete(search=search_make(owner))
    assert not SavedSearch.objects.exists()
    for _ in range(2):
        assert search_restore(owner=owner, deleted=deleted).name == "pumps"
    assert SavedSearch.objects.count() == 1
    SavedSearch.objects.update(query_string="text=other")
    assert search_restore(owner=owner, deleted=deleted).name == "pumps (2)"


# Then and today.


class Collection:
    """Figures with vectors of two encoders that load nothing; the visual one finds what lies near the first axis."""

    def __init__(self) -> None:
        publication_make(sheets=6)
        self.figures = list(Figure.objects.order_by("pk"))
        self.visual_key = "tests/visual@0"
        self.random = np.random.default_rng(7)

    def embed(self, figures: list[Figure], near: float | None = None) -> None:
        vectors = self.random.normal(size=(len(figures), DIM)).astype(np.float32)
        if near is not None:
            vectors[:, 0] = near
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        sources = {figure.pk: "0" * 64 for figure in figures}
        embeddings_store(
            modality=Modality.VISUAL, encoder_key=self.visual_key, figures=figures, vectors=vectors, sources=sources
        )
        indexes_refresh(force=True)

    def asked(self, owner: User) -> Query:
        question = Question(examples=(Picture("image", str(material_make(owner).pk)),), group="figure")
        return query_ask(owner=owner, question=question)

    def answered(self, owner: User) -> Query:
        query = self.asked(owner)
        query_answer(query_id=str(query.pk))
        query.refresh_from_db()
        assert (query.state, query.error_detail) == (WorkState.DONE, "")
        return query

    def newcomer(self) -> Figure:
        """A figure that came later and is nearest to the query."""
        publication = publication_make("EP7654321A1", sheets=1)
        figure = Figure.objects.get(sheet__publication=publication)
        self.embed([figure], near=50.0)
        return figure


def _axis(images: Any) -> Vectors:
    vectors = np.zeros((len(images), DIM), dtype=np.float32)
    vectors[:, 0] = 1
    return vectors


@pytest.fixture
def collection(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    settings.INDEX_ROOT = tmp_path
    monkeypatch.setattr(runtime, "open_indexes", {})
    made = Collection()
    visual = lambda: SimpleNamespace(key=made.visual_key, dim=DIM, encode=_axis)  # noqa: E731
    monkeypatch.setattr(runtime, "visual_encoder", visual)
    monkeypatch.setattr(runtime, "sentence_encoder", lambda: SimpleNamespace(key="tests/text@0", dim=DIM, encode=_axis))
    return made


def order(query: Query) -> list[tuple[int, float]]:
    return [(hit.figure_id, hit.score) for hit in hits_ranked(query, query.question)]


def answered_again(query: Query) -> Query:
    replay, is_new = query_replay(query=query)
    assert is_new
    query_answer(query_id=str(replay.pk))
    replay.refresh_from_db()
    return replay


def test_the_collection_of_then_asked_again_gives_the_same_order_and_today_finds_the_newcomer(
    owner: User, collection: Collection
) -> None:
    collection.embed(collection.figures)
    then = collection.answered(owner)
    newcomer = collection.newcomer()
    replay = answered_again(then)
    assert order(replay) == order(then)
    assert (replay.last_embedding_ids, replay.encoder_keys) == (then.last_embedding_ids, then.encoder_keys)
    assert query_replay(query=then) == (replay, False)
    today, is_new = query_ask_once(owner=owner, question=then.question)
    assert is_new
    query_answer(query_id=str(today.pk))
    today.refresh_from_db()
    assert order(today)[0][0] == newcomer.pk
    assert order(today)[1:] == order(then)


def test_the_difference_says_what_is_new_gone_and_moved(owner: User, collection: Collection) -> None:
    collection.embed(collection.figures)
    then = collection.answered(owner)
    first, second, *_ = [figure_id for figure_id, _ in order(then)]
    newcomer = collection.newcomer()
    Figure.objects.filter(pk=second).update(retired_at=timezone.now())
    today = collection.answered(owner)
    difference = difference_of(then, today, then.question)
    new, moved, *rest = difference.today
    assert (new.hit.figure_id, new.mark, new.other, new.newcomer) == (newcomer.pk, Mark.ENTERED, None, True)
    assert (moved.hit.figure_id, moved.mark, moved.place, moved.other) == (first, Mark.DOWN, 2, 1)
    assert all(tile.mark is Mark.SAME and not tile.newcomer for tile in rest)
    assert [tile.mark for tile in difference.then][:2] == [Mark.DOWN, Mark.LEFT]
    assert difference.then[1].figure is None  # withdrawn: its drawing is shown no more, its place is
    assert dict(difference.counts) == {Mark.ENTERED: 1, Mark.LEFT: 1, Mark.UP: 0, Mark.DOWN: 1, Mark.SAME: 4}


def test_a_place_beyond_the_list_is_named(owner: User, collection: Collection) -> None:
    collection.embed(collection.figures)
    then = collection.answered(owner)
    collection.newcomer()
    today = collection.answered(owner)
    short = Question(examples=then.question.examples, group="figure", top=2)
    difference = difference_of(then, today, short)
    assert [(tile.mark, tile.other) for tile in difference.then] == [(Mark.DOWN, 2), (Mark.LEFT, 3)]
    assert len(difference.today) == 2 and (difference.then_found, difference.today_found) == (6, 7)
    assert difference_of(then, then, short).is_none


def test_groups_are_held_against_each_other_as_the_question_groups(owner: User, collection: Collection) -> None:
    collection.embed(collection.figures)
    then = collection.answered(owner)
    collection.newcomer()
    today = collection.answered(owner)
    by_publication = Question(examples=then.question.examples)
    assert [tile.place for tile in difference_of(then, today, by_publication).today] == [1, 2]
    assert difference_of(then, today, by_publication).then_found == 1


def test_a_replay_under_another_model_is_refused_in_words(owner: User, collection: Collection) -> None:
    collection.embed(collection.figures)
    then = collection.answered(owner)
    collection.visual_key = "tests/visual@1"
    collection.embed(collection.figures)
    replay = answered_again(then)
    assert (replay.state, replay.error_code) == (WorkState.REJECTED, "models-changed")
    assert "tests/visual@0" in replay.error_detail and "tests/visual@1" in replay.error_detail
    assert not replay.hit_count and not replay.best_figures and not replay.candidates
    (changed,) = models_changed_since(then)
    assert (changed.then, changed.today, changed.kept_count) == ("tests/visual@0", "tests/visual@1", 6)
    FigureEmbedding.objects.filter(encoder_key="tests/visual@0").delete()
    assert models_changed_since(then)[0].kept_count == 0


def test_a_model_that_the_query_did_not_use_may_have_changed(
    owner: User, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.embed(collection.figures)
    then = collection.answered(owner)
    monkeypatch.setattr(runtime, "sentence_encoder", lambda: SimpleNamespace(key="tests/text@1", dim=DIM, encode=_axis))
    assert order(answered_again(then)) == order(then)


def test_a_replay_that_failed_by_a_fault_is_asked_again(owner: User, collection: Collection) -> None:
    collection.embed(collection.figures)
    then = collection.answered(owner)
    replay, _ = query_replay(query=then)
    Query.objects.filter(pk=replay.pk).update(state=WorkState.QUARANTINED)
    again, is_new = query_replay(query=then)
    assert is_new and again != replay
