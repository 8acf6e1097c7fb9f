"""Choose a font for each character, and a readable substitute where no font has it."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Report", "Report-Bold"
JAPANESE, KOREAN = "HeiseiKakuGo-W5", "HYGothic-Medium"
_RIGHT_TO_LEFT = ("R", "AL")  # reportlab supports neither right-to-left text nor joined letters
_INVISIBLE = ("Cc", "Cf", "Zl", "Zp")
_KANA_AND_HAN = (
    (0x3000, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),
)
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3))


class Lettering:
    """Writes texts as reportlab markup: in DejaVu where it has the character, East Asian ones in the reader's fonts.

    When all is written, `borrowed` tells whether fonts of the PDF reader are needed, and `unprinted` which scripts
    could not be printed.
    """

    def __init__(self, regular: Path, bold: Path) -> None:
        self.borrowed = False
        self.unprinted: dict[str, int] = {}  # script → characters
        self._drawn = _fonts_registered(regular, bold)

    def markup(self, text: str) -> str:
        """The text as reportlab markup, with its line breaks."""
        lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
        return "<br/>".join("".join(self._runs(line)) for line in lines)

    def _runs(self, line: str) -> Iterator[str]:
        seen = [one if one not in "\t\v\f" else " " for one in line]
        shown = [one for one in seen if unicodedata.category(one) not in _INVISIBLE]
        for font, characters in groupby(shown, key=self._font_of):
            run = "".join(characters)
            if font == REGULAR:
                yield escape(run)
            elif font:
                self.borrowed = True
                yield f'<font name="{font}">{escape(run)}</font>'
            else:
                yield self._absent(run)

    def _font_of(self, character: str) -> str:
        """The name of a font that has the character, empty for none."""
        code = ord(character)
        if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
            return ""
        if code in self._drawn:
            return REGULAR
        if any(first <= code <= last for first, last in _KANA_AND_HAN):
            return JAPANESE
        return KOREAN if any(first <= code <= last for first, last in _HANGUL) else ""

    def _absent(self, run: str) -> str:
        script = unicodedata.name(run[0], "UNNAMED").split(" ")[0].split("-")[0].capitalize()
        self.unprinted[script] = self.unprinted.get(script, 0) + len(run)
        return f"[{script}: {len(run)} character{'s' if len(run) > 1 else ''} not printed]"


@lru_cache(maxsize=1)
def _fonts_registered(regular: Path, bold: Path) -> Container[int]:
    """Register the fonts once, and return the characters that the regular font has."""
    for name, path in ((REGULAR, regular), (BOLD, bold)):
        pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    for name in (JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    drawn: Container[int] = pdfmetrics.getFont(REGULAR).face.charToGlyph
    return drawn
