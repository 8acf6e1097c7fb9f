"""Limits beyond which a patent XML is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """Limits of one XML. The largest of 27 real ones has 0.8 MB, depth 14 and 9 attributes in an element.

    text_node_characters equals libxml2's limit without huge_tree, checked here for a better message.
    """

    bytes: int = 64 << 20
    depth: int = 256
    text_node_characters: int = 10_000_000
    attributes: int = 1_000  # of one element; further ones are not read, only noted
    repairs: int = 20_000  # with more faults the file is not repaired but refused
    long_paragraph_characters: int = 1_000_000  # longer ones are kept, with a note
