#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line

from patentsearch.start import require_settings

LEAST_PYTHON = (3, 11)
WITH_WRONG_SETTINGS = {"check", "help", "version", "--help", "-h", "--version"}
"""Commands that must run to find out what is wrong."""

if __name__ == "__main__":
    if sys.version_info < LEAST_PYTHON:
        sys.exit(f"Python {sys.version.split()[0]} is too old: install Python 3.11 and run `make up`")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "patentsearch.settings")
    if len(sys.argv) > 1 and sys.argv[1] not in WITH_WRONG_SETTINGS:
        require_settings()
    execute_from_command_line(sys.argv)
