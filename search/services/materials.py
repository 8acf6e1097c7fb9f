"""Uploads to search with: recognised by their content, checked, and stored privately."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from engine.imaging import ImageLimits, encode_png, open_image, open_page
from engine.imaging.headers import tiff_pages
from engine.imaging.pdf import is_pdf, pdf_page, pdf_page_count
from engine.patents import parse_patent
from engine.sheets.reading import GrayImage
from search.files import file_keep, file_read, private_storage
from search.models import Material, MaterialKind, Query, SavedSearch
from search.question import LONGEST_TEXT_IN_ADDRESS, Question

logger = logging.getLogger(__name__)

SUFFIXES = {
    MaterialKind.IMAGE: ".png",
    MaterialKind.DOCUMENT: ".bin",
    MaterialKind.PATENT_XML: ".xml",
    MaterialKind.TEXT: ".txt",
}
_TIFF_BEGINNINGS = (b"II*\0", b"MM\0*")
PAGE_DPI, THUMBNAIL_DPI = 300, 40
LENGTH_OF_KEY = 36  # a UUID as it is written


def material_receive(*, owner: User, data: bytes, name: str) -> Material:
    """Store an upload as a document with pages, a patent XML or a picture, depending on its content.

    A PDF of one page is stored as a picture. Raises: ImageError or DocumentError, with what to do.
    """
    if is_pdf(data):
        count = pdf_page_count(data)
        if count == 1:
            return _keep_pixels(owner, pdf_page(data, 1, dpi=PAGE_DPI), name)
        return _keep(Material(owner=owner, kind=MaterialKind.DOCUMENT, name=name[:255], page_count=count), data)
    if (count := _tiff_page_count(data)) > 1:
        open_image(data, name)  # raises now, while the user can still act
        return _keep(Material(owner=owner, kind=MaterialKind.DOCUMENT, name=name[:255], page_count=count), data)
    if data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<svg" not in data[:2048]:
        return material_keep(owner=owner, kind=MaterialKind.PATENT_XML, data=data, name=name)
    return material_keep(owner=owner, kind=MaterialKind.IMAGE, data=data, name=name)


def material_keep(*, owner: User, kind: MaterialKind, data: bytes, name: str) -> Material:
    """Store a picture, a patent XML or a text. A picture is re-encoded without its metadata.

    Raises: ImageError or DocumentError, with what to do.
    """
    material = Material(owner=owner, kind=kind, name=name[:255])
    if kind == MaterialKind.IMAGE:
        page = open_image(data, name or "query image")
        material.notes = [{"code": note.code, "detail": note.detail} for note in page.notes]
        return _keep_png(material, page.pixels)
    if kind == MaterialKind.PATENT_XML:
        parse_patent(data, "the patent XML")  # raises now, while the user can still act
    return _keep(material, data)


def passage_keep(*, owner: User, question: Question) -> Question:
    """Return the question with a text too long for an address replaced by the id of a stored Material."""
    if len(question.text) <= LONGEST_TEXT_IN_ADDRESS:
        return question
    kept = material_keep(owner=owner, kind=MaterialKind.TEXT, data=question.text.encode(), name="text")
    return replace(question, text="", passage=str(kept.pk))


@transaction.atomic
def material_page(*, document: Material, page: int) -> Material:
    """Return a page of a document, counted from 1, as a picture. It is stored at the first call.

    Raises: ImageError, with what to do.
    """
    found = Material.objects.filter(document=document, page=page).first()
    if found is not None:
        return found
    pixels = page_pixels(document, page, dpi=PAGE_DPI)
    image = Material(owner=document.owner, kind=MaterialKind.IMAGE, document=document, page=page)
    image.name = f"{document.name[:240]} p. {page}"
    return _keep_png(image, pixels)


def page_pixels(document: Material, page: int, *, dpi: int) -> GrayImage:
    """Return a page of a document as (height, width) uint8. dpi matters for PDF only. Raises: ImageError."""
    data = file_read(document.file, private_storage())
    if is_pdf(data):
        return pdf_page(data, page, dpi=dpi)
    return open_page(data, document.name, page).pixels


def materials_expire() -> int:
    """Delete uploads that are past their retention and used by no query or saved search. Returns how many.

    The file is deleted before its row, so that an interrupted deletion is continued next time.
    """
    old = Material.objects.filter(created_at__lt=Now() - timedelta(days=settings.QUERY_RETENTION_DAYS))
    return _delete_unnamed(old, _keys_named(Query.objects.all(), SavedSearch.objects.all()))


def materials_delete_unused(*, owner: User, keys: Collection[str] | None) -> int:
    """Delete the owner's uploads that none of their queries and saved searches uses. Returns how many.

    keys: ids of the uploads to check; a page's document is checked too. None checks all.
    """
    theirs = Material.objects.filter(owner=owner)
    if keys is not None:
        documents = theirs.filter(pk__in=keys, document__isnull=False).values_list("document_id", flat=True)
        theirs = theirs.filter(pk__in=[*keys, *documents])
    named = _keys_named(Query.objects.filter(owner=owner), SavedSearch.objects.filter(owner=owner))
    return _delete_unnamed(theirs, named)


def keys_of_address(address: str) -> set[str]:
    """Return the ids of the materials in a question's query string."""
    return {part for part in address.replace("=", "&").replace("~", "&").split("&") if len(part) == LENGTH_OF_KEY}


def _keys_named(queries: QuerySet[Query], searches: QuerySet[SavedSearch]) -> set[str]:
    named: set[str] = set()
    for rows in (queries.values_list("query_string", flat=True), searches.values_list("query_string", flat=True)):
        for address in rows.iterator(chunk_size=1000):
            named |= keys_of_address(address)
    return named


def _delete_unnamed(materials: QuerySet[Material], named: set[str]) -> int:
    """Delete the materials that are not named. A document stays while one of its pages is named."""
    count = 0
    for material in materials.iterator():
        names = {str(material.pk), *(str(pk) for pk in material.images.values_list("pk", flat=True))}
        if not names & named:
            _delete(material)
            count += 1
    return count


def _tiff_page_count(data: bytes) -> int:
    """Return how many pages a TIFF has, without reduced copies; 0 if it is no TIFF."""
    if not data.startswith(_TIFF_BEGINNINGS):
        return 0
    return sum(not page.reduced for page in tiff_pages(data, ImageLimits().max_frames))


def _delete(material: Material) -> None:
    for stored in (material, *material.images.all()):
        private_storage().delete(stored.file)
    material.delete()


def _keep_pixels(owner: User, pixels: GrayImage, name: str) -> Material:
    return _keep_png(Material(owner=owner, kind=MaterialKind.IMAGE, name=name[:255]), pixels)


def _keep_png(material: Material, pixels: GrayImage) -> Material:
    material.height_px, material.width_px = pixels.shape
    return _keep(material, encode_png(pixels))


def _keep(material: Material, data: bytes) -> Material:
    suffix = SUFFIXES[MaterialKind(material.kind)]
    folder = f"materials/{material.pk}"
    material.file = file_keep(data, folder=folder, suffix=suffix, storage=private_storage())
    material.save()
    logger.info("material kept material=%s owner=%d kind=%s", material.pk, material.owner_id, material.kind)
    return material
