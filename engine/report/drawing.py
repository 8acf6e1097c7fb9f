"""A drawing in a report, with its numbered pins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PIL import Image
from reportlab import rl_config
from reportlab.lib.colors import HexColor, white
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable

from engine.imaging import decode_png, thumbnail
from engine.report.contents import PARTS_OF_SIDE, PinNote
from engine.report.lettering import BOLD

# Embeds images in binary instead of ASCII85: a quarter smaller and much faster.
rl_config.useA85 = 0
LONGEST_PX = 1200  # 250 dpi over 120 mm
PIN_COLOUR = HexColor(0xB35C00)
_PIN_RADIUS = 6.5


class PinnedDrawing(Flowable):  # type: ignore[misc]
    """A drawing of at most most_width × most_height points, with framed and numbered pins.

    Raises: ImageError when the PNG is damaged.
    """

    def __init__(self, png: bytes, pins: Sequence[PinNote], most_width: float, most_height: float) -> None:
        super().__init__()
        self._pixels = thumbnail(decode_png(png), LONGEST_PX)
        height_px, width_px = self._pixels.shape
        scale = min(most_width / width_px, most_height / height_px)
        self.width, self.height = width_px * scale, height_px * scale
        self._pins = pins
        self.hAlign = "LEFT"

    def wrap(self, *_: Any) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        picture = ImageReader(Image.fromarray(self._pixels))
        self.canv.drawImage(picture, 0, 0, self.width, self.height)
        self.canv.setStrokeColor(HexColor(0xC8C8C8))
        self.canv.setLineWidth(0.5)
        self.canv.rect(0, 0, self.width, self.height)
        for pin in self._pins:
            self._draw_pin(pin)

    def _draw_pin(self, pin: PinNote) -> None:
        across, down = self.width / PARTS_OF_SIDE, self.height / PARTS_OF_SIDE
        left, top = pin.box.left * across, self.height - pin.box.top * down
        self.canv.setStrokeColor(PIN_COLOUR)
        self.canv.setLineWidth(1.2)
        self.canv.rect(left, top - pin.box.height * down, pin.box.width * across, pin.box.height * down)
        # The disc with the number is on the frame's corner, moved inwards at the drawing's edge.
        x = min(max(left, _PIN_RADIUS), self.width - _PIN_RADIUS)
        y = min(max(top, _PIN_RADIUS), self.height - _PIN_RADIUS)
        self.canv.setFillColor(PIN_COLOUR)
        self.canv.circle(x, y, _PIN_RADIUS, stroke=0, fill=1)
        self.canv.setFillColor(white)
        self.canv.setFont(BOLD, 8)
        self.canv.drawCentredString(x, y - 2.8, str(pin.number))
