"""The migration that counts what was seen takes for seen what assessors had come to by then."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from annotations.models import Showing
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make


@pytest.mark.django_db(transaction=True)
def test_what_was_shown_before_it_was_counted_counts_as_seen() -> None:
    people = [user_make(name) for name in ("anna", "bert", "cleo")]
    figures = strangers_make(3, sheets=3)
    topic_set = topic_set_make(people[0], figures[:1])
    session = session_make(pool_make(topic_set, [run_make(topic_set, figures)]), people)
    for name, judged, place in (("anna", 3, 1), ("bert", 2, 4)):
        part = session.assignments.get(assessor__username=name)
        judgment_make(part.showings.get(position=judged), 1)
        session.assignments.filter(pk=part.pk).update(place=place)
    try:
        call_command("migrate", "annotations", "0002", verbosity=0)
    finally:
        call_command("migrate", "annotations", verbosity=0)
    seen = Showing.objects.filter(seen_at__isnull=False).order_by("assignment", "position")
    assert list(seen.values_list("assignment__assessor__username", "position")) == [
        *(("anna", position) for position in (1, 2, 3)),
        *(("bert", position) for position in (1, 2, 3, 4)),
    ]
