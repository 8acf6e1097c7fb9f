"""Create, rename, delete and share shortlists, and choose the current one."""

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
    """No other active account has this user name."""


@transaction.atomic
def shortlist_create(*, owner: User, name: str) -> Shortlist:
    """Return the owner's shortlist of this name, created if needed, and make it the current one."""
    shortlist, _ = Shortlist.objects.get_or_create(owner=owner, name=name)
    shortlist_make_current(user=owner, shortlist=shortlist)
    return shortlist


@transaction.atomic
def shortlist_make_current(*, user: User, shortlist: Shortlist) -> Desk:
    """Make a shortlist the user's current one. Raises: PermissionDenied if they may not edit it; NotFound."""
    row_lock(shortlist)
    if not shortlist_may_edit(user, shortlist):
        raise PermissionDenied("You may view this shortlist, but not edit it. Ask its owner for permission.")
    desk, _ = Desk.objects.update_or_create(owner=user, defaults={"shortlist": shortlist})
    return desk


def shortlist_describe(*, user: User, shortlist: Shortlist, name: str, note: str, started_from: str) -> Shortlist:
    """Change the name and note of a shortlist; started_from is the text_key of the note as the user saw it.

    Raises: PermissionDenied; NotFound; ShortlistNameTaken; TextChanged when another user has changed the note since.
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
    """Delete a shortlist with its entries, notes and pins. Does nothing if it is already deleted.

    Raises: PermissionDenied unless the user is its owner.
    """
    _require_owner(user, shortlist)
    Shortlist.objects.filter(pk=shortlist.pk).delete()


@transaction.atomic
def shortlist_share(*, user: User, shortlist: Shortlist, username: str, may_edit: bool) -> ShortlistShare:
    """Share a shortlist with a colleague, or change whether they may edit it.

    Raises: PermissionDenied unless the user is its owner; NoSuchColleague; NotFound.
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
    """Stop sharing a shortlist with a colleague. Does nothing if it is not shared with them.

    Raises: PermissionDenied unless the user is the owner or that colleague.
    """
    if colleague_id != user.pk:
        _require_owner(user, shortlist)
    ShortlistShare.objects.filter(shortlist=shortlist, user_id=colleague_id).delete()
    Desk.objects.filter(owner_id=colleague_id, shortlist=shortlist).exclude(owner_id=shortlist.owner_id).update(
        shortlist=None
    )


def _require_owner(user: User, shortlist: Shortlist) -> None:
    if shortlist.owner_id != user.pk:
        raise PermissionDenied("Only the owner of a shortlist may share or delete it.")
