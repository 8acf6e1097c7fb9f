"""Errors of the engine and the services as HTTP, for pages and API alike; nobody else maps them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from engine.errors import DeliveryError, DocumentError, ImageError
from search.services.queries import QueryRefused

REFUSALS = (ImageError, DocumentError, DeliveryError, QueryRefused)
"""What a person sent cannot be used: 400, with the error's own words."""


def refusal_as_json(error: Exception) -> dict[str, Any]:
    """{code, detail} of an error in REFUSALS."""
    return {"code": getattr(error, "code", "refused"), "detail": getattr(error, "detail", str(error))}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, "That request could not be read", "Go back, and try it again with less or other input.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, "This is for administrators", "Ask an administrator to do it, or to give you the right.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, "There is nothing here", "It may have been removed, or belongs to somebody else.")


def server_error(request: HttpRequest) -> HttpResponse:
    detail = "It is our fault, not yours, and it is in the log. Try again; if it stays, tell your administrator."
    return _page(request, 500, "Something went wrong", detail)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = "The form was open for too long, or in another login. Go back, reload the page, and send it again."
    return _page(request, 403, "The form has expired", detail)


def _page(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    return render(request, "error.html", {"status": status, "title": title, "detail": detail}, status=status)
