"""How evaluation writes its numbers."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def signed(value: float, decimals: int = 3) -> str:
    """A difference with its sign, a true minus, and none before zero: +0.045, −0.012, 0.000."""
    written = f"{value:+.{decimals}f}"
    if float(written) == 0:
        return written[1:]
    return written.replace("-", "\N{MINUS SIGN}")


@register.filter
def p_value(value: float | None) -> str:
    """A p value to four places, "< 0.0001" below them; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:.4f}" if value >= 0.0001 else "< 0.0001"
