"""Fits, with what their pages show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annotations.models import FusionFit, Topic, TopicSet
from annotations.selectors.runs import FAILED
from search.models import WorkState


@dataclass(frozen=True, slots=True)
class FitRow:
    """A fit in a list. done, count: number of topics evaluated so far, and of all."""

    fit: FusionFit

    @property
    def done(self) -> int:
        return len(self.fit.evidence)

    @property
    def count(self) -> int:
        found: int = self.fit.fitted["topic_count"]
        return found

    @property
    def is_open(self) -> bool:
        return not self.fit.is_finished

    @property
    def has_failed(self) -> bool:
        return self.fit.state in FAILED

    @property
    def is_done(self) -> bool:
        return self.fit.state == WorkState.DONE

    @property
    def is_settled(self) -> bool:
        """Whether the fit and its run are finished, so that the page needs no refresh."""
        return not self.is_open and (self.fit.run is None or self.fit.run.is_finished)

    @property
    def percent(self) -> int:
        """The drawing's share of a fit that is done, in percent."""
        return _percent(self.fit.fitted["weight"])

    @property
    def text_percent(self) -> int:
        return 100 - self.percent

    @property
    def calibrated_percent(self) -> int:
        return _percent(self.fit.fitted["calibrated_share"])


@dataclass(frozen=True, slots=True)
class TopicRow:
    """Results of a topic of a fit. topic: None if it was deleted since."""

    number: str
    topic: Topic | None
    baseline: float
    held_out: float
    in_sample: float
    fold_percent: int

    @property
    def difference(self) -> float:
        """Held-out value minus baseline."""
        return self.held_out - self.baseline


def fits_listed(topic_set: TopicSet) -> list[FitRow]:
    """Return the fits of a topic set, newest first."""
    return [FitRow(fit) for fit in _fits_for_pages().filter(snapshot__topic_set=topic_set)]


def fit_for_page(fit_id: int) -> FusionFit | None:
    """Return a fit with what its page shows; None if it does not exist."""
    return _fits_for_pages().select_related("snapshot__topic_set").filter(pk=fit_id).first()


def topics_of_fit(fit: FusionFit) -> list[TopicRow]:
    """Return the results by topic of a fit that is done."""
    topics = {str(topic.number): topic for topic in fit.snapshot.topic_set.topics.all()}
    rows: list[dict[str, Any]] = fit.fitted["topics"]
    return [
        TopicRow(
            number=row["number"],
            topic=topics.get(row["number"]),
            baseline=row["baseline"],
            held_out=row["held_out"],
            in_sample=row["in_sample"],
            fold_percent=round(100 * row["fold_weight"]),
        )
        for row in rows
    ]


def _percent(share: float) -> int:
    return round(100 * share)


def _fits_for_pages() -> QuerySet[FusionFit]:
    return (
        FusionFit.objects.select_related("snapshot", "baseline", "run", "suggestion", "created_by")
        .defer("snapshot__content")
        .order_by("-pk")
    )
