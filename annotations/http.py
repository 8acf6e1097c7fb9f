"""Files that are taken away, by page and by API."""

from __future__ import annotations

from django.http import HttpResponse

from annotations.selectors.exports import ExportedFile


def file_to_take_away(file: ExportedFile) -> HttpResponse:
    """The answer that a browser keeps as a file, and no cache."""
    answer = HttpResponse(file.text.encode(), content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
