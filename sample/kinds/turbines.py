"""Turbines: a wind turbine and a gas turbine."""

from __future__ import annotations

import math

import numpy as np

from sample.drawing import DASHED, INK, THICK, THIN, Drawing, Hatch, affine, arc, smooth
from sample.kinds.model import Measures, ObjectKind, parts, term


def _blade(length: float, chord: float) -> Drawing:
    """A rotor blade from the hub at the origin, pointing up."""
    d = Drawing()
    lead = smooth([(-chord * 0.35, 0), (-chord * 0.45, -length * 0.1), (-chord * 0.3, -length * 0.55), (0, -length)])
    trail = smooth([(0, -length), (chord * 0.4, -length * 0.5), (chord * 0.85, -length * 0.2), (chord * 0.35, 0)])
    d.polygon(*map(tuple, np.concatenate([lead, trail]).tolist()))
    d.curve(smooth([(chord * 0.1, -length * 0.05), (chord * 0.2, -length * 0.4), (0, -length * 0.95)]), weight=THIN)
    d.mark("blade", -chord * 0.1, -length * 0.6)
    return d


def draw_wind_turbine(m: Measures, view: str, variant: bool) -> Drawing:
    """A wind turbine from the front or the side, or its nacelle cut open ("section")."""
    d = Drawing()
    if view == "section":
        _nacelle(d, m)
        return d
    height, blade, chord = m["tower"], m["blade"], m["chord"]
    low, top = m["foot"], m["foot"] * 0.5
    d.polygon((-low, 0), (-top, -height), (top, -height), (low, 0))
    for share in (0.3, 0.62):
        half = low + (top - low) * share
        d.line((-half, -height * share), (half, -height * share), weight=THIN)
    d.mark("tower", low * 0.6, -height * 0.45)
    d.rect(-low * 3.2, 0, low * 6.4, 34, hatch=Hatch(45, 14))
    d.mark("foundation", low * 2.6, 16)
    d.line((-low * 9, 0), (-low * 3.2, 0))
    d.line((low * 3.2, 0), (low * 9, 0))
    d.rect(-12, -62, 24, 62, weight=THIN)
    d.mark("door", 4, -40)
    hub_y = -height - 34
    if view == "front":
        count = 2 if variant else 3
        for i in range(count):
            d.add(_blade(blade, chord), affine(0, hub_y, turn=m["turn"] + 360 / count * i))
        d.circle(0, hub_y, 36)
        d.circle(0, hub_y, 15, weight=THIN)
        d.mark("hub", 26, hub_y + 18)
        return d
    d.rect(-44, hub_y - 36, 210, 72, radius=18)
    d.mark("nacelle", 120, hub_y - 30)
    d.line((150, hub_y - 36), (150, hub_y - 84), weight=THIN)
    d.line((132, hub_y - 84), (168, hub_y - 84))
    d.mark("anemometer", 140, hub_y - 84)
    for sign in (-1, 1):
        if sign > 0 and not variant:
            continue
        slim = affine(-78, hub_y + sign * 20, turn=180.0 if sign > 0 else 0.0, sx=0.45)
        d.add(_blade(blade, chord), slim)
    if not variant:
        d.add(_blade(blade * 0.5, chord), affine(-78, hub_y + 20, turn=180, sx=0.45))
    d.polygon(*map(tuple, arc(-46, hub_y, 66, 42, 90, 270).tolist()))
    d.mark("hub", -100, hub_y + 8)
    return d


def _nacelle(d: Drawing, m: Measures) -> None:
    """The nacelle cut lengthwise, hub on the left."""
    long, tall, wall = 900.0, 320.0, 16.0
    d.rect(0, -tall / 2, long, tall, radius=60, hatch=Hatch(45, 13))
    d.rect(wall, -tall / 2 + wall, long - 2 * wall, tall - 2 * wall, radius=48)
    d.mark("nacelle", long * 0.55, -tall / 2 + 6)
    d.polygon(*map(tuple, arc(-20, 0, 190, 150, 90, 270).tolist()))
    d.mark("hub", -150, 60)
    for sign in (-1, 1):
        edge = sign * 145
        d.polygon((-110, edge), (-90, sign * 420), (-40, sign * 420), (-30, edge), fill=255)
        d.line((-95, sign * 420), (-75, sign * 405), (-60, sign * 435), (-38, sign * 420), weight=THIN)
        d.mark("blade", -70, sign * 300)
    shaft = m["shaft"]
    d.rect(-20, -shaft, 300, 2 * shaft)
    d.mark("shaft", 200, -shaft * 0.4)
    for x in (70.0, 170.0):
        for sign in (-1, 1):
            top = sign * (shaft + 22) - 22
            d.rect(x, top, 56, 44, hatch=Hatch(135, 11))
            d.line((x + 8, top + 6), (x + 48, top + 38), weight=THIN)
            d.line((x + 8, top + 38), (x + 48, top + 6), weight=THIN)
        d.mark("bearing", x + 40, -shaft - 30)
    box = m["gearbox"]
    d.rect(280, -box, 190, 2 * box, radius=14, weight=THICK)
    for i in range(1, 4):
        d.line((280 + i * 47, -box), (280 + i * 47, box), weight=THIN)
    d.mark("gearbox", 300, box * 0.8)
    d.rect(470, -34, 110, 26)
    d.rect(505, -70, 18, 98)
    d.mark("brake", 514, -62)
    d.rect(580, -105, 220, 170, radius=10, weight=THICK)
    for i in range(6):
        d.line((600 + i * 34, -105), (600 + i * 34, 65), weight=THIN)
    d.mark("generator", 780, -70)
    d.polygon((300, tall / 2), (260, tall / 2 + 170), (540, tall / 2 + 170), (500, tall / 2))
    d.mark("tower", 520, tall / 2 + 110)
    d.rect(250, tall / 2 - 8, 300, 26, hatch=Hatch(45, 9))
    d.mark("yaw", 540, tall / 2 + 6)
    d.rect(60, box + 12, 760, 20)
    d.mark("carrier", 800, box + 22)
    d.centre_line(-260, 0, 960, 0)


WIND_TURBINE = ObjectKind(
    key="wind-turbine",
    ipc=("F03D 1/06", "F03D 80/50"),
    parts=parts("""
        turbine: wind turbine | Windenergieanlage f | éolienne f
        tower: tower | Turm m | tour f
        nacelle: nacelle | Gondel f | nacelle f
        hub: hub | Nabe f | moyeu m
        blade: rotor blade | Rotorblatt n | pale f
        foundation: foundation | Fundament n | fondation f
        door: door | Tür f | porte f
        anemometer: anemometer | Windmesser m | anémomètre m
        shaft: rotor shaft | Rotorwelle f | arbre de rotor m
        bearing: main bearing | Hauptlager n | palier principal m
        gearbox: gearbox | Getriebe n | multiplicateur m
        brake: brake disc | Bremsscheibe f | disque de frein m
        generator: generator | Generator m | générateur m
        yaw: yaw bearing | Azimutlager n | couronne d'orientation f
        carrier: machine carrier | Maschinenträger m | châssis porteur m
    """),
    relations=(
        "blade fixed hub",
        "hub drives shaft",
        "bearing guides shaft",
        "shaft connected gearbox",
        "gearbox drives generator",
        "brake connected gearbox",
        "tower supports nacelle",
        "foundation supports tower",
        "nacelle contains generator",
        "carrier supports gearbox",
        "anemometer fixed nacelle",
        "yaw connected tower",
    ),
    views=("front", "side", "section"),
    ranges={
        "tower": (760.0, 960.0),
        "blade": (430.0, 560.0),
        "chord": (44.0, 66.0),
        "foot": (26.0, 38.0),
        "turn": (-20.0, 40.0),
        "shaft": (28.0, 44.0),
        "gearbox": (92.0, 120.0),
    },
    draw=draw_wind_turbine,
    variant_part="blade",
    variant=term("two-blade rotor | zweiblättriger Rotor m | rotor bipale m"),
)


def draw_gas_turbine(m: Measures, view: str, variant: bool) -> Drawing:
    """A gas turbine cut lengthwise, its blade wheel from the front, or a single blade ("detail")."""
    d = Drawing()
    if view == "front":
        _blade_wheel(d, m, variant)
    elif view == "detail":
        _turbine_blade(d, m)
    else:
        _gas_turbine_section(d, m, variant)
    return d


def _gas_turbine_section(d: Drawing, m: Measures, variant: bool) -> None:
    inlet, core, stages = m["inlet"], m["core"], int(m["stages"])
    for s in (-1, 1):
        outer = [(0, s * inlet), (330, s * inlet * 0.72), (480, s * inlet * 0.78), (720, s * inlet * 0.78)]
        outer += [(860, s * inlet * 0.66), (1080, s * inlet * 0.95), (1240, s * inlet * 0.9)]
        shell = smooth(outer)
        back = np.add(shell[::-1], (0, -s * 18))
        d.polygon(*map(tuple, np.concatenate([shell, back]).tolist()), hatch=Hatch(45, 12))
        if s < 0:
            d.mark("casing", *map(float, shell[18]))
        for i in range(stages):
            x = 70 + i * 260 / stages
            tip = inlet * (1 - 0.28 * x / 330) - 26
            width = 150 / stages
            d.polygon((x, s * core), (x + 4, s * tip), (x + width - 4, s * tip), (x + width, s * core))
            if i == stages // 2 and s < 0:
                d.mark("compressor", x + width / 2, s * tip * 0.8)
            gap = x + width + (260 / stages - width) * 0.25
            d.line((gap, s * (core + 10)), (gap, s * (tip + 6)), weight=THIN)
            d.line((gap + width * 0.4, s * (core + 10)), (gap + width * 0.4, s * (tip + 6)), weight=THIN)
            if i == 0 and s < 0:
                d.mark("vane", gap + 3, s * tip * 0.85)
        _combustion(d, inlet, s, ring=variant)
        for i in range(3):
            x = 780 + i * 95
            tip = inlet * (0.58 + 0.1 * i)
            d.polygon((x, s * core), (x + 8, s * tip), (x + 44, s * tip), (x + 52, s * core))
            if i == 1 and s < 0:
                d.mark("wheel", x + 26, s * tip * 0.75)
        d.polygon((1080, s * core), (1320, s * 14), (1320, 0), (1080, 0))
    d.mark("cone", 1220, 22)
    d.rect(40, -core, 1045, 2 * core)
    d.polygon(*map(tuple, arc(40, 0, 95, core, 90, 270).tolist()))
    d.mark("spinner", -30, core * 0.4)
    d.rect(20, -core * 0.32, 1080, core * 0.64, hatch=Hatch(135, 14))
    d.mark("shaft", 690, core * 0.2)
    for x in (160.0, 960.0):
        for s in (-1, 1):
            d.rect(x, s * core * 0.5 - 15, 44, 30, weight=THIN)
            d.circle(x + 22, s * core * 0.5, 12)
        d.mark("bearing", x + 22, core * 0.5)
    d.centre_line(-130, 0, 1400, 0)
    for y in (-inlet * 0.6, inlet * 0.6):
        d.arrow((-190, y), (-40, y), head=26, weight=THIN)


def _combustion(d: Drawing, inlet: float, s: int, *, ring: bool) -> None:
    """Chamber, nozzle and fuel pipe above (s = -1) or below (s = 1) the axis."""
    chamber_y = s * inlet * 0.5
    if ring:
        d.circle(595, chamber_y, inlet * 0.2, weight=THICK)
    else:
        d.ellipse(595, chamber_y, 120, inlet * 0.17, weight=THICK)
    d.mark("chamber", 640, chamber_y + s * inlet * 0.12)
    d.polygon((452, chamber_y - 12), (505, chamber_y - 8), (505, chamber_y + 8), (452, chamber_y + 12), fill=INK)
    d.line((452, chamber_y), (430, chamber_y), (430, s * (inlet + 60)), weight=THICK)
    if s < 0:
        d.mark("nozzle", 470, chamber_y)
        d.mark("pipe", 430, s * (inlet + 35))


def _blade_wheel(d: Drawing, m: Measures, variant: bool) -> None:
    count, radius = int(m["blades"]), 420.0
    d.circle(0, 0, radius + 34, weight=THICK)
    d.circle(0, 0, radius + 12)
    d.mark("casing", (radius + 23) * math.cos(2.4), (radius + 23) * math.sin(2.4))
    for i in range(count):
        a = 2 * math.pi * i / count
        lean = 0.32 if variant else 0.14
        outline = []
        for r, shift, half in ((190, 0.0, 0.05), (300, lean * 0.5, 0.055), (radius, lean, 0.035)):
            outline.append((r * math.cos(a + shift - half), r * math.sin(a + shift - half)))
        for r, shift, half in ((radius, lean, 0.035), (300, lean * 0.5, 0.055), (190, 0.0, 0.05)):
            outline.append((r * math.cos(a + shift + half), r * math.sin(a + shift + half)))
        d.polygon(*outline)
    for i in (0, count // 3, 2 * count // 3):
        a = 2 * math.pi * i / count + 0.12
        d.mark("wheel", 380 * math.cos(a), 380 * math.sin(a))
    d.circle(0, 0, 195, weight=THICK)
    d.circle(0, 0, 150, weight=THIN)
    d.mark("disc", 170 * math.cos(0.9), 170 * math.sin(0.9))
    d.circle(0, 0, 62)
    d.circle(0, 0, 40, hatch=Hatch(135, 12))
    d.mark("shaft", 20, 20)
    for i in range(8):
        a = math.pi * i / 4 + 0.2
        d.bolt(108 * math.cos(a), 108 * math.sin(a), 15)
    d.mark("bolt", 108 * math.cos(math.pi + 0.2), 108 * math.sin(math.pi + 0.2))
    d.centre_line(-500, 0, 500, 0)
    d.centre_line(0, -500, 0, 500)


def _turbine_blade(d: Drawing, m: Measures) -> None:
    """One blade with its fir-tree root and its cooling channels."""
    lead = smooth([(-150, 0), (-170, -200), (-130, -430), (-80, -640)])
    trail = smooth([(130, -640), (150, -420), (150, -180), (160, 0)])
    d.polygon(*map(tuple, np.concatenate([lead, trail]).tolist()), weight=THICK)
    d.mark("wheel", 140, -470)
    for i in range(4):
        x = -100 + i * 62
        d.line((x, -20), (x - 4 + i * 6, -600), dash=DASHED)
        d.line((x + 28, -20), (x + 22 + i * 6, -600), dash=DASHED)
    d.mark("channel", -90, -330)
    d.rect(-220, 0, 440, 46, radius=8)
    d.mark("platform", -200, 22)
    half, y, root = 120.0, 46.0, [(-120.0, 46.0)]
    for _ in range(3):
        root += [(-half + 34, y + 22), (-half + 2, y + 48), (-half + 8, y + 66)]
        half, y = half - 24, y + 66
    mirrored = [(-x, v) for x, v in reversed(root)]
    d.polygon(*root, *mirrored, hatch=Hatch(45, m["core"] / 7))
    d.mark("root", 60, 150)
    for i in range(7):
        d.circle(120 + i * 2, -60 - i * 80, 7, weight=THIN)
    d.mark("hole", 124, -220)


GAS_TURBINE = ObjectKind(
    key="gas-turbine",
    ipc=("F02C 3/04", "F01D 5/18"),
    parts=parts("""
        turbine: gas turbine | Gasturbine f | turbine à gaz f
        casing: casing | Gehäuse n | carter m
        compressor: compressor stage | Verdichterstufe f | étage de compresseur m
        vane: guide vane | Leitschaufel f | aube directrice f
        chamber: combustion chamber | Brennkammer f | chambre de combustion f
        nozzle: fuel nozzle | Brennstoffdüse f | injecteur de carburant m
        pipe: fuel pipe | Brennstoffleitung f | conduite de carburant f
        wheel: turbine blade | Turbinenschaufel f | aube de turbine f
        shaft: turbine shaft | Turbinenwelle f | arbre de turbine m
        bearing: rolling bearing | Wälzlager n | roulement m
        spinner: spinner | Nabenkappe f | ogive f
        cone: exhaust cone | Abgaskegel m | cône d'échappement m
        disc: rotor disc | Rotorscheibe f | disque de rotor m
        bolt: bolt | Schraube f | vis f
        channel: cooling channel | Kühlkanal m | canal de refroidissement m
        platform: platform | Plattform f | plate-forme f
        root: blade root | Schaufelfuß m | pied d'aube m
        hole: film cooling hole | Filmkühlbohrung f | trou de refroidissement m
    """),
    relations=(
        "casing surrounds compressor",
        "compressor supplies chamber",
        "nozzle supplies chamber",
        "pipe connected nozzle",
        "wheel drives shaft",
        "bearing supports shaft",
        "vane fixed casing",
        "disc held shaft",
        "bolt connected disc",
        "root held disc",
        "platform supports wheel",
        "channel connected hole",
        "spinner covers shaft",
    ),
    views=("section", "front", "detail"),
    ranges={
        "inlet": (330.0, 400.0),
        "core": (84.0, 120.0),
        "stages": (4, 7),
        "blades": (18, 30),
    },
    draw=draw_gas_turbine,
    variant_part="chamber",
    variant=term("annular combustion chamber | ringförmige Brennkammer f | chambre annulaire f"),
)
