"""Drawings side by side: what the page says without scripts, whose they are, and what wrong addresses meet."""

from __future__ import annotations

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from search.models import Figure, PartName, Query
from search.services.shortlists import entry_keep, shortlist_current
from tests.factories import publication_make, query_make, user_make
from tests.html import html_of

ADDRESS = "/compare/"


@pytest.fixture
def figures(db: None) -> list[Figure]:
    """Four figures of two publications with the same part names."""
    publication_make("EP1000001A1", title="Bicycle pump")
    publication_make("EP1000002A1", title="Oil pump", rotation=90)
    return list(Figure.objects.order_by("pk"))


@pytest.fixture
def query(examiner: User, figures: list[Figure]) -> Query:
    """Its hits are the figures in their order, its drawing was brought."""
    return query_make(examiner, hits=figures)


def _panes(page: str) -> list[str]:
    return re.findall(r'data-pane="([^"]+)"', page)


def _boxes(page: str) -> list[tuple[str, ...]]:
    return re.findall(r'data-shared="(\d+)" aria-label="([^"]+)"', page)


def test_two_figures_stand_side_by_side_with_their_shared_names(as_examiner: Client, figures: list[Figure]) -> None:
    page = html_of(as_examiner.get(f"{ADDRESS}?figure={figures[0].pk}&figure={figures[2].pk}"))
    assert _panes(page) == [f"figure:{figures[0].pk}", f"figure:{figures[2].pk}"]
    assert page.count("<image ") == 2
    assert _boxes(page) == [("1", "10 pump"), ("2", "12 rotor"), ("3", "14 housing")] * 2
    assert page.count('<tr id="shared-') == 3
    assert "Bicycle pump" in page
    assert "Oil pump" in page


def test_similar_names_are_told_from_the_same_ones(as_examiner: Client, figures: list[Figure]) -> None:
    PartName.objects.filter(publication__reference="EP1000002A1", numeral="12").update(name="second Rotors")
    PartName.objects.filter(publication__reference="EP1000002A1", numeral="14").update(name="outer housing")
    page = html_of(as_examiner.get(f"{ADDRESS}?figure={figures[0].pk}&figure={figures[2].pk}"))
    assert page.count("is-similar") == 1
    assert "outer housing" in page[page.index("is-similar") :]


def test_boxes_of_a_sheet_that_lay_sideways_are_where_its_upright_crop_has_them(
    as_examiner: Client, figures: list[Figure]
) -> None:
    """The numeral at the top left of the stored sheet is at the top right of the upright one."""
    page = html_of(as_examiner.get(f"{ADDRESS}?figure={figures[2].pk}"))
    assert 'data-size="326 246"' in page  # 310 + 16 × 230 + 16
    box = re.search(r'aria-label="10 pump".*?<rect x="([\d.]+)" y="([\d.]+)"', page, re.DOTALL)
    assert box is not None
    assert float(box[1]) > 0.8 * 326
    assert float(box[2]) < 0.2 * 246


def test_a_hit_stands_beside_the_drawing_that_was_asked_with(
    as_examiner: Client, query: Query, figures: list[Figure]
) -> None:
    page = html_of(as_examiner.get(f"{ADDRESS}?query={query.pk}&figure={figures[1].pk}"))
    assert _panes(page) == [f"image:{query.examples[0]}", f"figure:{figures[1].pk}"]
    assert f"/pictures/image/{query.examples[0]}.png" in page
    assert "part names are unknown" in page
    assert "Grouped with hit 1 of 2" in page  # of publications, and the first figure stands for this one's


def test_the_next_hit_takes_the_place_of_the_last_figure(
    as_examiner: Client, query: Query, figures: list[Figure]
) -> None:
    address = f"{ADDRESS}?query={query.pk}&figure={figures[0].pk}&weight=100&group=figure"
    following = re.compile(r'href="(\?[^"]+)" data-go data-key="j"')
    seen = []
    while True:
        page = html_of(as_examiner.get(address))
        seen.append(_panes(page)[-1])
        found = following.search(page)
        if found is None:
            break
        address = ADDRESS + found[1].replace("&amp;", "&")
    assert seen == [f"figure:{figure.pk}" for figure in figures]


def test_a_query_alone_leads_to_its_first_hit(as_examiner: Client, query: Query, figures: list[Figure]) -> None:
    answer = as_examiner.get(f"{ADDRESS}?query={query.pk}")
    assert answer["Location"] == f"{ADDRESS}?query={query.pk}&figure={figures[0].pk}"


def test_hits_that_are_shown_already_are_passed_over(as_examiner: Client, query: Query, figures: list[Figure]) -> None:
    shown = f"&figure={figures[1].pk}&figure={figures[0].pk}&picture=none&weight=100&group=figure"
    page = html_of(as_examiner.get(f"{ADDRESS}?query={query.pk}{shown}"))
    following = re.search(r'href="(\?[^"]+)" data-go data-key="j"', page)
    assert following is not None
    assert following[1].endswith(f"figure={figures[1].pk}&amp;figure={figures[2].pk}&amp;weight=100&amp;group=figure")


def test_every_step_is_a_link(as_examiner: Client, query: Query, figures: list[Figure]) -> None:
    """Turn, mirror, exchange, remove: each address shows what it says."""
    first, second = figures[0].pk, figures[2].pk
    page = html_of(as_examiner.get(f"{ADDRESS}?query={query.pk}&figure={first}&figure={second}"))

    def led(mark: str, at: int) -> list[str]:
        address = re.findall(rf'href="(\?[^"]+)"(?: data-go)? data-{mark}', page)[at].replace("&amp;", "&")
        return [pane.split(":")[1] for pane in _panes(html_of(as_examiner.get(ADDRESS + address)))]

    image = query.examples[0]
    assert led("exchange", 0) == [str(first), image, str(second)]
    assert led("exchange", 1) == [image, str(second), str(first)]
    assert led("remove", 0) == [str(first), str(second)]
    assert led("remove", 2) == [image, str(first)]
    assert led("mirror", 1) == [image, f"{first}~m", str(second)]
    turned = re.findall(r'href="(\?[^"]+)" data-quarter', page)
    assert turned[0].endswith(f"picture=image%3A{image}~r90&amp;figure={first}&amp;figure={second}")
    assert 'data-turn="90"' in html_of(as_examiner.get(ADDRESS + turned[2].replace("&amp;", "&")))


def test_a_mirrored_figure_has_its_boxes_mirrored(as_examiner: Client, figures: list[Figure]) -> None:
    def left(token: str) -> float:
        page = html_of(as_examiner.get(f"{ADDRESS}?figure={token}"))
        box = re.search(r'aria-label="10 pump".*?<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', page, re.DOTALL)
        assert box is not None
        return float(box[1]) + float(box[2]) / 2

    key = figures[0].pk
    assert left(f"{key}~m") == pytest.approx(246 - left(str(key)))


def test_a_part_of_a_figure_has_the_boxes_that_lie_in_it(as_examiner: Client, figures: list[Figure]) -> None:
    page = html_of(as_examiner.get(f"{ADDRESS}?figure={figures[0].pk}~c0-0-10000-5000"))
    assert re.findall(r'data-numerals="(\d+)"', page) == ["10", "12"]


@pytest.mark.parametrize(
    "written", ["EP1000002A1/2", "ep 1 000 002 a1, FIG. 2", "EP1000002A1#2", "EP1000002A1 / figure 2"]
)
def test_a_figure_is_added_by_its_number_however_it_is_written(
    as_examiner: Client, figures: list[Figure], written: str
) -> None:
    answer = as_examiner.get(ADDRESS, {"figure": str(figures[0].pk), "add": written})
    assert answer["Location"] == f"{ADDRESS}?figure={figures[0].pk}&figure={figures[3].pk}"


def test_a_figure_that_is_not_there_is_said_with_those_that_are(as_examiner: Client, figures: list[Figure]) -> None:
    answer = as_examiner.get(ADDRESS, {"figure": str(figures[0].pk), "add": "EP1000002A1/9"})
    assert answer.status_code == 404
    assert "EP1000002A1 " in answer.context["fault"] and " figures 1, 2." in answer.context["fault"]
    assert answer.context["fault"] in html_of(answer)
    answer = as_examiner.get(ADDRESS, {"add": "pump\0"})
    assert answer.status_code == 404 and "“pump" in answer.context["fault"]


def test_figures_of_shortlist_and_hits_are_offered(
    as_examiner: Client, examiner: User, query: Query, figures: list[Figure]
) -> None:
    entry_keep(user=examiner, shortlist=shortlist_current(owner=examiner), figure=figures[3], relevance="X")
    page = html_of(as_examiner.get(f"{ADDRESS}?query={query.pk}&figure={figures[0].pk}&adding=1"))
    assert 'data-from="shortlist"' in page
    assert 'data-from="hits"' in page
    assert f"figure={figures[0].pk}&amp;figure={figures[3].pk}" in page


def test_a_query_without_a_drawing_says_so(as_examiner: Client, examiner: User, figures: list[Figure]) -> None:
    query = query_make(examiner, hits=figures, text="a rotor in a housing")
    page = html_of(as_examiner.get(f"{ADDRESS}?query={query.pk}&figure={figures[0].pk}"))
    assert "data-without-drawing" in page and "a rotor in a housing" in page
    assert _panes(page) == [f"figure:{figures[0].pk}"]


def test_queries_and_pictures_of_others_are_not_there(as_examiner: Client, query: Query, figures: list[Figure]) -> None:
    stranger = user_make("stranger")
    client = Client()
    client.force_login(stranger)
    assert client.get(f"{ADDRESS}?query={query.pk}&figure={figures[0].pk}").status_code == 404
    theirs = query_make(stranger, hits=figures)
    mine = f"image:{query.examples[0]}"
    assert (
        client.get(ADDRESS, {"query": str(theirs.pk), "figure": str(figures[0].pk), "picture": mine}).status_code == 404
    )
    assert as_examiner.get(f"{ADDRESS}?query={uuid.uuid4()}&figure={figures[0].pk}").status_code == 404


def test_retired_and_unknown_figures_are_not_there(as_examiner: Client, figures: list[Figure]) -> None:
    Figure.objects.filter(pk=figures[0].pk).update(retired_at=timezone.now())
    for key in (figures[0].pk, 10**17):
        assert as_examiner.get(f"{ADDRESS}?figure={key}").status_code == 404


def test_wrong_addresses_are_refused_and_never_a_fault(
    as_examiner: Client, query: Query, figures: list[Figure]
) -> None:
    key = figures[0].pk
    for wrong in (
        "figure=x",
        "figure=1%00",
        "figure=" + "9" * 40,
        "query=1",
        "query=%00",
        f"figure={key}&at=-1&query={query.pk}",
        f"query={query.pk}&figure={key}&picture=figure:x",
        f"query={query.pk}&figure={key}&picture=book:1",
        f"query={query.pk}&figure={key}&weight=many",
        "&".join(f"figure={figure}" for figure in range(1, 6)),
    ):
        assert as_examiner.get(f"{ADDRESS}?{wrong}").status_code == 400, wrong
    assert as_examiner.get(f"{ADDRESS}?query={query.pk}&figure={key}&picture=figure:{key}").status_code == 404
    assert as_examiner.get(ADDRESS).status_code == 200
    assert as_examiner.get(f"{ADDRESS}?figure={key}&figure={key}&at=99").status_code == 200


def test_the_fragment_is_the_page_without_its_frame(as_examiner: Client, figures: list[Figure]) -> None:
    answer = as_examiner.get(f"{ADDRESS}?figure={figures[0].pk}", headers={"HX-Request": "true"})
    assert "<html" not in html_of(answer)
    assert answer["Cache-Control"] == "private, no-store"
    assert "HX-Request" in answer["Vary"]


def test_more_drawings_ask_no_more(
    as_examiner: Client,
    examiner: User,
    query: Query,
    figures: list[Figure],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    start = f"{ADDRESS}?query={query.pk}&picture=none&group=figure&figure={figures[0].pk}"
    as_examiner.get(start)
    with CaptureQueriesContext(connection) as of_one:
        as_examiner.get(start)
    with django_assert_num_queries(len(of_one)):
        as_examiner.get(start + "".join(f"&figure={figure.pk}" for figure in figures[1:]))
