"""Freezing: what is counted, that the same state is the same text, and what is refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone

from annotations.models import Facet, QrelsSnapshot, Ruling, Session, TopicSet
from annotations.selectors.document_numbers import numbers_of_figures
from annotations.selectors.snapshots import (
    SnapshotDamaged,
    name_proposed,
    snapshot_qrels,
    snapshot_row,
    snapshot_summary,
)
from annotations.services.sessions import session_delete
from annotations.services.snapshots import snapshot_freeze
from engine.errors import Problem
from search.models import Figure, Publication
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.factories import publication_make, user_make
from tests.overlapping import second_during_first

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Judging:
    """One topic, four figures of other publications, and two assessors."""

    staff: User
    topic_set: TopicSet
    session: Session
    figures: list[Figure]

    def judge(self, assessor: str, *grades: int | None, **fields: int) -> None:
        """The assessor's grades of the figures in their order; None for "cannot judge"."""
        showings = self.session.assignments.get(assessor__username=assessor).showings.filter(is_repeat=False)
        for showing, grade in zip(showings.order_by("candidate__figure"), grades, strict=False):
            judgment_make(showing, grade, **fields)

    def rule(
        self, place: int, grade: int | None, *, cannot_judge: bool = False, session: Session | None = None
    ) -> None:
        one = session or self.session
        candidate = one.pool.candidates.get(figure=self.figures[place])
        Ruling.objects.create(
            client_id=uuid.uuid4(),
            session=one,
            candidate=candidate,
            adjudicator=self.staff,
            grade=grade,
            cannot_judge=cannot_judge,
        )

    def freeze(
        self, name: str = "first", facet: str = Facet.OVERALL, sessions: list[Session] | None = None
    ) -> QrelsSnapshot:
        chosen = [self.session] if sessions is None else sessions
        return snapshot_freeze(topic_set=self.topic_set, sessions=chosen, name=name, facet=facet, frozen_by=self.staff)

    def grades(self, snapshot: QrelsSnapshot) -> list[int | None]:
        numbers = numbers_of_figures([one.pk for one in self.figures])
        grades = snapshot_qrels(snapshot).grades("1")
        return [grades[numbers[one.pk]] for one in self.figures]


def judging_make() -> Judging:
    staff = user_make("administrator", staff=True)
    publication_make()
    for number in (2, 3):
        publication_make(f"EP200000{number}A1")
    Publication.objects.exclude(reference="EP1234567A1").update(family_key="", application_number="")
    asked = Figure.objects.filter(sheet__publication__reference="EP1234567A1").first()
    figures = list(Figure.objects.exclude(sheet__publication__reference="EP1234567A1").order_by("pk"))
    topic_set = topic_set_make(staff, [asked] if asked else [])
    pool = pool_make(topic_set, [run_make(topic_set, figures)])
    session = session_make(pool, [user_make("anna"), user_make("bert")], repeats=2, facets=True)
    return Judging(staff, topic_set, session, figures)


@pytest.fixture
def judging(db: None) -> Judging:
    return judging_make()


def test_the_same_state_frozen_twice_is_the_same_row_and_hash(judging: Judging) -> None:
    judging.judge("anna", 3, 0, 1, 2)
    first = judging.freeze()
    assert judging.freeze() == first
    assert judging.freeze("again").sha256 == first.sha256
    assert QrelsSnapshot.objects.count() == 2
    assert list(first.sessions.all()) == [judging.session]


def test_frozen_qrels_stay_as_they_were(judging: Judging) -> None:
    judging.judge("anna", 3, 0, 1, 2)
    first = judging.freeze()
    judging.judge("anna", 0, 0, 0, 0)
    assert judging.grades(QrelsSnapshot.objects.get(pk=first.pk)) == [3, 0, 1, 2]
    with pytest.raises(Problem) as refused:
        judging.freeze()
    assert refused.value.code == "name-taken"
    assert judging.grades(judging.freeze("second")) == [0, 0, 0, 0]


def test_a_figure_is_settled_to_the_lower_median_and_cannot_judge_is_no_grade(judging: Judging) -> None:
    judging.judge("anna", 3, 0, None, 2)
    judging.judge("bert", 2, 0, None)
    snapshot = judging.freeze()
    assert judging.grades(snapshot) == [2, 0, None, 2]
    counts = snapshot_summary(snapshot).counts
    assert (counts.pooled, counts.judged, counts.unjudged, counts.cannot_judge, counts.overlap) == (4, 3, 1, 1, 3)
    assert counts.by_grade == ((0, 1), (1, 0), (2, 2), (3, 0))


def test_repeats_have_no_part_in_the_qrels(judging: Judging) -> None:
    judging.judge("anna", 1, 1, 1, 1)
    repeat = judging.session.assignments.get(assessor__username="anna").showings.filter(is_repeat=True)[0]
    judgment_make(repeat, 3)
    assert judging.grades(judging.freeze()) == [1, 1, 1, 1]


def test_the_newest_ruling_holds_and_one_that_says_nothing_takes_it_back(judging: Judging) -> None:
    judging.judge("anna", 3, 3, 3, 3)
    judging.rule(0, 1)
    judging.rule(0, 0)
    judging.rule(1, None, cannot_judge=True)
    judging.rule(2, 0)
    judging.rule(2, None)
    snapshot = judging.freeze()
    assert judging.grades(snapshot) == [0, None, 3, 3]
    figures = snapshot_qrels(snapshot).topics["1"].figures.values()
    assert sorted(grade for one in figures for grade in one.originals.values() if grade is not None) == [3, 3, 3, 3]
    assert snapshot.last_ruling == Ruling.objects.latest("sequence").pk


def test_sessions_of_one_topic_set_are_united_and_the_newest_ruling_of_all_holds(judging: Judging) -> None:
    judging.judge("anna", 3, 3, 0, 0)
    pool = pool_make(judging.topic_set, [judging.topic_set.runs.get()], depth=2, name="depth 2")
    other = session_make(pool, [user_make("carla"), User.objects.get(username="bert")], name="Second session")
    for showing, grade in zip(other.assignments.get(assessor__username="carla").showings.all(), (1, 0), strict=False):
        judgment_make(showing, grade)
    judging.rule(1, 2)
    judging.rule(1, 1, session=other)
    snapshot = judging.freeze(sessions=[other, judging.session])
    assert judging.grades(snapshot) == [1, 1, 0, 0]
    assert snapshot_qrels(snapshot).assessors == ["anna", "carla"]
    assert judging.freeze("other order", sessions=[judging.session, other]).sha256 == snapshot.sha256


def test_a_facet_has_its_own_grades(judging: Judging) -> None:
    showings = judging.session.assignments.get(assessor__username="anna").showings.order_by("candidate__figure")
    for showing, looks in zip(showings.filter(is_repeat=False), (3, None, 0), strict=False):
        judgment_make(showing, 1, looks=looks)
    assert judging.grades(judging.freeze("looks", Facet.LOOKS)) == [3, None, 0, None]
    with pytest.raises(Problem, match=r"^nothing-judged: .*works alike"):
        judging.freeze("works", Facet.WORKS)


def test_figures_retired_later_stay_judged(judging: Judging) -> None:
    judging.judge("anna", 3, 0, 1, 2)
    before = judging.freeze()
    Figure.objects.update(retired_at=timezone.now())
    assert judging.freeze("after").sha256 == before.sha256


@pytest.mark.parametrize(("name", "code"), [("", "no-name"), ("x" * 121, "no-name"), ("a\0b", "no-name")])
def test_a_name_that_cannot_be_is_refused(judging: Judging, name: str, code: str) -> None:
    judging.judge("anna", 3)
    with pytest.raises(Problem) as refused:
        judging.freeze(name)
    assert refused.value.code == code


def test_nothing_judged_is_refused_in_words(judging: Judging) -> None:
    with pytest.raises(Problem, match=r"^nothing-judged: "):
        judging.freeze()
    with pytest.raises(Problem, match=r"^no-session: "):
        judging.freeze(sessions=[])
    judging.judge("anna", None, None)
    with pytest.raises(Problem, match=r"^nothing-judged: "):
        judging.freeze()
    assert not QrelsSnapshot.objects.exists()


def test_sessions_of_another_topic_set_are_refused(judging: Judging) -> None:
    other = topic_set_make(judging.staff, judging.figures[:1], name="Others")
    with pytest.raises(Problem) as refused:
        snapshot_freeze(topic_set=other, sessions=[judging.session], name="x", frozen_by=judging.staff)
    assert refused.value.code == "other-topics"


def test_a_text_that_is_not_its_hashs_is_never_read(judging: Judging) -> None:
    judging.judge("anna", 3, 0)
    snapshot = judging.freeze()
    QrelsSnapshot.objects.filter(pk=snapshot.pk).update(content=snapshot.content.replace('"grade":3', '"grade":2'))
    damaged = QrelsSnapshot.objects.get(pk=snapshot.pk)
    with pytest.raises(SnapshotDamaged):
        snapshot_qrels(damaged)
    assert snapshot_row(damaged).summary is None
    assert "backup" in snapshot_row(damaged).fault


def test_a_proposed_name_is_free(judging: Judging) -> None:
    judging.judge("anna", 3)
    proposed = name_proposed(judging.topic_set, [judging.session])
    judging.freeze(proposed)
    again = name_proposed(judging.topic_set, [judging.session])
    assert again == f"{proposed} 2"
    assert "looks alike" in name_proposed(judging.topic_set, [judging.session], Facet.LOOKS)


@pytest.fixture
def committed(transactional_db: None) -> Iterator[Judging]:
    yield judging_make()


def test_two_who_freeze_at_once_get_one_row(committed: Judging) -> None:
    committed.judge("anna", 3, 0, 1, 2)

    def freeze(_: int) -> tuple[int, int]:
        try:
            snapshot = committed.freeze()
            return snapshot.pk, snapshot.sessions.count()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        found = set(threads.map(freeze, range(12)))
    assert found == {(QrelsSnapshot.objects.get().pk, 1)}


@pytest.mark.parametrize("is_frozen_first", [True, False])
def test_a_session_is_frozen_with_others_or_deleted_and_never_both(committed: Judging, is_frozen_first: bool) -> None:
    committed.judge("anna", 3, 0, 1, 2)
    untouched = session_make(committed.session.pool, [user_make("cleo")], name="untouched")
    acts = [
        lambda: committed.freeze(sessions=[committed.session, untouched]),
        lambda: session_delete(session=untouched),
    ]
    _, refused = second_during_first(*(acts if is_frozen_first else acts[::-1]))
    if is_frozen_first:
        assert isinstance(refused, Problem) and refused.code == "judged-already", refused
        assert QrelsSnapshot.objects.get().sessions.count() == 2
    else:
        assert isinstance(refused, Problem) and refused.code == "session-gone", refused
        assert not QrelsSnapshot.objects.exists()
