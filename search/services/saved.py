"""Searches kept by name."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from engine.errors import EngineError
from search.models import SavedSearch
from search.question import Question
from search.services.queries import question_check

logger = logging.getLogger(__name__)


class NameTaken(EngineError):
    """The owner has another search of this name, which is not replaced unasked."""

    def __init__(self, search: SavedSearch) -> None:
        super().__init__(f"there is a saved search {search.name!r}")
        self.search = search


@dataclass(frozen=True, slots=True)
class DeletedSearch:
    """What brings a deleted search back."""

    name: str
    asked: str


@transaction.atomic
def search_save(*, owner: User, name: str, question: Question, replace: bool = False) -> SavedSearch:
    """Keep a question by name; saved again, it is the same row.

    Raises: Problem where it cannot be asked, NameTaken where the name holds another question and `replace` is
    not said.
    """
    question_check(question, owner)
    search, is_new = SavedSearch.objects.select_for_update().get_or_create(
        owner=owner, name=name, defaults={"asked": question.address}
    )
    if not is_new and search.asked != question.address:
        if not replace:
            raise NameTaken(search)
        search.asked = question.address
        search.save(update_fields=["asked"])
    logger.info("search saved search=%d owner=%d", search.pk, owner.pk)
    return search


def search_rename(*, search: SavedSearch, name: str) -> SavedSearch:
    """Give a saved search another name. Raises: NameTaken where the owner has another search of it."""
    try:
        with transaction.atomic():
            SavedSearch.objects.filter(pk=search.pk).update(name=name)
    except IntegrityError:
        raise NameTaken(SavedSearch.objects.get(owner=search.owner, name=name)) from None
    search.name = name
    return search


def search_delete(*, search: SavedSearch) -> DeletedSearch:
    """Delete a saved search, and return what brings it back. Its uploads stay for as long as any query's."""
    deleted = DeletedSearch(search.name, search.asked)
    SavedSearch.objects.filter(pk=search.pk).delete()
    logger.info("search deleted search=%s owner=%d", search.pk, search.owner_id)
    return deleted


@transaction.atomic
def search_restore(*, owner: User, deleted: DeletedSearch) -> SavedSearch:
    """Bring a deleted search back under its name; where that was given anew, under the next free one."""
    name, number = deleted.name, 2
    while SavedSearch.objects.filter(owner=owner, name=name).exclude(asked=deleted.asked).exists():
        name, number = f"{deleted.name[:110]} ({number})", number + 1
    search, _ = SavedSearch.objects.get_or_create(owner=owner, name=name, defaults={"asked": deleted.asked})
    return search
