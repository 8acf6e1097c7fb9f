"""The pages of evaluation: what they show, where their numbers lead, and what they refuse."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotations.models import QrelsSnapshot, Run, RunScores, TopicSet
from annotations.selectors.scores import ScoreOptions
from annotations.selectors.snapshots import content_sha256
from annotations.services.scores import scores_complete
from annotations.views import evaluation_pages
from search.models import Figure, IndexState, IndexVersion
from tests.annotation_rows import judgment_make, run_make, topic_set_make
from tests.evaluation_rows import Measured, measured_make
from tests.factories import user_make

pytestmark = pytest.mark.django_db
PAGES = ("table", "compare", "curves", "history", "snapshots")


@pytest.fixture(scope="module")
def measured_of_module(module_rows: None) -> Measured:
    return measured_make()


@pytest.fixture
def unscored(measured_of_module: Measured, db: None) -> Measured:
    cache.clear()
    return deepcopy(measured_of_module)


@pytest.fixture
def measured(unscored: Measured) -> Measured:
    """Runs that are scored with the usual options."""
    scores_complete(snapshot=unscored.snapshot, runs=unscored.runs, options=ScoreOptions())
    return unscored


@pytest.fixture
def client_of(unscored: Measured) -> Client:
    client = Client()
    client.force_login(unscored.staff)
    return client


def address(name: str, measured: Measured, query: str = "") -> str:
    return reverse(f"annotations:{name}", args=[measured.topic_set.pk]) + query


def scored(client: Client, measured: Measured, query: str = "") -> None:
    """Have all runs scored for the options of a query, as the page of the table does."""
    to = reverse("annotations:score", args=[measured.topic_set.pk])
    assert client.post(to, dict(parse_qsl(query.lstrip("?")))).status_code == 302


def text_of(answer: object) -> str:
    """What a page says, without its tags."""
    content = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


def test_a_newcomer_is_told_what_comes_next(measured: Measured, client_of: Client) -> None:
    bare = TopicSet.objects.create(name="Bare", created_by=measured.staff)
    run_less = topic_set_make(measured.staff, measured.figures[:1], name="Without runs")
    unpooled = topic_set_make(measured.staff, measured.figures[:1], name="Without pool")
    run_make(unpooled, measured.figures, name="r")
    page = client_of.get(reverse("annotations:evaluation"))
    said = {str(one.topic_set): str(one.next_step) for one in page.context["listed"]}
    assert said == {"Bare": "topics", "Without runs": "runs", "Without pool": "pool", "Pumps": "table"}
    assert reverse("annotations:topic-set", args=[bare.pk]) in page.content.decode()
    assert reverse("annotations:runs", args=[run_less.pk]) in page.content.decode()
    assert "8 of 8" in text_of(page)


def test_the_table_shows_means_and_leads_back_to_everything(measured: Measured, client_of: Client) -> None:
    page = client_of.get(address("table", measured))
    said = text_of(page)
    for shown in ("0.667", "0.417", "anna", "tests/visual", measured.snapshot.sha256[:12], "0.5000", "0.2048"):
        assert shown in said, shown
    content = page.content.decode()
    assert reverse("annotations:run", args=[measured.one.pk]) in content
    assert reverse("annotations:snapshot", args=[measured.snapshot.pk]) in content
    assert "docs/evaluation.md" in content
    assert "data-detectable" in content


def test_the_address_carries_everything(measured: Measured, client_of: Client) -> None:
    query = f"?snapshot={measured.snapshot.pk}&run={measured.one.pk}&unit=publication&from=2&k=7&measure=RR"
    scored(client_of, measured, query)
    page = client_of.get(address("table", measured, query))
    table = page.context["table"]
    assert [one.run for one in table.scored] == [measured.one]
    assert (table.options.unit, table.options.relevant_from, table.options.k, table.measure) == (
        "publication",
        2,
        7,
        "RR",
    )
    again = client_of.get(address("table", measured, page.context["address"]))
    assert again.context["address"] == page.context["address"]
    for name in ("curves", "history", "compare"):
        assert page.context["address"].replace("&", "&amp;") in page.content.decode(), name


def test_a_measure_at_the_old_depth_follows_the_new_one(measured: Measured, client_of: Client) -> None:
    scored(client_of, measured, "?k=20")
    page = client_of.get(address("table", measured, "?k=20&measure=nDCG%4050"))
    assert page.context["table"].measure == "nDCG@20"


@pytest.mark.parametrize(
    "query",
    [
        "?k=0",
        "?k=1001",
        "?k=x",
        "?k=99999999999999999999",
        "?from=4",
        "?from=-1",
        "?unit=sheet",
        "?measure=F1",
        "?k=%00",
    ],
)
@pytest.mark.parametrize("name", ["table", "table-json", "compare", "curves", "history"])
def test_options_that_cannot_be_are_refused_in_words(
    measured: Measured, client_of: Client, name: str, query: str
) -> None:
    page = client_of.get(address(name, measured, query))
    assert page.status_code == 400
    assert 'data-code="asked-wrongly"' in page.content.decode()


@pytest.mark.parametrize(
    "query", ["?snapshot=999999", "?snapshot=x", "?run=999999", "?run=%00", "?run=99999999999999999999", "?snapshot=-1"]
)
@pytest.mark.parametrize("name", ["table", "compare", "curves", "history", "table-csv"])
def test_qrels_and_runs_of_elsewhere_are_not_found(
    measured: Measured, client_of: Client, name: str, query: str
) -> None:
    assert client_of.get(address(name, measured, query)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_topic_set_that_is_not_there_is_not_found(measured: Measured, client_of: Client, name: str) -> None:
    assert client_of.get(reverse(f"annotations:{name}", args=[10**25])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_set_without_anything_says_what_is_missing(measured: Measured, client_of: Client, name: str) -> None:
    bare = TopicSet.objects.create(name="Bare", created_by=measured.staff)
    page = client_of.get(reverse(f"annotations:{name}", args=[bare.pk]))
    assert page.status_code == 200
    assert "yet" in text_of(page)


def test_without_a_relevant_figure_there_is_nothing_to_measure(measured: Measured, client_of: Client) -> None:
    content = measured.snapshot.content.replace('"grade":3', '"grade":1').replace('"grade":2', '"grade":1')
    QrelsSnapshot.objects.filter(pk=measured.snapshot.pk).update(content=content, sha256=content_sha256(content))
    scored(client_of, measured, "?from=3")
    for name in ("table", "curves", "history", "compare", "table-csv", "table-json"):
        page = client_of.get(address(name, measured, "?from=3"))
        assert (page.status_code, "data-scored" in page.content.decode()) == (200, False), name
    assert "data-empty" in client_of.get(address("table", measured, "?from=3")).content.decode()


def test_files_are_the_same_bytes_each_time(measured: Measured, client_of: Client) -> None:
    for suffix in ("csv", "json"):
        first = client_of.get(address(f"table-{suffix}", measured))
        RunScores.objects.all().delete()
        cache.clear()
        scored(client_of, measured)
        assert client_of.get(address(f"table-{suffix}", measured)).content == first.content
        assert first.headers["Content-Disposition"] == f'attachment; filename="table-{measured.topic_set.pk}.{suffix}"'
    table = client_of.get(address("table", measured)).context["table"]
    written = json.loads(client_of.get(address("table-json", measured)).content)
    for run, one in zip(written["runs"], table.scored, strict=True):
        for name in table.options.names:
            assert run["measures"][name]["mean"] == table.estimates[one.run.pk, name].mean


def test_damaged_qrels_are_a_fault_and_never_used(measured: Measured, client_of: Client) -> None:
    client_of.get(address("table", measured))
    QrelsSnapshot.objects.filter(pk=measured.snapshot.pk).update(content=measured.snapshot.content + " ")
    for name in ("table", "compare", "curves", "history", "table-csv"):
        page = client_of.get(address(name, measured))
        assert page.status_code == 409
        assert "does not have the hash" in text_of(page)
    assert "does not have the hash" in text_of(client_of.get(address("snapshots", measured)))
    one = client_of.get(reverse("annotations:snapshot", args=[measured.snapshot.pk]))
    assert "does not have the hash" in text_of(one)
    file = client_of.get(reverse("annotations:snapshot-file", args=[measured.snapshot.pk]))
    assert file.status_code == 409


@pytest.mark.parametrize("name", ["table", "table-csv", "table-json", "compare", "curves"])
def test_looking_at_runs_that_are_not_scored_scores_none_and_offers_to(
    unscored: Measured, client_of: Client, name: str
) -> None:
    for _ in range(2):
        page = client_of.get(address(name, unscored))
        assert (page.status_code, progress_of(page)) == (200, (0, 2))
    assert not RunScores.objects.exists()
    form = page.content.decode()
    assert f'action="{reverse("annotations:score", args=[unscored.topic_set.pk])}"' in form
    assert f'name="next" value="{address(name, unscored)}"' in form


def test_scoring_goes_on_where_it_was_until_its_page_can_be_shown(
    unscored: Measured, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation_pages, "BUDGET_SECONDS", 0.0)
    to, here = reverse("annotations:score", args=[unscored.topic_set.pk]), address("curves", unscored)
    first = client_of.post(to, {"next": here}, headers={"HX-Request": "true"})
    assert (progress_of(first), "<html" in first.content.decode()) == ((1, 2), False)
    assert progress_of(client_of.get(here)) == (1, 2)
    second = client_of.post(to, {"next": here}, headers={"HX-Request": "true"})
    assert (second.headers["HX-Redirect"], RunScores.objects.count()) == (here, 2)
    again = client_of.post(to, {"next": here})
    assert (again.status_code, again.headers["Location"], RunScores.objects.count()) == (302, here, 2)
    assert len(client_of.get(here).context["lines"]) == 2


@pytest.mark.parametrize("elsewhere", ["", "https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_scoring_leads_to_no_other_site(unscored: Measured, client_of: Client, elsewhere: str) -> None:
    to = reverse("annotations:score", args=[unscored.topic_set.pk])
    answer = client_of.post(to, {"next": elsewhere, "k": "7"})
    assert answer.headers["Location"].startswith(address("table", unscored, "?"))
    assert client_of.get(answer.headers["Location"]).context["table"].options.k == 7


def test_scoring_what_cannot_be_is_refused(unscored: Measured, client_of: Client) -> None:
    to = reverse("annotations:score", args=[unscored.topic_set.pk])
    for sent, status, code in (
        ({"k": "0"}, 400, "asked-wrongly"),
        ({"run": "999999"}, 404, "not-found"),
        ({"snapshot": "999999"}, 404, "not-found"),
    ):
        answer = client_of.post(to, sent)
        assert (answer.status_code, f'data-code="{code}"' in answer.content.decode()) == (status, True)
    bare = TopicSet.objects.create(name="Bare", created_by=unscored.staff)
    nothing = client_of.post(reverse("annotations:score", args=[bare.pk]))
    assert (nothing.status_code, 'data-code="nothing-to-measure"' in nothing.content.decode()) == (400, True)
    QrelsSnapshot.objects.filter(pk=unscored.snapshot.pk).update(content=unscored.snapshot.content + " ")
    assert client_of.post(to).status_code == 409
    assert not RunScores.objects.exists()


def progress_of(page: object) -> tuple[int, int]:
    """Runs that are scored, and that there are, as the page of the progress has them."""
    found = re.search(r'data-scored="(\d+)" data-runs="(\d+)"', page.content.decode())  # type: ignore[attr-defined]
    assert found
    return int(found[1]), int(found[2])


def test_a_pair_is_shown_topic_by_topic(measured: Measured, client_of: Client) -> None:
    page = client_of.get(address("compare", measured, f"?one={measured.two.pk}&other={measured.one.pk}"))
    assert [row.difference.topic for row in page.context["rows"]] == ["2", "1"]
    assert page.context["rows"][1].left + page.context["rows"][1].width == 50
    assert "Choose a topic" in text_of(page)
    opened = client_of.get(address("compare", measured, "?topic=1"))
    assert opened.context["lists"].one.run == measured.one
    assert reverse("search:figure", args=[measured.figures[0].pk]) in opened.content.decode()
    assert "unjudged" in text_of(opened)


def test_a_fragment_is_the_topic_alone(measured: Measured, client_of: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "topic"}
    page = client_of.get(address("compare", measured, "?topic=2"), headers=headers)
    assert page.status_code == 200
    assert "<html" not in page.content.decode()
    assert "Need 2" in text_of(page)
    assert "HX-Request" in page.headers["Vary"]
    for wrong in ("", "9", "x", "²", "9" * 30, "-1"):
        lost = client_of.get(address("compare", measured), {"topic": wrong}, headers=headers)
        assert lost.status_code == 404, wrong


def test_a_run_is_not_compared_with_itself(measured: Measured, client_of: Client) -> None:
    same = client_of.get(address("compare", measured, f"?one={measured.one.pk}&other={measured.one.pk}"))
    assert same.status_code == 400
    assert 'data-code="asked-wrongly"' in same.content.decode()
    assert client_of.get(address("compare", measured, "?one=999")).status_code == 404
    assert client_of.get(address("compare", measured, "?topic=77")).status_code == 404


def test_retired_figures_have_their_place_without_a_link(measured: Measured, client_of: Client) -> None:
    Figure.objects.filter(pk=measured.figures[0].pk).update(retired_at=timezone.now())
    page = client_of.get(address("compare", measured, "?topic=1"))
    assert 'class="gone"' in page.content.decode()
    assert reverse("search:figure", args=[measured.figures[0].pk]) not in page.content.decode()


def test_an_uploaded_drawing_is_not_shown_to_other_administrators(measured: Measured, client_of: Client) -> None:
    measured.topic_set.topics.filter(number=1).update(figure=None, image="topics/secret.png")
    mine = client_of.get(address("compare", measured, "?topic=1")).content.decode()
    picture = reverse("annotations:topic-image", args=[measured.topic_set.pk, 1])
    assert picture in mine
    other = Client()
    other.force_login(user_make("second administrator", staff=True))
    theirs = other.get(address("compare", measured, "?topic=1")).content.decode()
    assert picture not in theirs
    assert "is-withheld" in theirs


def test_curves_and_distributions_have_their_numbers_beside_them(measured: Measured, client_of: Client) -> None:
    page = client_of.get(address("curves", measured))
    line = page.context["lines"][0]
    # Topic 1: precision 1 up to recall 0.5, then 2/3; topic 2: 1/2 all along.
    assert line.precisions[0] == pytest.approx(0.75)
    assert line.precisions[-1] == pytest.approx((2 / 3 + 1 / 2) / 2)
    said = text_of(page)
    for shown in ("0.750", "0.583", "0.833", "0.500"):
        assert shown in said, shown
    assert "topic=1" in page.content.decode()


def test_a_system_over_time_marks_other_encoders(measured: Measured, client_of: Client) -> None:
    version = IndexVersion.objects.create(
        modality="visual", encoder_key="tests/new", dim=8, kind="exact", figure_count=4711, state=IndexState.ACTIVE
    )
    later = run_make(measured.topic_set, measured.figures[::-1], name="one-later")
    Run.objects.filter(pk=later.pk).update(
        encoder_keys={"visual": "tests/new"},
        index_versions={"visual": version.pk},
        created_at=timezone.now() + timedelta(days=30),
    )
    scored(client_of, measured)
    page = client_of.get(address("history", measured))
    points = page.context["points"]
    assert [(one.scored.run.name, one.is_new_encoder) for one in points] == [("one", False), ("one-later", True)]
    assert points[1].figure_count == 4711
    assert [one.estimate.mean for one in points] == pytest.approx([2 / 3, 5 / 12])
    assert page.context["pieces"] == []  # no line joins two encoders
    assert "other encoders" in text_of(page)
    chosen = client_of.get(address("history", measured, f"?system={measured.two.pk}"))
    assert [one.scored.run.name for one in chosen.context["points"]] == ["two"]
    assert client_of.get(address("history", measured, "?system=x")).status_code == 404


@pytest.mark.parametrize("name", ["table", "compare", "curves", "history", "snapshots"])
def test_more_runs_topics_and_qrels_take_no_more_queries(
    measured: Measured, client_of: Client, name: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    query = "?topic=1" if name == "compare" else ""

    def count() -> int:
        scored(client_of, measured)
        client_of.get(address(name, measured, query))  # the foot's models are cached
        with CaptureQueriesContext(connection) as found:
            client_of.get(address(name, measured, query))
        return len(found)

    before = count()
    for number in range(3):
        run_make(measured.topic_set, measured.figures, name=f"more-{number}")
    assert count() == before
    with django_assert_max_num_queries(40):
        client_of.get(address(name, measured, query))


def test_the_overview_takes_as_many_queries_for_many_sets(measured: Measured, client_of: Client) -> None:
    with CaptureQueriesContext(connection) as before:
        client_of.get(reverse("annotations:evaluation"))
    for number in range(4):
        topic_set_make(measured.staff, measured.figures[:1], name=f"Set {number}")
    with CaptureQueriesContext(connection) as after:
        client_of.get(reverse("annotations:evaluation"))
    assert len(after) == len(before)


def test_judgments_given_later_change_nothing_that_is_frozen(measured: Measured, client_of: Client) -> None:
    before = client_of.get(address("table-json", measured)).content
    for showing in measured.session.assignments.get().showings.all():
        judgment_make(showing, 3)
    assert client_of.get(address("table-json", measured)).content == before
