"""Publications: the list, and one with its sheets and text."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from search.selectors.publications import (
    paragraphs_with_mentions,
    publication_by_reference,
    publications_listed,
    sheets_of_publication,
)

PER_PAGE = 50


@require_GET
def publication_list(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()
    exact = publication_by_reference(wanted) if wanted else None
    if exact is not None:
        return redirect("search:publication", reference=exact.reference)
    page = Paginator(publications_listed(wanted), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "search/publications.html", {"page": page, "wanted": wanted})


@require_GET
def publication(request: HttpRequest, reference: str) -> HttpResponse:
    found = publication_by_reference(reference)
    if found is None:
        raise Http404
    context = {
        "publication": found,
        "sheets": sheets_of_publication(found),
        "sections": paragraphs_with_mentions(found),
        "part_names": found.part_names.all(),
    }
    return render(request, "search/publication.html", context)
