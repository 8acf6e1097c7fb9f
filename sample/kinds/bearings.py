"""A ball bearing."""

from __future__ import annotations

import math

import numpy as np

from sample.drawing import INK, THICK, THIN, Drawing, Hatch, affine, disc
from sample.kinds.model import Measures, ObjectKind, parts, term


def draw_bearing(m: Measures, view: str, variant: bool) -> Drawing:
    """A ball bearing from the front, cut in half, or in perspective ("iso")."""
    d = Drawing()
    outer, ring, balls, wide = 430.0, m["ring"], int(m["balls"]), m["width"]
    inner = m["bore"]
    pitch = (outer + inner) / 2
    ball = (outer - inner - 2 * ring) / 2 * 0.86
    if view == "front":
        _bearing_front(d, m, outer, variant=variant)
        return d
    if view == "section":
        _bearing_section(d, outer, inner, ring, pitch, ball, wide)
        return d
    squash = 0.42
    d.add(disc(outer * squash, outer, wide, weight=THICK), affine())
    d.ellipse(0, 0, (outer - ring) * squash, outer - ring)
    d.ellipse(0, 0, (inner + ring) * squash, inner + ring)
    for i in range(balls):
        a = 2 * math.pi * i / balls + 0.2
        d.ellipse(pitch * squash * math.cos(a), pitch * math.sin(a), ball * 0.75, ball)
    d.ellipse(0, 0, inner * squash, inner)
    d.arc(wide * 0.5, 0, inner * squash, inner, 110, 250, weight=THIN)
    d.mark("outer", wide * 0.8, -outer * 0.8)
    d.mark("inner", -(inner + ring / 2) * squash, 0)
    d.mark("ball", pitch * squash * math.cos(0.2), pitch * math.sin(0.2))
    d.mark("bore", 20, inner * 0.5)
    return d


def _bearing_front(d: Drawing, m: Measures, outer: float, *, variant: bool) -> None:
    ring, inner, balls = m["ring"], m["bore"], int(m["balls"])
    pitch, ball = (outer + inner) / 2, (outer - inner - 2 * ring) / 2 * 0.86
    d.circle(0, 0, outer, weight=THICK)
    d.circle(0, 0, outer - ring)
    d.circle(0, 0, inner + ring)
    d.circle(0, 0, pitch + 9, fill=None, weight=THIN)
    d.circle(0, 0, pitch - 9, fill=None, weight=THIN)
    for i in range(balls):
        a = 2 * math.pi * i / balls + 0.2
        x, y = pitch * math.cos(a), pitch * math.sin(a)
        if variant:
            d.add(_roller(ball), affine(x, y, turn=math.degrees(a)))
        else:
            d.circle(x, y, ball)
            d.arc(x, y, ball * 0.6, ball * 0.6, 200, 260, weight=THIN)
    for i in (0, balls // 2):
        a = 2 * math.pi * i / balls + 0.2
        d.mark("ball", pitch * math.cos(a) + ball * 0.3, pitch * math.sin(a) - ball * 0.3)
    a = 2 * math.pi * 1.5 / balls + 0.2
    d.mark("cage", pitch * math.cos(a), pitch * math.sin(a))
    d.circle(0, 0, inner, weight=THICK)
    d.mark("outer", (outer - ring / 2) * math.cos(-0.8), (outer - ring / 2) * math.sin(-0.8))
    d.mark("inner", (inner + ring / 2) * math.cos(2.6), (inner + ring / 2) * math.sin(2.6))
    d.mark("bore", inner * 0.7, inner * 0.4)
    d.centre_line(-outer - 60, 0, outer + 60, 0)
    d.centre_line(0, -outer - 60, 0, outer + 60)


def _roller(size: float) -> Drawing:
    d = Drawing()
    d.rect(-size, -size * 0.62, 2 * size, size * 1.24, radius=size * 0.2)
    d.line((-size * 0.7, 0), (size * 0.7, 0), weight=THIN)
    return d


def _bearing_section(
    d: Drawing, outer: float, inner: float, ring: float, pitch: float, ball: float, wide: float
) -> None:
    half = wide * 0.75
    d.rect(-half - 190, -inner, 2 * half + 380, 2 * inner)
    d.mark("shaft", half + 120, inner * 0.3)
    for x in (-half - 190, half + 190):
        wave = [(x, -inner), (x + 18, -inner / 2), (x, 0), (x - 18, inner / 2), (x, inner)]
        d.curve(np.array(wave), weight=THIN)
    d.centre_line(-half - 280, 0, half + 280, 0)
    for s in (-1, 1):
        top = min(s * outer, s * (outer - ring))
        d.rect(-half, top, 2 * half, ring, hatch=Hatch(45, 12), weight=THICK)
        low = min(s * inner, s * (inner + ring))
        d.rect(-half, low, 2 * half, ring, hatch=Hatch(135, 12), weight=THICK)
        d.circle(0, s * pitch, ball)
        d.line((-ball * 0.5, s * pitch - ball * 0.5), (ball * 0.5, s * pitch + ball * 0.5), weight=THIN)
        for x in (-half * 0.82, half * 0.82):
            d.rect(x - 9, min(s * (inner + ring), s * (outer - ring)), 18, outer - inner - 2 * ring, fill=INK)
        house = min(s * outer, s * (outer + 90))
        d.rect(-half - 110, house, 2 * half + 220, 90, hatch=Hatch(30, 17))
        d.rect(half, min(s * inner, s * (inner + ring * 0.9)), 34, ring * 0.9, hatch=Hatch(60, 8))
    d.mark("housing", -half - 80, -outer - 50)
    d.mark("outer", -half * 0.5, -outer + ring * 0.4)
    d.mark("inner", half * 0.5, inner + ring * 0.5)
    d.mark("ball", ball * 0.4, -pitch)
    d.mark("shield", half * 0.82, pitch)
    d.mark("circlip", half + 18, inner + ring * 0.5)


BEARING = ObjectKind(
    key="ball-bearing",
    ipc=("F16C 19/06", "F16C 33/58"),
    parts=parts("""
        bearing: ball bearing | Kugellager n | roulement à billes m
        outer: outer ring | Außenring m | bague extérieure f
        inner: inner ring | Innenring m | bague intérieure f
        ball: ball | Kugel f | bille f
        cage: cage | Käfig m | cage f
        bore: bore | Bohrung f | alésage m
        shaft: shaft | Welle f | arbre m
        housing: bearing housing | Lagergehäuse n | boîtier de palier m
        shield: sealing disc | Dichtscheibe f | flasque m
        circlip: circlip | Sicherungsring m | circlip m
    """),
    relations=(
        "outer surrounds inner",
        "cage guides ball",
        "outer held housing",
        "inner surrounds shaft",
        "shield seals ball",
        "circlip held shaft",
        "ball supports outer",
        "shaft held bore",
    ),
    views=("front", "section", "iso"),
    ranges={"ring": (44.0, 62.0), "balls": (9, 15), "width": (130.0, 200.0), "bore": (190.0, 235.0)},
    draw=draw_bearing,
    variant_part="ball",
    variant=term("cylindrical roller | zylindrische Rolle f | rouleau cylindrique m"),
)
