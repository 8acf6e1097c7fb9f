"""One figure: its sheet with the numerals, and the sentences that explain them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from search.selectors.figures import figure_page


@require_GET
def figure(request: HttpRequest, figure_id: int) -> HttpResponse:
    page = figure_page(figure_id)
    if page is None:
        raise Http404
    return render(request, "search/figure.html", {"page": page, "figure": page.figure})
