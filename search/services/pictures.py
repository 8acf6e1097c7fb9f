"""Pixels of the pictures that a question names."""

from __future__ import annotations

from django.contrib.auth.models import User

from engine.imaging import decode_png
from engine.reading import GrayImage
from search.files import file_read, private_storage
from search.models import Figure, Material
from search.question import Picture


def picture_pixels(picture: Picture, *, owner: User) -> GrayImage:
    if picture.source == "figure":
        return decode_png(file_read(Figure.objects.get(pk=int(picture.key)).crop))
    return decode_png(file_read(Material.objects.get(owner=owner, pk=picture.key).file, private_storage()))
