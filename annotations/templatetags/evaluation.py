"""Template filters for the numbers of evaluation."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def signed(value: float, decimals: int = 3) -> str:
    """Format a difference with its sign, none for zero, and a true minus: +0.045, −0.012, 0.000."""
    formatted = f"{value:+.{decimals}f}"
    if float(formatted) == 0:
        return formatted[1:]
    return formatted.replace("-", "\N{MINUS SIGN}")


@register.filter
def p_value(value: float | None) -> str:
    """Format a p value with four decimals, smaller ones as "< 0.0001", None as a dash."""
    if value is None:
        return "–"
    return f"{value:.4f}" if value >= 0.0001 else "< 0.0001"
