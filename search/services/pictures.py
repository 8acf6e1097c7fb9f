"""Pixels of the pictures that questions name: figures, and what their owner brought."""

from __future__ import annotations

from django.contrib.auth.models import User

from engine.errors import Problem
from engine.imaging import decode_png
from engine.imaging.turning import part_of
from engine.sheets.reading import GrayImage
from search.files import file_read, private_storage
from search.models import Figure, Material, MaterialKind
from search.question import TENTHOUSANDTHS, Picture


def picture_pixels(picture: Picture, *, owner: User) -> GrayImage:
    """(height, width) uint8, cut, turned and mirrored as the picture says.

    Raises: Problem where there is no such picture, or it is another's.
    """
    try:
        if picture.source == "figure":
            stored = file_read(Figure.objects.get(pk=int(picture.key), retired_at=None).crop)
        else:
            image = Material.objects.get(owner=owner, pk=picture.key, kind=MaterialKind.IMAGE)
            stored = file_read(image.file, private_storage())
    except (Figure.DoesNotExist, Material.DoesNotExist, FileNotFoundError) as error:
        raise Problem("picture-gone", "A picture of this query is gone. Leave it out, or upload it again.") from error
    return part_of(decode_png(stored), _shares(picture), picture.turn, picture.mirrored)


def _shares(picture: Picture) -> tuple[float, float, float, float] | None:
    if picture.region is None:
        return None
    left, top, width, height = (part / TENTHOUSANDTHS for part in picture.region)
    return left, top, width, height
