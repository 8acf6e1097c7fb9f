#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line

LEAST_PYTHON = (3, 11)

if __name__ == "__main__":
    if sys.version_info < LEAST_PYTHON:
        sys.exit(f"Python {sys.version.split()[0]} is too old: install Python 3.11 and run `make up`")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "patentsearch.settings")
    execute_from_command_line(sys.argv)
