"""Redirect requests without a session to the login, and back to the page of the request afterwards.

After a GET, the login leads to its address. After a form or a script's request, it leads to the page that sent it:
their addresses may accept only POST, and the page keeps typed text (static/js/typed.js). A
script that uses JSON gets a JSON error and stays on its page, which may hold unsent data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

HOME = "/"
JSON = "application/json"


class LoginRequired(LoginRequiredMiddleware):
    """Django's LoginRequiredMiddleware with another return address."""

    def handle_no_permission(  # type: ignore[override]  # the stubs allow only redirects
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Redirect to the login; htmx is made to load it as a page instead of inserting it."""
        is_htmx = request.headers.get("HX-Request") == "true"
        if wants_json(request):
            detail = "Your login has ended. Log in again; nothing was recorded."
            return JsonResponse({"code": "login", "detail": detail}, status=401)
        if request.method in ("GET", "HEAD") and not is_htmx:
            return super().handle_no_permission(request, view_func)
        login = resolve_url(self.get_login_url(view_func))
        answer = redirect_to_login(page_left(request), login, self.get_redirect_field_name(view_func))
        return HttpResponse(status=401, headers={"HX-Redirect": answer.url}) if is_htmx else answer


def wants_json(request: HttpRequest) -> bool:
    """Whether the request sends JSON or accepts nothing else."""
    return request.content_type == JSON or request.headers.get("Accept", "").startswith(JSON)


def page_left(request: HttpRequest) -> str:
    """Path and query of the page that sent the request (same host); the search page when unknown."""
    page_url = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(
        page_url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return HOME
    parts = urlsplit(page_url)
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # "//host/" would be a path in the header but another host in a link.
    is_page = url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith(HOME)
    return page if is_page and parts.path != resolve_url("login") else HOME
