"""Open image files as pages of grey pixels. No other module opens images.

Files are untrusted: the format is detected by content from an allow-list, sizes are checked before pixels
are decoded, and any exception of a decoder becomes an ImageError.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PIL import ExifTags, Image, UnidentifiedImageError

from engine.errors import ImageError
from engine.imaging.formats import format_of, suffix_fits
from engine.imaging.gray import to_gray, turned
from engine.imaging.headers import require_few_scans, tiff_pages, too_many_frames, truncated, webp_size
from engine.imaging.limits import ImageLimits
from engine.imaging.pixels import is_blank
from engine.patents.publication import Note
from engine.sheets.reading import GrayImage

_EXTREME_ASPECT = 20
_PLAUSIBLE_DPI = (30.0, 4800.0)
# Measured at 64 million pixels: 1,090 MiB for WebP, 570 MiB at most for every other format.
_WEBP_COST = 2
_JFIF_UNITS = (1, 2)  # dots per inch, dots per cm; 0: no unit
_PHOTOMETRIC_TAG = 262
_WHITE_IS_ZERO = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an image file.

    pixels: (height, width) uint8, 0 ink and 255 paper, upright by its orientation tag. dpi: None when the file has no
    plausible value. Light lines on a dark ground are not inverted.
    """

    pixels: GrayImage
    dpi: float | None
    notes: tuple[Note, ...] = ()


def open_pages(data: bytes, name: str, limits: ImageLimits = ImageLimits()) -> list[Page]:  # noqa: B008
    """Every page of a TIFF, or the image of any other format (the first of an animation, with a note).

    name: the file's name, used only to note a wrong ending.
    Raises: ImageError(code, detail) when any page cannot be used, and no other error.
    """
    return _opened(data, name, limits, only=None)


def open_image(data: bytes, name: str, limits: ImageLimits = ImageLimits()) -> Page:  # noqa: B008
    """The first page, with a note when there are more; the limits apply to the whole file. Raises: ImageError."""
    return _opened(data, name, limits, only=1)[0]


def open_page(data: bytes, name: str, number: int, limits: ImageLimits = ImageLimits()) -> Page:  # noqa: B008
    """One page, from 1. The others are not decoded; the limits apply to the whole file. Raises: ImageError."""
    pages = _opened(data, name, limits, only=number)
    if not pages:
        raise ImageError("no-such-page", f"The file has no page {number}. Choose another page.")
    return pages[0]


def _opened(data: bytes, name: str, limits: ImageLimits, *, only: int | None) -> list[Page]:
    image_format = format_of(data)
    if len(data) > limits.max_bytes:
        raise ImageError(
            "too-large",
            f"The file has {len(data) / 2**20:.1f} MB; at most {limits.max_bytes / 2**20:.1f} MB are allowed. "
            "Save it as TIFF (group 4) or PNG, or with fewer pixels.",
        )
    notes: tuple[Note, ...] = ()
    if not suffix_fits(name, image_format):
        notes = (Note("extension", f"The file is a {image_format}, which its name does not end in."),)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata does not matter: none is stored
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return [replace(page, notes=notes + page.notes) for page in _decoded(data, image_format, limits, only)]


@contextmanager
def _decoder(limits: ImageLimits) -> Iterator[None]:
    """Turn any exception of the decoder within the block into an ImageError."""
    try:
        yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError) as error:
        raise _too_many_pixels(limits) from error
    except UnidentifiedImageError as error:
        raise ImageError(
            "damaged", "The image is damaged or packed in an unusual way. Save it again as TIFF (group 4) or PNG."
        ) from error
    except Exception as error:
        # On damaged input decoders raise anything: OSError, SyntaxError, KeyError, struct.error, …
        raise truncated() from error


def _open(data: bytes, image_format: str, limits: ImageLimits) -> Image.Image:
    with _decoder(limits):
        return Image.open(io.BytesIO(data), formats=[image_format])


def _decoded(data: bytes, image_format: str, limits: ImageLimits, only: int | None) -> Iterator[Page]:
    """All pages, or only the page `only`, from 1; nothing when there is no such page."""
    if image_format == "TIFF":
        yield from _tiff_decoded(data, limits, only)
        return
    if only is not None and only != 1:
        return
    if image_format == "WEBP":
        # The WebP decoder allocates the canvas on opening.
        _require_size(*webp_size(data), 1, replace(limits, max_pixels=limits.max_pixels // _WEBP_COST))
    if image_format == "JPEG":
        require_few_scans(data)
    with _open(data, image_format, limits) as image:
        width, height = image.size
        _require_size(width, height, 1, limits)
        frame_count = _frame_count(image, limits)
        if frame_count > limits.max_frames:
            raise too_many_frames(limits.max_frames)
        _require_size(width, height, frame_count, limits)
    notes: tuple[Note, ...] = ()
    if frame_count > 1:
        notes = (Note("first-of-several", f"The first of {frame_count} pictures in the file is used."),)
    # Opened again: counting the frames of a GIF moved to the last one.
    with _open(data, image_format, limits) as image:
        yield _page(image, notes, limits)


def _tiff_decoded(data: bytes, limits: ImageLimits, only: int | None) -> Iterator[Page]:
    listed = tiff_pages(data, limits.max_frames)
    used = [position for position, page in enumerate(listed) if not page.reduced] or list(range(len(listed)))
    for page in listed:
        _require_size(page.width_px, page.height_px, 1, limits)
    if sum(page.width_px * page.height_px for page in listed) > limits.max_pixels:
        raise _too_many_pixels(limits)
    with _open(data, "TIFF", limits) as image:
        for number, position in enumerate(used, start=1):
            if only is not None and number != only:
                continue
            with _decoder(limits):
                image.seek(position)
            notes: tuple[Note, ...] = ()
            if len(used) > 1 and only == 1:
                notes = (Note("first-of-several", f"The first of {len(used)} pages of the file is used."),)
            elif len(used) > 1:
                notes = (Note("one-of-several", f"Page {number} of {len(used)} of the file."),)
            yield _page(image, notes, limits)


def _page(image: Image.Image, notes: tuple[Note, ...], limits: ImageLimits) -> Page:
    """The current frame of the image as a Page."""
    with _decoder(limits):
        image.load()
    _require_size(image.width, image.height, 1, limits)
    white_is_zero = False
    if image.format == "TIFF":
        # Pillow has applied it on loading.
        orientation = 1
        white_is_zero = getattr(image, "tag_v2", {}).get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO
    else:
        orientation, orientation_notes = _orientation_of(image)
        notes += orientation_notes
    pixels, gray_notes = to_gray(image, white_is_zero=white_is_zero)
    pixels = turned(pixels, orientation)
    dpi, dpi_notes = _dpi_of(image)
    notes += gray_notes + dpi_notes
    height, width = pixels.shape
    if is_blank(pixels):
        notes += (Note("blank", "The image is blank: there is no drawing on it."),)
    if max(width, height) > _EXTREME_ASPECT * min(width, height):
        notes += (Note("extreme-aspect", f"The image is {width} by {height} pixels, unusually long and narrow."),)
    return Page(pixels, dpi, notes)


def _orientation_of(image: Image.Image) -> tuple[int, tuple[Note, ...]]:
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # Pillow parses EXIF from untrusted bytes, and the image is usable without it
        return 1, (Note("exif-unreadable", "The file's EXIF data is damaged, so the image may be sideways."),)
    return (value if isinstance(value, int) else 1), ()


def _dpi_of(image: Image.Image) -> tuple[float | None, tuple[Note, ...]]:
    given = image.info.get("dpi")
    if not isinstance(given, tuple) or len(given) != 2:
        return None, ()
    if "exif" in image.info and given == (72, 72) and image.info.get("jfif_unit") not in _JFIF_UNITS:
        return None, ()  # Pillow's default where the EXIF data gives no resolution
    try:
        across, down = float(given[0]), float(given[1])
    except (TypeError, ValueError, ZeroDivisionError):
        return None, ()
    least, most = _PLAUSIBLE_DPI
    if not (math.isfinite(across) and math.isfinite(down) and least <= across <= most and least <= down <= most):
        return None, ()
    if abs(across - down) > 0.05 * max(across, down):
        text = f"The scan has {across:g} dots per inch across and {down:g} down, so shapes are stretched."
        return across, (Note("uneven-resolution", text),)
    return across, ()


def _frame_count(image: Image.Image, limits: ImageLimits) -> int:
    """The number of frames of an animation, counted up to just above the limit."""
    if image.format != "GIF":
        return int(getattr(image, "n_frames", 1))
    # A GIF does not store its number of frames: finding it decodes them.
    most = min(limits.max_frames, limits.max_pixels // max(1, image.width * image.height)) + 1
    count = 1
    while count < most:
        try:
            with _decoder(limits):
                image.seek(count)
        except ImageError as error:
            if isinstance(error.__cause__, EOFError):
                break
            raise
        count += 1
    return count


def _require_size(width: int, height: int, frame_count: int, limits: ImageLimits) -> None:
    if min(width, height) < limits.min_side_px:
        raise ImageError(
            "too-small",
            f"The image is {width} by {height} pixels; each side needs at least {limits.min_side_px}. Save it larger.",
        )
    if width * height * frame_count > limits.max_pixels:
        raise _too_many_pixels(limits)


def _too_many_pixels(limits: ImageLimits) -> ImageError:
    return ImageError(
        "too-many-pixels",
        f"The file unpacks to more than {limits.max_pixels / 1e6:g} million pixels over all its pages. "
        "Save it at 300 dpi, or split it into files of fewer pages.",
    )
