"""System checks: every setting that is wrong, and every variable that looks like a setting and is none."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

SETTINGS_TAG = "settings"


@register(SETTINGS_TAG)
def check_settings(**_: Any) -> list[CheckMessage]:
    """All faults of the environment at once. Processes that run stop at the first."""
    return [
        *(Error(str(fault), id="search.E001") for fault in settings.SETTING_FAULTS),
        *(Warning(line, id="search.W001") for line in settings.SETTING_WARNINGS),
    ]
