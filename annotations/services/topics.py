"""Make, draw, describe and delete topic sets and topics. Topics are locked once a run, pool or snapshot uses them."""

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


@dataclass(frozen=True, slots=True)
class NewTopic:
    """Values of a topic to add: a figure of the collection or the bytes of an uploaded image, and its texts."""

    figure: Figure | None = None
    image: bytes | None = None
    image_name: str = ""
    text: str = ""
    title: str = ""
    need: str = ""


def topic_set_make(*, name: str, made_by: User, note: str = "") -> TopicSet:
    """Make an empty topic set. Raises: Problem if the name is taken or too long."""
    return _save_named(TopicSet(name=_line(name, LONGEST_NAME, "name"), note=_prose(note, "note"), created_by=made_by))


@transaction.atomic
def topic_set_draw(*, name: str, made_by: User, draw: Draw, note: str = "") -> TopicSet:
    """Make a topic set of random figures, numbered in the order of drawing, and its reserved publications.

    Raises: Problem if too few figures can be drawn, a filter is invalid, or the name is taken.
    """
    if not 0 <= draw.seed <= LARGEST_SEED:
        raise Problem("seed", f"`seed` must be a whole number from 0 to {LARGEST_SEED}.")
    drawn = topics_drawn(draw)
    topic_set = TopicSet(name=_line(name, LONGEST_NAME, "name"), note=_prose(note, "note"), created_by=made_by)
    topic_set.seed = draw.seed
    _save_named(topic_set)
    topic_set.reserved.set(drawn.reserved)
    Topic.objects.bulk_create(
        Topic(topic_set=topic_set, number=number, figure=figure) for number, figure in enumerate(drawn.figures, start=1)
    )
    logger.info("topics drawn topic_set=%d seed=%d count=%d", topic_set.pk, draw.seed, len(drawn.figures))
    return topic_set


@transaction.atomic
def topic_set_describe(*, topic_set: TopicSet, name: str | None = None, note: str | None = None) -> TopicSet:
    """Change name or note, also of a locked topic set; None leaves a value as it is.

    Raises: Problem if the name is taken or too long; NotFound.
    """
    row = row_lock(topic_set)
    if name is not None:
        row.name = _line(name, LONGEST_NAME, "name")
    if note is not None:
        row.note = _prose(note, "note")
    return _save_named(row)


@transaction.atomic
def topic_set_delete(*, topic_set: TopicSet) -> None:
    """Delete a topic set and its uploaded drawings; repeating it does nothing. Raises: Problem if it is locked."""
    if not _lock_unused(topic_set):
        return
    images = list(topic_set.topics.exclude(image="").values_list("image", flat=True))
    TopicSet.objects.filter(pk=topic_set.pk).delete()
    _delete_files(images)
    logger.info("topic set deleted topic_set=%d", topic_set.pk)


@transaction.atomic
def topic_add(*, topic_set: TopicSet, new: NewTopic) -> Topic:
    """Add a topic at the end of a set; the same figure with the same text again returns the topic there is.

    An uploaded drawing is stored in the private storage, re-encoded without its metadata.
    Raises: ImageError; Problem, also if the topic set is locked.
    """
    if (new.figure is None) == (new.image is None):
        raise Problem("empty", "Give either a figure of the collection or a drawing.")
    topic = Topic(
        topic_set=topic_set,
        figure=new.figure,
        title=_line(new.title, LONGEST_TITLE, "title", required=False),
        need=_prose(new.need, "need"),
        text=_prose(new.text, "text", LONGEST_TEXT),
    )
    if not _lock_unused(topic_set):
        raise Problem("topic-set-gone", f"The topic set “{topic_set}” was deleted meanwhile. Make another one.")
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
    """Change title or need; None leaves a value as it is.

    Raises: Problem, also if the topic set is locked, since assessors judge by the need; NotFound.
    """
    if title in (None, topic.title) and need in (None, topic.need):
        return topic
    _lock_unused(topic.topic_set)
    row = row_lock(topic)
    row.topic_set = topic.topic_set
    if title is not None:
        row.title = _line(title, LONGEST_TITLE, "title", required=False)
    if need is not None:
        row.need = _prose(need, "need")
    row.save(update_fields=["title", "need"])
    return row


@transaction.atomic
def topic_delete(*, topic: Topic) -> None:
    """Delete a topic and its uploaded drawing; the others keep their numbers. Raises: Problem if the set is locked."""
    _lock_unused(topic.topic_set)
    Topic.objects.filter(pk=topic.pk).delete()
    if topic.image:
        _delete_files([topic.image])
    logger.info("topic deleted topic_set=%d number=%d", topic.topic_set_id, topic.number)


@transaction.atomic
def topic_restore(*, topic_set: TopicSet, number: int, new: NewTopic) -> Topic:
    """Restore a deleted topic of a figure under its number, or the next one. Raises: Problem if the set is locked."""
    topic = topic_add(topic_set=topic_set, new=new)
    if topic.number != number and not topic_set.topics.filter(number=number).exists():
        topic.number = number
        topic.save(update_fields=["number"])
    return topic


def topic_set_lock(topic_set: TopicSet) -> bool:
    """Lock a topic set and its topics until the transaction ends. Return whether the set exists."""
    return TopicSet.objects.select_for_update().filter(pk=topic_set.pk).first() is not None


def _lock_unused(topic_set: TopicSet) -> bool:
    """Lock a topic set to change its topics. Return whether it exists. Raises: Problem if something uses the topics."""
    if not topic_set_lock(topic_set):
        return False
    if is_locked(topic_set):
        raise Problem(
            "topics-locked",
            f"The topics of “{topic_set}” cannot change, since runs, pools or qrels use them. Make another topic set.",
        )
    return True


def _save_named(topic_set: TopicSet) -> TopicSet:
    try:
        with transaction.atomic():
            topic_set.save()
    except IntegrityError as error:
        raise Problem("name-taken", f"Another topic set is called “{topic_set}”. Choose another name.") from error
    return topic_set


def _keep_image(topic: Topic, data: bytes, name: str) -> None:
    page = open_image(data, name or "drawing")
    if any(note.code == "blank" for note in page.notes):
        raise Problem("blank", "The image is blank. Choose another image.")
    topic.height_px, topic.width_px = page.pixels.shape
    # A folder of its own, so that the same drawing uploaded twice is two files, each deleted with its topic.
    folder = f"topics/{uuid.uuid4()}"
    topic.image = file_keep(encode_png(page.pixels), folder=folder, suffix=".png", storage=private_storage())


def _delete_files(names: list[str]) -> None:
    """Delete files after the commit: the integrity check finds a file without a row, but cannot restore a lost file."""
    for name in names:
        transaction.on_commit(partial(private_storage().delete, name))


def _line(value: str, longest: int, what: str, *, required: bool = True) -> str:
    line = " ".join(value.split())
    if "\0" in line or len(line) > longest:
        raise Problem(what, f"The {what} must be one line of at most {longest} characters.")
    if required and not line:
        raise Problem(what, f"Enter a {what}.")
    return line


def _prose(value: str, what: str, longest: int = LONGEST_PROSE) -> str:
    if "\0" in value:
        raise Problem(what, f"The {what} contains a NUL character; remove it.")
    if len(value) > longest:
        raise Problem(what, f"The {what} has {len(value):,} characters; shorten it to {longest:,} or fewer.")
    return value.strip()
