"""Download a shortlist as a PDF report, a table, or publication numbers."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from engine.report import Report, ReportFonts, report_csv, report_numbers, report_pdf
from search.http import current_user, no_store
from search.selectors.reports import references_of, shortlist_report
from search.views.shortlist_pages import shortlist_or_404

_FONTS = settings.BASE_DIR / "static" / "vendor" / "dejavu-2.37.3"
FONTS = ReportFonts(_FONTS / "DejaVuSansCondensed.ttf", _FONTS / "DejaVuSansCondensed-Bold.ttf")


@require_GET
@no_store
def report(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """The list with its drawings as PDF."""
    data = report_pdf(_report(shortlist_id, current_user(request), with_drawings=True), FONTS)
    return _file(data, "application/pdf", f"shortlist-{shortlist_id}.pdf")


@require_GET
@no_store
def table(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """The list as CSV, a row for each entry."""
    data = report_csv(_report(shortlist_id, current_user(request), with_drawings=False))
    return _file(data, "text/csv; charset=utf-8; header=present", f"shortlist-{shortlist_id}.csv")


@require_GET
@no_store
def numbers(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """The publication numbers, one a line."""
    data = report_numbers(references_of(shortlist_or_404(shortlist_id, current_user(request))))
    return _file(data, "text/plain; charset=us-ascii", f"shortlist-{shortlist_id}.txt")


def _report(shortlist_id: int, user: User, *, with_drawings: bool) -> Report:
    row = shortlist_or_404(shortlist_id, user)
    return shortlist_report(row, examiner=user, date=timezone.localdate(), with_drawings=with_drawings)


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
