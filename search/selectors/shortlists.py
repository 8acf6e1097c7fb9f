"""Shortlists and their entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Prefetch, Q, QuerySet

from engine.sheets.geometry import crop_size
from search.models import Desk, Figure, Party, Pin, SentenceLink, Shortlist, ShortlistEntry, ShortlistShare
from search.question import TENTHOUSANDTHS
from search.selectors.figures import best_links


def shortlists_of(user: User) -> QuerySet[Shortlist]:
    """Return the shortlists that a user may see: their own and those shared with them."""
    return Shortlist.objects.filter(
        Q(owner=user) | Q(pk__in=ShortlistShare.objects.filter(user=user).values("shortlist"))
    )


def shortlist_may_edit(user: User, shortlist: Shortlist) -> bool:
    """Return whether a user may change the entries of a shortlist."""
    return shortlist.owner_id == user.pk or shortlist.shares.filter(user=user, may_edit=True).exists()


def current_entries(user: User, figure_ids: Sequence[int]) -> dict[int, ShortlistEntry]:
    """Return the current shortlist's entries for these figures, by figure. Empty if it is no longer shared."""
    current = shortlists_of(user).filter(pk__in=Desk.objects.filter(owner=user).values("shortlist"))
    entries = ShortlistEntry.objects.filter(shortlist__in=current, figure_id__in=figure_ids)
    return {entry.figure_id: entry for entry in entries}


def current_shortlist(user: User) -> Shortlist | None:
    """Return the user's current shortlist. None before there is one, and when the user may no longer edit it."""
    current = shortlists_of(user).filter(pk__in=Desk.objects.filter(owner=user).values("shortlist")).first()
    return current if current is not None and shortlist_may_edit(user, current) else None


@dataclass(frozen=True, slots=True)
class ListedShortlist:
    """A row in the list of shortlists. is_current: the page's keys add to this one."""

    shortlist: Shortlist
    entry_count: int
    share_count: int
    is_own: bool
    may_edit: bool
    is_current: bool


def shortlists_listed(user: User) -> tuple[ListedShortlist, ...]:
    """Return the shortlists that a user may see, the last changed one first."""
    counted = (
        shortlists_of(user)
        .select_related("owner")
        .annotate(entry_count=Count("entries", distinct=True), share_count=Count("shares", distinct=True))
        .order_by("-changed_at", "pk")
    )
    editable = set(ShortlistShare.objects.filter(user=user, may_edit=True).values_list("shortlist_id", flat=True))
    desk = Desk.objects.filter(owner=user).values_list("shortlist_id", flat=True).first()
    return tuple(
        ListedShortlist(
            shortlist=shortlist,
            entry_count=shortlist.entry_count,
            share_count=shortlist.share_count,
            is_own=shortlist.owner_id == user.pk,
            may_edit=shortlist.owner_id == user.pk or shortlist.pk in editable,
            is_current=shortlist.pk == desk,
        )
        for shortlist in counted
    )


@dataclass(frozen=True, slots=True)
class PinShown:
    """A pin with its number, from 1; its frame and the place of its number in pixels of the crop."""

    pin: Pin
    number: int
    left: float
    top: float
    width: float
    height: float
    mark_left: float
    mark_top: float

    @property
    def percent(self) -> tuple[float, float, float, float]:
        """Left, top, width and height in percent of the drawing, as in the form."""
        return self.pin.left / 100, self.pin.top / 100, self.pin.width / 100, self.pin.height / 100


@dataclass(frozen=True, slots=True)
class EntryShown:
    """What the page shows of an entry.

    is_to_show: the figure is still in the collection. size: of the drawing in pixels. mark: the size of a pin's number
    on it.
    """

    entry: ShortlistEntry
    is_to_show: bool
    applicants: str
    link: SentenceLink | None
    size: tuple[int, int]
    mark: float
    pins: tuple[PinShown, ...]
    new_pin: tuple[float, float, float, float] = (30, 30, 40, 40)  # percent: where the frame of a new pin begins


@dataclass(frozen=True, slots=True)
class ShortlistPage:
    """What the page of a shortlist shows to a user."""

    shortlist: Shortlist
    entries: tuple[EntryShown, ...]
    shares: tuple[ShortlistShare, ...]
    is_own: bool
    may_edit: bool
    is_current: bool


def shortlist_page(user: User, shortlist: Shortlist) -> ShortlistPage:
    """Return the page of a shortlist. Takes a constant number of queries."""
    desk = current_shortlist(user)
    return ShortlistPage(
        shortlist=shortlist,
        entries=entries_shown(shortlist.entries.all()),
        shares=tuple(shortlist.shares.select_related("user").order_by("user__username")),
        is_own=shortlist.owner_id == user.pk,
        may_edit=shortlist_may_edit(user, shortlist),
        is_current=desk is not None and desk.pk == shortlist.pk,
    )


def entries_shown(entries: QuerySet[ShortlistEntry]) -> tuple[EntryShown, ...]:
    """Return entries in order, with figures, publications, applicants, pins and the best linked sentence of each."""
    ordered = entries_with_everything(entries)
    links = best_links([entry.figure_id for entry in ordered])
    return tuple(_shown(entry, links.get(entry.figure_id)) for entry in ordered)


def entries_with_everything(entries: QuerySet[ShortlistEntry]) -> list[ShortlistEntry]:
    """Return entries in order with publications, applicants (as `parties`), classes, pins and their authors."""
    return list(
        entries.select_related("figure__sheet__publication", "added_by")
        .prefetch_related(
            Prefetch("pins", Pin.objects.select_related("author").order_by("pk")),
            Prefetch("figure__sheet__publication__parties", Party.objects.filter(role="applicant").order_by("pk")),
            "figure__sheet__publication__classifications",
        )
        .order_by("position", "pk")
    )


def is_to_show(figure: Figure) -> bool:
    """Return whether a figure and its publication are not retired. Load the figure with its publication."""
    return figure.retired_at is None and figure.sheet.publication.retired_at is None


def applicants_of(parties: Iterable[Party]) -> tuple[str, ...]:
    """Return the names of the applicants, each once."""
    return tuple(dict.fromkeys(party.name for party in parties if party.role == "applicant"))


def _shown(entry: ShortlistEntry, link: SentenceLink | None) -> EntryShown:
    figure = entry.figure
    size = crop_size(figure.box_on_sheet, figure.rotation)
    mark = max(size[0] / 30, size[1] / 26)
    return EntryShown(
        entry=entry,
        is_to_show=is_to_show(figure),
        applicants="; ".join(applicants_of(figure.sheet.publication.parties.all())),
        link=link,
        size=size,
        mark=round(mark, 1),
        pins=tuple(_pin(pin, number, size, mark) for number, pin in enumerate(entry.pins.all(), start=1)),
    )


def _pin(pin: Pin, number: int, size: tuple[int, int], mark: float) -> PinShown:
    across, down = size[0] / TENTHOUSANDTHS, size[1] / TENTHOUSANDTHS
    left, top = pin.left * across, pin.top * down
    return PinShown(
        pin=pin,
        number=number,
        left=round(left, 1),
        top=round(top, 1),
        width=round(pin.width * across, 1),
        height=round(pin.height * down, 1),
        mark_left=round(min(max(left, mark), size[0] - mark), 1),
        mark_top=round(min(max(top, mark), size[1] - mark), 1),
    )
