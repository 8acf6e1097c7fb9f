"""Element names of the ep-patent-document DTDs (1.0 to 1.5.1), grouped by what they mean for reading."""

from __future__ import annotations


def names(text: str) -> frozenset[str]:
    """The blank-separated names of a text."""
    return frozenset(text.split())


INLINE = names(
    "b i u o sup sub sup2 sub2 smallcaps figref crossref patcit nplcit claim-ref pre text bio-deposit invention-title"
)
"""Stand in the line: they add and eat no space."""

LINES = names("li dt ul ol dl p row heading")
"""What they hold stands on lines of its own."""

LEFT_OUT = names("maths math chemistry tables table img table-external-doc doc-page drawings")
"""Formulas, tables, chemistry and images: no text of a paragraph."""

MENDABLE_INLINE = INLINE - names("text bio-deposit invention-title")
MENDABLE = MENDABLE_INLINE | names("p heading li claim-text")
"""Elements whose missing or stray end tag has one reading only."""

STRUCTURE = names(
    "ep-patent-document SDOBI bibliographic-data abstract description claims amended-claims claim drawings figure img "
    "tables table tgroup thead tbody row entry maths math chemistry ul ol dl dt dd br search-report-data text "
    "ep-reference-list doc-page snm adr str city ctry date dnum anum pnum"
)
"""Elements that carry structure: never taken for text, never opened or closed by guess."""

EMBEDDED_CONTENT = names("chem chemistry math maths formula table dna protein character program-listing")
"""Values of img-content (DTD 1.0 to 1.5, ATTLIST img) that are no drawings, and spellings of other offices.

The others are drawing, photograph, graph, flowchart and undefined. The DTD's default is "drawing", for formulas too:
an absent img-content therefore says nothing.
"""
