"""Runs and qrels in and out by commands, and what evaluate makes of them."""

from __future__ import annotations

import json
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from annotations.models import QrelsSnapshot, Run, TopicSet
from annotations.services.imports import qrels_import, run_import
from search.management.services import ServiceCommand
from search.models import Figure, Publication
from tests import independent_measures
from tests.annotation_rows import topic_set_make
from tests.factories import publication_make, user_make

pytestmark = pytest.mark.django_db

OURS = (
    "1 Q0 EP3A1/1.1/1 1 0.9 ours\n1 Q0 EP4A1/1.1/1 1 0.8 ours\n1 Q0 EP5A1/1.1/1 1 0.8 ours\n2 Q0 EP4A1/1.1/1 1 1 ours\n"
)
THEIRS = "1 Q0 EP5A1/1.1/1 1 3 theirs\n1 Q0 EP4A1/1.1/1 1 2 theirs\n2 Q0 EP3A1/1.1/1 1 1 theirs\n"
QRELS = """1 0 EP3A1/1.1/1 2
1 0 EP4A1/1.1/1 0
1 0 EP5A1/1.1/1 1
2 0 EP3A1/1.1/1 3
2 0 EP4A1/1.1/1 -1
3 0 EP4A1/1.1/1 0
"""


@pytest.fixture(autouse=True)
def the_services_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands start the services of the home; here those of the tests run, and their schema is there."""
    monkeypatch.setattr(ServiceCommand, "handle", _handle)
    assert connection.settings_dict["NAME"].startswith("test_")


def _handle(self: ServiceCommand, *args: Any, **options: Any) -> None:
    result = self.run(**options)
    if options["json"]:
        self.stdout.write(json.dumps(result, ensure_ascii=False, default=str))


@pytest.fixture
def topic_set() -> TopicSet:
    for place in range(1, 6):
        publication_make(f"EP{place}A1", sheets=1)
    Publication.objects.update(family_key="", application_number="")
    figures = Figure.objects.order_by("sheet__publication__reference")
    return topic_set_make(user_make("staff", staff=True), [*figures[:2], figures[0]])


@pytest.fixture
def judged(topic_set: TopicSet) -> QrelsSnapshot:
    staff = topic_set.created_by
    for text in (OURS, THEIRS):
        run_import(topic_set=topic_set, name="", data=text.encode(), file_format="trec", imported_by=staff)
    return qrels_import(topic_set=topic_set, name="gold", data=QRELS.encode(), file_format="trec", imported_by=staff)


def called(*arguments: str) -> dict[str, Any]:
    """The JSON of a command."""
    out = StringIO()
    call_command(*arguments, "--json", stdout=out, stderr=StringIO())
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def test_what_is_exported_can_be_imported_by_commands(judged: QrelsSnapshot, tmp_path: Path) -> None:
    run, qrels = tmp_path / "run.txt", tmp_path / "qrels.txt"
    sha256 = called("export_run", "ours", "--output", str(run))["sha256"]
    assert called("import_run", str(run), "--topic-set", "Pumps", "--name", "again")["sha256"] == sha256
    again = Run.objects.get(name="again")
    assert (again.created_by.username, again.created_by.is_active) == ("command-line", False)
    for file_format in ("trec", "csv", "json"):
        told = called("export_qrels", "gold", "--format", file_format, "--output", str(qrels))
        assert told["sha256"] == judged.sha256
        name = ["--name", file_format, "--format", file_format]
        brought = called("import_qrels", str(qrels), "--topic-set", str(judged.topic_set_id), *name, "--by", "staff")
        assert brought["sha256"] == judged.sha256


def test_without_output_a_file_goes_to_standard_output_alone(judged: QrelsSnapshot) -> None:
    out, err = StringIO(), StringIO()
    call_command("export_qrels", str(judged.pk), stdout=out, stderr=err)
    assert out.getvalue() == QRELS
    with pytest.raises(CommandError, match=r"--json .*--output"):
        called("export_qrels", "gold")


def test_a_table_keeps_its_line_ends(judged: QrelsSnapshot, tmp_path: Path) -> None:
    called("export_run", "ours", "--format", "csv", "--output", str(tmp_path / "run.csv"))
    assert (
        (tmp_path / "run.csv").read_bytes().startswith(b"topic,rank,figure,score,run\r\n1,1,EP3A1/1.1/1,0.9,ours\r\n")
    )


def test_a_file_comes_from_standard_input(topic_set: TopicSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(OURS.encode())))
    assert called("import_run", "-", "--topic-set", "Pumps")["figures"] == 4


def test_document_numbers_go_out_as_a_table(topic_set: TopicSet, tmp_path: Path) -> None:
    path = tmp_path / "documents.csv"
    assert called("export_documents", "--output", str(path))["figures"] == 5
    assert path.read_text().splitlines()[1].startswith("EP1A1/1.1/1,EP1A1,1,")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["export_run", "nothing"], r"run 'nothing' .* \d+ theirs, \d+ ours"),
        (["export_run", "9" * 30], f"run '{'9' * 30}'"),
        (["export_qrels", "nothing"], "qrels snapshot 'nothing'"),
        (["export_qrels", "gold", "--output", "/nowhere/at/all"], "/nowhere/at/all"),
        (["import_run", "/nowhere", "--topic-set", "Pumps"], "/nowhere: "),
        (["import_run", "/nowhere", "--topic-set", "Cars"], "topic set 'Cars'"),
        (["import_run", "/dev/null", "--topic-set", "Pumps"], "The file is empty"),
        (["import_run", "/dev/null", "--topic-set", "Pumps", "--by", "nobody"], "user 'nobody'"),
        (["import_qrels", "/dev/null", "--topic-set", "Pumps", "--name", "x"], "The file is empty"),
        (["evaluate", "--protocol", "qrels"], "--protocol qrels .*--snapshot"),
        (["evaluate", "--protocol", "qrels", "--snapshot", "gold", "--run", "x"], "run 'x'"),
        (["evaluate", "--protocol", "qrels", "--snapshot", "gold", "--relevant-from", "0"], "--relevant-from"),
        (["evaluate", "--k", "0"], "--k"),
        (["evaluate"], "no embedded figures"),
        (["evaluate", "--protocol", "groups"], "no embedded figures"),
    ],
)
def test_a_command_that_fails_names_what_is_wrong(judged: QrelsSnapshot, arguments: list[str], named: str) -> None:
    with pytest.raises(CommandError, match=named):
        call_command(*arguments, stdout=StringIO(), stderr=StringIO())


def test_evaluate_says_of_runs_what_plain_python_says_of_their_files(judged: QrelsSnapshot) -> None:
    result = called("evaluate", "--protocol", "qrels", "--snapshot", "gold", "--k", "2")
    assert (result["topics"], result["without_relevant"]) == (3, ["3"])
    assert result["snapshot"]["sha256"] == judged.sha256
    qrels = independent_measures.qrels_read(QRELS)
    for name, text in (("ours", OURS), ("theirs", THEIRS)):
        lists = independent_measures.run_read(text)
        found = result["modalities"][name]
        for topic in ("1", "2"):
            expected = independent_measures.measures_of(lists[topic], qrels[topic], 2)
            assert found["topics"][topic] == pytest.approx(expected, abs=1e-8)
        means = {measure: sum(found["topics"][topic][measure] for topic in "12") / 2 for measure in found["measures"]}
        assert found["measures"] == pytest.approx(means, abs=1e-8)
        assert (found["map"], found["queries"], found["k"]) == (found["measures"]["AP@2"], 2, 2)
        assert found["ci"][0] <= found["map"] <= found["ci"][1]
        assert found["made_with"]["sha256"] == Run.objects.get(name=name).sha256
    # By hand: ours finds both of two, as of equal scores the later name goes first, and nothing of the second topic;
    # theirs finds one of two at rank 1, and one of one.
    assert result["modalities"]["ours"]["map"] == 0.5
    assert result["modalities"]["theirs"]["map"] == 0.75
    (pair,) = result["comparisons"]
    assert (pair["first"], pair["second"], pair["difference"]["mean"]) == ("ours", "theirs", -0.25)


def test_evaluate_takes_named_runs_a_unit_and_a_threshold(judged: QrelsSnapshot) -> None:
    options = ["--run", "ours", "--run", "ours", "--unit", "publication", "--relevant-from", "2"]
    result = called("evaluate", "--protocol", "qrels", "--snapshot", "gold", *options)
    assert list(result["modalities"]) == ["ours"]
    assert (result["unit"], result["relevant_from"]) == ("publication", 2)
    assert result["modalities"]["ours"]["map"] == 0.5


def test_the_same_snapshot_is_evaluated_to_the_same_text(judged: QrelsSnapshot) -> None:
    texts = set()
    for _ in range(2):
        out = StringIO()
        call_command("evaluate", "--protocol", "qrels", "--snapshot", "gold", "--json", stdout=out)
        texts.add(out.getvalue())
    assert len(texts) == 1


def test_evaluate_tells_people_a_line_for_each_run(judged: QrelsSnapshot) -> None:
    out = StringIO()
    call_command("evaluate", "--protocol", "qrels", "--snapshot", "gold", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("ours   mAP@50 0.5000 [")  # by the whole of a short list
    assert lines[-1].startswith("1 of 3 topics")


def test_a_name_in_several_sets_asks_for_the_number(judged: QrelsSnapshot) -> None:
    other = topic_set_make(judged.created_by, [Figure.objects.get(sheet__publication__reference="EP2A1")], name="2024")
    run_import(
        topic_set=other, name="ours", data=THEIRS.replace("2 Q0", "1 Q0").encode(), file_format="trec",
        imported_by=judged.created_by,
    )  # fmt: skip
    with pytest.raises(CommandError, match=r"run 'ours'; give its number: one of \d+, \d+"):
        call_command("export_run", "ours", stdout=StringIO())
    out = StringIO()
    call_command("export_run", "ours", "--topic-set", "2024", stdout=out)  # a name that looks like a number
    assert "EP3A1" in out.getvalue()
