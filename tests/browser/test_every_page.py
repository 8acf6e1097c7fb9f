"""Every page, over small rows, in both schemes and at both widths: its picture, axe, the policy, the window's width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotations.models import TopicSet
from annotations.selectors.scores import ScoreOptions
from annotations.services.scores import scores_complete
from annotations.services.snapshots import snapshot_freeze
from annotations.urls import urlpatterns as annotation_urlpatterns
from search.models import (
    Explanation,
    Figure,
    Pin,
    Shortlist,
    WorkState,
)
from search.services.shortlists import entry_keep, shortlist_current
from search.urls import urlpatterns
from tests import annotation_rows
from tests.annotation_fits import fit_make
from tests.browser.conftest import NewPage, SeriousFaults
from tests.factories import (
    batch_make,
    calibrations_make,
    document_make,
    publication_make,
    query_make,
    search_make,
    user_make,
)

pytestmark = pytest.mark.browser

NO_PAGES = {
    # What is sent, and leads to a page.
    *(
        "keep",
        "unkeep",
        "undo-keep",
        "shortlist-use",
        "shortlist-delete",
        "share",
        "unshare",
        "entry-note",
        "entry-move",
    ),
    *("entry-remove", "pins", "pin", "seen", "turn", "upload", "forget-history", "forget", "undo-delete-search"),
    *("rename-search", "delete-search", "retry", "answer", "shortlist-current"),
    # Files.
    *("shortlist-pdf", "shortlist-csv", "shortlist-numbers", "material-page", "picture", "sheet-file", "preview-file"),
    *("figure-file", "thumbnail-file", "health"),
}
ANNOTATION_NO_PAGES: set[str] = {
    # What is sent, and leads to a page.
    *("judge-showing", "undo-judgment", "score"),
    *("delete-topic-set", "add-topic", "topic", "import-run", "retry-run", "make-again", "delete-run"),
    *("promote-fit", "withdraw-fit", "retry-fit", "delete-fit"),
    *("add-assessor", "withdraw-assessor", "close-session", "reopen-session", "delete-session", "rule", "undo-ruling"),
    *("snapshot-import",),
    # Files.
    *("topic-image", "document-numbers", "run-file"),
    *("table-csv", "table-json", "snapshot-file"),
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAIR = {"asked": "The rotor 12 turns in the housing 14.", "found": "A rotor 12 turns.", "similarity": 0.83}


@pytest.fixture
def addresses(administrator: User) -> dict[str, str]:
    """An address of every page, by the page's name and what it shows."""
    publication = publication_make(missing_sheets=1)
    publication_make("EP2000002A1", rotation=90, title="Bicycle")
    hits = list(Figure.objects.order_by("pk"))
    query = query_make(administrator, hits=hits)
    figure, sideways = hits[0], hits[-1]
    Explanation.objects.create(query=query, figure=figure, state=WorkState.DONE, sentence_pairs=[PAIR])
    calibrations_make()
    batch = batch_make(accepted=[publication], rejected=1, quarantined=1)
    shortlist = shortlist_make(administrator, figure)
    search_make(administrator)
    within = f"?query={query.pk}"
    return {
        "query": "/",
        "query-hits": f"/?{query.query_string}",
        "query-refused": "/?figure=999999",
        "filters": "/filters/?ipc=F04C",
        "others": reverse("search:others", args=[query.pk, figure.pk]),
        "why": reverse("search:why", args=[query.pk, figure.pk]),
        "calibration": f"/calibration/{within}",
        "figure": reverse("search:figure", args=[figure.pk]),
        "figure-hit": reverse("search:figure", args=[figure.pk]) + within,
        "figure-sideways": reverse("search:figure", args=[sideways.pk]),
        "shortlists": "/shortlists/",
        "shortlist": reverse("search:shortlist", args=[shortlist.pk]),
        "material-pages": reverse("search:material-pages", args=[document_make(administrator).pk]),
        "crop": f"/crop/?picture=figure:{figure.pk}",
        "crop-not-taken": "/crop/",
        "history": "/history/",
        "then-and-today": reverse("search:then-and-today", args=[query.pk]),
        "searches": "/searches/",
        "compare": f"/compare/{within}&figure={figure.pk}",
        "compare-four": "/compare/?" + "&".join(f"figure={one.pk}" for one in hits[:4]),
        "publications": "/publications/",
        "publication": reverse("search:publication", args=["EP1234567A1"]) + "?find=rotor",
        "batches": "/batches/",
        "batch": reverse("search:batch", args=[batch.pk]),
        "error": "/nothing/",
    }


@pytest.fixture
def annotation_addresses(addresses: dict[str, str], administrator: User) -> dict[str, str]:
    """An address of every page of annotation and evaluation, by the page's name and what it shows.

    The administrator made everything, and is one of two assessors who differ in places.
    """
    figures = list(Figure.objects.order_by("pk"))
    topic_set = annotation_rows.topic_set_make(administrator, figures[:2])
    runs = [
        annotation_rows.run_make(topic_set, figures, name="visual"),
        annotation_rows.run_make(topic_set, figures[::-1], name="text", system="text"),
    ]
    pool = annotation_rows.pool_make(topic_set, runs)
    session = annotation_rows.session_make(pool, [administrator, user_make("second")], repeats=2, facets=True)
    for assignment in session.assignments.all():
        for showing in assignment.showings.all()[:5]:
            grade = (showing.candidate_id + (assignment.assessor_id if showing.position % 2 else 0)) % 4
            annotation_rows.judgment_make(showing, grade, looks=grade, works=grade, seconds=4.5)
    settled = annotation_rows.session_make(pool, [user_make("third"), user_make("fourth")], name="Second session")
    for assignment in settled.assignments.all():
        for showing in assignment.showings.all():
            grade = (showing.candidate_id * assignment.assessor_id) % 4
            annotation_rows.judgment_make(showing, grade, region=[1000, 2000, 4000, 3000], reason="The same rotor.")
    empty = TopicSet.objects.create(name="Nothing yet", created_by=administrator)
    fit = fit_make(runs[1], runs[0])
    snapshot = snapshot_freeze(topic_set=topic_set, sessions=[session], name="Frozen", frozen_by=administrator)
    for qrels in (snapshot, fit.snapshot):
        scores_complete(snapshot=qrels, runs=runs, options=ScoreOptions())
    return {
        "evaluation": "/evaluation/",
        "table": reverse("annotations:table", args=[topic_set.pk]),
        "table-refused": reverse("annotations:table", args=[topic_set.pk]) + "?k=0",
        "table-empty": reverse("annotations:table", args=[empty.pk]),
        "compare": reverse("annotations:compare", args=[topic_set.pk]),
        "compare-topic": reverse("annotations:compare", args=[topic_set.pk]) + "?topic=1",
        "curves": reverse("annotations:curves", args=[topic_set.pk]),
        "history": reverse("annotations:history", args=[topic_set.pk]),
        "snapshots": reverse("annotations:snapshots", args=[topic_set.pk]),
        "snapshot": reverse("annotations:snapshot", args=[snapshot.pk]),
        "topic-sets": "/topics/",
        "topic-sets-figure": f"/topics/?figure={figures[0].pk}",
        "topic-set": reverse("annotations:topic-set", args=[topic_set.pk]),
        "topic-set-empty": reverse("annotations:topic-set", args=[empty.pk]),
        "runs": reverse("annotations:runs", args=[topic_set.pk]),
        "run": reverse("annotations:run", args=[runs[0].pk]),
        "fits": reverse("annotations:fits", args=[topic_set.pk]),
        "fits-none": reverse("annotations:fits", args=[empty.pk]),
        "fit": reverse("annotations:fit", args=[fit.pk]),
        "sessions": "/sessions/",
        "new-session": "/sessions/new/",
        "new-session-previewed": f"/sessions/new/?topic_set={topic_set.pk}",
        "session": reverse("annotations:session", args=[session.pk]),
        "agreement": reverse("annotations:agreement", args=[session.pk]),
        "disagreements-blind": reverse("annotations:disagreements", args=[session.pk]),
        "disagreements": reverse("annotations:disagreements", args=[settled.pk]),
        "disagreements-listed": reverse("annotations:disagreements", args=[settled.pk]) + "?list=1&names=1",
        "judge": reverse("annotations:judge", args=[session.pk]) + "?at=2",
        "review": reverse("annotations:review", args=[session.pk]),
    }


def shortlist_make(owner: User, figure: Figure) -> Shortlist:
    """A shared list with one rated figure, a note and a pin."""
    shortlist = shortlist_current(owner=owner)
    entry, _ = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    entry.note = "The rotor of claim 1."
    entry.save()
    Pin.objects.create(entry=entry, left=2000, top=2000, width=3000, height=2500, note="The rotor.", author=owner)
    shortlist.shares.create(user=user_make("colleague"), may_edit=True)
    return shortlist


def test_every_page_has_its_address_here(addresses: dict[str, str], annotation_addresses: dict[str, str]) -> None:
    for patterns, no_pages, shown in (
        (urlpatterns, NO_PAGES, addresses),
        (annotation_urlpatterns, ANNOTATION_NO_PAGES, annotation_addresses),
    ):
        names = {str(pattern.name) for pattern in patterns}
        without = {name for name in names - no_pages if not any(page.startswith(name) for page in shown)}
        assert not without
        assert names >= no_pages


def test_every_page_is_sound_and_fits_its_window(
    addresses: dict[str, str],
    annotation_addresses: dict[str, str],
    administrator: User,
    new_page: NewPage,
    serious_faults: SeriousFaults,
    shoot: Callable[[Page, str], None],
    complaints: list[str],
) -> None:
    page, stranger = new_page(administrator), new_page()
    for one in (page, stranger):
        one.emulate_media(reduced_motion="reduce")  # a colour on its way to the other scheme has no contrast yet
    annotation_pages = {f"annotation-{name}": address for name, address in annotation_addresses.items()}
    faults: dict[str, list[str]] = {}
    for name, address in (addresses | annotation_pages | {"login": "/login/"}).items():
        shown = stranger if name == "login" else page
        shown.goto(address)
        if name not in ("error", "login"):
            shown.wait_for_selector("html[data-attached]")
        for scheme in SCHEMES:
            shown.emulate_media(color_scheme=scheme)
            for width in (1024, 1440):
                shown.set_viewport_size({"width": width, "height": 900})
                shoot(shown, f"every-{name}-{width}-{scheme}")
                # Waited for: plots take a frame to follow the window.
                expect(shown.locator("html"), name).to_have_js_property("scrollWidth", width)
            only = () if scheme == SCHEMES[0] else ("color-contrast",)  # all else is as in the first scheme
            faults[f"{name} {scheme}"] = serious_faults(shown, *only)
    assert not {name: found for name, found in faults.items() if found}
    refused = ("404", "400")  # the pages "error" and "query-refused" are answered so
    assert not [said for said in complaints if not any(status in said for status in refused)]
