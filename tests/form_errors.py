"""Errors of a form that an answer shows, by their codes."""

from __future__ import annotations

from django.forms import Form


def error_codes(form: Form) -> dict[str, list[str]]:
    """Field → codes of its errors; `__all__` for the whole form."""
    return {field: [str(error.code) for error in errors] for field, errors in form.errors.as_data().items()}
