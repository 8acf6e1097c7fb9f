"""Calls of the REST API that must be answered with a status, and what the answer holds."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from rest_framework.test import APIClient


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def sent(client: APIClient, address: str, body: Any = None, status: int = 201) -> Any:
    answer = client.post(address, body if body is not None else {}, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def got(client: APIClient, address: str, query: Any = None, status: int = 200) -> Any:
    answer = client.get(address, query or {})
    assert answer.status_code == status, answer.content
    return answer.json()


def removed(client: APIClient, address: str, status: int = 204) -> Any:
    """What a refusal says; nothing for what is gone."""
    answer = client.delete(address)
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None
