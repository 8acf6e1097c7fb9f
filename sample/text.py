"""Generate the text of a patent: sentences with known reference signs and figure mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from engine.patents.publication import Section
from sample.kinds.model import ObjectKind, Term
from sample.language import (
    DIMENSIONS,
    FIGURE_WORDS,
    LISTS,
    RANGE_WORDS,
    REMARKS,
    SHOW,
    TEXTS,
    VERBS,
    VIEWS,
    phrase,
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A reference sign in the text."""

    text: str


@dataclass(frozen=True, slots=True)
class FigureMention:
    """A mention of figures. text: as printed. labels: all figures that are meant."""

    text: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitedPatent:
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class Formula:
    """An image in the text, which text extraction leaves out."""

    number: int
    text: str = ""


Piece = str | Sign | FigureMention | CitedPatent | Formula


@dataclass(frozen=True, slots=True)
class Sentence:
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)

    def spans(self) -> list[tuple[int, int, Piece]]:
        """The pieces that are not plain text, with their characters [start, end)."""
        spans: list[tuple[int, int, Piece]] = []
        at = 0
        for piece in self.pieces:
            length = len(piece if isinstance(piece, str) else piece.text)
            if not isinstance(piece, str):
                spans.append((at, at + length, piece))
            at += length
        return spans


@dataclass(frozen=True, slots=True)
class TextParagraph:
    """A paragraph, heading or claim; its text is its sentences joined by one space."""

    section: Section
    number: str
    sentences: tuple[Sentence, ...]
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """An object with its reference signs: part → sign. The variant's part has its own sign."""

    kind: ObjectKind
    numerals: Mapping[str, str]
    unmentioned: frozenset[str] = frozenset()

    def term(self, part: str) -> Term:
        return self.kind.variant if part == "variant" else self.kind.parts[part]

    def sayable(self) -> list[str]:
        """The parts that the text names, the whole object first."""
        return [part for part in self.numerals if part not in self.unmentioned and part != "variant"]


@dataclass(frozen=True, slots=True)
class FigureNote:
    """What the text must mention of a figure. parts: those numbered in it."""

    label: str
    subject: Subject
    view: str
    variant: bool
    parts: tuple[str, ...]


_SLOT = re.compile(r"\{(\w)\.([\w'à]+)\}|@(fig|figs|cite|claim)\b|\{(show|view)\}|#")


class Writer:
    """Fills templates in the language of one document."""

    def __init__(self, language: str, rng: Random, *, brackets: bool, number_pool: Sequence[int]) -> None:
        self.language = language
        self.rng = rng
        self.brackets = brackets
        self.number_pool = number_pool
        self.figure_words = rng.choice(FIGURE_WORDS[language])
        self.texts = TEXTS[language]

    def sentence(
        self,
        template: str,
        subject: Subject,
        parts: Mapping[str, str],
        *,
        labels: tuple[str, ...] = (),
        view: str = "",
        signs: bool = True,
        brackets: bool | None = None,
    ) -> Sentence:
        """Fill a template. parts: slot letter → part of the subject. signs: False leaves reference signs out."""
        pieces: list[Piece] = []
        numbers = sorted(self.rng.sample(sorted(set(self.number_pool)), template.count("#")))
        at = 0
        for match in _SLOT.finditer(template):
            pieces.append(template[at : match.start()])
            at = match.end()
            slot, form, special, word = match.groups()
            if slot:
                pieces.append(phrase(subject.term(parts[slot]), form, self.language))
                sign = subject.numerals.get(parts[slot])
                if signs and sign is not None:
                    pieces.extend(self._sign(sign, self.brackets if brackets is None else brackets))
            elif special in ("fig", "figs"):
                pieces.append(self._mention(labels))
            elif special == "cite":
                number = f"{self.rng.randint(100, 999)} {self.rng.randint(100, 999)}"
                pieces.append(CitedPatent(f"EP 0 {number} A1", "EP0" + number.replace(" ", "") + "A1"))
            elif special == "claim":
                pieces.append("1")
            elif word:
                show = SHOW[self.language][len(labels) > 1]
                pieces.append(VIEWS[self.language][view] if word == "view" else show)
            else:
                pieces.append(str(numbers.pop(0)))
        pieces.append(template[at:])
        return Sentence(tuple(piece for piece in pieces if piece != ""))

    @staticmethod
    def _sign(sign: str, brackets: bool) -> tuple[Piece, ...]:
        return (" (", Sign(sign), ")") if brackets else (" ", Sign(sign))

    def _mention(self, labels: tuple[str, ...]) -> FigureMention:
        one, several = self.figure_words
        if len(labels) == 1:
            return FigureMention(one + labels[0], labels)
        joint = RANGE_WORDS[self.language][len(labels) == 2]
        return FigureMention(f"{several}{labels[0]}{joint}{labels[-1]}", labels)


def describe(
    writer: Writer, subject: Subject, notes: Sequence[FigureNote], *, formula: bool
) -> Iterator[list[Sentence] | str]:
    """The description: each item is a heading or the sentences of a paragraph."""
    texts, say, whole = writer.texts, writer.sentence, subject.kind.whole
    main = next((part for part in subject.sayable() if part != whole), whole)
    headings = texts["headings"].split("|")
    yield headings[0]
    yield [say(texts["field"], subject, {"a": whole, "b": main}, signs=False)]
    yield headings[1]
    yield [
        say(texts["art"], subject, {"a": whole}, signs=False),
        say(texts["cited"], subject, {"a": whole}, signs=False),
    ]
    yield [say(texts["object"], subject, {"a": whole, "b": main}, signs=False)]
    yield headings[2]
    yield [say(texts["drawings"], subject, {})]
    for note in notes:
        template = texts["caption_variant" if note.variant else "caption"]
        parts = {"a": note.subject.kind.whole, "v": "variant"}
        yield [say(template, note.subject, parts, labels=(note.label,), view=note.view, signs=False)]
    yield headings[3]
    same = [note.label for note in notes if note.subject is subject and not note.variant]
    # A range includes every figure between its ends, so it is used only when all are of the same object.
    if len(same) > 1 and same == [note.label for note in notes[: len(same)]] and all(label.isdigit() for label in same):
        yield [say(texts["figures_intro"], subject, {"a": whole}, labels=tuple(same))]
    spoken: set[str] = set()
    for note in notes:
        yield from _figure_paragraphs(writer, note, notes, spoken)
    if formula:
        first = say(texts["formula"], subject, {"a": main})
        after = say(texts["formula_after"], subject, {})
        yield [Sentence((*first.pieces, " ", Formula(1), *after.pieces))]
    yield [say(texts["numbered"], subject, {"a": main}), say(texts["closing"], subject, {})]


def _figure_paragraphs(
    writer: Writer, note: FigureNote, notes: Sequence[FigureNote], spoken: set[str]
) -> Iterator[list[Sentence]]:
    subject, rng, texts, say = note.subject, writer.rng, writer.texts, writer.sentence
    parts = [part for part in note.parts if part in subject.sayable() and part != subject.kind.whole]
    whole = subject.kind.whole
    rng.shuffle(parts)
    if note.variant:
        other = next(n for n in notes if n.subject is subject and not n.variant)
        yield [
            say(texts["variant"], subject, {"v": "variant"}, labels=(note.label,)),
            say(texts["variant_other"], subject, {"a": (parts or [whole])[0]}, labels=(other.label,)),
        ]
        return
    opening = [say(texts["intro"], subject, {"a": whole}, labels=(note.label,), view=note.view)]
    if len(parts) >= 2 and rng.random() < 0.6:
        slots = {"a": whole, "b": parts[0], "c": parts[1]}
        opening = [say(texts["intro_with"], subject, slots, labels=(note.label,))]
    if len(parts) >= 3:
        template = rng.choice(LISTS[writer.language])
        opening.append(say(template, subject, dict(zip("abc", rng.sample(parts, 3), strict=True))))
    yield opening
    remarks = REMARKS[writer.language] + (DIMENSIONS[writer.language] if subject.kind.tangible else ())
    relations = [relation for relation in subject.kind.relations if relation not in spoken]
    body: list[Sentence] = []
    for relation in relations:
        a, verb, b = relation.split()
        if not {a, b} <= set(subject.sayable()) or not {a, b} & set(parts):
            continue
        spoken.add(relation)
        body.append(say(rng.choice(VERBS[writer.language][verb]), subject, {"a": a, "b": b}))
        if rng.random() < 0.35:
            body.append(say(rng.choice(remarks), subject, {"a": rng.choice((a, b))}))
        if len(body) >= 4:
            yield body
            body = []
    if len(parts) >= 2 and rng.random() < 0.5:
        body.append(say(texts["as_shown"], subject, {"a": parts[-1], "b": parts[-2]}, labels=(note.label,)))
    if body:
        yield body


def claims(writer: Writer, subject: Subject, count: int) -> list[Sentence]:
    """The claims, each one sentence without its number, reference signs in brackets."""
    parts = [part for part in subject.sayable() if part != subject.kind.whole]
    chosen = {slot: part for slot, part in zip("abcde", (subject.kind.whole, *(parts * 2)[:4]), strict=True)}
    texts = writer.texts
    result = [writer.sentence(texts["claim"], subject, chosen, brackets=True)]
    for number in range(1, count):
        slots = {"a": subject.kind.whole, "b": parts[number % len(parts)]}
        result.append(writer.sentence(texts["dependent"], subject, slots, brackets=True))
    return result


def abstract(writer: Writer, subject: Subject) -> Sentence:
    """The abstract, without reference signs."""
    parts = [part for part in subject.sayable() if part != subject.kind.whole]
    slots = {"a": subject.kind.whole, "b": parts[0], "c": parts[-1]}
    return writer.sentence(writer.texts["abstract"], subject, slots, signs=False)
