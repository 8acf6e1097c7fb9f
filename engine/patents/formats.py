"""Recognise the kind of an XML by its root element, and refuse other kinds with the name of the format."""

from __future__ import annotations

from lxml import etree

from engine.errors import DocumentError

ROOT = "ep-patent-document"

# Root element → name of the format. Local names, since namespaces differ between releases.
FOREIGN = {
    "patent-document": "a MAREC (Matrixware research collection) document",
    "world-patent-data": "an answer of the EPO's Open Patent Services (OPS exchange format)",
    "exchange-documents": "a DOCDB exchange file",
    "exchange-document": "a DOCDB exchange document",
    "fulltext-documents": "a full-text part of the EPO's Open Patent Services",
    "us-patent-grant": "a USPTO Red Book grant",
    "us-patent-application": "a USPTO Red Book application",
    "patent-application-publication": "a USPTO application of 2001 to 2004",
    "PATDOC": "an ST.32 grant (USPTO 2001 to 2004, or EPO before DTD 1.0)",
    "wo-ocr-published-application": "a WIPO full-text document",
    "wo-published-application": "a WIPO published application",
    "PatentPublication": "a WIPO ST.96 document",
    "PatentDocumentAndRelated": "a CNIPA document",
    "lexisnexis-patent-document": "a LexisNexis document",
}
NOT_A_PUBLICATION = frozenset({"toc", "TOC", "index", "package-data", "manifest"})


def require_ep_patent_document(root: etree._Element, member: str) -> None:
    """Raise DocumentError "foreign-format" for a known other format, or "wrong-root" for any other root."""
    name = etree.QName(root).localname
    if root.tag == ROOT:
        return
    if name in FOREIGN:
        detail = (
            f"is {FOREIGN[name]}, not an EPO full-text publication; deliver the <{ROOT}> XML of the EPO's bulk "
            "products (EP full text, DTD 1.0 or later) instead"
        )
        raise DocumentError(member, "foreign-format", detail)
    what = "a table of contents" if name in NOT_A_PUBLICATION else f"an XML of root <{name[:60]}>"
    raise DocumentError(member, "wrong-root", f"is {what}, not a publication; a publication's root is <{ROOT}>")
