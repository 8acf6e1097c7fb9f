"""Rows that commands are told by number or by name."""

from __future__ import annotations

from typing import TypeVar

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.db.models import Model, QuerySet

from annotations.models import QrelsSnapshot, Run, TopicSet
from search.management.services import command_line_user

Row = TypeVar("Row", bound=Model)
_LARGEST_NUMBER = 2**63 - 1


def topic_set_found(said: str) -> TopicSet:
    """The topic set of this number or name. Raises: CommandError."""
    return _found(TopicSet.objects.all(), said, "topic set")


def snapshot_found(said: str) -> QrelsSnapshot:
    """The qrels snapshot of this number or name. Raises: CommandError, also where several sets have the name."""
    return _found(QrelsSnapshot.objects.select_related("topic_set"), said, "qrels snapshot")


def run_found(said: str, topic_set: TopicSet | None = None) -> Run:
    """The run of this number or name, of any topic set or of this one. Raises: CommandError."""
    runs = Run.objects.select_related("topic_set")
    return _found(runs if topic_set is None else runs.filter(topic_set=topic_set), said, "run")


def user_found(name: str) -> User:
    """The account of this name; without a name, the one of the command line. Raises: CommandError."""
    if not name:
        return command_line_user()
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"there is no account {name}; give the user name that one logs in with")
    return user


def _found(rows: QuerySet[Row], said: str, what: str) -> Row:
    """A name goes before a number, since something may be called 2024."""
    named = list(rows.filter(name=said).order_by("pk"))
    if len(named) > 1:
        numbers = ", ".join(str(row.pk) for row in named)
        raise CommandError(f"several topic sets have a {what} {said!r}; give its number, one of {numbers}")
    if named:
        return named[0]
    if said.isascii() and said.isdecimal() and int(said) <= _LARGEST_NUMBER:
        numbered = rows.filter(pk=int(said)).first()
        if numbered is not None:
            return numbered
    known = ", ".join(f"{row.pk} {row}" for row in rows.order_by("-pk")[:10])
    raise CommandError(f"there is no {what} {said!r}; " + (f"the newest are {known}" if known else "there is none yet"))
