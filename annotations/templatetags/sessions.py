"""Template filters of session pages: durations, statistics with their intervals, chosen values of a field."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField

from engine.evaluation.coefficients import Statistic

register = template.Library()


@register.filter
def duration(hours: float) -> str:
    """Format hours in words: "about 2 h 10 min", "about 12 min", "less than a minute"."""
    minutes = round(60 * hours)
    if not minutes:
        return "less than a minute" if hours else "no time"
    whole, rest = divmod(minutes, 60)
    if whole >= 10:
        return f"about {round(hours)} h"
    return " ".join(filter(None, ("about", f"{whole} h" if whole else "", f"{rest} min" if rest else "")))


@register.filter
def coefficient(statistic: Statistic) -> str:
    """Format a kappa or alpha: "0.71"; "–" for none."""
    return _signed(statistic.value, 2)


@register.filter
def percentage(statistic: Statistic) -> str:
    """Format a percentage: "84 %"; "–" for none."""
    return "–" if statistic.value is None else f"{_signed(statistic.value, 0)} %"


@register.filter
def interval(statistic: Statistic, digits: int = 2) -> str:
    """Format the 95 % interval: "0.55 to 0.83"; empty for none."""
    if statistic.low is None or statistic.high is None:
        return ""
    return f"{_signed(statistic.low, digits)} to {_signed(statistic.high, digits)}"


@register.filter
def chosen(field: BoundField) -> list[str]:
    """Return the checked values of a field of checkboxes or radio buttons."""
    value: Any = field.value()
    values = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return [str(item) for item in values]


def _signed(value: float | None, digits: int) -> str:
    """Format with a true minus sign, and none before zero."""
    if value is None:
        return "–"
    formatted = f"{value:.{digits}f}"
    return formatted.lstrip("-") if float(formatted) == 0 else formatted.replace("-", "−")
