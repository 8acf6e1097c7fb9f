"""A globe valve."""

from __future__ import annotations

from sample.drawing import INK, THICK, THIN, Drawing, Hatch, zigzag
from sample.kinds.model import Measures, ObjectKind, parts, term


def draw_valve(m: Measures, view: str, variant: bool) -> Drawing:
    """A globe valve cut open, from the side, or taken apart."""
    d = Drawing()
    port = m["port"]
    cut = view == "section"
    body_fill = Hatch(45, 14) if cut else None
    if view != "exploded":
        d.rect(-330, -port - 30, 660, 2 * port + 60, radius=40, hatch=body_fill)
        d.circle(0, 0, port + 90, hatch=body_fill)
        d.mark("body", -150, port + 22)
        for side in (-1, 1):
            left = side * 330 - (46 if side < 0 else 0)
            d.rect(left, -port - 85, 46, 2 * port + 170, hatch=body_fill)
            d.mark("flange", left + 23, port + 60)
            for y in (-port - 58, port + 58):
                d.rect(left - 8, y - 11, 62, 22, weight=THIN)
    if cut:
        _valve_inside(d, port, spring=variant)
    _valve_top(d, m, view, body_fill)
    if view == "section":
        d.centre_line(-430, 0, 430, 0)
    return d


def _valve_inside(d: Drawing, port: float, *, spring: bool) -> None:
    d.rect(-376, -port, 340, 2 * port, weight=0)
    d.rect(36, -port, 340, 2 * port, weight=0)
    for x0, x1 in ((-376, -60), (60, 376)):
        d.line((x0, -port), (x1, -port))
        d.line((x0, port), (x1, port))
    d.circle(0, 0, port + 48)
    wall = [(-port - 48, -8), (-70, -8), (-70, 26), (70, 26), (70, -40), (port + 48, -40)]
    lower = [(port + 48, -8), (106, -8), (106, 58), (-106, 58), (-106, 26), (-port - 48, 26)]
    d.polygon(*wall, *lower, hatch=Hatch(135, 11))
    d.rect(-52, 24, 104, 36, weight=0)
    d.mark("seat", 88, 44)
    d.polygon((-66, -26), (66, -26), (48, 34), (-48, 34), hatch=Hatch(60, 8), weight=THICK)
    d.mark("plug", -30, 6)
    if spring:
        d.curve(zigzag(0, -port - 60, 0, -26, 6, 46), weight=THICK)
        d.mark("spring", 34, -70)
    for y in (-port * 0.4, port * 0.55):
        d.arrow((-350, y), (-230, y), head=24, weight=THIN)


def _valve_top(d: Drawing, m: Measures, view: str, body_fill: Hatch | None) -> None:
    """Bonnet, gland, stem and handwheel; apart from each other when exploded."""
    port, bonnet, stem, cut = m["port"], m["bonnet"], m["stem"], view == "section"
    base = 0.0 if view == "exploded" else -port - 70.0
    lift = {"exploded": 170.0}.get(view, 0.0)
    d.rect(-120, base - 34, 240, 34, hatch=body_fill)
    d.polygon((-84, base - 34), (-62, base - bonnet), (62, base - bonnet), (84, base - 34), hatch=body_fill)
    d.mark("bonnet", -74, base - bonnet * 0.5)
    for x in (-98.0, 98.0):
        d.rect(x - 15, base - 60, 30, 26)
        d.mark("bolt", x, base - 50)
    if cut:
        d.rect(-40, base - bonnet, 80, bonnet - 60)
        for i in range(4):
            for side in (-1, 1):
                d.rect(side * 30 - 10, base - bonnet + 12 + i * 26, 20, 22, fill=INK if i % 2 else 255)
        d.mark("packing", 30, base - bonnet + 50)
    top = base - bonnet - lift
    d.rect(-52, top - 40, 104, 40)
    d.mark("gland", 46, top - 20)
    rise = top - 40 - stem - lift
    low = -26 if cut else (top - 40 - lift if view == "exploded" else top - 40)
    d.rect(-15, rise, 30, low - rise)
    for i in range(int(stem / 12)):
        d.line((-15, rise + 6 + i * 12), (15, rise + 12 + i * 12), weight=THIN)
    d.mark("stem", 8, rise + stem * 0.5)
    wheel_y = rise - lift * 0.6
    _handwheel(d, wheel_y, m["handwheel"], edge_on=view != "top")
    if view == "exploded":
        _valve_lower_parts(d, port)
    d.centre_line(0, wheel_y - 70, 0, (port + 560) if view == "exploded" else port + 150)


def _handwheel(d: Drawing, y: float, radius: float, *, edge_on: bool) -> None:
    if edge_on:
        d.rect(-radius, y - 18, 2 * radius, 36, radius=18, weight=THICK)
        d.rect(-34, y - 30, 68, 60, radius=6)
        d.rect(-18, y - 52, 36, 22)
        d.mark("nut", 14, y - 44)
        for x in (-0.7, -0.4, 0.4, 0.7):
            d.line((x * radius, y - 18), (x * radius, y + 18), weight=THIN)
    d.mark("handwheel", radius * 0.8, y + 8)
    d.mark("handwheel", -radius * 0.8, y + 8)


def _valve_lower_parts(d: Drawing, port: float) -> None:
    d.polygon((-66, 90), (66, 90), (48, 150), (-48, 150), weight=THICK)
    d.mark("plug", -55, 120)
    d.rect(-80, 220, 160, 36)
    d.line((-52, 220), (-52, 256), weight=THIN)
    d.line((52, 220), (52, 256), weight=THIN)
    d.mark("seat", 76, 240)
    middle = port + 440
    d.rect(-330, middle - port - 30, 660, 2 * port + 60, radius=40)
    d.circle(0, middle, port + 90)
    d.mark("body", -200, middle + port)
    d.rect(-90, middle - port - 110, 180, 40)
    for side in (-1, 1):
        left = side * 330 - (46 if side < 0 else 0)
        d.rect(left, middle - port - 85, 46, 2 * port + 170)
        d.mark("flange", left + 23, middle + port + 60)


VALVE = ObjectKind(
    key="valve",
    ipc=("F16K 1/02", "F16K 31/60"),
    parts=parts("""
        valve: globe valve | Absperrventil n | robinet à soupape m
        body: valve body | Ventilgehäuse n | corps de soupape m
        flange: flange | Flansch m | bride f
        seat: valve seat | Ventilsitz m | siège de soupape m
        plug: valve plug | Ventilkegel m | obturateur m
        stem: valve stem | Ventilspindel f | tige de soupape f
        bonnet: bonnet | Haube f | chapeau m
        packing: packing | Packung f | garniture f
        gland: gland | Stopfbuchse f | presse-étoupe m
        handwheel: handwheel | Handrad n | volant m
        nut: nut | Mutter f | écrou m
        bolt: bolt | Schraube f | vis f
        spring: spring | Feder f | ressort m
    """),
    relations=(
        "handwheel drives stem",
        "stem raises plug",
        "plug presses seat",
        "seat held body",
        "bonnet fixed body",
        "packing seals stem",
        "gland presses packing",
        "nut fixed handwheel",
        "bolt connected bonnet",
        "bonnet guides stem",
        "flange connected body",
    ),
    views=("section", "side", "exploded"),
    ranges={"port": (84.0, 120.0), "bonnet": (190.0, 260.0), "stem": (110.0, 180.0), "handwheel": (150.0, 220.0)},
    draw=draw_valve,
    variant_part="spring",
    variant=term("closing spring | Schließfeder f | ressort de fermeture m"),
)
