"""Shortlists created, described, shared and deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from search.models import Desk, Shortlist, ShortlistShare, text_key
from search.selectors.shortlists import current_shortlist, shortlist_may_edit, shortlists_of
from search.services.sharing import (
    NoSuchColleague,
    ShortlistNameTaken,
    shortlist_create,
    shortlist_delete,
    shortlist_describe,
    shortlist_make_current,
    shortlist_share,
    shortlist_unshare,
)
from search.services.shortlists import TextChanged
from tests.factories import user_make


@pytest.fixture
def owner(db: None) -> User:
    return user_make("owner")


@pytest.fixture
def colleague(db: None) -> User:
    return user_make("colleague")


@pytest.fixture
def shortlist(owner: User) -> Shortlist:
    return Shortlist.objects.create(owner=owner, name="rotors")


def test_creating_twice_makes_one_shortlist_which_is_current(owner: User) -> None:
    assert shortlist_create(owner=owner, name="rotors") == shortlist_create(owner=owner, name="rotors")
    assert current_shortlist(owner) == Shortlist.objects.get()


def test_a_share_is_changed_by_sharing_again(owner: User, colleague: User, shortlist: Shortlist) -> None:
    for may_edit in (False, True, True):
        shortlist_share(user=owner, shortlist=shortlist, username="colleague", may_edit=may_edit)
        assert shortlist_may_edit(colleague, shortlist) is may_edit
    assert ShortlistShare.objects.count() == 1


@pytest.mark.parametrize("username", ["nobody", "owner", "gone", ""])
def test_a_shortlist_is_shared_only_with_another_active_user(owner: User, shortlist: Shortlist, username: str) -> None:
    user_make("gone", active=False)
    with pytest.raises(NoSuchColleague):
        shortlist_share(user=owner, shortlist=shortlist, username=username, may_edit=True)


def test_only_the_owner_shares_deletes_and_withdraws(owner: User, colleague: User, shortlist: Shortlist) -> None:
    third = user_make("third")
    for user in (colleague, third):
        ShortlistShare.objects.create(shortlist=shortlist, user=user, may_edit=True)
    with pytest.raises(PermissionDenied):
        shortlist_share(user=colleague, shortlist=shortlist, username="third", may_edit=False)
    with pytest.raises(PermissionDenied):
        shortlist_delete(user=colleague, shortlist=shortlist)
    with pytest.raises(PermissionDenied):
        shortlist_unshare(user=colleague, shortlist=shortlist, colleague_id=third.pk)
    assert ShortlistShare.objects.count() == 2


def test_an_unshared_shortlist_is_not_visible_and_not_current(
    owner: User, colleague: User, shortlist: Shortlist
) -> None:
    shortlist_share(user=owner, shortlist=shortlist, username="colleague", may_edit=True)
    shortlist_make_current(user=colleague, shortlist=shortlist)
    for _ in range(2):
        shortlist_unshare(user=owner, shortlist=shortlist, colleague_id=colleague.pk)
    assert not shortlists_of(colleague).exists()
    assert Desk.objects.get(owner=colleague).shortlist is None


def test_a_colleague_can_leave_a_shared_shortlist(owner: User, colleague: User, shortlist: Shortlist) -> None:
    shortlist_share(user=owner, shortlist=shortlist, username="colleague", may_edit=False)
    shortlist_unshare(user=colleague, shortlist=shortlist, colleague_id=colleague.pk)
    assert not shortlists_of(colleague).exists() and shortlists_of(owner).exists()


def test_a_viewer_cannot_make_a_shortlist_current(owner: User, colleague: User, shortlist: Shortlist) -> None:
    shortlist_share(user=owner, shortlist=shortlist, username="colleague", may_edit=False)
    with pytest.raises(PermissionDenied):
        shortlist_make_current(user=colleague, shortlist=shortlist)


def test_a_shortlist_is_not_current_after_the_right_to_edit_was_withdrawn(
    owner: User, colleague: User, shortlist: Shortlist
) -> None:
    shortlist_share(user=owner, shortlist=shortlist, username="colleague", may_edit=True)
    shortlist_make_current(user=colleague, shortlist=shortlist)
    shortlist_share(user=owner, shortlist=shortlist, username="colleague", may_edit=False)
    assert current_shortlist(colleague) is None


def test_describing_changes_name_and_note_and_keeps_what_another_user_wrote(owner: User, shortlist: Shortlist) -> None:
    write: dict[str, Any] = {"user": owner, "shortlist": shortlist, "started_from": text_key("")}
    for _ in range(2):
        shortlist_describe(**write, name="pumps", note="for claim 1")
    assert (Shortlist.objects.get().name, Shortlist.objects.get().note) == ("pumps", "for claim 1")
    with pytest.raises(TextChanged):
        shortlist_describe(**write, name="pumps", note="for claim 2")
    Shortlist.objects.create(owner=owner, name="taken")
    with pytest.raises(ShortlistNameTaken):
        shortlist_describe(**write, name="taken", note="for claim 1")
    assert Shortlist.objects.get(pk=shortlist.pk).note == "for claim 1"


def test_deleting_twice_deletes_one(owner: User, shortlist: Shortlist) -> None:
    Shortlist.objects.create(owner=owner, name="stays")
    for _ in range(2):
        shortlist_delete(user=owner, shortlist=Shortlist(pk=shortlist.pk, owner=owner))
    assert [row.name for row in Shortlist.objects.all()] == ["stays"]
