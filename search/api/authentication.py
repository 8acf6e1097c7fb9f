"""Authentication of the REST API by the session of a browser."""

from __future__ import annotations

from drf_spectacular.authentication import SessionScheme
from rest_framework import authentication, exceptions
from rest_framework.request import Request


class SessionAuthentication(authentication.SessionAuthentication):
    """Log in by the session of a browser. A wrong CSRF token has the code `form-expired`, so that a page renews it."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            detail = f"You have logged in since this page was loaded. Load it again, and send it again. {error.detail}"
            raise exceptions.PermissionDenied(detail, code="form-expired") from error


class SessionSchemeOfPages(SessionScheme):  # type: ignore[no-untyped-call]  # its package has no types
    """The same in the schema as DRF's own."""

    target_class = SessionAuthentication  # type: ignore[assignment]
    priority = 0
