"""Flow charts, graphs and block diagrams."""

from __future__ import annotations

import itertools
import math

import numpy as np

from engine.sheets.reading import TextKind
from sample.drawing import CHAIN, DASHED, DOTTED, INK, PAPER, THICK, THIN, Drawing, Hatch, smooth
from sample.kinds.model import Measures, ObjectKind, parts, term

STEP_NAMES = ("start", "measure", "filter", "compare", "adjust", "store", "warn", "finish")


def _step(d: Drawing, key: str, x: float, y: float, shape: str) -> None:
    width, height = (330.0, 92.0)
    if shape == "decision":
        d.polygon((x, y - 85), (x + 230, y), (x, y + 85), (x - 230, y))
        d.name(key, x, y, 230, 17)
        d.mark(key, x - 130, y - 37)
        d.mark(key, x + 130, y - 37)
    elif shape == "end":
        d.box(key, x, y, width * 0.75, 74, 17, radius=37)
    else:
        d.box(key, x, y, width, height, 17)


def draw_flow_chart(m: Measures, view: str, variant: bool) -> Drawing:
    """A method from top to bottom with one decision and a loop back; "detail" has only its middle steps."""
    d = Drawing()
    keys = list(STEP_NAMES) if view == "flow" else ["measure", "filter", "compare", "store"]
    if variant:
        keys.remove("filter")
    pitch, y = m["pitch"], 0.0
    at: dict[str, float] = {}
    for key in keys:
        shape = "decision" if key == "compare" else "end" if key in ("start", "finish") else "step"
        y += pitch + (40 if shape == "decision" else 0)
        at[key] = y
        _step(d, key, 0, y, shape)
        y += 40 if shape == "decision" else 0
    for above, below in itertools.pairwise(keys):
        drop = 85 if above == "compare" else 37 if above in ("start", "finish") else 46
        rise = 85 if below == "compare" else 37 if below in ("start", "finish") else 46
        d.arrow((0, at[above] + drop), (0, at[below] - rise), head=18)
    side = -330.0 if m["loop_left"] < 0.5 else 330.0
    edge = math.copysign(230, side)
    back = at["measure"]
    d.arrow((edge, at["compare"]), (side, at["compare"]), (side, back), (math.copysign(165, side), back), head=18)
    d.name("@no", edge + math.copysign(45, side), at["compare"] - 26, 200, 16)
    d.name("@yes", 48, at["compare"] + 104, 200, 16)
    return d


FLOW_CHART = ObjectKind(
    key="flow-chart",
    ipc=("G05B 23/02", "G06F 17/40"),
    parts=parts("""
        method: monitoring method | Überwachungsverfahren n | procédé de surveillance m
        start: starting step | Startschritt m | étape de démarrage f
        measure: measuring step | Messschritt m | étape de mesure f
        filter: filtering step | Filterschritt m | étape de filtrage f
        compare: comparing step | Vergleichsschritt m | étape de comparaison f
        adjust: adjusting step | Einstellschritt m | étape de réglage f
        store: storing step | Speicherschritt m | étape de mémorisation f
        warn: warning step | Warnschritt m | étape d'alerte f
        finish: final step | Endschritt m | étape finale f
    """),
    relations=(
        "measure follows start",
        "filter follows measure",
        "compare follows filter",
        "adjust follows compare",
        "store follows adjust",
        "warn follows store",
        "finish follows warn",
    ),
    views=("flow", "detail"),
    ranges={"pitch": (128.0, 165.0), "loop_left": (0.0, 1.0)},
    draw=draw_flow_chart,
    variant_part="store",
    variant=term("direct storing step | direkter Speicherschritt m | étape de mémorisation directe f"),
    tangible=False,
    steps=True,
)


def _axes(d: Drawing, m: Measures, width: float, height: float, ordinate: str, abscissa: str) -> None:
    d.arrow((0, 0), (0, -height - 70), head=26, weight=THICK)
    d.arrow((0, 0), (width + 70, 0), head=26, weight=THICK)
    columns, rows = int(m["columns"]), int(m["rows"])
    for i in range(1, columns + 1):
        x = width * i / columns
        d.line((x, 0), (x, 14))
        d.text(f"{int(m['x_step']) * i}", x, 44, 22, TextKind.SCALE)
    for i in range(rows + 1):
        y = -height * i / rows
        d.line((-14, y), (0, y))
        d.text(f"{int(m['y_step']) * i}", -56, y, 22, TextKind.SCALE)
        if m["grid"] > 0.5 and i:
            d.line((0, y), (width, y), weight=0.4, dash=DOTTED)
    d.text(ordinate, -10, -height - 110, 26)
    d.text(abscissa, width + 70, 92, 26)


def _curve(d: Drawing, m: Measures, key: str, points: list[tuple[float, float]], mark: float, **style: object) -> None:
    path = smooth(points)
    d.curve(path, **style)
    x, y = path[int(len(path) * mark)]
    d.mark(key, float(x), float(y))


def draw_graph(m: Measures, view: str, variant: bool) -> Drawing:
    """Curves over time, or bars ("bars"), or a closed characteristic ("loop")."""
    d, w, h = Drawing(), 1000.0, 700.0
    if view == "bars":
        _axes(d, m, w, h, "N", "i")
        _bars(d, m, w, h)
        return d
    if view == "loop":
        _loop(d, m, w, h)
        return d
    _axes(d, m, w, h, "p [bar]", "t [s]")
    peak, knee = m["peak"], m["knee"]
    first = [
        (0, 0),
        (w * knee * 0.5, -h * peak * 0.55),
        (w * knee, -h * peak),
        (w * 0.7, -h * peak * 0.82),
        (w, -h * peak * 0.78),
    ]
    second = [(0, 0), (w * knee * 0.8, -h * 0.15), (w * 0.6, -h * peak * 0.45), (w, -h * peak * 0.62)]
    if not variant:
        d.polygon(
            (w * knee, 0),
            (w * knee, -h * 0.1),
            (w * 0.7, -h * 0.1),
            (w * 0.7, 0),
            hatch=Hatch(45, 16),
            weight=THIN,
            fill=None,
        )
        d.mark("region", w * (knee + 0.7) / 2, -h * 0.05)
    level = -h * (peak * 0.9 if variant else peak * 0.7)
    d.line((0, level), (w, level), dash=DASHED)
    d.mark("threshold", w * 0.88, level)
    _curve(d, m, "first", first, 0.72, weight=THICK)
    _curve(d, m, "second", second, 0.8, dash=CHAIN)
    if variant:
        third = [(x, y * 0.45) for x, y in second]
        _curve(d, m, "third", third, 0.55, dash=DOTTED, weight=THICK)
    d.circle(w * knee, -h * peak, 11, fill=INK)
    d.line((w * knee, -h * peak), (w * knee, 0), weight=THIN, dash=DASHED)
    d.mark("point", w * knee, -h * peak)
    return d


def _loop(d: Drawing, m: Measures, w: float, h: float) -> None:
    """A magnetisation loop."""
    _axes(d, m, w, h, "B [T]", "H [A/m]")
    lean = m["rise"] * 200
    up = [(60, -40), (w * 0.35, -h * 0.12), (w * 0.55 + lean * 0.2, -h * 0.6), (w * 0.95, -h * 0.93)]
    down = [(60, -40), (w * 0.2, -h * 0.45), (w * 0.45, -h * 0.84), (w * 0.95, -h * 0.93)]
    _curve(d, m, "first", up, 0.55, weight=THICK)
    _curve(d, m, "second", down, 0.5, weight=THICK)
    d.circle(w * 0.95, -h * 0.93, 11, fill=INK)
    d.mark("point", w * 0.95, -h * 0.93)


def _bars(d: Drawing, m: Measures, w: float, h: float) -> None:
    columns = int(m["columns"])
    for i in range(columns):
        left = w * (i + 0.2) / columns
        tall = h * (0.25 + 0.6 * abs(math.sin(1.0 + i * (0.5 + m["rise"]))))
        half = w * 0.3 / columns
        d.rect(left, -tall, half, tall, hatch=Hatch(45, 14))
        d.rect(left + half, -tall * 0.7, half, tall * 0.7, fill=PAPER)
        if i == columns // 2:
            d.mark("first", left + half * 0.4, -tall * 0.9)
            d.mark("second", left + half * 1.6, -tall * 0.62)
    d.line((0, -h * m["peak"]), (w, -h * m["peak"]), dash=DASHED)
    d.mark("threshold", w * 0.97, -h * m["peak"])


GRAPH = ObjectKind(
    key="graph",
    ipc=("G01L 9/00", "G01N 33/00"),
    parts=parts("""
        course: pressure course | Druckverlauf m | évolution de pression f
        first: first curve | erste Kurve f | première courbe f
        second: second curve | zweite Kurve f | seconde courbe f
        third: third curve | dritte Kurve f | troisième courbe f
        threshold: threshold value | Schwellenwert m | valeur de seuil f
        point: operating point | Betriebspunkt m | point de fonctionnement m
        region: tolerance range | Toleranzbereich m | plage de tolérance f
    """),
    relations=(
        "first exceeds threshold",
        "second reaches threshold",
        "first touches point",
        "region bounds second",
        "third follows second",
    ),
    views=("graph", "bars", "loop"),
    ranges={
        "peak": (0.72, 0.95), "knee": (0.2, 0.42), "rise": (0.1, 0.9), "grid": (0.0, 1.0),
        "columns": (4, 6), "rows": (4, 5), "x_step": (1, 20), "y_step": (2, 50),
    },
    draw=draw_graph,
    variant_part="third",
    variant=term("third curve | dritte Kurve f | troisième courbe f"),
    tangible=False,
)  # fmt: skip


def draw_system(m: Measures, view: str, variant: bool) -> Drawing:
    """Blocks of a control system, with buses and a cloud; "detail" opens up the control unit."""
    d = Drawing()
    if view == "detail":
        d.rect(-430, -330, 860, 660, dash=DASHED)
        d.mark("control", -430, -200)
        d.box("processor", 0, -200, 300, 130, 20)
        d.box("memory", -220, 60, 280, 130, 20, radius=12)
        d.box("interface", 220, 60, 280, 130, 20)
        d.arrow((-80, -135), (-220, -5), head=22)
        d.arrow((80, -135), (220, -5), head=22)
        d.line((-390, 240), (390, 240), weight=THICK)
        d.mark("bus", 330, 240)
        for x in (-220.0, 220.0):
            d.line((x, 125), (x, 240))
        return d
    wide, tall, gap = m["wide"], m["tall"], m["gap"]
    d.box("control", 0, 0, wide * 1.15, tall * 1.5, 22, weight=THICK)
    left, right = -(wide + gap), wide + gap
    blocks = [
        ("sensor", left, -tall * 1.9),
        ("battery", left, 0.0),
        ("actuator", right, -tall * 1.9),
        ("display", right, 0.0),
    ]
    if variant:
        blocks.append(("antenna", right, tall * 1.9))
    for key, x, y in blocks:
        d.box(key, x, y, wide, tall, 22, radius=14 if key == "battery" else 0)
        start, end = (x + wide / 2, -wide * 0.575) if x < 0 else (x - wide / 2, wide * 0.575)
        inward = (start, y), ((start + end) / 2, y), ((start + end) / 2, y * 0.2), (end, y * 0.2)
        d.arrow(*(inward if x < 0 else inward[::-1]), head=24)
    angles = np.linspace(0, 2 * math.pi, 60)
    ring_x = np.cos(angles) * wide * 0.62 * (1 + 0.1 * np.cos(7 * angles))
    ring_y = tall * 2.1 + np.sin(angles) * tall * 0.8 * (1 + 0.12 * np.cos(7 * angles))
    ring = list(zip(ring_x.tolist(), ring_y.tolist(), strict=True))
    d.polygon(*ring)
    d.name("network", 0, tall * 2.1, wide, 22)
    d.mark("network", ring[36][0], ring[36][1])
    d.line((0, tall * 0.75), (0, tall * 1.28), dash=DASHED)
    d.mark("link", 0, tall)
    return d


SYSTEM = ObjectKind(
    key="control-system",
    ipc=("G05B 19/04", "H04L 67/12"),
    parts=parts("""
        system: control system | Steuersystem n | système de commande m
        control: control unit | Steuereinheit f | unité de commande f
        sensor: sensor | Sensor m | capteur m
        battery: battery | Batterie f | batterie f
        actuator: actuator | Stellglied n | actionneur m
        display: display | Anzeige f | afficheur m
        network: network | Netzwerk n | réseau m
        link: data link | Datenverbindung f | liaison de données f
        antenna: antenna | Antenne f | antenne f
        processor: processor | Prozessor m | processeur m
        memory: memory | Speicher m | mémoire f
        interface: interface | Schnittstelle f | interface f
        bus: data bus | Datenbus m | bus de données m
    """),
    relations=(
        "sensor connected control",
        "battery supplies control",
        "control drives actuator",
        "control connected display",
        "link connected network",
        "processor connected memory",
        "bus connected interface",
        "control contains processor",
    ),
    views=("block", "detail"),
    ranges={"wide": (250.0, 300.0), "tall": (120.0, 160.0), "gap": (110.0, 180.0)},
    draw=draw_system,
    variant_part="antenna",
    variant=term("antenna | Antenne f | antenne f"),
)
