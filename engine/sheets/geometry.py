"""Boxes on a sheet, in pixels. The frame is the sheet as stored: origin at its top left, x right, y down."""

from __future__ import annotations

from dataclasses import dataclass

CROP_MARGIN_PX = 8  # white margin around a cropped figure


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle of whole pixels; `right` and `bottom` are the first pixel outside it."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The centre (x, y)."""
        return self.left + self.width / 2, self.top + self.height / 2

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        return Box(left, top, max(self.right, other.right) - left, max(self.bottom, other.bottom) - top)

    def intersection_area(self, other: Box) -> int:
        """The number of shared pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0, width) * max(0, height)

    def overlap(self, other: Box) -> float:
        """The intersection over union, 0 to 1."""
        shared = self.intersection_area(other)
        whole = self.area + other.area - shared
        return shared / whole if whole else 0.0

    def contains_point(self, x: float, y: float) -> bool:
        return self.left <= x < self.right and self.top <= y < self.bottom

    def grown(self, margin_px: int, width_px: int, height_px: int) -> Box:
        """This box with a margin, clamped to a sheet of width_px × height_px."""
        left, top = max(0, self.left - margin_px), max(0, self.top - margin_px)
        right, bottom = min(width_px, self.right + margin_px), min(height_px, self.bottom + margin_px)
        return Box(left, top, max(0, right - left), max(0, bottom - top))

    def turned_back(self, rotation: int, width_px: int, height_px: int) -> Box:
        """Convert a box of the sheet turned clockwise by `rotation` to the frame of the stored sheet.

        width_px and height_px are the stored sheet's; rotation is 0, 90, 180 or 270.
        """
        if rotation == 0:
            return self
        if rotation == 90:
            return Box(self.top, height_px - self.right, self.height, self.width)
        if rotation == 180:
            return Box(width_px - self.right, height_px - self.bottom, self.width, self.height)
        if rotation == 270:
            return Box(width_px - self.bottom, self.left, self.height, self.width)
        raise ValueError(f"rotation must be 0, 90, 180 or 270, not {rotation}")


def crop_size(figure: Box, rotation: int) -> tuple[int, int]:
    """The (width, height) in pixels of a figure's upright crop, including its margin."""
    across, down = figure.width + 2 * CROP_MARGIN_PX, figure.height + 2 * CROP_MARGIN_PX
    return (across, down) if rotation in (0, 180) else (down, across)


def box_on_crop(box: Box, figure: Box, rotation: int) -> Box:
    """Convert a box of the stored sheet to the frame of a figure's upright crop, in its pixels.

    figure: its box on the stored sheet; rotation: degrees clockwise that turn it upright. A box outside the figure
    is outside the crop.
    """
    upright = (figure.width, figure.height) if rotation in (0, 180) else (figure.height, figure.width)
    within = Box(box.left - figure.left, box.top - figure.top, box.width, box.height)
    # Turning by the remaining degrees brings a box of the stored sheet into the upright frame.
    turned = within.turned_back((360 - rotation) % 360, *upright)
    return Box(turned.left + CROP_MARGIN_PX, turned.top + CROP_MARGIN_PX, turned.width, turned.height)
