"""Whose a shortlist is: made, named, deleted by its owner, shared with colleagues, and which one is at hand."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from search.models import Desk, Shortlist, ShortlistShare, text_key
from search.selectors.shortlists import shortlist_may_edit
from search.services.locks import row_lock
from search.services.shortlists import TextChanged, shortlist_lock


class ShortlistNameTaken(Exception):
    """The owner has another shortlist of this name."""


class NoSuchColleague(Exception):
    """Nobody else who can log in has this user name."""


@transaction.atomic
def shortlist_create(*, owner: User, name: str) -> Shortlist:
    """The owner's shortlist of this name, made when there is none; the keys add to it from now on."""
    shortlist, _ = Shortlist.objects.get_or_create(owner=owner, name=name)
    shortlist_make_current(user=owner, shortlist=shortlist)
    return shortlist


@transaction.atomic
def shortlist_make_current(*, user: User, shortlist: Shortlist) -> Desk:
    """Make a list the one that the user's keys add to. Raises: PermissionDenied for a viewer; NotFound."""
    row_lock(shortlist)
    if not shortlist_may_edit(user, shortlist):
        raise PermissionDenied("You may look at this shortlist. Ask its owner to let you edit it.")
    desk, _ = Desk.objects.update_or_create(owner=user, defaults={"shortlist": shortlist})
    return desk


def shortlist_describe(*, user: User, shortlist: Shortlist, name: str, note: str, started_from: str) -> Shortlist:
    """Name a list and write its note; started_from is the text_key of the note that was edited.

    Raises: PermissionDenied; NotFound; ShortlistNameTaken; TextChanged when it has become another note since.
    """
    try:
        with transaction.atomic():
            row = shortlist_lock(user, shortlist)
            if text_key(note) != row.note_key:
                if started_from != row.note_key:
                    raise TextChanged(row.note)
                row.note = note
            row.name = name
            row.save()
            return row
    except IntegrityError as error:
        raise ShortlistNameTaken from error


@transaction.atomic
def shortlist_delete(*, user: User, shortlist: Shortlist) -> None:
    """Delete a list with all that is noted on it; again does nothing.

    Raises: PermissionDenied for all but its owner.
    """
    _require_owner(user, shortlist)
    Shortlist.objects.filter(pk=shortlist.pk).delete()


@transaction.atomic
def shortlist_share(*, user: User, shortlist: Shortlist, username: str, may_edit: bool) -> ShortlistShare:
    """Let a colleague see a list, and edit it where may_edit says so; again changes that.

    Raises: PermissionDenied for all but its owner; NoSuchColleague; NotFound.
    """
    _require_owner(user, shortlist)
    row_lock(shortlist)
    colleague = User.objects.filter(username=username, is_active=True).exclude(pk=user.pk).first()
    if colleague is None:
        raise NoSuchColleague(username)
    share, _ = ShortlistShare.objects.update_or_create(
        shortlist=shortlist, user=colleague, defaults={"may_edit": may_edit}
    )
    return share


@transaction.atomic
def shortlist_unshare(*, user: User, shortlist: Shortlist, colleague_id: int) -> None:
    """Take a list from a colleague, at once; colleagues leave it by themselves. Again does nothing.

    Raises: PermissionDenied when neither the owner nor the colleague asks for it.
    """
    if colleague_id != user.pk:
        _require_owner(user, shortlist)
    ShortlistShare.objects.filter(shortlist=shortlist, user_id=colleague_id).delete()
    Desk.objects.filter(owner_id=colleague_id, shortlist=shortlist).exclude(owner_id=shortlist.owner_id).update(
        shortlist=None
    )


def _require_owner(user: User, shortlist: Shortlist) -> None:
    if shortlist.owner_id != user.pk:
        raise PermissionDenied("Only the owner of a shortlist shares or deletes it.")
