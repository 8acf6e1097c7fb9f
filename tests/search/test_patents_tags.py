"""Accessible names of figures."""

import pytest
from pytest_django import DjangoAssertNumQueries

from engine.patents.publication import PublicationNumber
from search.models import Figure, SentenceLink
from search.selectors.figures import figures_to_show
from search.templatetags.patents import figure_name
from tests.factories import publication_make


@pytest.mark.parametrize(
    ("country", "number", "kind", "spaced"),
    [
        ("EP", "1234567", "A1", "EP 1 234 567 A1"),
        ("EP", "0000042", "B1", "EP 42 B1"),
        ("US", "20060085912", "A1", "US 2006/0085912 A1"),
        ("US", "11960514", "B1", "US 11 960 514 B1"),
        ("WO", "2017007663", "A1", "WO 2017/007663 A1"),
        ("US", "D935123", "S1", "US D935123 S1"),
    ],
)
def test_a_number_is_written_in_groups(country: str, number: str, kind: str, spaced: str) -> None:
    assert PublicationNumber(country, number, kind).spaced == spaced


@pytest.mark.django_db
def test_a_figure_is_named_by_label_publication_title_and_what_it_shows(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    publication_make(sheets=2, title="Wheel loader")
    figures = list(figures_to_show().order_by("pk"))
    naming = SentenceLink.objects.filter(sentence__paragraph__text__startswith="FIG.", spans__0=[0, 6])
    links = {link.figure_id: link for link in naming.select_related("sentence__paragraph")}
    with django_assert_num_queries(0):
        names = [figure_name(figure, figure.sheet.publication, links[figure.pk]) for figure in figures]
    assert names == [
        "FIG. 1 of EP 1 234 567 A1, Wheel loader, the pump 10 from the side",
        "FIG. 2 of EP 1 234 567 A1, Wheel loader, the rotor 12 alone",
    ]


@pytest.mark.django_db
def test_a_figure_without_label_is_named_by_its_sheet_and_one_without_text_by_what_is_known() -> None:
    publication_make(title="Pump")
    Figure.objects.filter(label="1").update(label="")
    figure = figures_to_show().earliest("pk")
    assert figure_name(figure, figure.sheet.publication) == "drawing 1 on sheet 1 of EP 1 234 567 A1, Pump"
