"""One figure: its sheet with the numerals, and the sentences that explain them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from search.models import QueryModality
from search.selectors.figures import figure_page
from search.views.overlay import boxes_of, frame_of, legend_of


@require_GET
def figure(request: HttpRequest, figure_id: int) -> HttpResponse:
    """The whole sheet upright; with `?view=figure` the figure alone."""
    page = figure_page(figure_id)
    if page is None:
        raise Http404
    legend = legend_of(page.numerals)
    context = {
        "page": page,
        "figure": page.figure,
        "frame": frame_of(page.figure, alone=request.GET.get("view") == "figure"),
        "legend": legend,
        "boxes": boxes_of(page.numerals, legend),
        "modalities": QueryModality.choices,
    }
    return render(request, "search/figure.html", context)
