"""Publications: the list, and one with its sheets and text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from engine.linking.terms import terms_of
from search.http import current_user
from search.models import Party
from search.numbers import whole_number
from search.selectors.publications import (
    figures_by_numeral,
    part_names_of,
    publication_by_reference,
    publications_listed,
    sheets_of_publication,
)
from search.selectors.queries import query_of
from search.selectors.texts import PublicationText, text_of_publication

PER_PAGE = 50
LONGEST_FIND = 400
MOST_OFFERED = 8
COMMON_WORDS = frozenset(
    """
    that this with from which into said having comprising comprises wherein whereby between through least more other
    than then each their there where being least such also same both over under have been does must
    eine einer einem einen eines oder auch nach durch wird sind sowie dass diese dieser zwischen wobei
    avec dans pour cette ledit ladite comprenant entre caractérisé
    """.split()  # noqa: SIM905  the list would be longer than the page
)
_WORD = re.compile(r"[^\W\d_][\w-]{3,}")


@require_GET
def publication_list(request: HttpRequest) -> HttpResponse:
    search_text = request.GET.get("q", "").strip()
    exact = publication_by_reference(search_text) if search_text else None
    if exact is not None:
        return redirect("search:publication", reference=exact.reference)
    page = Paginator(publications_listed(search_text), PER_PAGE).get_page(request.GET.get("page"))
    query_part = f"{urlencode({'q': search_text})}&" if search_text else ""
    return render(
        request, "search/publications.html", {"page": page, "search_text": search_text, "query_part": query_part}
    )


@require_GET
def publication(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything of a publication; `find` marks words in its text, `at` says which of them is looked at."""
    found = publication_by_reference(reference)
    if found is None:
        raise Http404
    parties: dict[str, list[Party]] = {}
    for party in found.parties.all():
        parties.setdefault(party.role, []).append(party)
    symbols: dict[str, list[str]] = {}
    for classification in found.classifications.all():
        symbols.setdefault(classification.scheme, []).append(classification.symbol)
    sheets = list(sheets_of_publication(found))
    names = part_names_of(found)
    drawn = figures_by_numeral(sheets)
    written = request.GET.get("find", "").replace("\0", "")[:LONGEST_FIND]
    finding = _finding(written, request.GET.get("at", ""), text_of_publication(found, terms_of(written)))
    query = query_of(current_user(request), request.GET.get("query", ""))
    context = {
        "publication": found,
        "parties": list(parties.items()),
        "classifications": list(symbols.items()),
        "sheets": sheets,
        "text": finding.text,
        "finding": finding,
        "part_names": names,
        "parts": [(numeral, name, drawn.get(numeral, [])) for numeral, name in names.items()],
        "query": query,
        "offered": _offered(query.question.text, written) if query is not None else [],
    }
    return render(request, "search/publication.html", context)


@dataclass(frozen=True, slots=True)
class TermShown:
    """A term with the number of its colour and how often it stands in all and in each section."""

    number: int
    term: str
    count: int
    sections: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is looked for. at: the occurrence that is looked at, from 1; previous, following: its neighbours, round."""

    written: str
    text: PublicationText
    terms: tuple[TermShown, ...]
    at: int
    previous: int
    following: int


def _finding(written: str, at: str, text: PublicationText) -> Finding:
    count = text.found_count
    place = min(max(whole_number(at, most=999_999) or 1, 1), count)
    shown = tuple(
        TermShown(
            number + 1, term, text.counts[number], tuple((one.title, one.counts[number]) for one in text.sections)
        )
        for number, term in enumerate(terms_of(written))
    )
    return Finding(
        written, text, shown, place, (place - 2) % count + 1 if count else 0, place % count + 1 if count else 0
    )


def _offered(query_text: str, written: str) -> list[tuple[str, str]]:
    """Words of the query that are not looked for yet, each with what would then be looked for."""
    known = {term.casefold() for term in terms_of(written)}
    words = dict.fromkeys(word.casefold() for word in _WORD.findall(query_text))
    telling = [word for word in words if word not in known and word not in COMMON_WORDS]
    return [(word, f"{written} {word}".strip()) for word in telling[:MOST_OFFERED]]
