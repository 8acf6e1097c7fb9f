"""Assign ink to figure labels: by straight cuts through white space, and by growing regions where none exists.

All coordinates are cells of a reduced, upright sheet. A cut must leave ink with every label, which often decides
whether labels are above or below their drawings; where several cuts are possible, the arrangement that fits the
whole sheet is chosen (all labels below, all above or all beside their drawings).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from math import hypot, inf

import numpy as np
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

from engine.sheets.geometry import Box

GapGraph = dict[tuple[int, int], float]
"""White space in cells between two blocks that face each other, by their indexes, the smaller first."""

WIDEST_CUTS = 3  # cuts tried for each division of the labels; more made no difference on the test sheets
CROWDED_LABELS, CROWDED_CUTS = 6, 2  # cuts tried when there are more labels, to limit the search
OFF_SIDE_COST = 1.0  # cost of a label on another side of its drawing than the arrangement
FREE_COST = 0.5  # cost per label without an arrangement: more than one that fits most labels
GROWN_COST = 0.25  # cost per label separated without a straight cut
JOINED_COST = 4.0  # cost per label left together with another: more than any separation
CUT_REWARD = 0.5  # per width of a cut as a share of the sheet's diagonal
LABEL_AREAS = 1.5  # minimum size of a drawing, in times of its label


class Side(StrEnum):
    """The side of a drawing on which its label stands."""

    BELOW = "below"
    ABOVE = "above"
    LEFT = "left"
    RIGHT = "right"
    FREE = "free"


ARRANGEMENT_COST = {Side.BELOW: 0.0, Side.ABOVE: 0.05, Side.RIGHT: 0.1, Side.LEFT: 0.1, Side.FREE: 0.0}


@dataclass(frozen=True, slots=True)
class Group:
    """Labels and their blocks, by index. Several labels could not be separated."""

    labels: tuple[int, ...]
    blocks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Parting:
    cost: float
    groups: tuple[Group, ...]


def gap_between(a: Box, b: Box) -> float:
    """The white space between two boxes, 0 when they touch or overlap."""
    across = max(a.left - b.right, b.left - a.right, 0)
    down = max(a.top - b.bottom, b.top - a.bottom, 0)
    return hypot(across, down)


def parted(
    labels: Sequence[Box], blocks: Sequence[Box], text: Sequence[bool], gaps: Callable[[], GapGraph]
) -> tuple[Group, ...]:
    """Group the blocks by label; every label and every block is in exactly one group.

    labels, blocks: boxes in cells of the upright sheet. text: whether a block is only text, which alone is
    no drawing. gaps: returns the gaps between blocks that face each other; called only when straight cuts fail.
    """
    if len(labels) < 2 or not blocks:
        return (Group(tuple(range(len(labels))), tuple(range(len(blocks)))),)
    everything = Group(tuple(range(len(labels))), tuple(range(len(blocks))))
    facing = cache(lambda: _closest_first(gaps()))
    partings = [_Arrangement(side, labels, blocks, text, facing).best(everything) for side in Side]
    costs = [parting.cost + ARRANGEMENT_COST[side] * len(labels) for side, parting in zip(Side, partings, strict=True)]
    return partings[int(np.argmin(costs))].groups


@dataclass(slots=True)
class _Arrangement:
    """The search for the cheapest grouping under the assumption that labels stand on one side of their drawings."""

    side: Side
    labels: Sequence[Box]
    blocks: Sequence[Box]
    text: Sequence[bool]
    facing: Callable[[], list[tuple[int, int]]]
    known: dict[Group, Parting] = field(default_factory=dict)

    @property
    def diagonal(self) -> float:
        whole = _around([*self.labels, *self.blocks])
        return hypot(whole.width, whole.height)

    def best(self, group: Group) -> Parting:
        if group not in self.known:
            self.known[group] = self._best(group)
        return self.known[group]

    def _best(self, group: Group) -> Parting:
        if len(group.labels) == 1:
            return Parting(self._cost(group), (group,))
        options = [Parting(JOINED_COST * (len(group.labels) - 1), (group,))]
        for width, first, second in self._cuts(group):
            one, other = self.best(first), self.best(second)
            reward = CUT_REWARD * width / self.diagonal
            options.append(Parting(one.cost + other.cost - reward, one.groups + other.groups))
        if min(option.cost for option in options[1:] or options) >= JOINED_COST:
            options.extend(self._grown(group))
        return min(options, key=lambda option: option.cost)

    def _cost(self, group: Group) -> float:
        """The cost of a label with its blocks as one figure; infinite when there is no drawing."""
        drawn = [block for block in group.blocks if not self.text[block]]
        if not drawn:
            return inf
        label, drawing = self.labels[group.labels[0]], _around([self.blocks[block] for block in drawn])
        if drawing.area < LABEL_AREAS * label.area or max(drawing.width, drawing.height) < label.width:
            return inf
        away = gap_between(label, drawing) / self.diagonal
        if self.side is Side.FREE:
            return FREE_COST + away
        return away + (0.0 if self._on_side(label, drawing) else OFF_SIDE_COST)

    def _on_side(self, label: Box, drawing: Box) -> bool:
        """Whether the label's centre is outside the drawing, or nearly so, on the side of the arrangement."""
        x, y = label.centre
        slack_x, slack_y = 0.1 * drawing.width, 0.1 * drawing.height
        return {
            Side.BELOW: y > drawing.bottom - slack_y,
            Side.ABOVE: y < drawing.top + slack_y,
            Side.LEFT: x < drawing.left + slack_x,
            Side.RIGHT: x > drawing.right - slack_x,
        }[self.side]

    def _cuts(self, group: Group) -> list[tuple[float, Group, Group]]:
        """The widest straight cuts through white space that leave labels and blocks on both sides."""
        crowded = len(group.labels) > CROWDED_LABELS
        kinds: dict[tuple[int, ...], list[tuple[float, Group, Group]]] = {}
        for horizontal in (False, True):
            for width, at in self._white_bands(group, horizontal):
                first, second = self._sides(group, at, horizontal)
                if first.labels and second.labels and first.blocks and second.blocks:
                    kinds.setdefault((horizontal, *first.labels), []).append((width, first, second))
        widest = [cut for cuts in kinds.values() for cut in sorted(cuts, key=_width)[: 1 if crowded else WIDEST_CUTS]]
        return sorted(widest, key=_width)[:CROWDED_CUTS] if crowded else widest

    def _white_bands(self, group: Group, horizontal: bool) -> Iterator[tuple[float, float]]:
        """The (width, middle) of each empty band across the group."""
        members = [self.labels[i] for i in group.labels] + [self.blocks[i] for i in group.blocks]
        spans = sorted((box.top, box.bottom) if horizontal else (box.left, box.right) for box in members)
        reached = spans[0][1]
        for start, end in spans[1:]:
            if start > reached:
                yield start - reached, (start + reached) / 2
            reached = max(reached, end)

    def _sides(self, group: Group, at: float, horizontal: bool) -> tuple[Group, Group]:
        def before(box: Box) -> bool:
            return (box.bottom if horizontal else box.right) <= at

        return (
            Group(
                tuple(i for i in group.labels if before(self.labels[i])),
                tuple(i for i in group.blocks if before(self.blocks[i])),
            ),
            Group(
                tuple(i for i in group.labels if not before(self.labels[i])),
                tuple(i for i in group.blocks if not before(self.blocks[i])),
            ),
        )

    def _grown(self, group: Group) -> Iterator[Parting]:
        """Grow groups: each label takes the nearest block on its side; the others join the closest block they face."""
        seeds = self._seeds(group)
        if seeds is None:
            return
        owner = {block: label for label, block in seeds.items()}
        parent = {block: block for block in group.blocks}

        def root(block: int) -> int:
            while parent[block] != block:
                block = parent[block]
            return block

        inside = set(group.blocks)
        for a, b in self.facing():
            if a not in inside or b not in inside:
                continue
            one, other = root(a), root(b)
            if one == other or (one in owner and other in owner):
                continue
            kept, lost = (one, other) if one in owner else (other, one)
            parent[lost] = kept
        members: dict[int, list[int]] = {label: [] for label in group.labels}
        for block in group.blocks:
            top = root(block)
            members[owner[top] if top in owner else self._nearest_label(group, block)].append(block)
        groups = tuple(Group((label,), tuple(sorted(found))) for label, found in members.items())
        cost = sum(self._cost(part) for part in groups) + GROWN_COST * len(groups)
        yield Parting(cost, groups)

    def _seeds(self, group: Group) -> dict[int, int] | None:
        """A different block for each label, or None when there are fewer drawings than labels."""
        drawn = [
            block
            for block in group.blocks
            if not self.text[block] and self.blocks[block].area >= self.labels[group.labels[0]].area
        ]
        if len(drawn) < len(group.labels):
            return None
        costs = np.array([[self._claim(self.labels[i], self.blocks[block]) for block in drawn] for i in group.labels])
        rows, columns = linear_sum_assignment(costs)
        return {group.labels[row]: drawn[column] for row, column in zip(rows, columns, strict=True)}

    def _claim(self, label: Box, block: Box) -> float:
        away = gap_between(label, block)
        if self.side is Side.FREE or self._on_side(label, block):
            return away
        return away + self.diagonal

    def _nearest_label(self, group: Group, block: int) -> int:
        return min(group.labels, key=lambda i: gap_between(self.labels[i], self.blocks[block]))


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def _width(cut: tuple[float, Group, Group]) -> float:
    """The sort key of cuts, widest first."""
    return -cut[0]


def _closest_first(gaps: GapGraph) -> list[tuple[int, int]]:
    return sorted(gaps, key=lambda pair: (gaps[pair], pair))
