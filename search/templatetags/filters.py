"""The filters of the panel's question, before anything is counted."""

from __future__ import annotations

from typing import Any

from django import template

from search.filters import filters_read, filters_written
from search.question import Question
from search.views.filter_board import FilterBoard, filter_board

register = template.Library()


@register.simple_tag(takes_context=True)
def filters_of(context: dict[str, Any], question: Question) -> FilterBoard:
    """The filters of a question without counts; those that the request wrote and that were refused, as written."""
    if not context.get("fault"):
        return filter_board(question)
    request = context["request"]
    written = filters_written(request.POST if request.method == "POST" else request.GET)
    return filter_board(question, written=written, faults=filters_read(written)[1])
