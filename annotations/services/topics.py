"""Topic sets and topics: made, drawn, described and taken away. Once something was made of them they stay."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from annotations.models import Topic, TopicSet
from annotations.selectors.draws import LARGEST_SEED, Draw, topics_drawn
from annotations.selectors.topics import is_locked
from engine.errors import Problem
from engine.imaging import encode_png, open_image
from search.files import file_keep, private_storage
from search.models import Figure
from search.question import LONGEST_TEXT
from search.services.locks import row_lock

logger = logging.getLogger(__name__)

LONGEST_NAME, LONGEST_TITLE, LONGEST_PROSE = 120, 200, 20_000


class TopicSetLocked(Problem):
    """The topics of a set that something was made of stay as they are."""

    def __init__(self) -> None:
        super().__init__(
            "topics-locked",
            "Runs were made over these topics, so they stay as they are: what was measured would change its meaning. "
            "Make another topic set.",
        )


@dataclass(frozen=True, slots=True)
class NewTopic:
    """What is asked with: a figure of the collection, or an image file as it was uploaded."""

    figure: Figure | None = None
    image: bytes | None = None
    image_name: str = ""
    text: str = ""
    title: str = ""
    need: str = ""


def topic_set_make(*, name: str, made_by: User, note: str = "") -> TopicSet:
    """An empty set. Raises: Problem where the name is taken or too long."""
    return _named(TopicSet(name=_line(name, LONGEST_NAME, "name"), note=_prose(note, "note"), created_by=made_by))


@transaction.atomic
def topic_set_draw(*, name: str, made_by: User, draw: Draw, note: str = "") -> TopicSet:
    """A set with random figures as topics, numbered as they were drawn, and its reserved publications.

    Raises: Problem where too few can be drawn, a filter is none, or the name is taken.
    """
    if not 0 <= draw.seed <= LARGEST_SEED:
        raise Problem("seed", f"The seed is a whole number from 0 to {LARGEST_SEED}.")
    drawn = topics_drawn(draw)
    topic_set = TopicSet(name=_line(name, LONGEST_NAME, "name"), note=_prose(note, "note"), created_by=made_by)
    topic_set.seed = draw.seed
    _named(topic_set)
    topic_set.reserved.set(drawn.reserved)
    Topic.objects.bulk_create(
        Topic(topic_set=topic_set, number=number, figure=figure) for number, figure in enumerate(drawn.figures, start=1)
    )
    logger.info("topics drawn topic_set=%d seed=%d count=%d", topic_set.pk, draw.seed, len(drawn.figures))
    return topic_set


@transaction.atomic
def topic_set_describe(*, topic_set: TopicSet, name: str | None = None, note: str | None = None) -> TopicSet:
    """Name and note, which may change at any time; what is not given stays.

    Raises: Problem where the name is taken or too long; NotFound.
    """
    held = row_lock(topic_set)
    if name is not None:
        held.name = _line(name, LONGEST_NAME, "name")
    if note is not None:
        held.note = _prose(note, "note")
    return _named(held)


@transaction.atomic
def topic_set_delete(*, topic_set: TopicSet) -> None:
    """Delete a set with its topics and their uploaded drawings; a second time does nothing. Raises: TopicSetLocked."""
    if not _to_change(topic_set):
        return
    images = list(topic_set.topics.exclude(image="").values_list("image", flat=True))
    TopicSet.objects.filter(pk=topic_set.pk).delete()
    _forget_files(images)
    logger.info("topic set deleted topic_set=%d", topic_set.pk)


@transaction.atomic
def topic_add(*, topic_set: TopicSet, new: NewTopic) -> Topic:
    """A topic at the end of a set; a figure that is a topic of it with the same words already is found again.

    An uploaded drawing is re-encoded without its metadata and kept in the private storage.
    Raises: TopicSetLocked; ImageError or Problem, saying the mend.
    """
    if (new.figure is None) == (new.image is None):
        raise Problem("empty", "Give a figure of the collection, or a drawing: one of them.")
    topic = Topic(
        topic_set=topic_set,
        figure=new.figure,
        title=_line(new.title, LONGEST_TITLE, "title", required=False),
        need=_prose(new.need, "need"),
        text=_prose(new.text, "text", LONGEST_TEXT),
    )
    if not _to_change(topic_set):
        raise Problem("topic-set-gone", "This topic set was deleted meanwhile; make another one.")
    same = topic_set.topics.filter(figure=new.figure, text=topic.text) if new.figure is not None else None
    if same is not None and (found := same.first()) is not None:
        return found
    topic.number = (topic_set.topics.aggregate(last=Max("number"))["last"] or 0) + 1
    if new.image is not None:
        _keep_image(topic, new.image, new.image_name)
    topic.save()
    logger.info("topic added topic_set=%d number=%d", topic_set.pk, topic.number)
    return topic


@transaction.atomic
def topic_describe(*, topic: Topic, title: str | None = None, need: str | None = None) -> Topic:
    """Title and written need; what is not given stays.

    Raises: TopicSetLocked, for assessors judge by the need; Problem, saying the mend; NotFound.
    """
    if title in (None, topic.title) and need in (None, topic.need):
        return topic
    _to_change(topic.topic_set)
    held = row_lock(topic)
    held.topic_set = topic.topic_set
    if title is not None:
        held.title = _line(title, LONGEST_TITLE, "title", required=False)
    if need is not None:
        held.need = _prose(need, "need")
    held.save(update_fields=["title", "need"])
    return held


@transaction.atomic
def topic_delete(*, topic: Topic) -> None:
    """Take a topic out of its set, with its uploaded drawing; the others keep their numbers. Raises: TopicSetLocked."""
    _to_change(topic.topic_set)
    Topic.objects.filter(pk=topic.pk).delete()
    if topic.image:
        _forget_files([topic.image])
    logger.info("topic deleted topic_set=%d number=%d", topic.topic_set_id, topic.number)


@transaction.atomic
def topic_restore(*, topic_set: TopicSet, number: int, new: NewTopic) -> Topic:
    """A figure's topic put back where it was taken out. Raises: TopicSetLocked; Problem where it is taken."""
    topic = topic_add(topic_set=topic_set, new=new)
    if topic.number != number and not topic_set.topics.filter(number=number).exists():
        topic.number = number
        topic.save(update_fields=["number"])
    return topic


def topic_set_lock(topic_set: TopicSet) -> bool:
    """Keep others from changing the set or its topics until the transaction ends; False where it is gone."""
    return TopicSet.objects.select_for_update().filter(pk=topic_set.pk).first() is not None


def _to_change(topic_set: TopicSet) -> bool:
    """Whether the set is there, which nobody else changes meanwhile. Raises: TopicSetLocked."""
    if not topic_set_lock(topic_set):
        return False
    if is_locked(topic_set):
        raise TopicSetLocked
    return True


def _named(topic_set: TopicSet) -> TopicSet:
    try:
        with transaction.atomic():
            topic_set.save()
    except IntegrityError as error:
        raise Problem("name-taken", "There is a topic set of this name. Choose another name.") from error
    return topic_set


def _keep_image(topic: Topic, data: bytes, name: str) -> None:
    page = open_image(data, name or "drawing")
    if any(note.code == "blank" for note in page.notes):
        raise Problem("blank", "There is nothing drawn on the image to search for. Choose another.")
    topic.height_px, topic.width_px = page.pixels.shape
    # A folder of its own: the same drawing brought twice is two files, and each goes with its topic.
    folder = f"topics/{uuid.uuid4()}"
    topic.image = file_keep(encode_png(page.pixels), folder=folder, suffix=".png", storage=private_storage())


def _forget_files(names: list[str]) -> None:
    """Once the rows are gone for good: a file without a row is found again, not the reverse."""
    for name in names:
        transaction.on_commit(partial(private_storage().delete, name))


def _line(value: str, longest: int, what: str, *, required: bool = True) -> str:
    line = " ".join(value.split())
    if "\0" in line or len(line) > longest:
        raise Problem(what, f"Give it a {what} of at most {longest} characters, on one line.")
    if required and not line:
        raise Problem(what, f"Give it a {what}.")
    return line


def _prose(value: str, what: str, longest: int = LONGEST_PROSE) -> str:
    if "\0" in value:
        raise Problem(what, f"The {what} holds a NUL character; remove it.")
    if len(value) > longest:
        raise Problem(what, f"The {what} has {len(value):,} characters; shorten it to {longest:,} or fewer.")
    return value.strip()
