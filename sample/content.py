"""The content of one generated patent: its object, figures, reference signs and drawing style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sample.kinds import KINDS
from sample.kinds.model import Measures, ObjectKind
from sample.lettering import Typeface
from sample.painting import Pen
from sample.sheets import FigurePlan, SheetPlan
from sample.text import Subject

FAMILY_CYCLE = 5  # of every five documents, the third is the sister publication of the first
LANGUAGE_SHARES = {"en": 0.70, "de": 0.18, "fr": 0.12}
DIAGRAM_KEYS = ("flow-chart", "graph", "control-system", "circuit")
WEARS = {"clean": 0.55, "bold": 0.12, "skewed": 0.11, "broken": 0.11, "specked": 0.11}


@dataclass(frozen=True, slots=True)
class Content:
    """The content shared by the publications of a family; determined by the origin's random numbers."""

    language: str
    subjects: tuple[Subject, ...]  # the object, and perhaps a diagram of it
    measures: tuple[Measures, ...]
    figures: tuple[FigurePlan, ...]
    phrase_seed: str


def origin_of(position: int) -> int:
    """The position of the document whose content this one shares: its own, or its sister's."""
    return position - 2 if position % FAMILY_CYCLE == 2 else position


def has_family(position: int, documents: int) -> bool:
    """Whether a document has a sister publication among the first `documents`."""
    return position % FAMILY_CYCLE == 2 or (position % FAMILY_CYCLE == 0 and position + 2 < documents)


def content_of(seed: int, position: int) -> Content:
    """The content of the document at a position; sisters have equal content."""
    origin = origin_of(position)
    rng = Random(f"content/{seed}/{origin}")
    kind = _kind_at(seed, origin)
    language = rng.choices(list(LANGUAGE_SHARES), list(LANGUAGE_SHARES.values()))[0]
    subjects = [_subject(kind, rng, first=_first_numeral(rng))]
    if kind.key not in DIAGRAM_KEYS and rng.random() < 0.3:
        diagram = rng.choice([other for other in KINDS if other.key in DIAGRAM_KEYS])
        last = max(_leading_number(text) for text in subjects[0].numerals.values())
        subjects.append(_subject(diagram, rng, first=(last // 100 + 1) * 100))
    measures = tuple(subject.kind.measures(rng) for subject in subjects)
    figures = _figures(subjects, measures, f"O{seed}-{origin:06d}", rng)
    return Content(language, tuple(subjects), measures, tuple(figures), f"phrases/{seed}/{origin}")


def _kind_at(seed: int, origin: int) -> ObjectKind:
    """The kind of the document. Kinds come in shuffled rounds, so that a small sample has many of them."""
    number = origin - (origin + FAMILY_CYCLE - 2 - 1) // FAMILY_CYCLE
    turn, place = divmod(number, len(KINDS))
    order = list(KINDS)
    Random(f"kinds/{seed}/{turn}").shuffle(order)
    return order[place]


def _first_numeral(rng: Random) -> int:
    return rng.choice((1, 10, 10, 10, 100, 100, 200, 300))


def _subject(kind: ObjectKind, rng: Random, *, first: int) -> Subject:
    """Number the parts in one of several usual ways; rarely, a drawn part is missing in the text."""
    keys = list(kind.parts)
    if kind.steps:
        base = rng.choice((100, 10, 200))
        step = 10 if base >= 100 and rng.random() < 0.4 else 1
        numerals = {key: f"S{base + i * step}" for i, key in enumerate(keys)}
    else:
        step = 1 if first < 10 else rng.choice((1, 2, 2, 2, 5 if first >= 100 else 2))
        texts = [str(first + i * step) for i in range(len(keys))]
        style = rng.random()
        if style < 0.3:
            texts = _with_suffixes(texts, ("a", "b"), rng)
        elif style < 0.4 and first >= 10:
            texts = _with_suffixes(texts, ("-1", "-2"), rng)
        numerals = dict(zip(keys, texts, strict=True))
    base_text = numerals[kind.variant_part]
    changed = f"{base_text}'" if rng.random() < 0.5 or kind.steps else str(_highest(numerals) + rng.choice((1, 2, 10)))
    numerals["variant"] = changed
    unmentioned = frozenset(rng.sample(keys[3:], 1)) if rng.random() < 0.12 else frozenset[str]()
    return Subject(kind, numerals, unmentioned - {kind.variant_part})


def _with_suffixes(texts: Sequence[str], suffixes: tuple[str, str], rng: Random) -> list[str]:
    """Replace two neighbours by numbers with suffixes of the one before: 12, 14, 16 → 12, 12a, 12b."""
    result = list(texts)
    at = rng.randrange(1, len(result) - 2)
    result[at + 1], result[at + 2] = result[at] + suffixes[0], result[at] + suffixes[1]
    return result


def _leading_number(text: str) -> int:
    digits = "".join(c if c.isdigit() else " " for c in text).split()
    return int(digits[0]) if digits else 0


def _highest(numerals: dict[str, str]) -> int:
    return max(_leading_number(text) for text in numerals.values())


def _figures(subjects: list[Subject], measures: Sequence[Measures], object_key: str, rng: Random) -> list[FigurePlan]:
    main = subjects[0].kind
    shots = [(0, view, False) for view in main.views[: rng.randint(2, len(main.views))]]
    if rng.random() < 0.6:
        shots.insert(rng.randint(1, len(shots)), (0, main.views[0], True))
    if len(subjects) > 1:
        shots.append((1, subjects[1].kind.views[0], False))
    lettered = rng.random() < 0.2
    figures = []
    for number, (which, view, variant) in enumerate(shots, start=1):
        label = str(number)
        if lettered and number <= 2:
            label = "1" + "AB"[number - 1]
        elif lettered:
            label = str(number - 1)
        figures.append(_figure(subjects[which], measures[which], label, view, variant, f"{object_key}/{which}", rng))
    return figures


def _figure(
    subject: Subject, measures: Measures, label: str, view: str, variant: bool, object_key: str, rng: Random
) -> FigurePlan:
    kind = subject.kind
    drawing = kind.draw(measures, view, variant)
    drawing.whole = kind.whole
    numerals = {part: subject.numerals[part] for part in drawing.marks if part in subject.numerals}
    for part in rng.sample(sorted(numerals), len(numerals) // 6):
        if part != kind.variant_part:
            del numerals[part]
    if variant and kind.variant_part in drawing.marks:
        numerals[kind.variant_part] = subject.numerals["variant"]
    if view == kind.views[0] or rng.random() < 0.3:
        numerals[kind.whole] = subject.numerals[kind.whole]
    return FigurePlan(label, drawing, numerals, kind.key, object_key, view, int(variant))


def pen_of(rng: Random) -> Pen:
    """A random drawing style."""
    return Pen(
        line_px=rng.choice((3.0, 3.5, 4.0, 4.5, 5.0)),
        typeface=rng.choices(list(Typeface), (4, 2, 1.5, 1.5, 1.5))[0],
        capital_px=rng.randint(36, 50),
        straight_leads=rng.random() < 0.45,
        dotted_leads=rng.random() < 0.25,
        numerals_in_boxes=rng.random() < 0.35,
    )


def _sideways_share(figures: Sequence[FigurePlan]) -> float:
    """The probability that a sheet is sideways: high for wide drawings, low for others."""
    left, top, right, bottom = figures[0].drawing.bounds()
    wide = len(figures) == 1 and (right - left) > 1.3 * (bottom - top)
    return 0.45 if wide else 0.1


def sheets_of(content: Content, rng: Random, label_format: str, max_sheets: int) -> list[SheetPlan]:
    """Lay out the figures on at most max_sheets sheets; figures without room are left out."""
    groups: list[list[FigurePlan]] = []
    waiting = list(content.figures)
    while waiting and len(groups) < max_sheets:
        count = 2 if len(waiting) >= 2 and rng.random() < 0.3 else 1
        groups.append(waiting[:count])
        waiting = waiting[count:]
    numbered, trimmed = rng.random() < 0.65, rng.random() < 0.3
    sideways = rng.choices((90, 270, 180), (0.58, 0.40, 0.02))[0]
    plans = []
    for number, group in enumerate(groups, start=1):
        rotation = sideways if rng.random() < _sideways_share(group) else 0
        wear = rng.choices(list(WEARS), list(WEARS.values()))[0]
        text = f"{number}/{len(groups)}" if numbered else ""
        width, height = 2200 + rng.randint(-70, 80), 3049 + rng.randint(-70, 80)
        plans.append(SheetPlan(tuple(group), width, height, rotation, wear, text, trimmed, label_format))
    return plans
