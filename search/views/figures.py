"""One figure: its sheet with the numerals, the sentences that explain them, and its place among hits."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from engine.errors import Problem
from search.http import current_user, is_fragment, vary_on_fragment
from search.models import Sheet
from search.numbers import key_written
from search.selectors.reader import HitPlace, hit_place, reader_page
from search.services.examiners import figures_seen, sheet_turn
from search.services.previews import preview_size
from search.views.overlay import boxes_of, frame_of, legend_of

MOST_SEEN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Addresses:
    """Query strings, with their question mark, of links that stay among the hits of a query; empty without one.

    hits: to another hit; within: to another figure of the publication, which keeps the hit.
    """

    hits: str = ""
    within: str = ""


@require_GET
@vary_on_fragment
@cache_control(private=True, no_cache=True)
def figure(request: HttpRequest, figure_id: int) -> HttpResponse:
    """Show the figure on its sheet, framed; with `?view=sheet` the whole sheet. Page, or fragment."""
    user = current_user(request)
    reader = reader_page(figure_id, user)
    if reader is None:
        raise Http404
    try:
        place = hit_place(user, request.GET, figure_id)
    except Problem as error:
        raise BadRequest(error.detail) from error
    legend = legend_of(reader.page.numerals)
    context = {
        "reader": reader,
        "page": reader.page,
        "figure": reader.figure,
        "frame": frame_of(reader.figure, alone=request.GET.get("view") != "sheet", turn=reader.turn),
        "preview_size": preview_size(reader.figure.sheet),
        "turned_further": (reader.turn + 90) % 360,
        "legend": legend,
        "boxes": boxes_of(reader.page.numerals, legend),
        "place": place,
        "addresses": _addresses(place),
    }
    in_place = is_fragment(request)
    return render(request, "search/_reader.html" if in_place else "search/figure.html", context)


@require_POST
def turn(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Save how the sheet is turned; a form goes back to its figure, a script stays on the page."""
    sheet = get_object_or_404(Sheet.objects.filter(publication__retired_at=None, missing=False), pk=sheet_id)
    wanted = request.POST.get("turn", "")
    if wanted not in ("0", "90", "180", "270"):
        return HttpResponseBadRequest("turn must be 0, 90, 180 or 270")
    sheet_turn(owner=current_user(request), sheet=sheet, turn=int(wanted))
    if is_fragment(request):
        return HttpResponse(status=204)
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if is_ours else reverse("search:publications"))


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Save which figures were opened: `figure`, once or more."""
    keys = [key_written(key) for key in request.POST.getlist("figure")[:MOST_SEEN_AT_ONCE]]
    figure_ids = [key for key in keys if key is not None]
    if not keys or len(figure_ids) < len(keys):
        return HttpResponseBadRequest("figure must be the key of a figure")
    figures_seen(owner=current_user(request), figure_ids=figure_ids)
    return HttpResponse(status=204)


def _addresses(place: HitPlace | None) -> Addresses:
    if place is None:
        return Addresses()
    ranking = place.question.ranking.address
    hits = f"?query={place.query.pk}" + (f"&{ranking}" if ranking else "")
    return Addresses(hits=hits, within=f"{hits}&hit={place.anchor.pk}" if place.anchor is not None else hits)
