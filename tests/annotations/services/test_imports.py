"""Runs and qrels that come in: what is kept, what is left out and said, that twice is once, and what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.db import connections

from annotations.models import QrelsSnapshot, RankedList, Run, System, TopicSet
from annotations.selectors.exports import qrels_file, run_file
from annotations.selectors.runs import run_content
from annotations.selectors.snapshots import snapshot_qrels
from annotations.services.imports import qrels_import, run_import
from engine.errors import Problem
from engine.evaluation.qrels import RULE_IMPORTED, Ruled, qrels_from_text
from engine.evaluation.relatives import Relatives
from search.models import Figure, Publication, Verdict, WorkState
from tests.annotation_rows import run_make, topic_set_make
from tests.factories import publication_make, user_make

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Importing:
    """Two topics, EP1A1/1.1/1 and EP2A1/1.1/1; EP3A1 is of the first's family, EP6A1 is reserved."""

    staff: User
    topic_set: TopicSet

    def run(self, text: str, name: str = "", file_format: str = "trec") -> Run:
        return run_import(
            topic_set=self.topic_set, name=name, data=text.encode(), file_format=file_format, imported_by=self.staff
        )

    def qrels(self, text: str, name: str = "theirs", file_format: str = "trec") -> QrelsSnapshot:
        return qrels_import(
            topic_set=self.topic_set, name=name, data=text.encode(), file_format=file_format, imported_by=self.staff
        )


def set_make() -> Importing:
    staff = user_make("staff", staff=True)
    publications = [publication_make(f"EP{place}A1", sheets=2) for place in range(1, 7)]
    Publication.objects.update(family_key="", application_number="")
    Publication.objects.filter(reference__in=["EP1A1", "EP3A1"]).update(family_key="F")
    asked = [Figure.objects.get(sheet__publication=one, sheet__position=0) for one in publications[:2]]
    topic_set = topic_set_make(staff, asked)
    topic_set.reserved.add(publications[5])
    return Importing(staff, topic_set)


@pytest.fixture
def importing() -> Importing:
    return set_make()


def figure(number: str) -> int:
    return Figure.objects.get(
        sheet__publication__reference=number.split("/")[0], sheet__position=int(number.split("/")[1][0]) - 1
    ).pk


RUN = """1 Q0 EP4A1/1.1/1 1 0.9 theirs
1 Q0 EP4A1/2.1/1 3 0.5 theirs
1 Q0 EP5A1/1.1/1 2 0.7 theirs
2 Q0 EP1A1/1.1/1 1 3 theirs
"""


def test_a_run_comes_in_finished_ordered_by_score_and_never_changes(importing: Importing) -> None:
    run = importing.run(RUN)
    assert (run.name, run.system, run.state, run.verdict) == (
        "theirs",
        System.IMPORTED,
        WorkState.DONE,
        Verdict.ACCEPTED,
    )
    assert (run.depth, run.note, run.encoder_keys) == (3, "", {})
    assert run.finished_at is not None
    first, second = run.lists.order_by("topic__number")
    assert first.figure_ids == [figure("EP4A1/1.1/1"), figure("EP5A1/1.1/1"), figure("EP4A1/2.1/1")]
    assert first.scores == pytest.approx([0.9, 0.7, 0.5])
    assert (second.figure_ids, second.scores) == ([figure("EP1A1/1.1/1")], [3.0])


def test_the_hash_of_an_imported_run_is_the_one_of_its_lists(importing: Importing) -> None:
    run = importing.run(RUN)
    assert run.sha256 == hashlib.sha256(run_content(run)).hexdigest()


def test_the_same_file_twice_is_the_same_run(importing: Importing) -> None:
    first, second = importing.run(RUN), importing.run("\n".join(reversed(RUN.splitlines())))
    assert first == second
    assert (Run.objects.count(), RankedList.objects.count()) == (1, 2)
    assert importing.run(RUN, name="again") != first


def test_another_run_under_a_taken_name_is_refused(importing: Importing) -> None:
    importing.run(RUN)
    with pytest.raises(Problem, match=r"^name-taken: .* theirs "):
        importing.run("1 Q0 EP4A1/1.1/1 1 0.9 theirs\n")
    run_make(importing.topic_set, [], name="visual")
    with pytest.raises(Problem, match=r"^name-taken: .* visual "):
        importing.run(RUN, name="visual")


def test_relatives_and_reserved_figures_are_left_out_and_counted(importing: Importing) -> None:
    relatives = "1 Q0 EP1A1/2.1/1 1 5 x\n1 Q0 EP3A1/1.1/1 1 4 x\n1 Q0 EP6A1/1.1/1 1 3 x\n1 Q0 EP4A1/1.1/1 1 2 x\n"
    run = importing.run(relatives)
    assert run.lists.get(topic__number=1).figure_ids == [figure("EP4A1/1.1/1")]
    assert run.note.startswith("3 figures ")
    assert "topic 2," in run.note
    assert run.lists.get(topic__number=2).figure_ids == []
    assert run.verdict == Verdict.WARNED


def test_a_run_goes_out_and_comes_in_unchanged_in_every_format(importing: Importing) -> None:
    run = importing.run(RUN)
    for file_format in ("trec", "csv", "json"):
        again = importing.run(run_file(run, file_format).text, file_format=file_format)
        assert again == run


@pytest.mark.parametrize(
    ("text", "name", "file_format", "code", "named"),
    [
        (
            "1 Q0 EP9A1/1.1/1 1 1 x\n1 Q0 nothing 2 0 x\n",
            "",
            "trec",
            "unknown-figures",
            "'EP9A1/1.1/1', 'nothing' (2",
        ),
        ("".join(f"1 Q0 f{place} 1 1 x\n" for place in range(9)), "", "trec", "unknown-figures", "'f4' and more (9"),
        ("3 Q0 EP4A1/1.1/1 1 1 x\n", "", "trec", "file-refused", "'3'"),
        ("1 Q0 EP4A1/1.1/1 1 1\n", "", "trec", "file-refused", "Line 1"),
        ("1 Q0 EP4A1/1.1/1 1 1 über\n", "", "trec", "name", "60"),
        (RUN, "a run", "trec", "name", "60"),
        (RUN, "x" * 61, "trec", "name", "60"),
        (RUN, "", "xml", "format", "trec, csv, json"),
        ("1 Q0 EP1A1/2.1/1 1 1 x\n", "", "trec", "nothing-found", "1 figure "),
        ('{"schema": "patentsearch-run/1", "topics": []}', "x", "json", "nothing-found", ""),
        (
            '{"schema": "patentsearch-run/1", "topics": [{"number": 1, "figures": [{"figure": "\\u0000", "score": 1}]}'
            "]}",
            "x",
            "json",
            "unknown-figures",
            "(1 in all)",
        ),
    ],
)
def test_a_run_that_cannot_come_in_is_refused_whole(
    importing: Importing, text: str, name: str, file_format: str, code: str, named: str
) -> None:
    with pytest.raises(Problem) as refused:
        importing.run(text, name, file_format)
    assert refused.value.code == code
    assert named in refused.value.detail
    assert Run.objects.count() == 0


def test_a_set_without_topics_takes_no_run() -> None:
    importing = set_make()
    empty = TopicSet.objects.create(name="empty", created_by=importing.staff)
    with pytest.raises(Problem, match=r"^no-topics: .*empty"):
        Importing(importing.staff, empty).run(RUN)


QRELS = """1 0 EP4A1/1.1/1 3
1 0 EP5A1/1.1/1 -1
1 0 EP3A1/1.1/1 2
2 0 EP4A1/1.1/1 0
"""


def test_qrels_come_in_frozen_with_the_relatives_of_the_collection(importing: Importing) -> None:
    snapshot = importing.qrels(QRELS)
    qrels = snapshot_qrels(snapshot)
    assert qrels.grades("1") == {"EP4A1/1.1/1": 3, "EP5A1/1.1/1": None}
    assert qrels.grades("2") == {"EP4A1/1.1/1": 0}
    assert qrels.topics["1"].relatives == Relatives("EP1A1", "F")
    assert qrels.topics["1"].title == "Need 1"
    assert qrels.reserved == {"EP6A1"}
    assert qrels.rule.startswith(f"{RULE_IMPORTED}; 1 figure was left out")
    assert (snapshot.facet, snapshot.sessions.count()) == ("overall", 0)


def test_the_same_qrels_twice_are_the_same_snapshot_and_others_are_refused(importing: Importing) -> None:
    first = importing.qrels(QRELS)
    assert importing.qrels("\n".join(reversed(QRELS.splitlines()))) == first
    with pytest.raises(Problem, match=r"^name-taken: "):
        importing.qrels("1 0 EP4A1/1.1/1 1\n")
    assert QrelsSnapshot.objects.count() == 1


def test_qrels_go_out_as_json_and_come_in_byte_for_byte_with_originals_and_rulings(importing: Importing) -> None:
    text = importing.qrels(QRELS).content
    read = json.loads(text)
    read["topics"][0]["figures"][0] |= {
        "originals": {"ann": 1, "bob": None},
        "ruling": {"grade": 3, "adjudicator": "eve"},
    }
    read["facet"] = "looks"
    snapshot = importing.qrels(json.dumps(read), "with originals", "json")
    figure = snapshot_qrels(snapshot).topics["1"].figures["EP4A1/1.1/1"]
    assert (figure.originals, figure.ruling) == ({"ann": 1, "bob": None}, Ruled(3, "eve"))
    assert snapshot.facet == "looks"
    again = importing.qrels(qrels_file(snapshot, "json").text, "again", "json")
    assert again.content.encode() == snapshot.content.encode()
    assert again.sha256 == snapshot.sha256


def test_qrels_go_out_and_come_in_as_trec_and_csv(importing: Importing) -> None:
    snapshot = importing.qrels("1 0 EP4A1/1.1/1 3\n1 0 EP5A1/1.1/1 -1\n")
    for file_format in ("trec", "csv"):
        assert importing.qrels(qrels_file(snapshot, file_format).text, file_format=file_format) == snapshot


def test_the_relatives_that_a_file_names_is_not_believed(importing: Importing) -> None:
    read = json.loads(importing.qrels("1 0 EP4A1/1.1/1 3\n").content)
    read["topics"][0]["figures"][0]["kin"] = ["EP1A1", "F", ""]
    read["topics"][0]["kin"] = None
    kept = qrels_from_text(importing.qrels(json.dumps(read), "other", "json").content)
    assert kept.topics["1"].figures["EP4A1/1.1/1"].relatives == Relatives("EP4A1")


@pytest.mark.parametrize(
    ("text", "file_format", "code", "named"),
    [
        ("1 0 EP9A1/1.1/1 1\n", "trec", "unknown-figures", "'EP9A1/1.1/1' (1"),
        ("1 0 EP4A1/1.1/1 -1\n", "trec", "nothing-judged", ""),
        ("1 0 EP1A1/2.1/1 3\n", "trec", "nothing-judged", "1 figure "),
        ("topic,figure,grade\n1,EP4A1/1.1/1,high\n", "csv", "file-refused", "Line 2"),
        ("{}", "json", "file-refused", "schema"),
        ("1 0 EP4A1/1.1/1 1\n", "xml", "format", "trec, csv, json"),
    ],
)
def test_qrels_that_cannot_come_in_are_refused(
    importing: Importing, text: str, file_format: str, code: str, named: str
) -> None:
    with pytest.raises(Problem) as refused:
        importing.qrels(text, file_format=file_format)
    assert refused.value.code == code
    assert named in refused.value.detail
    assert QrelsSnapshot.objects.count() == 0


@pytest.mark.parametrize(("change", "told"), [({"facet": "smell"}, "facet"), ({"topics": None}, "list")])
def test_json_qrels_of_another_kind_are_refused(importing: Importing, change: dict[str, object], told: str) -> None:
    read = json.loads(importing.qrels(QRELS).content) | change
    with pytest.raises(Problem, match=told):
        importing.qrels(json.dumps(read), "other", "json")


def test_json_qrels_of_other_topics_are_refused(importing: Importing) -> None:
    read = json.loads(importing.qrels(QRELS).content)
    read["topics"][0]["number"] = "77"
    with pytest.raises(Problem, match=r"^file-refused: .*'77'"):
        importing.qrels(json.dumps(read), "other", "json")


def test_a_name_that_is_none_is_refused(importing: Importing) -> None:
    with pytest.raises(Problem, match=r"^no-name: "):
        importing.qrels(QRELS, name=" ")


@pytest.fixture
def closed_connections() -> Iterator[None]:
    yield
    connections.close_all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["run", "qrels"])
def test_two_people_who_bring_the_same_file_at_once_make_one_row(what: str, closed_connections: None) -> None:
    importing = set_make()

    def bring(_: int) -> int:
        try:
            act: Callable[[], Run | QrelsSnapshot] = (
                (lambda: importing.run(RUN)) if what == "run" else (lambda: importing.qrels(QRELS))
            )
            return act().pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as people:
        assert len(set(people.map(bring, range(4)))) == 1
    assert (Run if what == "run" else QrelsSnapshot).objects.count() == 1
