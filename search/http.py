"""Who asks for a page, and how they want it: whole, or the part of it that a script puts in place."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest


def current_user(request: HttpRequest) -> User:
    """Who is logged in."""
    assert isinstance(request.user, User)  # the login middleware lets nobody else in
    return request.user


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx, or a script that asks as it does, wants the fragment of the page."""
    return request.headers.get("HX-Request") == "true"
