"""Names of archive entries: which are safe, which kind of file each stands for, and how they are displayed.

A name is a label and is never used as a path.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from pathlib import PurePosixPath

from engine.delivery.limits import ArchiveLimits
from engine.errors import DeliveryError

ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
# Formats that engine.imaging refuses are listed too, so that a PSD is reported as unusable and not as missing.
IMAGE_SUFFIXES = frozenset(
    {".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".webp"}
    | {".jp2", ".jpx", ".svg", ".eps", ".ps", ".psd", ".heic", ".heif", ".avif", ".ico", ".pcx", ".wmf", ".emf"}
)
# Tables of contents, page images, document types, chemistry and program sidecars, check sums.
COMPANION_SUFFIXES = frozenset(
    {".pdf", ".dtd", ".ent", ".mod", ".xsd", ".xsl", ".css", ".cdx", ".mol", ".nb", ".seq"}
    | {".md5", ".sha1", ".sha256", ".crc"}
)
COMPANION_NAMES = frozenset({"toc.xml", "index.xml"})
SHOWN_LENGTH = 160
_DRIVE = re.compile(r"^[A-Za-z]:")
_UNSHOWABLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class NameKind(Enum):
    """The kind of file that an entry's name stands for."""

    ARCHIVE = "archive"
    XML = "xml"
    IMAGE = "image"
    COMPANION = "companion"  # usual beside documents, but not needed
    STRAY = "stray"  # does not belong in a delivery


def kind_of(name: str) -> NameKind:
    """The kind of file an entry should be, by the last component of its name."""
    parts = name.replace("\\", "/").split("/")
    last = parts[-1].lower()
    # macOS writes a twin "._x.xml" for each file x.xml, in __MACOSX or beside it.
    if "__MACOSX" in parts or last.startswith("."):
        return NameKind.STRAY
    if last.endswith(ARCHIVE_SUFFIXES):
        return NameKind.ARCHIVE
    if last in COMPANION_NAMES:
        return NameKind.COMPANION
    suffix = PurePosixPath(last).suffix
    if suffix == ".xml":
        return NameKind.XML
    if suffix in IMAGE_SUFFIXES:
        return NameKind.IMAGE
    return NameKind.COMPANION if suffix in COMPANION_SUFFIXES else NameKind.STRAY


def folder_of(name: str) -> str:
    """The folder part, "" at the top."""
    return name.replace("\\", "/").rpartition("/")[0]


def matching_key(name: str) -> str:
    """A key that is equal for names that differ only by case or Unicode composition."""
    return unicodedata.normalize("NFC", name).casefold()


def shown_name(name: str, length: int = SHOWN_LENGTH) -> str:
    """The name for display: invisible and direction-changing characters spelled out, the middle cut.

    For reports only: the name itself stays the identity.
    """
    if len(name) <= length and name.isprintable():
        return name
    spelled = "".join(
        f"<U+{ord(character):04X}>" if unicodedata.category(character) in _UNSHOWABLE_CATEGORIES else character
        for character in name[: length * 4]
    )
    if len(spelled) <= length and len(name) <= length * 4:
        return spelled
    tail = "".join(character for character in name[-length // 3 :] if character.isprintable())
    return f"{spelled[: length - len(tail) - 1]}…{tail}"


def is_plainly_shown(name: str) -> bool:
    """Whether shown_name leaves the name as it is."""
    return shown_name(name) == name


def require_safe_name(name: str, limits: ArchiveLimits) -> None:
    """Raise DeliveryError for an unsafe name: NUL characters, excessive length, or a path out of the archive."""
    if "\0" in name:
        raise DeliveryError(
            "nul-in-name", f'The entry "{shown_name(name)}" has a NUL character in its name. Pack it again.'
        )
    byte_count = len(name.encode("utf-8", "surrogateescape"))
    if byte_count > limits.max_name_bytes:
        raise DeliveryError(
            "name-too-long", f"An entry name has {byte_count} bytes; at most {limits.max_name_bytes} are allowed."
        )
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or _DRIVE.match(name) or ".." in parts:
        raise DeliveryError(
            "unsafe-name",
            f'The entry "{shown_name(name)}" points outside the archive. Nothing was stored. Pack it again.',
        )
