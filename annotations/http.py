"""Answers that only this user may see: files of pages and API, and pages that no cache keeps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotations.selectors.exports import ExportedFile
from search.http import NO_STORE, no_store, vary_on_fragment


def file_to_take_away(file: ExportedFile) -> HttpResponse:
    """The answer that a browser keeps as a file, and no cache."""
    answer = HttpResponse(file.text.encode(), content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["Cache-Control"] = NO_STORE
    return answer


@no_store
@vary_on_fragment
def render_private(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page, or its fragment on the same address, that no cache keeps."""
    return render(request, template, context, status=status)
