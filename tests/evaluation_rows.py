"""Two runs over two topics that are judged, small enough to be worked out by hand; docstrings give the grades."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from annotations.models import QrelsSnapshot, Run, Session, TopicSet
from annotations.services.snapshots import snapshot_freeze
from search.models import Figure, Publication
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.factories import publication_make, user_make

GRADES = ((3, 0, 1, None), (0, 2, None, 0))
"""By topic, of the figures B1, B2, C1, C2; None for "cannot judge"."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Topics are the two figures of EP1234567A1; the run "one" found B1 B2 C1 C2, and "two" the same backwards.

    B1 and B2 are of EP2000002A1, C1 and C2 of EP2000003A1.
    """

    staff: User
    assessor: User
    topic_set: TopicSet
    one: Run
    two: Run
    session: Session
    snapshot: QrelsSnapshot
    figures: list[Figure]

    @property
    def runs(self) -> list[Run]:
        return [self.one, self.two]


def measured_make(staff: User | None = None) -> Measured:
    staff = staff or user_make("administrator", staff=True)
    assessor = user_make("anna")
    publication_make()
    for number in (2, 3):
        publication_make(f"EP200000{number}A1", title=f"Pump {number}")
    Publication.objects.exclude(reference="EP1234567A1").update(family_key="", application_number="")
    asked = list(Figure.objects.filter(sheet__publication__reference="EP1234567A1").order_by("pk"))
    figures = list(Figure.objects.exclude(pk__in=[one.pk for one in asked]).order_by("pk"))
    topic_set = topic_set_make(staff, asked)
    one = run_make(topic_set, figures, name="one")
    two = run_make(topic_set, figures[::-1], name="two", system="text")
    session = session_make(pool_make(topic_set, [one, two]), [assessor])
    order = {figure.pk: place for place, figure in enumerate(figures)}
    showings = session.assignments.get().showings.select_related("candidate__topic")
    for showing in showings:
        grades = GRADES[showing.candidate.topic.number - 1]
        judgment_make(showing, grades[order[showing.candidate.figure_id]])
    snapshot = snapshot_freeze(topic_set=topic_set, sessions=[session], name="first", frozen_by=staff)
    return Measured(staff, assessor, topic_set, one, two, session, snapshot, figures)
