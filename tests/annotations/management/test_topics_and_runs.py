"""Topic sets and runs by commands: the same draw as on the page, every run done or the reason told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotations.management.commands import make_runs
from annotations.models import Run, TopicSet
from annotations.selectors.document_numbers import numbers_of_figures
from annotations.selectors.draws import Draw, topics_drawn
from annotations.services.answering import run_process
from search.management.services import ServiceCommand
from search.models import Figure, FigureEmbedding
from tests.annotation_collection import collection_make, index_reopen, standing_in
from tests.factories import user_make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def collection(module_rows: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Figure]]:
    with standing_in(tmp_path_factory.mktemp("indexes")):
        yield collection_make(without_text=2)


@pytest.fixture(autouse=True)
def _within_the_services_of_the_tests(collection: list[Figure], db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands start the services of the home, and a worker; here those of the tests run, and this process answers."""

    def handle(self: ServiceCommand, *args: Any, **options: Any) -> None:
        result = self.run(**options)
        self.stdout.write(json.dumps(result, default=str))
        if self.fault(result):
            raise CommandError(self.fault(result))

    monkeypatch.setattr(ServiceCommand, "handle", handle)
    monkeypatch.setattr(make_runs, "worker_for", lambda queue: nullcontext())
    monkeypatch.setattr(make_runs, "enqueue_run", lambda run_id: run_process(run_id=run_id))
    index_reopen(monkeypatch)


def called(*command: str) -> dict[str, Any]:
    out = StringIO()
    call_command(*command, "--json", stdout=out, stderr=StringIO())
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_a_set_is_drawn_as_the_page_draws_it() -> None:
    user_make("chief", staff=True)
    answer = called("draw_topics", "Five", "--seed", "7", "--topics", "5", "--reserve", "5", "--by", "chief")
    drawn = topics_drawn(Draw(seed=7, topic_count=5, reserved_count=5))
    numbers = numbers_of_figures([figure.pk for figure in drawn.figures])
    assert [topic["figure"] for topic in answer["topics"]] == [numbers[figure.pk] for figure in drawn.figures]
    assert answer["reserved"] == [publication.reference for publication in drawn.reserved]
    assert TopicSet.objects.get(pk=answer["id"]).created_by.username == "chief"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--seed", "7", "--topics", "99"), "Only 12 figures"),
        (("--seed", "-1"), "seed"),
        (("--seed", "1", "--country", "Mars"), "Mars"),
        (("--seed", "1", "--topics", "2", "--by", "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_drawn_fails_with_what_is_wrong(options: tuple[str, ...], named: str) -> None:
    with pytest.raises(CommandError, match=named):
        called("draw_topics", "None", *options)
    assert not TopicSet.objects.exists()


def test_the_four_systems_are_run_and_reported_with_their_settings() -> None:
    called("draw_topics", "Five", "--seed", "7", "--topics", "5")
    answer = called("make_runs", "Five", "--wait")
    assert [run["run"] for run in answer["runs"]] == ["visual", "text", "max", "avg"]
    assert {run["state"] for run in answer["runs"]} == {"done"}
    assert len({run["sha256"] for run in answer["runs"]}) == 4
    assert answer["runs"][0]["encoder_keys"] == {"text": "tests/text@0", "visual": "tests/visual@0"}
    weighted = called("make_runs", "Five", "--wait", "--systems", "rrf", "--weights", "25", "75", "--depth", "7")
    assert [(run["run"], run["weight"]) for run in weighted["runs"]] == [
        ("rrf", None),
        ("weighted-25", 0.25),
        ("weighted-75", 0.75),
    ]


def test_a_run_that_fails_fails_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    called("draw_topics", "Five", "--seed", "7", "--topics", "5")
    FigureEmbedding.objects.filter(figure=TopicSet.objects.get().topics.get(number=2).figure).delete()
    with pytest.raises(CommandError, match="visual failed"):
        called("make_runs", "Five", "--wait", "--systems", "visual")
    assert "Topic 2" in Run.objects.get().error_detail
