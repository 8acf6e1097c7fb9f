"""What views share: the logged-in user, whether a fragment is requested, and headers of answers."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.vary import vary_on_headers

no_store = cache_control(private=True, no_store=True)
"""Decorates a view: `Cache-Control: private, no-store`, for what only this user may see."""

NO_STORE = "private, no-store"
"""The value of the same header, for an answer that is built by hand."""

vary_on_fragment = vary_on_headers("HX-Request", "Cookie")
"""Decorates a view whose page and fragment share an address: browsers keep both."""


def current_user(request: HttpRequest) -> User:
    """Return the logged-in user. LoginRequiredMiddleware has redirected everybody else."""
    assert isinstance(request.user, User)
    return request.user


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx, or a script that sends its header, requests the fragment of a page."""
    return request.headers.get("HX-Request") == "true"
