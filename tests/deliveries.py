"""Small EPO deliveries written in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from engine.imaging import encode_png
from engine.sheets.reading import GrayImage
from tests.factories import drawing_make

XML = """<?xml version="1.0" encoding="UTF-8"?>
<ep-patent-document id="EP{number}A1" file="{number}.xml" lang="en" country="EP" doc-number="{number}" kind="A1"
 date-publ="20200101" status="n" dtd-version="ep-patent-document-v1-5">
<SDOBI lang="en"><B100><B110>{number}</B110><B130>A1</B130><B140><date>20200101</date></B140></B100>
<B500><B540><B541>en</B541><B542>{title}</B542></B540></B500></SDOBI>
<description id="desc" lang="en"><p id="p0001" num="0001">{body}</p></description>
<claims id="claims01" lang="en"><claim id="c-en-01-0001" num="0001">
<claim-text>A pump (10).</claim-text></claim></claims>
<drawings id="draw" lang="en">{drawings}</drawings></ep-patent-document>
"""


def patent_xml(
    number: str = "1000001",
    *,
    title: str = "Gear pump",
    body: str = "The pump 10 of FIG. 1 has a rotor 12.",
    images: Sequence[str] = ("imgf0001.png",),
) -> bytes:
    drawings = "".join(
        f'<figure id="f{place}" num="{place}"><img id="i{place}" file="{name}" wi="165" he="250" '
        f'img-content="drawing" img-format="png"/></figure>'
        for place, name in enumerate(images, start=1)
    )
    return XML.format(number=number, title=title, body=body, drawings=drawings).encode()


def document_zip(xml: bytes, images: Mapping[str, GrayImage] | None = None) -> bytes:
    """A document's own zip; without `images`, imgf0001.png is drawn."""
    drawn = {"imgf0001.png": drawing_make()} if images is None else images
    return packed({"EP.xml": xml} | {name: encode_png(pixels) for name, pixels in drawn.items()})


def packed(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # without the time of day: the same bytes each time
    return stream.getvalue()
