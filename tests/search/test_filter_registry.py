"""A filter is one record: what is registered here, for this test alone, is a filter everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client

from search.api.serializers import QuestionSerializer
from search.filters import FILTERS, Filter
from search.filters.kinds import PartyName
from search.filters.parsing import party_name
from search.management.commands.search import Command
from search.models import Figure, Party
from search.question import Question, question_from_query
from search.selectors.filter_counts import Counted, filter_counts
from search.selectors.filters import figures_allowed
from search.selectors.history import history_matching
from search.services.queries import query_ask
from search.views.filter_board import filter_board
from search.views.query_summary import query_summaries
from tests.factories import publication_make

pytestmark = pytest.mark.django_db
INVENTOR = Filter(
    "inventor", "Inventor's name", "Inventor", PartyName(("inventor",)), party_name, help="Part of the inventor's name."
)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(FILTERS, INVENTOR.name, INVENTOR)
    publication = publication_make("EP1000001A1")
    publication_make("EP1000002A1")
    Party.objects.create(publication=publication, role="inventor", name="Ada Quill")
    yield


def test_it_is_parsed_and_written_in_an_address() -> None:
    question = question_from_query(QueryDict("inventor=Quill"))
    assert question.filters == {"inventor": "Quill"}
    assert parse_qs(question.address) == {"inventor": ["Quill"]}


def test_its_condition_is_met_by_the_figures_of_that_inventor() -> None:
    allowed = figures_allowed({"inventor": "quill"})
    expected = Figure.objects.filter(sheet__publication__reference="EP1000001A1").order_by("pk")
    assert allowed is not None and allowed.tolist() == [figure.pk for figure in expected]


def test_its_values_are_counted_and_offered_on_the_board() -> None:
    counts = filter_counts({}, prefixes={})
    assert counts.values["inventor"] == (Counted("Erika Mustermann", 2), Counted("Ada Quill", 1))
    board = filter_board(Question(), counts=counts)
    field = next(field for field in board.names if field.name == "inventor")
    assert [(value.value, value.count) for value in field.values] == [("Erika Mustermann", 2), ("Ada Quill", 1)]


def test_the_page_has_a_field_for_it_and_a_chip_that_drops_it(client: Client, examiner: User) -> None:
    client.force_login(examiner)
    page = client.get("/filters/", {"inventor": "Quill"}).content.decode()
    assert 'name="inventor"' in page and INVENTOR.label.replace("'", "&#x27;") in page
    (chip,) = filter_board(Question(filters={"inventor": "Quill"})).chips
    assert (chip.label, chip.dropped) == ("Inventor", "")


def test_the_summary_of_a_question_and_the_search_in_the_history_know_it(examiner: User) -> None:
    question = Question(text="pump", filters={"inventor": "Quill"})
    query = query_ask(owner=examiner, question=question)
    assert query_summaries([question], examiner)[0].filters == ("Inventor Quill",)
    assert list(history_matching(examiner, "quill")) == [query]


def test_the_api_takes_it_and_its_schema_describes_it(client: Client, examiner: User) -> None:
    client.force_login(examiner)
    serializer = QuestionSerializer(data={"text": "pump", "inventor": "Quill"})
    assert serializer.is_valid()
    assert serializer.question_with_files().question.filters == {"inventor": "Quill"}
    schemas = json.loads(client.get("/api/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json").content)[
        "components"
    ]["schemas"]
    described = [found for schema in schemas.values() if (found := schema.get("properties", {}).get("inventor"))]
    assert described and all(field["description"] == INVENTOR.help for field in described)


def test_the_command_line_has_an_option_for_it() -> None:
    assert Command().create_parser("manage.py", "search").parse_args(["--inventor", "Quill"]).inventor == "Quill"
