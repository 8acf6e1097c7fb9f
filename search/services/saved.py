"""Saved searches: questions that are kept by name."""

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


class SearchNameTaken(EngineError):
    """The owner has another search of this name."""

    def __init__(self, search: SavedSearch) -> None:
        super().__init__(f"there is a saved search {search.name!r}")
        self.search = search


@dataclass(frozen=True, slots=True)
class DeletedSearch:
    """What a deleted search is restored from."""

    name: str
    query_string: str


@transaction.atomic
def search_save(*, owner: User, name: str, question: Question, replace: bool = False) -> SavedSearch:
    """Save a question by name; the same name again updates the same row.

    Raises Problem if the question cannot be asked, and SearchNameTaken if the name is of another question, unless
    `replace` is set.
    """
    question_check(question, owner)
    search, is_new = SavedSearch.objects.select_for_update().get_or_create(
        owner=owner, name=name, defaults={"query_string": question.address}
    )
    if not is_new and search.query_string != question.address:
        if not replace:
            raise SearchNameTaken(search)
        search.query_string = question.address
        search.save(update_fields=["query_string"])
    logger.info("search saved search=%d owner=%d", search.pk, owner.pk)
    return search


def search_rename(*, search: SavedSearch, name: str) -> SavedSearch:
    """Rename a saved search. Raises SearchNameTaken if the owner has another search of this name."""
    try:
        with transaction.atomic():
            SavedSearch.objects.filter(pk=search.pk).update(name=name)
    except IntegrityError:
        raise SearchNameTaken(SavedSearch.objects.get(owner=search.owner, name=name)) from None
    search.name = name
    return search


def search_delete(*, search: SavedSearch) -> DeletedSearch:
    """Delete a saved search, and return what it is restored from. Its uploads expire as those of queries do."""
    deleted = DeletedSearch(search.name, search.query_string)
    SavedSearch.objects.filter(pk=search.pk).delete()
    logger.info("search deleted search=%s owner=%d", search.pk, search.owner_id)
    return deleted


@transaction.atomic
def search_restore(*, owner: User, deleted: DeletedSearch) -> SavedSearch:
    """Restore a deleted search under its name, or under the next free one if the name is taken by now."""
    name, number = deleted.name, 2
    while SavedSearch.objects.filter(owner=owner, name=name).exclude(query_string=deleted.query_string).exists():
        name, number = f"{deleted.name[:110]} ({number})", number + 1
    search, _ = SavedSearch.objects.get_or_create(
        owner=owner, name=name, defaults={"query_string": deleted.query_string}
    )
    return search
