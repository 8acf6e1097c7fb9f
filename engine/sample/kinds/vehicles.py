"""Vehicles: a wheel loader and a bicycle."""

from __future__ import annotations

import math

import numpy as np

from engine.sample.drawing import DASHED, INK, THICK, THIN, Drawing, Hatch, affine, arc
from engine.sample.kinds.model import Measures, ObjectKind, parts, term


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
    top = deck - cab
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
        _tube(d, (head[0] - 12, head[1] - 30), (front[0] - 30, front[1] - r * 0.9), 15)
        d.curve(
            np.array([[front[0] - 32, front[1] - r * 0.9], [front[0] - 20, front[1] - r * 0.5], [front[0], front[1]]]),
            weight=3.2,
        )
        d.mark("fork", front[0] - 24, front[1] - r * 0.6)
        d.curve(arc(head[0] - 5, head[1] - 78, 62, 44, -70, 90), weight=3.5)
        d.line((head[0] - 12, head[1] - 32), (head[0] + 2, head[1] - 122), weight=2.4)
        d.mark("handlebar", head[0] + 56, head[1] - 80)
        post = (seat[0] - 14, seat[1] - 60)
        _tube(d, seat, post, 9)
        d.mark("post", (seat[0] + post[0]) / 2, (seat[1] + post[1]) / 2)
        d.polygon((post[0] - 75, post[1] - 22), (post[0] + 85, post[1] - 12), (post[0] + 80, post[1]), (post[0], post[1] + 4),
                  (post[0] - 60, post[1] + 10), fill=INK)  # fmt: skip
        d.mark("saddle", post[0] - 60, post[1] - 16)
    ring, cog = m["ring"], m["ring"] * 0.42
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
    if variant:
        mid = ((crank[0] + head[0]) / 2, (crank[1] + head[1]) / 2 + 22)
        box = Drawing()
        box.rect(-95, -28, 190, 56, radius=14)
        box.line((-60, -28), (-60, 28), weight=THIN)
        d.add(box, affine(*mid, turn=math.degrees(math.atan2(head[1] - crank[1], head[0] - crank[0]))))
        d.mark("motor", *mid)
    return d


def _tube(d: Drawing, a: tuple[float, float], b: tuple[float, float], half: float) -> None:
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
