"""Build a small patent XML like the EPO's from its parts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

DOCTYPE = '<!DOCTYPE ep-patent-document PUBLIC "-//EPO//EP PATENT DOCUMENT 1.5//EN" "ep-patent-document-v1-5.dtd">'
PatentXml = Callable[..., bytes]


def build_patent_xml(
    description: str = '<p id="p0001" num="0001">The pump (10) has a rotor (12).</p>',
    *,
    head: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
    doctype: str = DOCTYPE,
    sdobi: str = "<B500><B540><B541>en</B541><B542>Gear pump</B542></B540></B500>",
    abstract: str = "",
    claims: str = '<claims lang="en"><claim num="0001"><claim-text>A pump.</claim-text></claim></claims>',
    drawings: str = "",
    attributes: str = 'lang="en" country="EP" doc-number="3000002" kind="A1" date-publ="20200101"',
) -> bytes:
    """UTF-8 bytes of one ep-patent-document."""
    return (
        f'{head}{doctype}<ep-patent-document {attributes} dtd-version="ep-patent-document-v1-5">'
        f'<SDOBI lang="en">{sdobi}</SDOBI>{abstract}<description lang="en">{description}</description>{claims}'
        f"{drawings}</ep-patent-document>"
    ).encode()


@pytest.fixture(scope="session")
def patent_xml() -> PatentXml:
    return build_patent_xml
