"""Load the pixels of a query's pictures: figures of the collection and uploads."""

from __future__ import annotations

from django.contrib.auth.models import User

from engine.errors import Problem
from engine.imaging import decode_png
from engine.imaging.turning import part_of
from engine.sheets.reading import GrayImage
from search.files import file_read, private_storage
from search.models import Figure, Material, MaterialKind
from search.question import TENTHOUSANDTHS, Picture


def picture_pixels(picture: Picture, *, owner: User | None) -> GrayImage:
    """Return the picture as (height, width) uint8: cropped, turned and mirrored as it says. A figure needs no owner.

    Raises: Problem when it does not exist or is another user's upload.
    """
    try:
        if picture.source == "figure":
            stored = file_read(Figure.objects.get(pk=int(picture.key), retired_at=None).crop)
        else:
            image = Material.objects.get(owner=owner, pk=picture.key, kind=MaterialKind.IMAGE)
            stored = file_read(image.file, private_storage())
    except (Figure.DoesNotExist, Material.DoesNotExist, FileNotFoundError) as error:
        raise Problem(
            "picture-gone", "A picture of this query no longer exists. Remove it from the query, or upload it again."
        ) from error
    return part_of(decode_png(stored), _shares(picture), picture.turn, picture.mirrored)


def _shares(picture: Picture) -> tuple[float, float, float, float] | None:
    if picture.region is None:
        return None
    left, top, width, height = (part / TENTHOUSANDTHS for part in picture.region)
    return left, top, width, height
