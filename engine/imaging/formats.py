"""Detect the image format by the first bytes. The file name is not trusted."""

from __future__ import annotations

from pathlib import PurePosixPath

from engine.errors import ImageError

ACCEPTED = "Accepted are TIFF, PNG, JPEG, GIF, WEBP and BMP images."
_SUFFIXES = {
    "TIFF": {".tif", ".tiff"},
    "PNG": {".png", ".apng"},
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "GIF": {".gif"},
    "WEBP": {".webp"},
    "BMP": {".bmp", ".dib"},
}
_SIGNATURES = (
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),  # BigTIFF
    (b"MM\0+", "TIFF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
)
_FOREIGN = (
    (b"%PDF-", "a PDF document. Save the page with the drawing as TIFF or PNG"),
    (b"%!PS", "a PostScript (EPS) file. Save it as TIFF or PNG"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript (EPS) file. Save it as TIFF or PNG"),
    (b"8BPS", "a Photoshop (PSD) file. Export it as TIFF or PNG"),
    (b"\0\0\1\0", "an icon (ICO) file. Save it as PNG"),
    (b"SIMPLE  =", "a FITS file. Save it as TIFF or PNG"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 image. Save it as JPEG or PNG"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image. Save it as JPEG or PNG"),
    (b"PK\x03\x04", "an archive (or Office document). Unpack it and give the image"),
    (b"\x1f\x8b", "a compressed file. Unpack it and give the image"),
    (b"\xd0\xcf\x11\xe0", "an Office document. Save the drawing as PNG"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}


def format_of(data: bytes) -> str:
    """ "TIFF", "PNG", "JPEG", "GIF", "WEBP" or "BMP". Raises: ImageError, which names the format found."""
    if not data:
        raise ImageError("empty", f"The file is empty (0 bytes). Choose it again. {ACCEPTED}")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    raise ImageError("format", f"This is {_foreign_name(data)}. {ACCEPTED}")


def suffix_fits(name: str, image_format: str) -> bool:
    """Whether the file name's ending fits the format; true when it is not an image's ending."""
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    known = set().union(*_SUFFIXES.values())
    return suffix not in known or suffix in _SUFFIXES[image_format]


def _foreign_name(data: bytes) -> str:
    for signature, words in _FOREIGN:
        if data.startswith(signature):
            return words
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "a HEIC or AVIF photo, as phones take them. Save it as JPEG or PNG"
    if b"<svg" in data[:4096].lower():
        return "an SVG drawing. Export it as PNG"
    if data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "a web page or XML text, not an image"
    if all(byte >= 32 or byte in b"\t\r\n" for byte in data[:512]):
        return "text, not an image"
    return "not an image of a known format"
