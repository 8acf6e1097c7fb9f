"""Generated requests against the published schema: what its tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

EXAMPLES = 6  # of each operation, right and wrong ones each: most of the time goes into making them
CHECKS = (
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


def published_schema(token: str) -> Any:
    """The schema, as the application gives it to who has the token."""
    return schemathesis.openapi.from_wsgi(
        "/api/schema/?format=json",
        get_wsgi_application(),
        headers={"Authorization": f"Token {token}", "Accept": "application/vnd.oai.openapi+json"},
    )


def tried(operation: Any, mode: GenerationMode, conforms: Callable[[Any], None]) -> None:
    """Send what hypothesis makes of an operation's parameters and body."""
    tries = effort(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    # The decorators' types cannot follow a strategy that is only known now.
    check: Any = tries(given(operation.as_strategy(generation_mode=mode))(conforms))  # type: ignore[no-untyped-call]
    check()


def as_sent(token: str) -> dict[str, str]:
    """Headers of a request; schemathesis, which calls the application itself, does not unpack compressed answers."""
    return {"Authorization": f"Token {token}", "Accept-Encoding": "identity"}
