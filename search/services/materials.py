"""What people bring to ask with: checked, re-encoded where it is a picture, kept in the private storage."""

from __future__ import annotations

from django.contrib.auth.models import User

from engine.imaging import encode_png, open_image
from engine.patents import parse_patent
from search.files import file_keep, private_storage
from search.models import Material, MaterialKind

SUFFIXES = {MaterialKind.IMAGE: ".png", MaterialKind.PATENT_XML: ".xml", MaterialKind.TEXT: ".txt"}


def material_keep(*, owner: User, kind: MaterialKind, data: bytes, name: str) -> Material:
    """Keep one thing that was brought. A picture is re-encoded without its metadata.

    Raises: ImageError or DocumentError, saying the mend.
    """
    material = Material(owner=owner, kind=kind, name=name[:255])
    if kind == MaterialKind.IMAGE:
        page = open_image(data, name or "query image")
        material.height_px, material.width_px = page.pixels.shape
        material.notes = [{"code": note.code, "detail": note.detail} for note in page.notes]
        data = encode_png(page.pixels)
    elif kind == MaterialKind.PATENT_XML:
        parse_patent(data, "the patent XML")  # refused while the person looks, before a file is kept
    folder = f"materials/{material.pk}"
    material.file = file_keep(data, folder=folder, suffix=SUFFIXES[kind], storage=private_storage())
    material.save()
    return material
