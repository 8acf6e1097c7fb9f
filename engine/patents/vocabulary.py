"""Element names of the ep-patent-document DTDs (1.0 to 1.5.1), grouped by how they are read."""

from __future__ import annotations


def names(text: str) -> frozenset[str]:
    """Split a text into names at blanks."""
    return frozenset(text.split())


INLINE = names(
    "b i u o sup sub sup2 sub2 smallcaps figref crossref patcit nplcit claim-ref pre text bio-deposit invention-title"
)
"""Inline elements, which neither add nor remove a space."""

LINES = names("li dt ul ol dl p row heading")
"""Block elements, whose content is on separate lines."""

LEFT_OUT = names("maths math chemistry tables table img table-external-doc doc-page drawings")
"""Formulas, tables, chemistry and images, which are not text of a paragraph."""

REPAIRABLE_INLINE = INLINE - names("text bio-deposit invention-title")
REPAIRABLE = REPAIRABLE_INLINE | names("p heading li claim-text")
"""Elements whose missing or stray end tag has a single possible correction."""

STRUCTURE = names(
    "ep-patent-document SDOBI bibliographic-data abstract description claims amended-claims claim drawings figure img "
    "tables table tgroup thead tbody row entry maths math chemistry ul ol dl dt dd br search-report-data text "
    "ep-reference-list doc-page snm adr str city ctry date dnum anum pnum"
)
"""Structural elements, never taken for text and never opened or closed by guess."""

EMBEDDED_CONTENT = names("chem chemistry math maths formula table dna protein character program-listing")
"""Values of img-content (DTD 1.0 to 1.5, ATTLIST img) for other images than drawings, with variants of offices.

The others are drawing, photograph, graph, flowchart and undefined. The DTD's default is "drawing", for formulas too:
a missing img-content therefore tells nothing.
"""
