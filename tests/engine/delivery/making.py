"""Build small valid deliveries."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from typing import Literal

XML = (
    b'<?xml version="1.0"?><ep-patent-document country="EP" doc-number="1" kind="A1">'
    b'<img file="imgf0001.tif"/></ep-patent-document>'
)
TIFF = b"II*\0 not decoded here"


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes], mode: Literal["w", "w:gz"] = "w") -> bytes:
    """A tar of these files; mode "w:gz" compresses it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def document_zip(number: int = 1) -> bytes:
    """A document archive as the EPO packs it: XML, figure, table of contents, page PDF."""
    return zipped({f"EP{number}NWA1.xml": XML, "imgf0001.tif": TIFF, "TOC.xml": b"<toc/>", f"EP{number}.pdf": b"%PDF"})
