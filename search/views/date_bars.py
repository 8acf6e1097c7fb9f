"""Publications over time as bars: of years, or of longer or shorter spans, each a link to its span."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from search.question import Question
from search.selectors.filter_counts import Counted

MOST_BARS = 16
TALLEST = 40
SPANS_MONTHS = (1, 12, 60, 120, 600)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class DateBar:
    """A span of months with how many publications are of it. height: 0 to TALLEST; top + height = TALLEST."""

    name: str
    count: int
    height: int
    address: str

    @property
    def top(self) -> int:
        return TALLEST - self.height

    @property
    def short(self) -> str:
        """The end of the name, for under a narrow bar: "May", "18", "10s"."""
        return self.name[:3] if self.name[:1].isalpha() else f"’{self.name[2:4]}"


def date_bars(question: Question, days: Sequence[Counted]) -> tuple[DateBar, ...]:
    """Bars that cover the publications between the dates of the question: of months, years, 5, 10 or 50 years."""
    first, last = question.filters.get("date_from", ""), question.filters.get("date_to", "9999-12-31")
    counts: Counter[int] = Counter()
    for day in days:
        if first <= day.value <= last:
            counts[_month(day.value)] += day.count
    if not counts:
        return ()
    least, most = min(counts), max(counts)
    span = next((span for span in SPANS_MONTHS if most // span - least // span < MOST_BARS), SPANS_MONTHS[-1])
    starts = range(least // span * span, most + 1, span)
    totals = [sum(count for month, count in counts.items() if start <= month < start + span) for start in starts]
    tallest = max(totals)
    return tuple(
        DateBar(
            name=_name(start, span),
            count=total,
            height=max(2, round(TALLEST * total / tallest)) if total else 0,
            address=_between(question, start, start + span),
        )
        for start, total in zip(starts, totals, strict=True)
    )


def _month(day: str) -> int:
    """Months since the year 0."""
    year, month, _ = map(int, day.split("-"))
    return year * 12 + month - 1


def _name(start: int, span: int) -> str:
    year = start // 12
    if span == 1:
        return f"{MONTHS[start % 12]} {year}"
    return str(year) if span == 12 else f"{year}–{year + span // 12 - 1}"


def _between(question: Question, start: int, end: int) -> str:
    """The question between two months, the second excluded, within the dates that it has already."""
    first = datetime.date(max(start // 12, 1), start % 12 + 1, 1).isoformat()
    last = "9999-12-31"
    if end // 12 <= datetime.MAXYEAR:
        last = (datetime.date(end // 12, end % 12 + 1, 1) - datetime.timedelta(days=1)).isoformat()
    filters = {
        **question.filters,
        "date_from": max(first, question.filters.get("date_from", "")),
        "date_to": min(last, question.filters.get("date_to", last)),
    }
    return replace(question, filters=filters).address
