"""The WSGI entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application
from gunicorn.errors import AppImportError

from patentsearch.start import settings_fault

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "patentsearch.settings")

if fault := settings_fault():
    raise AppImportError(fault)  # gunicorn prints the line and ends; after any other error it would try again for ever

application = get_wsgi_application()
