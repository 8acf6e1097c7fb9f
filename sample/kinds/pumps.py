"""A gear pump."""

from __future__ import annotations

import numpy as np

from sample.drawing import INK, THICK, THIN, Drawing, Hatch, affine, arc, disc, gear_outline, zigzag
from sample.kinds.model import Measures, ObjectKind, parts, term


def draw_gear_pump(m: Measures, view: str, variant: bool) -> Drawing:
    """A gear pump across its gears ("cross"), lengthwise ("section"), or taken apart ("exploded")."""
    d = Drawing()
    if view == "section":
        _pump_section(d, m)
    elif view == "exploded":
        _pump_exploded(d, m)
    else:
        _pump_cross(d, m, variant)
    return d


def _pump_cross(d: Drawing, m: Measures, variant: bool) -> None:
    r, teeth, depth = m["gear"], int(m["teeth"]), m["gear"] * 0.24
    apart = 2 * r - depth * 1.05
    wall, half = m["wall"], apart / 2
    d.rect(-r - wall, -half - r - wall, 2 * (r + wall), apart + 2 * (r + wall), radius=r * 0.8, hatch=Hatch(45, 15))
    d.mark("housing", r + wall * 0.6, -half - r * 0.7)
    for side, key in ((-1, "inlet"), (1, "outlet")):
        left = side * (r + wall + 60) if side < 0 else 0
        d.rect(left, -52, r + wall + 60, 104, hatch=None)
        d.rect(side * (r + wall) - (60 if side < 0 else 0), -74, 60, 148, hatch=Hatch(135, 11))
        d.rect(side * (r + wall) - (61 if side < 0 else -1), -40, 60, 80, weight=0)
        d.line((side * (r + wall - 10), -40), (side * (r + wall + 60), -40))
        d.line((side * (r + wall - 10), 40), (side * (r + wall + 60), 40))
        d.mark(key, side * (r + wall + 45), -56)
        start, end = side * (r + wall + 150), side * (r + wall + 80)
        d.arrow((start, 0), (end, 0), head=24) if side < 0 else d.arrow((end, 0), (start, 0), head=24)
    for sign in (-1, 1):
        d.circle(0, sign * half, r + 5, weight=THIN)
    d.rect(-r * 0.55, -half * 0.6, r * 1.1, half * 1.2, weight=0)
    for sign, key, bore in ((-1, "driver", "shaft"), (1, "driven", "axle")):
        phase = 0.0 if sign < 0 else (0.5 if teeth % 2 == 0 else 0.0)
        turn = phase + teeth / 4
        outline = gear_outline(0, sign * half, r, teeth, depth, turn)
        d.polygon(*map(tuple, outline.tolist()), weight=THICK)
        d.circle(0, sign * half, (r - depth / 2), fill=None, weight=THIN, dash=(40, 12, 6, 12))
        d.mark(key, -r * 0.62, sign * half + sign * r * 0.1)
        d.circle(0, sign * half, r * 0.34)
        d.circle(0, sign * half, r * 0.28, hatch=Hatch(135, 12))
        d.mark(bore, r * 0.1, sign * half)
        if sign < 0:
            d.rect(-r * 0.08, -half - r * 0.4, r * 0.16, r * 0.18, fill=INK)
            d.mark("key", 0, -half - r * 0.32)
    if variant:
        d.circle(0, 0, 0.0, weight=0)
        d.rect(r + 8, -half - 20, wall - 16, 120)
        d.curve(zigzag(r + wall / 2, -half - 14, r + wall / 2, -half + 60, 5, wall * 0.25))
        d.circle(r + wall / 2, -half + 78, wall * 0.22)
        d.mark("relief", r + wall / 2, -half + 20)
    for x in (-1, 1):
        for y in (-1, 1):
            d.bolt(x * (r + wall) * 0.74, y * (half + (r + wall) * 0.8), 17)
    d.mark("bolt", (r + wall) * 0.74, half + (r + wall) * 0.8)
    d.centre_line(-r - wall - 40, -half, r + wall + 40, -half)
    d.centre_line(-r - wall - 40, half, r + wall + 40, half)
    d.centre_line(0, -half - r - wall - 50, 0, half + r + wall + 50)


def _pump_section(d: Drawing, m: Measures) -> None:
    r, wall, wide = m["gear"], m["wall"], m["width"]
    half = r * 0.88
    tall = half + r + wall
    d.rect(-wide / 2 - 90, -tall, 90, 2 * tall, hatch=Hatch(45, 15), radius=16)
    d.mark("cover", -wide / 2 - 60, tall * 0.8)
    d.rect(wide / 2, -tall, 110, 2 * tall, hatch=Hatch(45, 15), radius=16)
    d.rect(-wide / 2, -tall, wide, wall, hatch=Hatch(135, 15))
    d.rect(-wide / 2, tall - wall, wide, wall, hatch=Hatch(135, 15))
    d.mark("housing", 0, tall - wall / 2)
    for sign, gear_key, shaft_key in ((-1, "driver", "shaft"), (1, "driven", "axle")):
        y = sign * half
        d.rect(-wide / 2 + 4, y - r * 0.98, wide - 8, r * 1.96)
        d.line((-wide / 2 + 4, y - r * 0.76), (wide / 2 - 4, y - r * 0.76), weight=THIN)
        d.line((-wide / 2 + 4, y + r * 0.76), (wide / 2 - 4, y + r * 0.76), weight=THIN)
        d.mark(gear_key, wide * 0.3, y + sign * r * 0.55)
        reach = wide / 2 + (330 if sign < 0 else 90)
        for x in (-wide / 2 - 70, wide / 2):
            d.rect(x, y - r * 0.46, 70, r * 0.92, hatch=Hatch(60, 9))
        d.mark("bush", wide / 2 + 20, y + r * 0.4)
        d.rect(-wide / 2 - 75, y - r * 0.3, reach + wide / 2 + 75, r * 0.6)
        d.mark(shaft_key, (wide / 2 + 230) if sign < 0 else -wide * 0.2, y + r * 0.1)
        d.centre_line(-wide / 2 - 160, y, reach + 60, y)
    y = -half
    d.rect(wide / 2 + 110, y - r * 0.62, 60, r * 0.32, hatch=Hatch(45, 7))
    d.rect(wide / 2 + 110, y + r * 0.3, 60, r * 0.32, hatch=Hatch(45, 7))
    d.mark("seal", wide / 2 + 150, y - r * 0.5)
    d.rect(wide / 2 + 220, y - r * 0.36, 90, r * 0.12, fill=INK)
    d.mark("key", wide / 2 + 265, y - r * 0.3)
    for sign in (-1, 1):
        yb = sign * (tall - wall / 2)
        d.rect(-wide / 2 - 128, yb - 22, 38, 44)
        d.rect(-wide / 2 - 90, yb - 12, wide + 150, 24)
        d.line((-wide / 2 - 80, yb - 6), (wide / 2 + 50, yb - 6), weight=THIN)
    d.mark("bolt", -wide / 2 - 110, -(tall - wall / 2))


def _pump_exploded(d: Drawing, m: Measures) -> None:
    r, squash, turn = m["gear"] * 0.9, 0.36, -14.0
    whole = Drawing()
    whole.centre_line(-120, -r, 1480, -r)
    whole.centre_line(-120, r * 0.75, 1480, r * 0.75)

    def plate(x: float, depth: float, key: str, *, bores: bool) -> None:
        tall = r * 2.3
        outline = np.concatenate(
            [arc(x, -r * 0.9, r * squash * 1.5, r * 1.5, 180, 360), arc(x, r * 0.7, r * squash * 1.5, r * 1.5, 0, 180)]
        )
        # The extruded body: the right half of the outline moved by the depth, its left half in place.
        right = np.where(outline[:, :1] > x, depth, 0.0) * (1.0, 0.0)
        whole.polygon(*map(tuple, (outline + right).tolist()))
        whole.polygon(*map(tuple, outline.tolist()))
        whole.mark(key, x + depth * 0.6, tall * 0.9)
        for y in (-r, r * 0.75):
            size = 0.34 if bores else 0.98
            whole.ellipse(x, y, r * squash * size, r * size)

    plate(1330, 40, "cover", bores=True)
    plate(1020, 150, "housing", bores=False)
    for x, y, gear_key, shaft_key in ((640, -r, "driver", "shaft"), (700, r * 0.75, "driven", "axle")):
        whole.add(disc(r * 0.3 * squash, r * 0.3, 300), affine(x - 190, y))
        whole.mark(shaft_key, x - 140, y - r * 0.1)
        outline = gear_outline(0, 0, r, int(m["teeth"]), r * 0.24)
        far = outline * (squash, 1) + (x + 120, y)
        near = outline * (squash, 1) + (x, y)
        whole.polygon(*map(tuple, far.tolist()))
        sides = zip(near, np.roll(near, -1, axis=0), np.roll(far, -1, axis=0), far, strict=True)
        for side in sorted(sides, key=lambda corners: float(corners[0][0] + corners[1][0])):
            whole.polygon(*[(float(px), float(py)) for px, py in side], weight=THIN)
        whole.polygon(*map(tuple, near.tolist()))
        whole.ellipse(x, y, r * squash * 0.3, r * 0.3)
        whole.mark(gear_key, x + 60, y + (r if y > 0 else -r) * 0.93)
    for y in (-r, r * 0.75):
        whole.add(disc(r * squash * 0.52, r * 0.52, 60, bore=0.6), affine(300, y))
        whole.mark("bush", 330, y + r * 0.48)
    whole.add(disc(r * squash * 0.45, r * 0.45, 30, bore=0.7), affine(150, -r))
    whole.mark("seal", 160, -r * 1.42)
    for y in (-r * 2.1, r * 1.9):
        whole.add(disc(9, 24, 36), affine(40, y))
        whole.add(disc(5, 12, 110), affine(76, y))
        whole.mark("bolt", 60, y + 16)
        whole.centre_line(190, y, 1330, y)
    d.add(whole, affine(turn=turn))


GEAR_PUMP = ObjectKind(
    key="gear-pump",
    ipc=("F04C 2/18", "F04C 15/00"),
    parts=parts("""
        pump: gear pump | Zahnradpumpe f | pompe à engrenages f
        housing: pump housing | Pumpengehäuse n | corps de pompe m
        cover: cover | Deckel m | couvercle m
        driver: driving gear | Antriebszahnrad n | roue menante f
        driven: driven gear | Abtriebszahnrad n | roue menée f
        shaft: drive shaft | Antriebswelle f | arbre d'entraînement m
        axle: axle | Achse f | axe m
        inlet: inlet | Einlass m | entrée f
        outlet: outlet | Auslass m | sortie f
        bush: bearing bush | Lagerbuchse f | coussinet m
        seal: shaft seal | Wellendichtring m | joint d'arbre m
        key: feather key | Passfeder f | clavette f
        bolt: bolt | Schraube f | vis f
        relief: relief valve | Überdruckventil n | clapet de surpression m
    """),
    relations=(
        "shaft drives driver",
        "driver drives driven",
        "axle supports driven",
        "housing surrounds driver",
        "cover fixed housing",
        "bush guides shaft",
        "seal seals shaft",
        "key connected shaft",
        "bolt connected cover",
        "inlet connected outlet",
        "bush held cover",
    ),
    views=("cross", "section", "exploded"),
    ranges={"gear": (170.0, 220.0), "teeth": (9, 16), "wall": (64.0, 90.0), "width": (200.0, 320.0)},
    draw=draw_gear_pump,
    variant_part="relief",
    variant=term("spring-loaded relief valve | federbelastetes Überdruckventil n | clapet à ressort m"),
)
