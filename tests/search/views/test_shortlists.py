"""Keeping figures over HTTP: fragments, forms, undo, and who may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from search.models import Figure, Shortlist, ShortlistEntry, ShortlistShare
from tests.factories import publication_make, user_make

HTMX = {"HX-Request": "true"}


@pytest.fixture
def owner(db: None) -> User:
    publication_make()
    return user_make("owner")


@pytest.fixture
def as_owner(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def keep_address(name: str = "keep") -> str:
    return reverse(f"search:{name}", args=[Figure.objects.order_by("pk")[0].pk])


def test_keeping_answers_with_the_pressed_button_and_an_undo(as_owner: Client) -> None:
    said = as_owner.post(keep_address(), {"relevance": "X"}, headers=HTMX).content.decode()
    assert 'value="X" data-keep-key="x" aria-pressed="true"' in said
    assert "rated X" in said and reverse("search:undo-keep") in said


def test_undo_works_once(as_owner: Client) -> None:
    as_owner.post(keep_address(), {"relevance": "X"}, headers=HTMX)
    assert "Undone" in as_owner.post(reverse("search:undo-keep"), headers=HTMX).content.decode()
    assert not ShortlistEntry.objects.exists()
    answer = as_owner.post(reverse("search:undo-keep"), headers=HTMX)
    assert answer.context["notice"].shortlist is None and not answer.context["can_undo"]


def test_without_scripts_a_form_leads_back_to_where_it_was_and_nowhere_else(as_owner: Client) -> None:
    assert as_owner.post(keep_address(), {"next": "/publications/"}).headers["Location"] == "/publications/"
    outside = as_owner.post(keep_address("unkeep"), {"next": "https://example.org/"}).headers["Location"]
    assert outside.startswith("/figures/")
    assert not ShortlistEntry.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"relevance": "Z"}, {"shortlist": "x"}, {"shortlist": "9" * 40}, {"shortlist": "²"}]
)
def test_what_names_nothing_is_a_bad_request(as_owner: Client, fields: dict[str, str]) -> None:
    assert as_owner.post(keep_address(), fields).status_code == 400


def test_a_list_of_somebody_else_is_not_there_and_one_to_look_at_is_not_changed(owner: User, as_owner: Client) -> None:
    theirs = Shortlist.objects.create(owner=user_make("other"), name="private")
    for name in ("keep", "unkeep"):
        assert as_owner.post(keep_address(name), {"shortlist": str(theirs.pk)}).status_code == 404
    share = ShortlistShare.objects.create(shortlist=theirs, user=owner)
    for name in ("keep", "unkeep"):
        assert as_owner.post(keep_address(name), {"shortlist": str(theirs.pk)}).status_code == 403
    share.may_edit = True
    share.save()
    assert as_owner.post(keep_address(), {"shortlist": str(theirs.pk)}, headers=HTMX).status_code == 200
    assert theirs.entries.get().added_by == owner


def test_a_figure_that_is_not_shown_cannot_be_kept(as_owner: Client) -> None:
    assert as_owner.post(reverse("search:keep", args=[10**9])).status_code == 404
