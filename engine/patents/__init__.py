"""Parse patent XML. No other package parses XML. Entry point: parse_patent."""

from engine.patents.document import parse_patent
from engine.patents.drawings import ImageFamily, image_family
from engine.patents.limits import XmlLimits

__all__ = ["ImageFamily", "XmlLimits", "image_family", "parse_patent"]
