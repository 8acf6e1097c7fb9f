"""What becomes of a request whose session has ended: the person logs in, and comes back to the page they were on.

A GET comes back to its own address. A sent form, and a request of a script, come back to the page they were sent from:
their own addresses may answer nothing but a POST, and what was typed is kept by that page (static/js/typed.js). A
request of a script that speaks JSON is told so in JSON, and stays where it is: it may hold what was not sent yet.
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
    """Django's, but for the address that a login leads back to."""

    def handle_no_permission(  # type: ignore[override]  # the stubs know of redirects alone
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """A redirect to the login; htmx is told to leave the page for it instead of showing it within the page."""
        is_htmx = request.headers.get("HX-Request") == "true"
        if wants_json(request):
            error = {"code": "login", "detail": "Your login has ended. Log in again; nothing was recorded."}
            return JsonResponse({"error": error}, status=401)
        if request.method in ("GET", "HEAD") and not is_htmx:
            return super().handle_no_permission(request, view_func)
        login = resolve_url(self.get_login_url(view_func))
        answer = redirect_to_login(page_left(request), login, self.get_redirect_field_name(view_func))
        return HttpResponse(status=401, headers={"HX-Redirect": answer.url}) if is_htmx else answer


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks that sends JSON, or takes nothing else."""
    return request.content_type == JSON or request.headers.get("Accept", "").startswith(JSON)


def page_left(request: HttpRequest) -> str:
    """Path and query of our page that a form or a script sent the request from; the search where none is told."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return HOME
    parts = urlsplit(told)
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # "//host/" is a path in the header and another host in a link.
    is_page = url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith(HOME)
    return page if is_page and parts.path != resolve_url("login") else HOME
