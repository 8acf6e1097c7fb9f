"""A template tag for the filters of the query panel."""

from __future__ import annotations

from typing import Any

from django import template

from search.filters import filters_read
from search.question import Question
from search.views.filter_board import FilterBoard, filter_board

register = template.Library()


@register.simple_tag(takes_context=True)
def filters_of(context: dict[str, Any], question: Question) -> FilterBoard:
    """Return the filters of a question, without counts. Wrong ones of `written_filters` are shown as they were sent."""
    written = context.get("written_filters") or {}
    return filter_board(question, written=written, faults=filters_read(written)[1])
