"""The agreement page of a session, for administrators. It is updated while people judge."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from annotations.http import render_private
from annotations.models import GRADES
from annotations.selectors.agreement import session_agreement
from annotations.selectors.sessions import parts_of
from annotations.views.roles import administrators_only
from annotations.views.sessions import session_or_404
from engine.evaluation.agreement import Matrix

SHADES = 5


@dataclass(frozen=True, slots=True)
class ShadedCount:
    """A count of a table with its shade, from 0 for none to SHADES for the highest count."""

    count: int
    shade: int
    is_same: bool


@require_GET
@administrators_only
def agreement(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the present agreement; `?fragment` gives only the part that is updated while people judge."""
    row = session_or_404(request, session_id)
    agreed = session_agreement(row)
    parts = parts_of(row)
    context = {
        "session": row,
        "facets": [
            (
                facet,
                [(pair, heat(pair.matrix)) for pair in facet.between.pairs],
                [(assessor, heat(assessor.matrix)) for assessor in facet.selves.assessors],
            )
            for facet in agreed.facets
        ],
        "grades": GRADES,
        "answered": sum(part.progress.answered for part in parts),
        "count": sum(part.progress.count for part in parts),
    }
    fragment = "fragment" in request.GET
    return render_private(request, f"annotations/{'_agreement' if fragment else 'agreement'}.html", context)


def heat(matrix: Matrix) -> list[tuple[int, list[ShadedCount]]]:
    """Shade the counts of an agreement table by their share of the highest; rows are the first assessor's grades."""
    most = max((count for row in matrix for count in row), default=0)
    return [
        (grade, [ShadedCount(count, -(-SHADES * count // most) if most else 0, grade == other)
                 for other, count in enumerate(row)])
        for grade, row in enumerate(matrix)
    ]  # fmt: skip
