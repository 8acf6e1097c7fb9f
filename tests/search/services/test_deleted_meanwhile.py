"""Rows that another user deletes during a change: the change fails with NotFound and the page answers 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.test import Client

from engine.errors import NotFound
from search.models import Figure, Query, Shortlist, ShortlistEntry
from search.services.history import query_forget, query_replay
from search.services.sharing import shortlist_delete, shortlist_describe, shortlist_make_current, shortlist_share
from search.services.shortlists import entry_keep
from tests.factories import publication_make, query_make, user_make
from tests.overlapping import second_during_first

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> User:
    return user_make("owner")


def _kept(user: User, shortlist: Shortlist) -> object:
    return entry_keep(user=user, shortlist=shortlist, figure=Figure.objects.earliest("pk"), relevance="X")


def _described(user: User, shortlist: Shortlist) -> object:
    return shortlist_describe(user=user, shortlist=shortlist, name="Valves", note="", started_from=shortlist.note_key)


def _shared(user: User, shortlist: Shortlist) -> object:
    colleague = user_make("colleague")
    return shortlist_share(user=user, shortlist=shortlist, username=colleague.username, may_edit=True)


def _made_current(user: User, shortlist: Shortlist) -> object:
    return shortlist_make_current(user=user, shortlist=shortlist)


@pytest.mark.parametrize("act", [_kept, _described, _shared, _made_current])
def test_a_change_of_a_deleted_shortlist_is_not_found(act: Callable[[User, Shortlist], object], owner: User) -> None:
    publication_make()
    shortlist = Shortlist.objects.create(owner=owner, name="Pumps")
    _, gave = second_during_first(
        partial(shortlist_delete, user=owner, shortlist=shortlist), partial(act, owner, shortlist)
    )
    assert isinstance(gave, NotFound)
    assert not Shortlist.objects.exists() and not ShortlistEntry.objects.exists()


def test_replaying_a_deleted_query_is_not_found(owner: User) -> None:
    query = query_make(owner)
    _, gave = second_during_first(partial(query_forget, query=query), partial(query_replay, query=query))
    assert isinstance(gave, NotFound)
    assert not Query.objects.exists()


def test_the_page_of_a_deleted_shortlist_answers_404(owner: User) -> None:
    shortlist = Shortlist.objects.create(owner=owner, name="Pumps")
    client = Client(raise_request_exception=False)
    client.force_login(owner)

    def describe() -> int:
        return client.post(f"/shortlists/{shortlist.pk}/", {"name": "Valves", "note": "", "started": ""}).status_code

    assert second_during_first(partial(shortlist_delete, user=owner, shortlist=shortlist), describe)[1] == 404
