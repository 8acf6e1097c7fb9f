"""Pages are decoded to upright grey pixels with notes."""

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps, TiffImagePlugin

from engine.imaging import ImageError, ImageLimits, is_bilevel, open_image, open_pages


def drawing(width: int = 300, height: int = 400) -> Image.Image:
    """Black lines on white, unlike itself under any turn."""
    image = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle([20, 30, 120, 200], outline=0, width=3)
    pen.line([20, 30, 250, 380], fill=0, width=2)
    return image


def saved(image: Image.Image, image_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def codes(page: Any) -> list[str]:
    return [note.code for note in page.notes]


def test_every_page_of_a_tiff_is_a_page() -> None:
    sizes = [(300, 400), (320, 400), (340, 400)]
    first, *rest = [drawing(*size).convert("1") for size in sizes]
    data = saved(first, "TIFF", compression="group4", dpi=(300, 300), save_all=True, append_images=rest)
    pages = open_pages(data, "a.tif")
    assert [page.pixels.shape[::-1] for page in pages] == sizes
    assert [page.dpi for page in pages] == [300.0] * 3
    assert all(is_bilevel(page.pixels) for page in pages)
    assert [page.notes[0].detail for page in pages] == [f"Page {number} of 3 of the file." for number in (1, 2, 3)]
    assert codes(open_image(data, "a.tif")) == ["first-of-several"]


def test_a_thumbnail_inside_a_tiff_is_no_page() -> None:
    buffer = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(buffer, new=True) as several:
        for image, subfile_type in ((drawing().resize((60, 80)), 1), (drawing(), 0)):
            image.save(several, "TIFF", tiffinfo={254: subfile_type})
            several.newFrame()
    (page,) = open_pages(buffer.getvalue(), "a.tif")
    assert page.pixels.shape == (400, 300) and page.notes == ()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["TIFF", "JPEG", "PNG", "WEBP"])
def test_orientation_is_applied_as_every_viewer_does(image_format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    options = {"tiffinfo": {274: orientation}} if image_format == "TIFF" else {"exif": exif.tobytes()}
    source = drawing().convert("RGB")
    data = saved(source, image_format, **options)
    tagged = drawing()
    tagged.getexif()[274] = orientation
    wanted = np.asarray(ImageOps.exif_transpose(tagged))
    pixels = open_image(data, "x").pixels
    assert pixels.shape == wanted.shape
    assert np.mean((pixels < 128) != (wanted < 128)) < 0.005


def test_sixteen_bits_keep_their_greys_in_both_photometrics() -> None:
    levels = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (64, 1))
    for interpretation, wanted in ((1, np.arange(256)), (0, 255 - np.arange(256))):
        data = saved(Image.fromarray(levels), "TIFF", tiffinfo={262: interpretation})
        if interpretation == 0:
            # Pillow writes photometric 1 whatever it is told: set the tag itself.
            data = data.replace(struct.pack("<HHLL", 262, 3, 1, 1), struct.pack("<HHLL", 262, 3, 1, 0))
        assert np.abs(open_image(data, "a.tif").pixels[0].astype(int) - wanted).max() <= 1, interpretation


def test_twelve_bits_in_sixteen_are_not_a_black_page() -> None:
    levels = np.full((64, 64), 4095, np.uint16)
    levels[20:40, 20:40] = 0
    pixels = open_image(saved(Image.fromarray(levels), "PNG"), "a.png").pixels
    assert pixels[0, 0] == 255 and pixels[30, 30] == 0


def test_white_lines_on_transparent_ground_stay_visible() -> None:
    image = Image.new("RGBA", (300, 400), (255, 255, 255, 0))
    image.paste((255, 255, 255, 255), mask=drawing().point(lambda level: 255 - level))
    page = open_image(saved(image, "PNG"), "a.png")
    assert np.median(page.pixels) == 0 and page.pixels.max() == 255


def test_transparent_corners_become_paper() -> None:
    image = drawing().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 15, 15))
    pixels = open_image(saved(image, "PNG"), "a.png").pixels
    assert pixels[5, 5] == 255 and np.array_equal(pixels, np.asarray(drawing()))


def test_a_drawing_light_on_dark_is_kept() -> None:
    page = open_image(saved(ImageOps.invert(drawing()), "PNG"), "a.png")
    assert np.array_equal(page.pixels, 255 - np.asarray(drawing())) and page.notes == ()


def test_a_resolution_is_told_only_when_the_file_says_one() -> None:
    assert open_image(saved(drawing(), "PNG", dpi=(300, 300)), "a.png").dpi == pytest.approx(300, abs=0.1)
    assert open_image(saved(drawing(), "JPEG"), "a.jpg").dpi is None
    assert open_image(saved(drawing(), "JPEG", exif=Image.Exif().tobytes() + b""), "a.jpg").dpi is None
    assert open_image(saved(drawing(), "TIFF", dpi=(1, 1)), "a.tif").dpi is None
    fax = open_image(saved(drawing(), "TIFF", dpi=(204, 98)), "a.tif")
    assert codes(fax) == ["uneven-resolution"]


def test_limits_are_settings() -> None:
    data = saved(drawing(), "PNG")
    for limits, code in (
        (ImageLimits(max_bytes=100), "too-large"),
        (ImageLimits(max_pixels=100_000), "too-many-pixels"),
        (ImageLimits(min_side_px=301), "too-small"),
    ):
        with pytest.raises(ImageError) as problem:
            open_pages(data, "a.png", limits)
        assert problem.value.code == code
    several = saved(drawing(), "TIFF", save_all=True, append_images=[drawing()] * 2)
    for limits, code in (
        (ImageLimits(max_frames=2), "too-many-pages"),
        (ImageLimits(max_pixels=300_000), "too-many-pixels"),
    ):
        for opened in (open_pages, open_image):
            with pytest.raises(ImageError) as problem:
                opened(several, "a.tif", limits)
            assert problem.value.code == code


def test_a_jpeg_built_of_endless_scans_is_refused() -> None:
    data = saved(drawing(), "JPEG", progressive=True)
    at = data.rfind(b"\xff\xda")
    with pytest.raises(ImageError) as problem:
        open_pages(data[:at] + data[at:-2] * 120 + data[-2:], "a.jpg")
    assert problem.value.code == "too-many-scans"


def test_a_cut_off_sheet_is_refused_wherever_it_is_cut() -> None:
    for data, name in (
        (saved(drawing().convert("1"), "TIFF", compression="group4"), "a.tif"),
        (saved(drawing(), "TIFF"), "a.tif"),
        (saved(drawing(), "PNG"), "a.png"),
        (saved(drawing(), "JPEG"), "a.jpg"),
        (saved(drawing(), "WEBP", lossless=True), "a.webp"),
        (saved(drawing(), "BMP"), "a.bmp"),
    ):
        for share in (0.2, 0.5, 0.8):
            with pytest.raises(ImageError):
                open_pages(data[: int(len(data) * share)], name)
