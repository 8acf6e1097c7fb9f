"""How far a session's assessors agree, for administrators; it follows the judgments as they come."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotations.models import GRADES
from annotations.selectors.agreement import session_agreement
from annotations.selectors.sessions import parts_of
from annotations.views.roles import administrators_only
from annotations.views.sessions import private, session_or_404
from engine.evaluation.agreement import Matrix

SHADES = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """A count with its shade, 0 (none) to SHADES (the most of its table)."""

    count: int
    shade: int
    is_same: bool


@require_GET
@administrators_only
def agreement(request: HttpRequest, session_id: int) -> HttpResponse:
    """The agreement as it stands; the same address with `?fragment` is the part that follows the judgments."""
    row = session_or_404(request, session_id)
    told = session_agreement(row)
    parts = parts_of(row)
    context = {
        "session": row,
        "told": told,
        "facets": [
            (
                facet,
                [(pair, heat(pair.matrix)) for pair in facet.between.pairs],
                [(one, heat(one.matrix)) for one in facet.selves.assessors],
            )
            for facet in told.facets
        ],
        "grades": GRADES,
        "said": sum(part.progress.said for part in parts),
        "count": sum(part.progress.count for part in parts),
    }
    fragment = "fragment" in request.GET
    return private(render(request, f"annotations/{'_agreement' if fragment else 'agreement'}.html", context))


def heat(matrix: Matrix) -> list[tuple[int, list[Cell]]]:
    """Rows of a table of counts by the first one's grade, each count shaded by its share of the greatest."""
    most = max((count for row in matrix for count in row), default=0)
    return [
        (grade, [Cell(count, -(-SHADES * count // most) if most else 0, grade == other)
                 for other, count in enumerate(row)])
        for grade, row in enumerate(matrix)
    ]  # fmt: skip
