"""Images, each behind a permission check. Names and types are set here, not by the uploader."""

from __future__ import annotations

from django.core.files.storage import Storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from search.files import collection_storage, version_of
from search.http import NO_STORE
from search.models import Sheet
from search.selectors.figures import figures_to_show
from search.services.previews import sheet_preview

FILE_POLICY = "default-src 'none'; sandbox"
# Content under one address may change when a document is delivered again, so browsers ask, and get a 304.
COLLECTION_CACHE = "private, max-age=300"
PRIVATE_CACHE = NO_STORE
IMMUTABLE_CACHE = "private, max-age=31536000, immutable"  # of an address that names the version it means


@require_GET
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponseBase:
    row = get_object_or_404(Sheet.objects.filter(publication__retired_at=None, missing=False), pk=sheet_id)
    return image_answer(request, row.png, f"sheet-{row.pk}.png", collection_storage(), COLLECTION_CACHE)


@require_GET
def preview(request: HttpRequest, sheet_id: int) -> HttpResponseBase:
    """The sheet as it is painted first: smaller, grey, made once."""
    row = get_object_or_404(Sheet.objects.filter(publication__retired_at=None, missing=False), pk=sheet_id)
    try:
        name = sheet_preview(sheet=row)
    except FileNotFoundError as error:
        raise Http404 from error
    return image_answer(request, name, f"preview-{row.pk}.png", collection_storage(), COLLECTION_CACHE)


@require_GET
def figure(request: HttpRequest, figure_id: int) -> HttpResponseBase:
    row = get_object_or_404(figures_to_show(), pk=figure_id)
    return image_answer(request, row.crop, f"figure-{row.pk}.png", collection_storage(), COLLECTION_CACHE)


@require_GET
def thumbnail(request: HttpRequest, figure_id: int) -> HttpResponseBase:
    row = get_object_or_404(figures_to_show(), pk=figure_id)
    return image_answer(request, row.thumbnail, f"thumbnail-{row.pk}.png", collection_storage(), COLLECTION_CACHE)


def image_answer(request: HttpRequest, name: str, shown_as: str, storage: Storage, cache: str) -> HttpResponseBase:
    """Return a PNG of a storage. The calling view has checked the permission."""
    file_name = name.rsplit("/", 1)[-1]
    etag = f'"{file_name}"'
    if cache == COLLECTION_CACHE and request.GET.get("v") == version_of(name):
        cache = IMMUTABLE_CACHE
    response: HttpResponseBase
    if cache != PRIVATE_CACHE and request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        try:
            response = FileResponse(storage.open(name, "rb"), content_type="image/png", filename=shown_as)
        except FileNotFoundError as error:
            raise Http404 from error
    if cache != PRIVATE_CACHE:
        response["ETag"] = etag
    response["Cache-Control"] = cache
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
