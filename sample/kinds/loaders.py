"""A wheel loader."""

from __future__ import annotations

import math

from sample.drawing import INK, THICK, THIN, Drawing, Hatch, affine, arc
from sample.kinds.model import Measures, ObjectKind, parts, term


def tyre(x: float, y: float, radius: float, lugs: int) -> Drawing:
    """A wheel with a lugged tyre, rim, hub and bolts, seen from the side."""
    d = Drawing()
    d.circle(x, y, radius, weight=THICK)
    for i in range(lugs):
        a = 2 * math.pi * i / lugs
        b = a + math.pi / lugs
        d.line(
            (x + radius * 0.99 * math.cos(a), y + radius * 0.99 * math.sin(a)),
            (x + radius * 0.8 * math.cos(b), y + radius * 0.8 * math.sin(b)),
            weight=THIN,
        )
    d.circle(x, y, radius * 0.78)
    d.circle(x, y, radius * 0.56)
    d.circle(x, y, radius * 0.5, weight=THIN)
    d.circle(x, y, radius * 0.22)
    for i in range(6):
        a = math.pi * i / 3
        d.circle(x + radius * 0.36 * math.cos(a), y + radius * 0.36 * math.sin(a), radius * 0.045, weight=THIN)
    d.circle(x, y, radius * 0.07, fill=INK)
    return d


def _cylinder(d: Drawing, x0: float, y0: float, x1: float, y1: float, width: float) -> None:
    """A hydraulic cylinder between two pins."""
    length, turn = math.hypot(x1 - x0, y1 - y0), math.degrees(math.atan2(y1 - y0, x1 - x0))
    part = Drawing()
    part.rect(length * 0.5, -width * 0.2, length * 0.5, width * 0.4)
    part.rect(0, -width / 2, length * 0.6, width)
    part.line((length * 0.54, -width / 2), (length * 0.54, width / 2), weight=THIN)
    for x in (0.0, length):
        part.circle(x, 0, width * 0.6)
        part.circle(x, 0, width * 0.22, weight=THIN)
    d.add(part, affine(x0, y0, turn=turn))


def draw_wheel_loader(m: Measures, view: str, variant: bool) -> Drawing:
    """A wheel loader from the side or the front, or its loading arm alone ("detail")."""
    d = Drawing()
    if view == "front":
        _loader_front(d, m, variant)
    elif view == "detail":
        _loader_arm(d, m, variant)
    else:
        _loader_body(d, m)
        _loader_arm(d, m, variant)
        d.line((-620, 2), (900, 2), weight=THIN)
    return d


def _loader_body(d: Drawing, m: Measures) -> None:
    r, hood, cab = m["wheel"], m["hood"], m["cab"]
    deck = -r * 1.35
    d.polygon(
        (-520, deck), (-510, deck - hood), (-200, deck - hood - 25), (-200, deck), (-130, deck), (-130, -r), (-500, -r)
    )
    d.mark("hood", -400, deck - hood * 0.75)
    for i in range(5):
        d.line((-470, deck - 30 - i * 22), (-330, deck - 32 - i * 22), weight=THIN)
    d.mark("engine", -420, deck - 55)
    d.polygon((-300, deck - hood - 16), (-300, deck - hood - 100), (-282, deck - hood - 100), (-282, deck - hood - 16))
    d.mark("exhaust", -292, deck - hood - 90)
    d.rect(-540, deck - 10, 50, r * 0.7, radius=10)
    d.mark("counterweight", -525, deck + 40)
    _loader_cab(d, deck, deck - cab, r)
    _loader_chassis(d, m, r)


def _loader_cab(d: Drawing, deck: float, top: float, r: float) -> None:
    d.polygon((-205, deck), (-195, top), (30, top), (70, deck + 10), (70, -r * 0.9), (-205, -r * 0.9), weight=THICK)
    d.polygon((-175, deck - 20), (-168, top + 28), (-70, top + 28), (-70, deck - 20))
    d.polygon((-50, deck - 20), (-50, top + 28), (12, top + 28), (40, deck - 20))
    d.line((-150, deck - 60), (-100, top + 60), weight=THIN)
    d.line((-135, deck - 50), (-90, top + 70), weight=THIN)
    d.rect(-215, top - 22, 260, 24, radius=10)
    d.mark("cab", -190, (deck + top) / 2)
    d.mark("cab", -150, top - 12)
    d.line((-60, deck + 20), (-20, deck + 20), weight=THICK)
    for i in range(3):
        d.rect(-30 + 14 * i, deck + 50 + i * 34, 70, 10)
    d.mark("ladder", 5, deck + 55)


def _loader_chassis(d: Drawing, m: Measures, r: float) -> None:
    d.polygon((70, -r * 1.25), (180, -r * 1.25), (180, -r * 0.75), (70, -r * 0.75))
    d.circle(98, -r, 20)
    d.circle(98, -r, 7, fill=INK)
    d.mark("joint", 98, -r)
    d.polygon((150, -r * 0.7), (150, -r * 1.6), (230, -r * 2.2), (330, -r * 2.2), (360, -r * 1.3), (380, -r * 0.7))
    d.mark("frame", 190, -r * 1.75)
    for x in (-330.0, 290.0):
        d.curve(arc(x, -r, r * 1.15, r * 1.15, 200, 340), weight=THICK)
        d.add(tyre(x, -r, r, int(m["lugs"])), affine())
        d.mark("wheel", x - r * 0.6, -r * 0.35)
        d.mark("wheel", x + r * 0.62, -r * 0.35)


def _loader_arm(d: Drawing, m: Measures, variant: bool) -> None:
    r = m["wheel"]
    px, py = 270.0, -r * 2.0
    tilt = m["lift"]
    ex, ey = px + 380 * math.cos(tilt), py + 380 * math.sin(tilt)
    _cylinder(d, 250, -r * 1.05, px + 210 * math.cos(tilt), py + 30 + 210 * math.sin(tilt), 26)
    d.mark("lift", 280, -r * 1.15)
    kx, ky = (px + ex) / 2, (py + ey) / 2 - 95
    d.polygon(
        (px - 25, py - 28),
        (kx + 25, ky + 50),
        (ex + 20, ey - 28),
        (ex + 28, ey + 22),
        (kx - 10, ky + 112),
        (px - 25, py + 28),
    )
    d.mark("arm", (px + kx) / 2, (py + ky) / 2 + 40)
    d.polygon((kx - 16, ky - 10), (kx + 14, ky - 16), (kx + 34, ky + 92), (kx + 4, ky + 96))
    d.mark("lever", kx, ky + 12)
    _cylinder(d, px + 5, py - 70, kx, ky, 22)
    d.mark("tilt", px + 60, py - 74)
    _cylinder(d, kx + 20, ky + 84, ex + 22, ey - 75, 12)
    d.mark("rod", kx + 70, (ky + 84 + ey - 75) / 2)
    for x, y in ((px, py), (ex, ey)):
        d.circle(x, y, 24)
        d.circle(x, y, 9, fill=INK)
    d.mark("pin", ex, ey)
    if variant:
        d.polygon((ex - 5, ey - 110), (ex + 38, ey - 110), (ex + 38, ey + 70), (ex + 10, ey + 70), weight=THICK)
        d.polygon((ex + 38, ey + 50), (ex + 260, ey + 66), (ex + 260, ey + 74), (ex + 38, ey + 74), weight=THICK)
        d.line((ex + 38, ey - 40), (ex + 60, ey - 40), (ex + 60, ey + 50))
        d.mark("bucket", ex + 190, ey + 64)
        d.mark("edge", ex + 256, ey + 70)
        return
    wide = m["bucket"]
    shell = [(ex, ey - 105), (ex + wide * 0.75, ey - 120), (ex + wide * 0.62, ey - 60), (ex + wide * 1.05, ey + 88)]
    d.polygon(*shell, (ex + wide * 0.25, ey + 92), (ex + 8, ey + 60), (ex - 6, ey - 10), weight=THICK)
    d.line((ex + 28, ey - 85), (ex + wide * 0.55, ey - 92), weight=THIN)
    d.line((ex + wide * 0.25, ey + 70), (ex + wide * 0.9, ey + 70), weight=THIN)
    d.mark("bucket", ex + wide * 0.35, ey - 20)
    d.polygon(
        (ex + wide * 0.85, ey + 78), (ex + wide * 1.22, ey + 96), (ex + wide * 0.8, ey + 96), fill=INK, weight=THIN
    )
    d.mark("edge", ex + wide * 1.15, ey + 93)


def _loader_front(d: Drawing, m: Measures, variant: bool) -> None:
    r, half = m["wheel"], 300.0
    deck, top = -r * 1.35, -r * 1.35 - m["cab"]
    d.polygon((-150, deck), (-135, top), (135, top), (150, deck), weight=THICK)
    d.polygon((-120, deck - 30), (-110, top + 25), (110, top + 25), (120, deck - 30))
    d.line((-60, deck - 60), (-10, top + 50), weight=THIN)
    d.line((-40, deck - 60), (10, top + 50), weight=THIN)
    d.rect(-160, top - 22, 320, 24, radius=10)
    d.mark("cab", -110, top - 10)
    for x in (-200.0, 200.0):
        d.circle(x * 0.7, top - 40, 17)
    d.mark("lamp", 140, top - 44)
    d.rect(-190, deck - 10, 380, 120)
    d.mark("frame", 170, deck + 40)
    for side in (-1, 1):
        left = side * half - 60
        d.rect(left, -2 * r, 120, 2 * r, radius=26, weight=THICK)
        for i in range(1, int(m["lugs"]) // 2):
            y = -2 * r * i / (int(m["lugs"]) // 2)
            d.line((left + 4, y - 12), (left + 60, y + 6), (left + 116, y - 12), weight=THIN)
        d.mark("wheel", side * (half + 40), -r * 1.5)
        d.polygon((side * 80, deck - 40), (side * 110, deck - 40), (side * 115, -60), (side * 85, -60))
        d.mark("arm", side * 98, -r * 1.3)
        d.rect(side * 45 - 13, deck - 20, 26, 170)
        d.mark("lift", side * 45, deck + 10)
    if variant:
        for side in (-1, 1):
            d.rect(side * 150 - 22, -150, 44, 142, weight=THICK)
            d.mark("bucket", side * 160, -60)
        d.rect(-230, -190, 460, 44, weight=THICK)
    else:
        d.polygon((-420, -170), (420, -170), (430, -8), (-430, -8), weight=THICK)
        d.line((-415, -150), (415, -150), weight=THIN)
        d.mark("bucket", -300, -100)
        for i in range(9):
            x = -400 + i * 92
            d.polygon((x, -8), (x + 50, -8), (x + 42, 26), (x + 8, 26), hatch=Hatch(45, 9))
        d.mark("edge", -372, 12)
    d.line((-560, 30), (560, 30), weight=THIN)


WHEEL_LOADER = ObjectKind(
    key="wheel-loader",
    ipc=("E02F 3/34", "B60K 17/34"),
    parts=parts("""
        loader: wheel loader | Radlader m | chargeuse sur roues f
        bucket: bucket | Schaufel f | godet m
        edge: cutting edge | Schneidkante f | lame d'attaque f
        arm: loading arm | Ladearm m | bras de chargement m
        lift: lift cylinder | Hubzylinder m | vérin de levage m
        tilt: tilt cylinder | Kippzylinder m | vérin de basculement m
        lever: bell crank | Umlenkhebel m | levier coudé m
        rod: connecting rod | Verbindungsstange f | bielle de liaison f
        pin: hinge pin | Gelenkbolzen m | axe d'articulation m
        cab: driver's cab | Fahrerkabine f | cabine de conduite f
        hood: engine hood | Motorhaube f | capot moteur m
        engine: diesel engine | Dieselmotor m | moteur diesel m
        exhaust: exhaust pipe | Auspuffrohr n | tuyau d'échappement m
        counterweight: counterweight | Gegengewicht n | contrepoids m
        frame: front frame | Vorderrahmen m | châssis avant m
        joint: articulation joint | Knickgelenk n | articulation centrale f
        wheel: wheel | Rad n | roue f
        ladder: ladder | Leiter f | échelle f
        lamp: working lamp | Arbeitsscheinwerfer m | projecteur de travail m
    """),
    relations=(
        "bucket hinged arm",
        "edge fixed bucket",
        "lift raises arm",
        "tilt drives lever",
        "lever connected rod",
        "arm hinged frame",
        "frame connected joint",
        "wheel supports frame",
        "hood covers engine",
        "engine drives wheel",
        "exhaust connected engine",
        "ladder fixed cab",
        "lamp fixed cab",
    ),
    views=("side", "front", "detail"),
    ranges={
        "wheel": (125.0, 165.0),
        "hood": (110.0, 170.0),
        "cab": (240.0, 330.0),
        "lugs": (16, 28),
        "lift": (-0.25, 0.32),
        "bucket": (170.0, 250.0),
    },
    draw=draw_wheel_loader,
    variant_part="bucket",
    variant=term("pallet fork | Palettengabel f | fourche à palettes f"),
)
