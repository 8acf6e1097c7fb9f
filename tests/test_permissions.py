"""Every address of the application, for every role, by every method: a new view without an entry here fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from annotations.services.snapshots import snapshot_freeze
from engine.imaging import encode_png
from search.files import file_keep, private_storage
from search.models import Batch, Figure, Query, Sheet, Shortlist
from tests import annotation_rows
from tests.annotation_fits import fit_make
from tests.factories import (
    SHEET_HEIGHT_PX,
    SHEET_WIDTH_PX,
    batch_make,
    document_make,
    drawing_make,
    material_make,
    publication_make,
    query_make,
    search_make,
    user_make,
)

pytestmark = pytest.mark.django_db

Values = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
ROLES = ("anonymous", "owner", "other examiner", "administrator", "deactivated")
OPEN, LOGIN, FORBIDDEN, HIDDEN = "open", "asked to log in", "forbidden", "not found"


@dataclass(frozen=True, slots=True)
class Access:
    """What each role meets, in the order of ROLES."""

    methods: tuple[str, ...]
    outcomes: tuple[str, str, str, str, str]


def public(*methods: str) -> Access:
    return Access(methods, (OPEN, OPEN, OPEN, OPEN, OPEN))


def accounts(*methods: str) -> Access:
    return Access(methods, (LOGIN, OPEN, OPEN, OPEN, LOGIN))


def owner(*methods: str) -> Access:
    return Access(methods, (LOGIN, OPEN, HIDDEN, HIDDEN, LOGIN))


def administrators(*methods: str) -> Access:
    return Access(methods, (LOGIN, FORBIDDEN, FORBIDDEN, OPEN, LOGIN))


def owner_and_administrators(*methods: str) -> Access:
    """An assessor's own, which administrators see too."""
    return Access(methods, (LOGIN, OPEN, HIDDEN, OPEN, LOGIN))


TABLE = {
    "login": public("get", "post", "put"),  # Django takes a PUT of a form for a POST
    "logout": accounts("post"),
    "search:query": accounts("get", "post"),
    "search:filters": accounts("get"),
    "search:answer": owner("get"),
    "search:why": owner("get", "post"),
    "search:others": owner("get"),
    "search:calibration": accounts("get"),
    "search:figure": accounts("get"),
    "search:seen": accounts("post"),
    "search:turn": accounts("post"),
    "search:upload": accounts("post"),
    "search:material-pages": owner("get", "post"),
    "search:material-page": owner("get"),
    "search:picture": owner("get"),
    "search:crop": accounts("get"),
    "search:compare": accounts("get"),
    "search:history": accounts("get"),
    "search:forget-history": accounts("post"),
    "search:forget": owner("post"),
    "search:then-and-today": owner("get"),
    "search:searches": accounts("get", "post"),
    "search:undo-delete-search": accounts("post"),
    "search:rename-search": owner("post"),
    "search:delete-search": owner("post"),
    "search:keep": accounts("post"),
    "search:unkeep": accounts("post"),
    "search:undo-keep": accounts("post"),
    "search:shortlists": accounts("get", "post"),
    "search:shortlist-current": accounts("get"),
    "search:shortlist": owner("get", "post"),
    "search:shortlist-use": owner("post"),
    "search:shortlist-delete": owner("post"),
    "search:share": owner("post"),
    "search:unshare": owner("post"),
    "search:shortlist-pdf": owner("get"),
    "search:shortlist-csv": owner("get"),
    "search:shortlist-numbers": owner("get"),
    "search:entry-note": owner("post"),
    "search:entry-move": owner("post"),
    "search:entry-remove": owner("post"),
    "search:pins": owner("post"),
    "search:pin": owner("post"),
    "search:publications": accounts("get"),
    "search:publication": accounts("get"),
    "search:batches": administrators("get", "post"),
    "search:batch": administrators("get"),
    "search:retry": administrators("post"),
    "search:sheet-file": accounts("get"),
    "search:preview-file": accounts("get"),
    "search:figure-file": accounts("get"),
    "search:thumbnail-file": accounts("get"),
    "search:health": public("get"),
    "annotations:topic-sets": administrators("get", "post"),
    "annotations:topic-set": administrators("get", "post"),
    "annotations:delete-topic-set": administrators("post"),
    "annotations:add-topic": administrators("post"),
    "annotations:topic": administrators("post"),
    # The owner is an assessor of a session over the set, the administrator made it.
    "annotations:topic-image": Access(("get",), (LOGIN, OPEN, HIDDEN, OPEN, LOGIN)),
    "annotations:runs": administrators("get", "post"),
    "annotations:import-run": administrators("post"),
    "annotations:document-numbers": administrators("get"),
    "annotations:run": administrators("get"),
    "annotations:retry-run": administrators("post"),
    "annotations:make-again": administrators("post"),
    "annotations:delete-run": administrators("post"),
    "annotations:run-file": administrators("get"),
    "annotations:fits": administrators("get", "post"),
    "annotations:fit": administrators("get"),
    "annotations:promote-fit": administrators("post"),
    "annotations:withdraw-fit": administrators("post"),
    "annotations:retry-fit": administrators("post"),
    "annotations:delete-fit": administrators("post"),
    "annotations:judge": owner("get"),
    "annotations:review": owner("get"),
    "annotations:judge-showing": owner("post"),
    "annotations:undo-judgment": owner("post"),
    "annotations:sessions": accounts("get"),
    "annotations:new-session": administrators("get", "post"),
    "annotations:session": owner_and_administrators("get"),
    "annotations:add-assessor": administrators("post"),
    "annotations:withdraw-assessor": administrators("post"),
    "annotations:close-session": administrators("post"),
    "annotations:reopen-session": administrators("post"),
    "annotations:delete-session": administrators("post"),
    "annotations:agreement": administrators("get"),
    "annotations:disagreements": administrators("get"),
    "annotations:rule": administrators("post"),
    "annotations:undo-ruling": administrators("post"),
    "annotations:evaluation": administrators("get"),
    "annotations:table": administrators("get"),
    "annotations:score": administrators("post"),
    "annotations:table-csv": administrators("get"),
    "annotations:table-json": administrators("get"),
    "annotations:compare": administrators("get"),
    "annotations:curves": administrators("get"),
    "annotations:history": administrators("get"),
    "annotations:snapshots": administrators("get", "post"),
    "annotations:snapshot-import": administrators("post"),
    "annotations:snapshot": administrators("get"),
    "annotations:snapshot-file": administrators("get"),
    "api:schema": accounts("get"),
    "api:token": public("post"),
    "api:search": accounts("post"),
    "api:query": owner("get"),
    "api:publications": accounts("get"),
    "api:publication": accounts("get"),
    "api:links": accounts("get"),
    "api:figure": accounts("get"),
    "api:batches": administrators("get", "post"),
    "api:batch": administrators("get"),
    "annotations-api:topic-set-list": administrators("get", "post"),
    "annotations-api:topic-set-detail": administrators("get", "patch", "delete"),
    "annotations-api:topic-list": administrators("post"),
    "annotations-api:topic-detail": administrators("get", "patch", "delete"),
    "annotations-api:topic-set-run-list": administrators("get", "post"),
    "annotations-api:topic-set-run-import": administrators("post"),
    "annotations-api:topic-set-pool-list": administrators("get", "post"),
    "annotations-api:topic-set-session-list": administrators("post"),
    "annotations-api:topic-set-snapshot-list": administrators("get", "post"),
    "annotations-api:topic-set-snapshot-import": administrators("post"),
    "annotations-api:evaluation-table": administrators("get"),
    "annotations-api:evaluation-comparison": administrators("get"),
    "annotations-api:evaluation-scores": administrators("get", "post"),
    "annotations-api:topic-set-fit-list": administrators("get", "post"),
    "annotations-api:run-detail": administrators("get", "delete"),
    "annotations-api:run-retry": administrators("post"),
    "annotations-api:run-again": administrators("post"),
    "annotations-api:run-topic": administrators("get"),
    "annotations-api:run-file": administrators("get"),
    "annotations-api:session-list": accounts("get"),
    "annotations-api:session-detail": owner_and_administrators("get"),
    "annotations-api:session-assessors": administrators("post"),
    "annotations-api:session-assessor": administrators("delete"),
    "annotations-api:session-close": administrators("post"),
    "annotations-api:session-reopen": administrators("post"),
    "annotations-api:judging-state": owner("get"),
    "annotations-api:judging-next": owner("get"),
    "annotations-api:judging-showing": owner("get"),
    "annotations-api:judging-judge": owner("post"),
    "annotations-api:judging-place": owner("post"),
    "annotations-api:judging-undo": owner("post"),
    "annotations-api:adjudication-agreement": administrators("get"),
    "annotations-api:adjudication-disagreements": administrators("get"),
    "annotations-api:adjudication-rule": administrators("post"),
    "annotations-api:adjudication-undo": administrators("post"),
    "annotations-api:snapshot-detail": administrators("get"),
    "annotations-api:snapshot-file": administrators("get"),
    "annotations-api:fit-detail": administrators("get", "delete"),
    "annotations-api:fit-retry": administrators("post"),
    "annotations-api:fit-promote": administrators("post"),
    "annotations-api:fit-withdraw": administrators("post"),
}
"""Every named address but the administration's, which django.contrib.admin guards (tested apart)."""

STRICTER = {"annotations-api:session-detail": administrators("delete")}
"""Methods of addresses in TABLE that fewer may use than the others."""


def accesses(name: str) -> Iterator[Access]:
    """What TABLE and STRICTER say of an address."""
    yield TABLE[name]
    if name in STRICTER:
        yield STRICTER[name]


def methods_of(name: str) -> set[str]:
    return {method for access in accesses(name) for method in access.methods}


WITHOUT_CSRF = {"api:token"}  # it takes no session, so there is no login to ride on


@dataclass(frozen=True, slots=True)
class World:
    """Rows that every address finds, and by role the key of a session and a client in it."""

    values: Values
    sessions: dict[str, str]
    clients: dict[str, Client]

    def address(self, name: str) -> str:
        wanted = wanted_by(name)
        return reverse(name, kwargs={key: self.values[key] for key in wanted})


@pytest.fixture(autouse=True)
def _no_throttle_left_over() -> None:
    cache.clear()


@pytest.fixture(scope="module")
def rows(module_rows: None) -> tuple[Values, dict[str, str]]:
    """Rows and sessions, made once for all tests."""
    return rows_make()


@pytest.fixture
def world(settings: Any, rows: tuple[Values, dict[str, str]], db: None) -> World:
    settings.QUERY_TIMEOUT_SECONDS = 0
    values, sessions = rows
    clients = {"anonymous": Client()} | {role: in_session(key) for role, key in sessions.items()}
    return World(dict(values), sessions, clients)


def rows_make() -> tuple[Values, dict[str, str]]:
    """The values of all addresses, and a session of each role that has one."""
    publication_make()
    figure = Figure.objects.order_by("pk")[0]
    users = {
        "owner": user_make("owner"),
        "other examiner": user_make("other"),
        "administrator": user_make("administrator", staff=True),
        "deactivated": user_make("deactivated"),
    }
    batch = batch_make(quarantined=1)
    values = {
        "query_id": query_make(users["owner"], hits=[figure]).pk,
        "search_id": search_make(users["owner"]).pk,
        "figure_id": figure.pk,
        "sheet_id": Sheet.objects.order_by("pk")[0].pk,
        "reference": "EP1234567A1",
        "batch_id": batch.pk,
        "document_id": batch.documents.get().pk,
        "material_id": document_make(users["owner"]).pk,
        "number": 1,
        "source": "image",
        "token": str(material_make(users["owner"]).pk),
        **shortlist_values(users["owner"], figure, users["other examiner"]),
        **annotation_values(users["administrator"], users["owner"]),
    }
    sessions = {role: session_of(user) for role, user in users.items()}
    User.objects.filter(username="deactivated").update(is_active=False)
    return values, sessions


def shortlist_values(user: User, figure: Figure, colleague: User) -> dict[str, int]:
    """A shortlist with one pinned figure, shared with nobody."""
    shortlist = Shortlist.objects.create(owner=user, name="rotors")
    entry = shortlist.entries.create(figure=figure, position=0, added_by=user)
    pin = entry.pins.create(left=0, top=0, width=100, height=100, note="here", author=user)
    return {"shortlist_id": shortlist.pk, "entry_id": entry.pk, "pin_id": pin.pk, "user_id": colleague.pk}


def annotation_values(maker: User, assessor: User) -> Values:
    """A topic with an uploaded drawing, a run over it, and a session in which the assessor judged the first showing."""
    figures = list(Figure.objects.order_by("pk"))
    topic_set = annotation_rows.topic_set_make(maker, figures[:1])
    drawing = file_keep(encode_png(drawing_make(4)), folder="topics", suffix=".png", storage=private_storage())
    topic_set.topics.update(figure=None, image=drawing, width_px=SHEET_WIDTH_PX, height_px=SHEET_HEIGHT_PX)
    run = annotation_rows.run_make(topic_set, figures)
    pool = annotation_rows.pool_make(topic_set, [run])
    session = annotation_rows.session_make(pool, [assessor])
    assignment = session.assignments.get()
    annotation_rows.judgment_make(assignment.showings.get(position=1), 2)
    snapshot = snapshot_freeze(topic_set=topic_set, sessions=[session], name="first", frozen_by=maker)
    return {
        "snapshot_id": snapshot.pk,
        "topic_set_id": topic_set.pk,
        "run_id": run.pk,
        "pool_id": pool.pk,
        "session_id": session.pk,
        "assignment_id": assignment.pk,
        "position": 1,
        "username": assessor.username,
        "fit_id": fit_make(run, run).pk,
        "candidate_id": pool.candidates.order_by("pk")[0].pk,
    }


def session_of(user: User) -> str:
    """The key of the session of a user who has logged in."""
    client = Client()
    client.force_login(user)
    return client.cookies[configured.SESSION_COOKIE_NAME].value


def in_session(key: str, *, enforce_csrf_checks: bool = False) -> Client:
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    client.cookies[configured.SESSION_COOKIE_NAME] = key
    return client


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner)
        else:
            yield f"{namespace}{entry.name}", entry


@lru_cache
def named_addresses() -> dict[str, URLPattern]:
    return dict(patterns(get_resolver()))


def wanted_by(name: str) -> tuple[str, ...]:
    return tuple(named_addresses()[name].pattern.regex.groupindex)


def outcome(answer: Any) -> str:
    """What a role met. A form or a body that is refused was let in."""
    location = answer.headers.get("Location", "")
    if answer.status_code == 401 or (answer.status_code == 302 and location.startswith(reverse("login"))):
        return LOGIN
    return {403: FORBIDDEN, 404: HIDDEN}.get(answer.status_code, OPEN)


def test_every_address_has_an_entry() -> None:
    names = {name for name in named_addresses() if not name.startswith("admin:")}
    assert names == TABLE.keys()


def policy_of(answer: Any) -> dict[str, str]:
    directives = answer.headers["Content-Security-Policy"].split(";")
    return {name: value for name, _, value in (directive.strip().partition(" ") for directive in directives)}


def require_strict(answer: Any) -> None:
    """Every answer, also a refusal, tells the browser to be strict."""
    assert policy_of(answer)["default-src"] == "'none'", answer.status_code
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("name", TABLE)
def test_every_role_meets_what_it_should_and_every_browser_is_told_to_be_strict(name: str, world: World) -> None:
    wanted = {method: access.outcomes for access in accesses(name) for method in access.methods}
    for place, role in enumerate(ROLES):
        cache.clear()  # the throttle of tokens
        for method in METHODS:
            answer = getattr(world.clients[role], method)(world.address(name))
            assert answer.status_code < 500
            require_strict(answer)
            if method in wanted:
                assert answer.status_code != 405, (role, method)
                if name != "logout" or role in ("anonymous", "deactivated"):
                    assert outcome(answer) == wanted[method][place], (role, method, answer.status_code)
            else:
                assert answer.status_code in (302, 401, 403, 405), (role, method)


def test_logging_out_ends_the_session(world: World) -> None:
    client = world.clients["owner"]
    assert client.post(reverse("logout")).status_code == 302
    assert outcome(client.get(reverse("search:query"))) == LOGIN


@pytest.mark.parametrize("name", [name for name, access in TABLE.items() if "post" in access.methods])
def test_nothing_changes_without_the_csrf_token(name: str, world: World) -> None:
    if name in WITHOUT_CSRF:
        client = in_session(world.sessions["administrator"], enforce_csrf_checks=True)
        assert client.post(world.address(name)).status_code == 400
        return
    before = (Query.objects.count(), Batch.objects.count())
    for role in ("owner", "administrator"):
        client = in_session(world.sessions[role], enforce_csrf_checks=True)
        answer = client.post(world.address(name), {"text": "a pump"})
        assert answer.status_code == 403
    assert (Query.objects.count(), Batch.objects.count()) == before


@pytest.mark.parametrize("name", [name for name in TABLE if "delete" in methods_of(name)])
def test_nothing_is_deleted_without_the_csrf_token(name: str, world: World) -> None:
    client = in_session(world.sessions["administrator"], enforce_csrf_checks=True)
    refused = client.delete(world.address(name))
    assert (refused.status_code, refused.json()["code"]) == (403, "form-expired")


@pytest.mark.parametrize(
    "name", ["search:sheet-file", "search:figure-file", "search:thumbnail-file", "search:preview-file"]
)
def test_files_are_images_and_nothing_else(name: str, world: World) -> None:
    answer = world.clients["owner"].get(world.address(name))
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "image/png"
    assert "sandbox" in policy_of(answer)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"].startswith("private")
    again = world.clients["other examiner"].get(world.address(name), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["search:picture", "search:material-page", "annotations:topic-image"])
def test_what_was_brought_is_never_kept_by_a_cache(name: str, world: World) -> None:
    owner = User.objects.get(username="owner")
    # Brought anew: files of the rows that all tests share may be gone, and no transaction brings them back.
    world.values["token"], world.values["material_id"] = str(material_make(owner).pk), document_make(owner).pk
    answer = world.clients["owner"].get(world.address(name))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


def admin_addresses() -> list[str]:
    found = []
    for name in named_addresses():
        if name.startswith("admin:") and name not in ("admin:login", "admin:logout"):
            try:
                found.append(reverse(name))
            except NoReverseMatch:
                found.extend(_with_a_key(name))
    return found


def _with_a_key(name: str) -> list[str]:
    try:
        return [reverse(name, args=["1"])]
    except NoReverseMatch:
        return []


@pytest.mark.parametrize("role", ["anonymous", "owner", "other examiner", "deactivated"])
def test_the_administration_is_closed_to_others(role: str, world: World) -> None:
    addresses = admin_addresses()
    assert len(addresses) > 10
    for address in addresses:
        for method in ("get", "post"):
            call: Callable[[str], Any] = getattr(world.clients[role], method)
            answer = call(address)
            assert answer.status_code in (302, 403, 404), (address, answer.status_code)
            if answer.status_code == 302:
                assert "/login/" in answer.headers["Location"], address
