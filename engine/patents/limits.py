"""How much one patent XML may ask of us."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """Bounds of one XML. The largest real one among the 27 at hand has 0.8 MB, depth 14 and 9 attributes an element.

    text_node_characters is libxml2's own bound without huge_tree; ours says so in the reader's words.
    """

    bytes: int = 64 << 20
    depth: int = 256
    text_node_characters: int = 10_000_000
    attributes: int = 1_000  # of one element; beyond it they are counted in a note, not read
    repairs: int = 20_000  # more faults than this, and a person would ask for the file again
    long_paragraph_characters: int = 1_000_000  # longer ones are kept and noted
