"""Problems of services as errors of forms."""

from __future__ import annotations

from django import forms

from engine.errors import Problem


def add_problem(form: forms.Form, problem: Problem, field: str | None = None) -> None:
    """Add a problem to a form, with its code: at a field, or to the whole form if the form has no such field."""
    form.add_error(field if field in form.fields else None, forms.ValidationError(problem.detail, code=problem.code))
