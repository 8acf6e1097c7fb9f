"""Electric circuits: a switching converter and its control."""

from __future__ import annotations

from sample.drawing import INK, THICK, THIN, Drawing, affine, arc, zigzag
from sample.kinds.model import Measures, ObjectKind, parts, term


def resistor(d: Drawing, x: float, y0: float, y1: float, *, european: bool) -> None:
    """An upright resistor between two points of one vertical line."""
    middle = (y0 + y1) / 2
    if european:
        d.line((x, y0), (x, y1))
        d.rect(x - 17, middle - 48, 34, 96)
    else:
        d.line((x, y0), (x, middle - 48))
        d.curve(zigzag(x, middle - 48, x, middle + 48, 4, 18))
        d.line((x, middle + 48), (x, y1))


def capacitor(d: Drawing, x: float, y0: float, y1: float) -> None:
    middle = (y0 + y1) / 2
    d.line((x, y0), (x, middle - 11))
    d.line((x, middle + 11), (x, y1))
    for y in (middle - 11, middle + 11):
        d.line((x - 40, y), (x + 40, y), weight=THICK)


def inductor(d: Drawing, x0: float, x1: float, y: float) -> None:
    middle, r = (x0 + x1) / 2, 20.0
    d.line((x0, y), (middle - 4 * r, y))
    for i in range(4):
        d.curve(arc(middle - 3 * r + 2 * r * i, y, r, r, 180, 360, step=15))
    d.line((middle + 4 * r, y), (x1, y))


def diode(d: Drawing, x: float, y: float, turn: float) -> None:
    """A diode at (x, y); turn 0 conducts to the right."""
    part = Drawing()
    part.polygon((-26, -26), (-26, 26), (22, 0), fill=INK)
    part.line((24, -28), (24, 28), weight=THICK)
    d.add(part, affine(x, y, turn=turn))


def transistor(d: Drawing, x: float, y: float) -> None:
    """A field-effect transistor lying in a horizontal line through (x, y)."""
    d.circle(x, y - 4, 58, weight=THIN)
    d.rect(x - 44, y - 2, 88, 30, weight=0)
    d.line((x - 62, y), (x - 30, y), (x - 30, y + 18))
    d.line((x + 62, y), (x + 30, y), (x + 30, y + 18))
    for left in (-44, -13, 18):
        d.line((x + left, y + 20), (x + left + 26, y + 20), weight=THICK)
    d.line((x - 36, y + 34), (x + 36, y + 34), weight=THICK)


def draw_converter(m: Measures, view: str, variant: bool) -> Drawing:
    """A step-down converter, its input filter ("detail"), or its blocks ("block")."""
    d = Drawing()
    european = m["european"] > 0.5
    if view == "block":
        _converter_blocks(d, m)
        return d
    top, low, step = 0.0, m["tall"], m["step"]
    x = 0.0
    d.circle(x, (top + low) / 2, 52)
    d.text("+", x, (top + low) / 2 - 24, 22)
    d.text("-", x, (top + low) / 2 + 26, 22)
    d.line((x, top), (x, (top + low) / 2 - 52))
    d.line((x, (top + low) / 2 + 52), (x, low))
    d.mark("source", x - 46, (top + low) / 2 - 20)
    columns = 3 if view == "detail" else 6
    d.line((x, low), (columns * step, low))
    d.mark("ground", step * 0.5, low)
    inductor(d, x, step, top) if view == "detail" else d.line((x, top), (step, top))
    if view == "detail":
        d.mark("choke", step / 2, -18)
    d.line((step, top), (step * 2, top))
    capacitor(d, step, top, low)
    d.mark("input", step + 30, low / 2 - 12)
    if view == "detail":
        resistor(d, step * 2, top, low, european=european)
        d.mark("damping", step * 2 + 14, low / 2 - 30)
        d.line((step * 2, top), (step * 3, top))
        capacitor(d, step * 3, top, low)
        d.mark("output", step * 3 + 30, low / 2 - 12)
        nodes = [(step, top), (step * 2, top), (step, low), (step * 2, low)]
    else:
        nodes = _power_stage(d, m, top, low, step, variant=variant, european=european)
    for nx, ny in nodes:
        d.circle(nx, ny, 9, fill=INK)
    for i, half in enumerate((40, 26, 12)):
        d.line((step * 2 - half, low + 40 + i * 16), (step * 2 + half, low + 40 + i * 16))
    d.line((step * 2, low), (step * 2, low + 40))
    return d


def _power_stage(
    d: Drawing, m: Measures, top: float, low: float, step: float, *, variant: bool, european: bool
) -> list[tuple[float, float]]:
    """Switch, freewheeling path, inductor and output of the converter; returns its nodes."""
    switch = step * 2.1
    d.line((step, top), (switch - 62, top))
    transistor(d, switch, top)
    d.mark("switch", switch - 40, top - 44)
    d.line((switch + 62, top), (step * 3, top))
    d.line((switch, top + 34), (switch, top + 100))
    d.box("driver", switch, top + 150, 190, 96, 18)
    x = step * 3
    d.line((x, top), (x, low))
    if variant:
        d.rect(x - 70, low / 2 - 66, 140, 132, weight=0)
        part = Drawing()
        transistor(part, 0, 0)
        d.add(part, affine(x, low / 2, turn=90))
        d.mark("diode", x + 50, low / 2 - 30)
    else:
        diode(d, x, low / 2, -90)
        d.mark("diode", x + 24, low / 2)
    inductor(d, x, step * 4.1, top)
    d.mark("choke", step * 3.55, top - 18)
    capacitor(d, step * 4.1, top, low)
    d.mark("output", step * 4.1 + 32, low / 2 + 12)
    d.line((step * 4.1, top), (step * 6, top))
    for y0, y1, key in ((top, low / 2, "upper"), (low / 2, low, "lower")):
        resistor(d, step * 5, y0, y1, european=european)
        d.mark(key, step * 5 + 14, (y0 + y1) / 2 - 30)
    resistor(d, step * 6, top, low, european=True)
    d.mark("load", step * 6 + 16, low / 2)
    feedback = low + m["loop"]
    d.line((step * 5, low / 2), (step * 4.6, low / 2), (step * 4.6, feedback - 60), weight=THIN)
    d.arrow((step * 4.6, feedback - 60), (step * 4.6, feedback), (step * 3.5 + 120, feedback), head=22)
    d.box("controller", step * 3.5, feedback, 240, 110, 18)
    d.arrow((step * 3.5 - 120, feedback), (step * 1.5, feedback), (step * 1.5, 150), (switch - 95, 150), head=22)
    d.mark("signal", step * 2.4, feedback)
    return [(step, top), (step, low), (x, top), (x, low), (step * 4.1, top), (step * 4.1, low), (step * 5, top),
            (step * 5, low), (step * 5, low / 2)]  # fmt: skip


def _converter_blocks(d: Drawing, m: Measures) -> None:
    step = m["step"] * 1.9
    for i, key in enumerate(("source", "input", "switch", "output", "load")):
        x = i * step
        d.box(key, x, 0, 260, 150, 20, weight=THICK if key == "switch" else 1.0)
        if i:
            d.arrow((x - step + 130, 0), (x - 130, 0), head=24)
    d.box("controller", step * 2.5, 330, 300, 140, 20)
    d.arrow((step * 3, 75), (step * 3, 330), (step * 2.5 + 150, 330), head=24)
    d.arrow((step * 2.5 - 150, 330), (step * 2, 330), (step * 2, 75), head=24)
    d.mark("signal", step * 2, 220)


CONVERTER = ObjectKind(
    key="circuit",
    ipc=("H02M 3/156", "H02M 1/08"),
    parts=parts("""
        converter: voltage converter | Spannungswandler m | convertisseur de tension m
        source: voltage source | Spannungsquelle f | source de tension f
        input: input capacitor | Eingangskondensator m | condensateur d'entrée m
        switch: switching transistor | Schalttransistor m | transistor de commutation m
        driver: gate driver | Gatetreiber m | circuit pilote m
        diode: freewheeling diode | Freilaufdiode f | diode de roue libre f
        choke: choke coil | Drosselspule f | bobine de self f
        output: output capacitor | Ausgangskondensator m | condensateur de sortie m
        upper: upper resistor | oberer Widerstand m | résistance haute f
        lower: lower resistor | unterer Widerstand m | résistance basse f
        load: load | Verbraucher m | charge f
        controller: controller | Regler m | régulateur m
        signal: control line | Steuerleitung f | ligne de commande f
        ground: ground line | Masseleitung f | ligne de masse f
        damping: damping resistor | Dämpfungswiderstand m | résistance d'amortissement f
    """),
    relations=(
        "source supplies switch",
        "input connected ground",
        "driver drives switch",
        "diode connected choke",
        "choke connected output",
        "output supplies load",
        "upper connected lower",
        "controller connected signal",
        "signal connected driver",
        "damping connected input",
        "load connected ground",
    ),
    views=("circuit", "block", "detail"),
    ranges={"tall": (300.0, 400.0), "step": (170.0, 210.0), "loop": (130.0, 180.0), "european": (0.0, 1.0)},
    draw=draw_converter,
    variant_part="diode",
    variant=term("synchronous rectifier | synchroner Gleichrichter m | redresseur synchrone m"),
)
