"""Topic sets and topics: made, changed until something was made of them, taken away with their drawings."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from annotations.models import Topic, TopicSet
from annotations.selectors.draws import Draw
from annotations.services.topics import (
    NewTopic,
    topic_add,
    topic_delete,
    topic_describe,
    topic_restore,
    topic_set_delete,
    topic_set_describe,
    topic_set_draw,
    topic_set_make,
)
from engine.errors import ImageError, NotFound, Problem
from engine.imaging import decode_png, encode_png
from search.files import file_read, private_storage
from search.integrity import faults
from search.models import Figure
from tests.annotation_collection import collection_make, use_stand_ins
from tests.annotation_rows import run_make
from tests.annotation_rows import topic_set_make as rows_make
from tests.factories import drawing_make, publication_make

pytestmark = pytest.mark.django_db

IMAGE = encode_png(drawing_make())
BLANK = encode_png(drawing_make() * 0 + 255)


@pytest.fixture
def topic_set(administrator: User) -> TopicSet:
    return topic_set_make(name="Pumps", made_by=administrator)


@pytest.fixture
def figures() -> list[Figure]:
    publication_make(sheets=3)
    return list(Figure.objects.order_by("pk"))


def test_a_drawn_set_has_its_figures_seed_and_reserved_publications(
    administrator: User, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_stand_ins(settings, tmp_path, monkeypatch)
    collection_make()
    draw = Draw(seed=11, topic_count=4, reserved_count=4)
    topic_set = topic_set_draw(name="Four", made_by=administrator, draw=draw)
    again = topic_set_draw(name="Four again", made_by=administrator, draw=draw)
    assert topic_set.seed == 11
    assert list(topic_set.topics.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert list(topic_set.topics.values_list("figure")) == list(again.topics.values_list("figure"))
    reserved = set(topic_set.reserved.values_list("pk", flat=True))
    assert len(reserved) == 4
    assert set(topic_set.topics.values_list("figure__sheet__publication", flat=True)) <= reserved


def test_a_name_is_taken_once_and_a_bad_one_is_refused(administrator: User, topic_set: TopicSet) -> None:
    for name, code in (("Pumps", "name-taken"), ("", "name"), ("a" * 121, "name"), ("a\0b", "name")):
        with pytest.raises(Problem) as problem:
            topic_set_make(name=name, made_by=administrator)
        assert problem.value.code == code
    other = topic_set_make(name="  Rotors \n two ", made_by=administrator)
    assert other.name == "Rotors two"
    with pytest.raises(Problem, match="name-taken"):
        topic_set_describe(topic_set=other, name="Pumps", note="")
    assert TopicSet.objects.get(pk=other.pk).name == "Rotors two"


def test_a_figure_is_a_topic_once_unless_other_words_go_with_it(topic_set: TopicSet, figures: list[Figure]) -> None:
    first = topic_add(topic_set=topic_set, new=NewTopic(figure=figures[0], title="Rotor", need="Rotors like it."))
    assert topic_add(topic_set=topic_set, new=NewTopic(figure=figures[0])) == first
    second = topic_add(topic_set=topic_set, new=NewTopic(figure=figures[0], text="with a seal"))
    third = topic_add(topic_set=topic_set, new=NewTopic(figure=figures[1]))
    assert [first.number, second.number, third.number] == [1, 2, 3]


def test_a_topic_is_of_one_thing(topic_set: TopicSet, figures: list[Figure]) -> None:
    for new in (NewTopic(), NewTopic(figure=figures[0], image=IMAGE)):
        with pytest.raises(Problem, match="empty"):
            topic_add(topic_set=topic_set, new=new)


def test_an_uploaded_drawing_is_kept_as_our_own_in_the_private_storage(topic_set: TopicSet) -> None:
    topic = topic_add(topic_set=topic_set, new=NewTopic(image=IMAGE, image_name="../../x.png"))
    assert topic.image.startswith("topics/")
    kept = decode_png(file_read(topic.image, private_storage()))
    assert kept.shape == (topic.height_px, topic.width_px)
    assert (kept == drawing_make()).all()
    assert topic.image not in {fault.where for fault in faults()}  # the check of integrity knows whose file it is


@pytest.mark.parametrize(("image", "code"), [(b"hello", "format"), (b"", "empty"), (BLANK, "blank")])
def test_an_image_that_is_none_is_refused_and_leaves_nothing(topic_set: TopicSet, image: bytes, code: str) -> None:
    with pytest.raises((ImageError, Problem)) as problem:
        topic_add(topic_set=topic_set, new=NewTopic(image=image, image_name="x.png"))
    assert getattr(problem.value, "code", "") == code
    assert not topic_set.topics.exists()


def test_a_drawing_goes_with_its_topic_and_only_with_its_own(
    topic_set: TopicSet, django_capture_on_commit_callbacks: Any
) -> None:
    one, other = (topic_add(topic_set=topic_set, new=NewTopic(image=IMAGE)) for _ in range(2))
    with django_capture_on_commit_callbacks() as callbacks:
        topic_delete(topic=one)
    assert private_storage().exists(one.image)  # a transaction that is rolled back has lost nothing
    for callback in callbacks:
        callback()
    assert not private_storage().exists(one.image)
    assert private_storage().exists(other.image)
    with django_capture_on_commit_callbacks(execute=True):
        topic_set_delete(topic_set=topic_set)
        topic_set_delete(topic_set=topic_set)
    assert not private_storage().exists(other.image)
    assert not TopicSet.objects.exists()


def test_others_keep_their_numbers_and_a_topic_comes_back_under_its_own(
    topic_set: TopicSet, figures: list[Figure]
) -> None:
    for figure in figures:
        topic_add(topic_set=topic_set, new=NewTopic(figure=figure, title=str(figure)))
    gone = topic_set.topics.get(number=2)
    topic_delete(topic=gone)
    assert list(topic_set.topics.values_list("number", flat=True)) == [1, 3]
    back = topic_restore(topic_set=topic_set, number=2, new=NewTopic(figure=gone.figure, title=gone.title))
    assert (back.number, back.figure, back.title) == (2, gone.figure, gone.title)
    assert topic_restore(topic_set=topic_set, number=2, new=NewTopic(figure=gone.figure)) == back


def test_topics_are_locked_once_a_run_exists(administrator: User, figures: list[Figure]) -> None:
    topic_set = rows_make(administrator, figures, name="Measured")
    topic = topic_set.topics.get(number=1)
    topic_describe(topic=topic, title="Seal", need="Seals.")
    run = run_make(topic_set, figures)
    attempts: list[Any] = [
        lambda: topic_add(topic_set=topic_set, new=NewTopic(image=IMAGE)),
        lambda: topic_describe(topic=topic, title="Other", need=""),
        lambda: topic_delete(topic=topic),
        lambda: topic_set_delete(topic_set=topic_set),
    ]
    for attempt in attempts:
        with pytest.raises(Problem, match=r"^topics-locked: "):
            attempt()
    assert Topic.objects.get(pk=topic.pk).title == "Seal"
    assert topic_set.topics.count() == len(figures)
    assert topic_set_describe(topic_set=topic_set, name="Measured once", note="").name == "Measured once"
    run.delete()
    topic_delete(topic=topic)


def test_words_that_are_too_long_or_hold_a_nul_are_refused(topic_set: TopicSet, figures: list[Figure]) -> None:
    for field, value in (("title", "a" * 201), ("need", "a" * 20_001), ("text", "a" * 20_001), ("need", "\0")):
        with pytest.raises(Problem) as problem:
            topic_add(topic_set=topic_set, new=NewTopic(figure=figures[0], **{field: value}))  # type: ignore[arg-type]
        assert problem.value.code == field
    assert not topic_set.topics.exists()


def test_a_topic_for_a_set_that_is_gone_is_refused(administrator: User, figures: list[Figure]) -> None:
    gone = topic_set_make(name=str(uuid.uuid4()), made_by=administrator)
    topic_set_delete(topic_set=gone)
    with pytest.raises(Problem, match="topic-set-gone"):
        topic_add(topic_set=gone, new=NewTopic(figure=figures[0]))


def test_what_is_gone_is_not_described_and_does_not_come_back(
    administrator: User, topic_set: TopicSet, figures: list[Figure]
) -> None:
    topic = topic_add(topic_set=topic_set, new=NewTopic(figure=figures[0]))
    topic_delete(topic=topic)
    with pytest.raises(NotFound, match="topic was"):
        topic_describe(topic=topic, title="Seal")
    topic_set_delete(topic_set=topic_set)
    with pytest.raises(NotFound, match="topic set"):
        topic_set_describe(topic_set=topic_set, name="Seals")
    assert not TopicSet.objects.exists()


def test_what_is_not_given_of_a_description_stays(topic_set: TopicSet, figures: list[Figure]) -> None:
    topic = topic_add(topic_set=topic_set, new=NewTopic(figure=figures[0], title="Rotor", need="Rotors like it."))
    # Two people who describe the same topic at once, each a part of it, see both parts.
    topic_describe(topic=Topic.objects.get(), title="Seal")
    topic_describe(topic=topic, need="Seals like it.")
    assert Topic.objects.values_list("title", "need").get() == ("Seal", "Seals like it.")
    topic_set_describe(topic_set=topic_set, note="of pumps")
    assert TopicSet.objects.values_list("name", "note").get() == (topic_set.name, "of pumps")
