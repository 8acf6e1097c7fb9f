"""The ASGI entry point of the web server."""

import os

from django.core.asgi import get_asgi_application

from patentsearch.start import require_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "patentsearch.settings")

require_settings()
application = get_asgi_application()
