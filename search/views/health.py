"""Whether the installation works, in counts; no secrets, so that a monitor needs no login."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from search.selectors.health import health


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    state = health()
    return JsonResponse(state, status=200 if state["database"] else 503)
