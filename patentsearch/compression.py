"""Compress text responses. Images are already compressed and keep their strong ETags."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("text/html", "application/json")


class PageCompression(GZipMiddleware):
    """GZipMiddleware for text responses only.

    The BREACH attack guesses a secret on a page that also echoes the attacker's input. The only secret is the CSRF
    token, which Django masks differently on every page, and GZipMiddleware adds a random length to each response.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.headers.get("Content-Type", "").startswith(COMPRESSED)
        return super().process_response(request, response) if is_text and not response.streaming else response
