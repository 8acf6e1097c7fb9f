"""Ending a process whose settings are wrong before it does anything."""

import sys

from django.conf import settings


def settings_fault() -> str:
    """One line on the first wrong setting and on how many more there are, or "" where all are right."""
    faults = settings.SETTING_FAULTS
    if not faults:
        return ""
    more = f" ({len(faults) - 1} more: `manage.py check` lists all)" if len(faults) > 1 else ""
    return f"{faults[0]}{more}"


def require_settings() -> None:
    """End this process with that line and status 1 where a setting is wrong."""
    if fault := settings_fault():
        sys.exit(fault)
