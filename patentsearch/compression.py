"""Pages go over the wire compressed; images are compressed already, and their tags stay strong."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("text/html", "application/json")


class PageCompression(GZipMiddleware):
    """As Django's, for text alone.

    BREACH guesses a secret that stands in a page beside what the attacker sent. The one secret of our pages is the CSRF
    token, which Django masks anew for every page, and GZipMiddleware pads each answer by a random length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.headers.get("Content-Type", "").startswith(COMPRESSED)
        return super().process_response(request, response) if is_text and not response.streaming else response
