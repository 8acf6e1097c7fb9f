"""Document numbers of figures, figures of document numbers, and kin."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotations.selectors.document_numbers import figures_of_numbers, numbers_of_figures, relatives_of_figures
from engine.evaluation.relatives import Relatives
from search.models import Figure, Publication
from tests.factories import publication_make

pytestmark = pytest.mark.django_db


def figures_of(publication: Publication) -> list[Figure]:
    return list(Figure.objects.filter(sheet__publication=publication).order_by("pk"))


def test_numbers_lead_to_figures_and_back_in_a_constant_number_of_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    publications = [publication_make(f"EP{place}A1", sheets=2) for place in (1, 2)]
    figures = [figure for one in publications for figure in figures_of(one)]
    with django_assert_num_queries(2):
        numbers = numbers_of_figures([figure.pk for figure in figures])
        found = figures_of_numbers(list(numbers.values()))
    assert [numbers[figure.pk] for figure in figures[:2]] == ["EP1A1/1.1/1", "EP1A1/2.1/1"]
    assert {number: pk for pk, number in numbers.items()} == found


def test_what_is_no_document_number_or_of_no_figure_is_left_out() -> None:
    publication_make("EP1A1", sheets=1)
    assert figures_of_numbers(["EP1A1/1.1/2", "EP1A1/9.1/1", "EP9A1/1.1/1", "\0", "\ud800", "", "FIG. 1"]) == {}


def test_a_retired_figure_keeps_its_number() -> None:
    figure = figures_of(publication_make("EP1A1", sheets=1))[0]
    Figure.objects.update(retired_at=timezone.now())
    assert figures_of_numbers(["EP1A1/1.1/1"]) == {"EP1A1/1.1/1": figure.pk}
    assert numbers_of_figures([figure.pk]) == {figure.pk: "EP1A1/1.1/1"}


def test_where_a_correction_left_two_figures_at_a_place_the_living_one_is_meant() -> None:
    old, new = figures_of(publication_make("EP1A1", sheets=2))
    new.sheet.position = old.sheet.position
    new.sheet.save()
    old.retired_at = timezone.now()
    old.save()
    assert figures_of_numbers(["EP1A1/1.1/1"]) == {"EP1A1/1.1/1": new.pk}


def test_relatives_has_publication_family_and_application() -> None:
    publication = publication_make("EP1A1", sheets=1)
    Publication.objects.update(family_key="F", application_number="A")
    figure = figures_of(publication)[0]
    assert relatives_of_figures([figure.pk]) == {figure.pk: Relatives("EP1A1", "F", "A")}
