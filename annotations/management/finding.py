"""Lookup of the rows that command arguments name."""

from __future__ import annotations

from typing import TypeVar

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.db.models import Model, QuerySet

from annotations.models import QrelsSnapshot, Run, TopicSet
from search.management.services import command_line_user

Row = TypeVar("Row", bound=Model)
_LARGEST_NUMBER = 2**63 - 1


def topic_set_found(name_or_number: str) -> TopicSet:
    """Return the topic set of this number or name. Raises: CommandError."""
    return _found(TopicSet.objects.all(), name_or_number, "topic set")


def snapshot_found(name_or_number: str) -> QrelsSnapshot:
    """Return the qrels snapshot of this number or name. Raises: CommandError, also when the name is ambiguous."""
    return _found(QrelsSnapshot.objects.select_related("topic_set"), name_or_number, "qrels snapshot")


def run_found(name_or_number: str, topic_set: TopicSet | None = None) -> Run:
    """Return the run of this number or name, of this topic set or of any. Raises: CommandError."""
    runs = Run.objects.select_related("topic_set")
    return _found(runs if topic_set is None else runs.filter(topic_set=topic_set), name_or_number, "run")


def user_found(name: str) -> User:
    """Return the user of this name; without a name, the command-line user. Raises: CommandError."""
    if not name:
        return command_line_user()
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"user {name!r} was not found; give the name that the user logs in with")
    return user


def _found(rows: QuerySet[Row], name_or_number: str, what: str) -> Row:
    """Look up by name first, since a row may be called 2024; then by number."""
    named = list(rows.filter(name=name_or_number).order_by("pk"))
    if len(named) > 1:
        numbers = ", ".join(str(row.pk) for row in named)
        raise CommandError(f"several topic sets have a {what} {name_or_number!r}; give its number: one of {numbers}")
    if named:
        return named[0]
    if name_or_number.isascii() and name_or_number.isdecimal() and int(name_or_number) <= _LARGEST_NUMBER:
        numbered = rows.filter(pk=int(name_or_number)).first()
        if numbered is not None:
            return numbered
    known = ", ".join(f"{row.pk} {row}" for row in rows.order_by("-pk")[:10])
    newest = f"the newest are {known}" if known else f"no {what} exists yet"
    raise CommandError(f"{what} {name_or_number!r} was not found; {newest}")
