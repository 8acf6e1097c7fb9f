"""Decode the images of deliveries and queries. No other package opens image files."""

from engine.errors import ImageError
from engine.imaging.limits import ImageLimits
from engine.imaging.pages import Page, open_image, open_page, open_pages
from engine.imaging.pixels import decode_png, encode_png, is_bilevel, is_blank, thumbnail

__all__ = [
    "ImageError",
    "ImageLimits",
    "Page",
    "decode_png",
    "encode_png",
    "is_bilevel",
    "is_blank",
    "open_image",
    "open_page",
    "open_pages",
    "thumbnail",
]
