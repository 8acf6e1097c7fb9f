"""Errors of the engine and the services as HTTP, for pages and API alike. Every JSON error is {code, detail}."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from engine.errors import Problem
from patentsearch.login import HOME, page_left, wants_json

API_PREFIX = "/api/"
_TITLES = {
    400: "This is not possible",
    403: "You do not have permission",
    404: "Not found",
    409: "This was changed in the meantime",
}
"""Headings of the pages of problems, by status; others have the one of 400."""
DATABASE_RETRY_SECONDS = 5
_UNREACHABLE = ("08", "53300", "57P")
"""How the SQLSTATE of a lost connection begins, of a server with too many of them, and of one that starts or stops."""


def api_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """An error as the API answers it: {code, detail}, and `faults` by field where fields of the request are wrong.

    None for what is our own fault; `server_error` answers it.
    """
    if isinstance(error, Problem):
        return Response({"code": error.code, "detail": error.detail}, status=error.status)
    if isinstance(error, RequestDataTooBig):
        return Response({"code": "too-large", "detail": "The request is too large. Send less at once."}, status=413)
    if isinstance(error, SuspiciousOperation):
        return Response({"code": "unreadable", "detail": str(error)}, status=400)
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = _fields_as_json(error) if isinstance(error, ValidationError) else _detail_as_json(response.data)
    return response


def _detail_as_json(data: Any) -> dict[str, Any]:
    detail: ErrorDetail = data["detail"]
    return {"code": (detail.code or "error").replace("_", "-"), "detail": str(detail)}


def _fields_as_json(error: ValidationError) -> dict[str, Any]:
    given = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
    fields = {name: [str(message) for message in messages] for name, messages in given.items()}
    first, messages = next(iter(fields.items()))
    detail = messages[0] if first == "non_field_errors" else f"{first}: {messages[0]}"
    return {"code": "invalid", "detail": detail, "faults": fields}


class ProblemPages:
    """Middleware: answer a Problem that no page view caught with a page of its status, code and detail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return problem_page(request, exception) if isinstance(exception, Problem) else None


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return a page with the status, code and detail of a problem; JSON for a script that speaks JSON."""
    if wants_json(request):
        return JsonResponse({"code": problem.code, "detail": problem.detail}, status=problem.status)
    title = _TITLES.get(problem.status, _TITLES[400])
    return _page(request, problem.status, problem.code, title, problem.detail)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        title, detail = "That is more than one form may hold", "Go back, and send less of it at a time."
        return _page(request, 413, "too-large", title, detail, is_framed=False)
    detail = "Go back, and try it again with less or other input."
    return _page(request, 400, "unreadable", "That request could not be read", detail, is_framed=False)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if str(exception):  # a service says whose right is missing
        return _page(request, 403, "permission-denied", _TITLES[403], str(exception))
    detail = "Ask an administrator to do it, or to give you the right."
    return _page(request, 403, "permission-denied", "This is for administrators", detail)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, "not-found", _TITLES[404], "It may have been removed, or belongs to somebody else.")


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database does not answer: Django calls this while it handles the fault, wherever it arose,
    in a view, in a middleware or in the API."""
    if is_database_unreachable(sys.exc_info()[1]):
        detail = "What was saved is safe. Try again in a moment; if it stays so, tell your administrator."
        response = _page(request, 503, "database", "The database does not answer just now", detail, is_framed=False)
        response["Retry-After"] = str(DATABASE_RETRY_SECONDS)
        return response
    detail = "It is our fault, not yours, and it is in the log. Try again; if it stays, tell your administrator."
    return _page(request, 500, "fault", "Something went wrong", detail, is_framed=False)


def is_database_unreachable(error: BaseException | None) -> bool:
    """Whether there was no connection to the database, or it broke; not where a statement or a lock took too long."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)  # None: the server did not come to say anything
    return state is None or state.startswith(_UNREACHABLE)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of an earlier login. What it holds can be sent again from here, if it came from our own page."""
    if request.path.startswith(API_PREFIX) or wants_json(request):
        detail = "You have logged in since this page was loaded. Load it again, and send it again."
        return _page(request, 403, "form-expired", "The form has expired", detail)
    if request.headers.get("HX-Request") == "true":
        messages.warning(request, "You have logged in since this page was loaded, so it was reloaded. Try again.")
        return HttpResponse(status=403, headers={"HX-Refresh": "true"})
    context = {
        "layout": "page.html",
        "back": page_left(request),
        "fields": _fields_to_send_again(request),
        "file_names": [file.name for name in request.FILES for file in request.FILES.getlist(name)],
    }
    return render(request, "form_expired.html", context, status=403)


def _fields_to_send_again(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed into our own form; nothing of another site's, of a login, or where files came along."""
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if not is_ours or not request.user.is_authenticated or request.FILES or "password" in request.POST:
        return []
    fields = ((name, value) for name, values in request.POST.lists() for value in values)
    return [(name, str(value)) for name, value in fields if name != "csrfmiddlewaretoken"]


def _page(
    request: HttpRequest, status: int, code: str, title: str, detail: str, *, is_framed: bool = True
) -> HttpResponse:
    if request.path.startswith(API_PREFIX) or wants_json(request):
        return JsonResponse({"code": code, "detail": f"{title}. {detail}"}, status=status)
    # The frame of the other pages asks the database who looks at it; a fault or a broken request may stand in the way.
    context = {
        "status": status,
        "code": code,
        "title": title,
        "detail": detail,
        "layout": "page.html" if is_framed else "bare.html",
        "back": page_left(request) if is_framed else HOME,
    }
    return render(request, "error.html", context, status=status)
