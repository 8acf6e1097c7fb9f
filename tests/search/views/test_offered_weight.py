"""The weight that judgments suggest, beside the slider."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from search.models import Figure, Query, SuggestedWeight
from tests.factories import publication_make, query_make
from tests.html import html_of

SUGGESTED = re.compile(r'<a href="([^"]*)" data-weight="(\d+)"( aria-current="true")?')


@pytest.fixture
def suggested(examiner: User) -> SuggestedWeight:
    return SuggestedWeight.objects.create(
        percent=63, gain=0.031, low=0.012, high=0.05, topic_count=20, source="First session", set_by=examiner
    )


@pytest.fixture
def query(examiner: User) -> Query:
    publication_make()
    return query_make(examiner, hits=list(Figure.objects.order_by("pk")))


def page_of(client: Client, query: Query, more: str = "") -> str:
    answer = client.get(f"/?{query.query_string}{more}")
    assert answer.status_code == 200
    return html_of(answer)


def test_nothing_is_offered_before_anything_was_learned(as_examiner: Client, query: Query) -> None:
    assert SUGGESTED.search(page_of(as_examiner, query)) is None


def test_the_suggested_weight_is_a_link_to_the_same_question_ranked_by_it(
    as_examiner: Client, query: Query, suggested: SuggestedWeight
) -> None:
    page = page_of(as_examiner, query)
    assert "(+0.03, 0.01 to 0.05)" in page
    found = SUGGESTED.search(page)
    assert found is not None
    assert (found[2], found[3]) == ("63", None)
    assert 'step="5" value="50"' in page  # and changes nothing by itself
    count = Query.objects.count()
    followed = html_of(as_examiner.get(found[1].replace("&amp;", "&")))
    assert 'step="1" value="63"' in followed
    followed_link = SUGGESTED.search(followed)
    assert followed_link is not None and followed_link[3] is not None
    assert Query.objects.count() == count  # ranked again, not searched again


def test_the_newest_is_offered_and_withdrawing_it_brings_back_the_one_before(
    as_examiner: Client, query: Query, suggested: SuggestedWeight, examiner: User
) -> None:
    newer = SuggestedWeight.objects.create(
        percent=70, gain=0.04, low=0.02, high=0.06, topic_count=30, source="Second", set_by=examiner
    )
    SuggestedWeight.objects.filter(pk=newer.pk).update(set_at=timezone.now() - timedelta(1))
    assert 'data-weight="70"' in page_of(as_examiner, query)
    newer.delete()
    assert 'data-weight="63"' in page_of(as_examiner, query)


def test_the_start_page_offers_it_too(as_examiner: Client, suggested: SuggestedWeight) -> None:
    publication_make()
    page = html_of(as_examiner.get("/"))
    found = SUGGESTED.search(page)
    assert found is not None and found[1] == "/?weight=63"
