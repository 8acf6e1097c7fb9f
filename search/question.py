"""A question, and how an address spells it: all of a query is in the query string, so that back, reload and bookmark
ask the same. Uploaded pictures and long texts are named by the key of their Material.

    image=UUID, figure=PK, publication=REFERENCE   what to search with (each may come several times)
    like=PK, unlike=PK                             more like this, less like this
    text=…, passage=UUID, patent_xml=UUID          words beside or instead
    ipc, cpc, date_from, … (search.filters), family=1   which figures may be found
    by=weighted|max|rrf, weight=0…100, top=…       how hits are ranked; the search stays the same
    group=publication|family|figure                show the best figure of each

A picture may be cropped, turned and mirrored, in this order: `12~c1000-2500-5000-4000~r90~m` is figure 12, the part
from 10 % and 25 %, half as wide and 40 % as high, turned clockwise by 90 degrees and then mirrored left to right.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass, field, replace
from typing import Literal

from django.http import QueryDict

from engine.errors import Problem
from engine.ranking.fusion import Fusion
from search.filters import FILTERS, MOST_ALTERNATIVES, filters_read, filters_written
from search.numbers import key_written, whole_number

LONGEST_TEXT = 20_000
LONGEST_TEXT_IN_ADDRESS = 1500  # longer ones are kept as a Material; servers and browsers limit an address
MOST_HITS = 500
USUAL_HITS = 50
MOST_EXAMPLES = 40
GROUPS = ("publication", "family", "figure")
RANKINGS = (Fusion.WEIGHTED, Fusion.MAX, Fusion.RRF)
TENTHOUSANDTHS = 10_000
_PICTURE = re.compile(
    r"(?P<key>[0-9a-f-]{1,36})(~c(?P<region>\d{1,5}-\d{1,5}-\d{1,5}-\d{1,5}))?(~r(?P<turn>90|180|270))?(?P<mirrored>~m)?"
)
_REFERENCE = re.compile(r"[A-Z0-9]{1,25}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a question: an uploaded image (key of its Material) or a figure (its primary key).

    region: left, top, width, height in ten-thousandths of the stored picture, None for all of it. It is cut first,
    then turned clockwise by `turn` degrees, then mirrored left to right.
    """

    source: Literal["image", "figure"]
    key: str
    region: tuple[int, int, int, int] | None = None
    turn: int = 0
    mirrored: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it is the stored picture as it is."""
        return self.region is None and not self.turn and not self.mirrored

    @property
    def token(self) -> str:
        """How an address names it."""
        region = "~c" + "-".join(map(str, self.region)) if self.region else ""
        return f"{self.key}{region}{f'~r{self.turn}' if self.turn else ''}{'~m' if self.mirrored else ''}"

    def turned(self) -> Picture:
        """Return the picture turned a quarter clockwise, as it is seen."""
        return replace(self, turn=(self.turn + (270 if self.mirrored else 90)) % 360)

    def flipped(self) -> Picture:
        """Return the picture mirrored left to right, as it is seen."""
        return replace(self, mirrored=not self.mirrored)


@dataclass(frozen=True, slots=True)
class Question:
    """A question. weight: the drawing's share in percent, where `by` is weighted."""

    examples: tuple[Picture, ...] = ()
    publications: tuple[str, ...] = ()
    liked: tuple[Picture, ...] = ()
    disliked: tuple[Picture, ...] = ()
    text: str = ""
    passage: str = ""
    patent_xml: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    include_family: bool = False
    by: Fusion = Fusion.WEIGHTED
    weight: int = 50
    top: int = USUAL_HITS
    group: str = GROUPS[0]

    @classmethod
    def parse(cls, query: QueryDict) -> tuple[Question, list[Problem]]:
        """Return the question of an address or form, and its problems: one for each part that is wrong.

        A wrong part is left out of the question, so that the user need not enter the rest again. A wrong text stays,
        without NUL characters, to be corrected where it stands.
        """
        return _Parsing(query).result()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search with."""
        return not (self.examples or self.publications or self.liked or self.text or self.passage)

    @property
    def search_key(self) -> str:
        """SHA-256 of the question without its ranking: equal keys find the same figures."""
        return hashlib.sha256(question_as_query(self, ranking=False).encode()).hexdigest()

    @property
    def address(self) -> str:
        """The whole question as a query string."""
        return question_as_query(self)

    @property
    def ranking(self) -> Question:
        """An empty question with the same ranking and grouping; its address is that part of this one's."""
        return Question(by=self.by, weight=self.weight, top=self.top, group=self.group)

    def ranked_as(self, other: Question) -> Question:
        """Return this question, ranked and grouped as the other one."""
        return replace(self, by=other.by, weight=other.weight, top=other.top, group=other.group)

    @property
    def fusion(self) -> tuple[Fusion, float]:
        """The ranking and the drawing's share of it, 0 to 1."""
        ends = {0: Fusion.TEXT, 50: Fusion.AVG, 100: Fusion.VISUAL}
        how = ends.get(self.weight, Fusion.WEIGHTED) if self.by is Fusion.WEIGHTED else self.by
        return how, self.weight / 100


def question_from_query(query: QueryDict) -> Question:
    """Return the question of an address. Raises Problem, naming the first part that is wrong."""
    question, problems = Question.parse(query)
    for problem in problems:
        raise problem
    return question


def question_as_query(question: Question, *, ranking: bool = True) -> str:
    """Return the canonical query string; without the ranking it names the search alone."""
    query = QueryDict(mutable=True)
    for picture in question.examples:
        query.appendlist(picture.source, picture.token)
    query.setlist("publication", list(question.publications))
    query.setlist("like", [picture.token for picture in question.liked])
    query.setlist("unlike", [picture.token for picture in question.disliked])
    for name, value in (("text", question.text), ("passage", question.passage), ("patent_xml", question.patent_xml)):
        if value:
            query[name] = value
    for name in FILTERS:
        if question.filters.get(name):
            query[name] = question.filters[name]
    if question.include_family:
        query["family"] = "1"
    if ranking:
        if question.by is not Fusion.WEIGHTED:
            query["by"] = question.by.value
        if question.weight != 50:
            query["weight"] = str(question.weight)
        if question.top != USUAL_HITS:
            query["top"] = str(question.top)
        if question.group != GROUPS[0]:
            query["group"] = question.group
    return query.urlencode()


def question_ranked_by(question: Question, modality: str) -> Question:
    """Return the question ranked as command line and API name it: visual, text, avg, max or rrf."""
    shares = {Fusion.VISUAL: 100, Fusion.TEXT: 0}
    how = Fusion(modality)
    by = how if how in RANKINGS else Fusion.WEIGHTED
    return replace(question, by=by, weight=shares.get(how, 50), group="figure")


def picture_from_token(source: Literal["image", "figure"], token: str) -> Picture:
    """Return the picture that a token of an address names. Raises Problem if it names none."""
    found = _PICTURE.fullmatch(token)
    if found is None or not _is_key(source, found["key"]):
        raise Problem("picture", f"“{token[:60]}” is not a picture. Choose the drawing again.")
    region = None
    if found["region"]:
        left, top, width, height = map(int, found["region"].split("-"))
        if not (width and height) or left + width > TENTHOUSANDTHS or top + height > TENTHOUSANDTHS:
            raise Problem("region", f"“{token[:60]}” is not a part of the picture. Mark the part again.")
        region = (left, top, width, height)
    return Picture(source, found["key"], region, int(found["turn"] or 0), bool(found["mirrored"]))


def _is_key(source: str, key: str) -> bool:
    if source == "figure":
        return key_written(key) is not None
    return is_material_key(key)


def is_material_key(value: str) -> bool:
    """Whether it is a UUID as keys of Materials are written."""
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False


class _Parsing:
    """The parsing of one address or form; collects the problems on the way."""

    def __init__(self, query: QueryDict) -> None:
        self._query = query
        self._problems: list[Problem] = []

    def result(self) -> tuple[Question, list[Problem]]:
        query = self._query
        question = Question(
            examples=self._pictures("image") + self._pictures("figure"),
            publications=self._publications(),
            liked=self._pictures("like"),
            disliked=self._pictures("unlike"),
            text=self._text(),
            passage=self._material_key("passage"),
            patent_xml=self._material_key("patent_xml"),
            filters=self._filters(),
            include_family=query.get("family", "") in ("1", "on"),
            by=next((ranking for ranking in RANKINGS if ranking.value == query.get("by", "")), Fusion.WEIGHTED),
            weight=self._number("weight", 50, 0, 100),
            top=self._number("top", USUAL_HITS, 1, MOST_HITS),
            group=group if (group := query.get("group", "")) in GROUPS else GROUPS[0],
        )
        return question, self._problems

    def _wrong(self, code: str, detail: str) -> None:
        self._problems.append(Problem(code, detail))

    def _pictures(self, name: str) -> tuple[Picture, ...]:
        pictures: dict[Picture, None] = {}
        for token in filter(None, self._query.getlist(name)):
            try:
                pictures[picture_from_token("image" if name == "image" else "figure", token)] = None
            except Problem as problem:
                self._problems.append(problem)
        if len(pictures) > MOST_EXAMPLES:
            self._wrong("too-many", f"A query takes at most {MOST_EXAMPLES} pictures; leave some out.")
        return tuple(pictures)[:MOST_EXAMPLES]

    def _publications(self) -> tuple[str, ...]:
        references: dict[str, None] = {}
        for value in filter(None, self._query.getlist("publication")):
            reference = "".join(value.split()).upper()
            if _REFERENCE.fullmatch(reference):
                references[reference] = None
            else:
                detail = f"“{value[:40]}” is not a publication number. Write it as EP1234567A1."
                self._wrong("publication", detail)
        return tuple(references)

    def _text(self) -> str:
        written = self._query.get("text", "")
        text = written.replace("\0", "").strip()
        if "\0" in written:
            self._wrong("text-nul", "The text contains a NUL character; remove it.")
        if len(text) > LONGEST_TEXT:
            detail = f"The text has {len(text):,} characters; shorten it to {LONGEST_TEXT:,} or fewer."
            self._wrong("text-too-long", detail)
        return text

    def _material_key(self, name: str) -> str:
        key = self._query.get(name, "")
        if not key or is_material_key(key):
            return key
        self._wrong(name, f"“{key[:40]}” is not the key of an upload. Upload it again.")
        return ""

    def _filters(self) -> dict[str, str]:
        filters, faults = filters_read(filters_written(self._query))
        for name, detail in faults.items():
            self._wrong(name, detail)
            values = self._query.getlist(name)
            if FILTERS[name].takes_several and len(values) > 1:  # those of the ticked values that are right stay
                right = [value for value in values[:MOST_ALTERNATIVES] if not filters_read({name: value})[1]]
                filters |= filters_read({name: ",".join(right)})[0]
        return filters

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        value = self._query.get(name, "")
        number = whole_number(value, least=least, most=most) if value else default
        if number is None:
            self._wrong(name, f"{name} must be a whole number from {least} to {most}.")
            return default
        return number
