"""Access control: administrators make topic sets, runs and sessions, and see the results."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Sent = ParamSpec("Sent")
Answer = TypeVar("Answer", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, Sent], Answer]


def administrators_only(view: View[Sent, Answer]) -> View[Sent, Answer]:
    """Decorate a view: other users than administrators get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Sent.args, **kwargs: Sent.kwargs) -> Answer:
        if not (isinstance(request.user, User) and request.user.is_staff):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
