"""A bicycle."""

from __future__ import annotations

import math

import numpy as np

from sample.drawing import DASHED, INK, THICK, THIN, Drawing, affine, arc
from sample.kinds.model import Measures, ObjectKind, parts, term

Point = tuple[float, float]


def draw_bicycle(m: Measures, view: str, variant: bool) -> Drawing:
    """A bicycle from the side or the front, or its drive alone ("detail")."""
    d = Drawing()
    if view == "front":
        _bicycle_front(d, m)
        return d
    r, base = m["wheel"], m["base"]
    rear, front, crank = (-base * 0.46, -r), (base * 0.54, -r), (-base * 0.04, -r * 0.9)
    seat = (crank[0] - m["seat"] * 0.3, crank[1] - m["seat"])
    head = (front[0] - 75, front[1] - m["head"])
    if view == "side":
        for i, (x, y) in enumerate((rear, front)):
            _spoked_wheel(d, x, y, r, int(m["spokes"]))
            d.mark("tyre", x + (r if i else -r) * 0.72, y - r * 0.68)
            d.mark("spoke", x + (0.55 if i else -0.55) * r, y + r * 0.3)
            d.mark("rim", x + r * 0.5, y + r * 0.76)
    tubes = [(crank, rear), (seat, rear), (crank, seat), (crank, (head[0] + 12, head[1] + 45))]
    low = (seat[0] + (crank[0] - seat[0]) * 0.55, seat[1] + (crank[1] - seat[1]) * 0.55)
    tubes.append((low if variant else seat, (head[0], head[1] + 10)))
    for a, b in tubes:
        _tube(d, a, b, 13)
    d.mark("frame", (crank[0] + head[0]) / 2, (crank[1] + head[1]) / 2 + 20)
    if view == "side":
        _steering(d, r, head, front)
        _saddle(d, seat)
    _drive(d, m["ring"], crank, rear)
    if variant:
        mid = ((crank[0] + head[0]) / 2, (crank[1] + head[1]) / 2 + 22)
        box = Drawing()
        box.rect(-95, -28, 190, 56, radius=14)
        box.line((-60, -28), (-60, 28), weight=THIN)
        d.add(box, affine(*mid, turn=math.degrees(math.atan2(head[1] - crank[1], head[0] - crank[0]))))
        d.mark("motor", *mid)
    return d


def _steering(d: Drawing, r: float, head: Point, front: Point) -> None:
    _tube(d, (head[0] - 12, head[1] - 30), (front[0] - 30, front[1] - r * 0.9), 15)
    d.curve(
        np.array([[front[0] - 32, front[1] - r * 0.9], [front[0] - 20, front[1] - r * 0.5], [front[0], front[1]]]),
        weight=3.2,
    )
    d.mark("fork", front[0] - 24, front[1] - r * 0.6)
    d.curve(arc(head[0] - 5, head[1] - 78, 62, 44, -70, 90), weight=3.5)
    d.line((head[0] - 12, head[1] - 32), (head[0] + 2, head[1] - 122), weight=2.4)
    d.mark("handlebar", head[0] + 56, head[1] - 80)


def _saddle(d: Drawing, seat: Point) -> None:
    post = (seat[0] - 14, seat[1] - 60)
    _tube(d, seat, post, 9)
    d.mark("post", (seat[0] + post[0]) / 2, (seat[1] + post[1]) / 2)
    shape = [(-75, -22), (85, -12), (80, 0), (0, 4), (-60, 10)]
    d.polygon(*[(post[0] + x, post[1] + y) for x, y in shape], fill=INK)
    d.mark("saddle", post[0] - 60, post[1] - 16)


def _drive(d: Drawing, ring: float, crank: Point, rear: Point) -> None:
    cog = ring * 0.42
    d.line((crank[0], crank[1] - ring), (rear[0], rear[1] - cog), dash=(9, 5), weight=1.6)
    d.line((crank[0], crank[1] + ring), (rear[0], rear[1] + cog), dash=(9, 5), weight=1.6)
    d.mark("chain", (crank[0] + rear[0]) / 2, crank[1] + (ring + cog) / 2 - (crank[1] - rear[1]) / 2)
    for (x, y), size in ((crank, ring), (rear, cog)):
        d.circle(x, y, size)
        d.circle(x, y, size * 0.8, weight=THIN)
        d.circle(x, y, size * 0.25)
    d.mark("chainring", crank[0] + ring * 0.6, crank[1] - ring * 0.62)
    d.mark("sprocket", rear[0] - cog * 0.6, rear[1] - cog * 0.6)
    for sign in (1, -1):
        ex, ey = crank[0] + sign * 62, crank[1] + sign * 62
        _tube(d, crank, (ex, ey), 7)
        d.rect(ex - 32, ey - 8, 64, 16, radius=5)
    d.mark("pedal", crank[0] + 85, crank[1] + 62)


def _tube(d: Drawing, a: Point, b: Point, half: float) -> None:
    length = math.hypot(b[0] - a[0], b[1] - a[1])
    nx, ny = -(b[1] - a[1]) / length * half, (b[0] - a[0]) / length * half
    d.polygon((a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny), (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny))


def _spoked_wheel(d: Drawing, x: float, y: float, r: float, spokes: int) -> None:
    for radius, weight in ((r, THICK), (r - 17, 1.0), (r - 27, THIN)):
        d.circle(x, y, radius, weight=weight, fill=None)
    for i in range(spokes):
        a, b = 2 * math.pi * i / spokes, 2 * math.pi * (i + (2 if i % 2 else -2)) / spokes
        d.line(
            (x + 14 * math.cos(b), y + 14 * math.sin(b)),
            (x + (r - 27) * math.cos(a), y + (r - 27) * math.sin(a)),
            weight=0.4,
        )
    d.circle(x, y, 16)


def _bicycle_front(d: Drawing, m: Measures) -> None:
    r = m["wheel"]
    d.rect(-22, -2 * r, 44, 2 * r, radius=22, weight=THICK)
    for i in range(1, 14):
        d.line((-18, -2 * r * i / 14), (18, -2 * r * i / 14 + 8), weight=THIN)
    d.mark("tyre", 12, -r * 0.5)
    for side in (-1, 1):
        d.polygon((side * 30, -2 * r - 30), (side * 46, -2 * r - 30), (side * 40, -r), (side * 28, -r))
        d.mark("fork", side * 38, -r * 1.5)
        d.rect(side * 62 - 30, -r * 0.82 + side * 50, 60, 18, radius=5)
        d.mark("pedal", side * 75, -r * 0.8 + side * 50)
    d.rect(-50, -2 * r - 52, 100, 30, radius=8)
    top = -2 * r - m["head"] * 0.8
    d.rect(-15, top, 30, -2 * r - 50 - top)
    d.curve(
        np.array(
            [[-300, top - 10], [-270, top - 40], [-120, top - 52], [120, top - 52], [270, top - 40], [300, top - 10]]
        ),
        weight=4.0,
    )
    d.mark("handlebar", 180, top - 48)
    for side in (-1, 1):
        d.rect(side * 290 - 26, top - 24, 52, 30, radius=8, fill=INK)
        d.mark("grip", side * 300, top - 10)
    d.circle(0, top + 60, 40)
    d.circle(0, top + 60, 28, weight=THIN)
    d.mark("lamp", 20, top + 75)
    d.line((-200, 2), (200, 2), weight=THIN)
    d.centre_line(0, top - 100, 0, 30)
    d.line((-330, top - 10), (-330, top - 90), weight=THIN, dash=DASHED)


BICYCLE = ObjectKind(
    key="bicycle",
    ipc=("B62K 3/02", "B62M 9/00"),
    parts=parts("""
        bicycle: bicycle | Fahrrad n | bicyclette f
        frame: frame | Rahmen m | cadre m
        fork: front fork | Vordergabel f | fourche avant f
        handlebar: handlebar | Lenker m | guidon m
        grip: grip | Griff m | poignée f
        saddle: saddle | Sattel m | selle f
        post: seat post | Sattelstütze f | tige de selle f
        tyre: tyre | Reifen m | pneu m
        rim: rim | Felge f | jante f
        spoke: spoke | Speiche f | rayon m
        chain: chain | Kette f | chaîne f
        chainring: chainring | Kettenblatt n | plateau m
        sprocket: sprocket | Ritzel n | pignon m
        pedal: pedal | Pedal n | pédale f
        lamp: headlamp | Scheinwerfer m | phare m
        motor: battery case | Akkugehäuse n | boîtier de batterie m
    """),
    relations=(
        "handlebar connected fork",
        "fork hinged frame",
        "saddle fixed post",
        "post held frame",
        "chain drives sprocket",
        "pedal drives chainring",
        "spoke connected rim",
        "tyre surrounds rim",
        "grip fixed handlebar",
        "lamp fixed handlebar",
    ),
    views=("side", "front", "detail"),
    ranges={
        "wheel": (190.0, 230.0),
        "base": (640.0, 720.0),
        "seat": (240.0, 310.0),
        "head": (290.0, 340.0),
        "ring": (52.0, 72.0),
        "spokes": (18, 32),
    },
    draw=draw_bicycle,
    variant_part="motor",
    variant=term("battery case | Akkugehäuse n | boîtier de batterie m"),
)
