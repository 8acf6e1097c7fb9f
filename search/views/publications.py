"""Publications: the list, and one with its sheets and text."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from search.models import Party
from search.selectors.publications import (
    paragraphs_with_mentions,
    part_names_of,
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
    query_part = f"{urlencode({'q': wanted})}&" if wanted else ""
    return render(request, "search/publications.html", {"page": page, "wanted": wanted, "query_part": query_part})


@require_GET
def publication(request: HttpRequest, reference: str) -> HttpResponse:
    found = publication_by_reference(reference)
    if found is None:
        raise Http404
    parties: dict[str, list[Party]] = {}
    for party in found.parties.all():
        parties.setdefault(party.role, []).append(party)
    symbols: dict[str, list[str]] = {}
    for classification in found.classifications.all():
        symbols.setdefault(classification.scheme, []).append(classification.symbol)
    context = {
        "publication": found,
        "parties": list(parties.items()),
        "classifications": list(symbols.items()),
        "sheets": sheets_of_publication(found),
        "sections": paragraphs_with_mentions(found),
        "part_names": part_names_of(found),
    }
    return render(request, "search/publication.html", context)
