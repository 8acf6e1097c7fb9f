"""The Django project: settings, urls, the Celery app, errors to HTTP; no domain code."""

from patentsearch.celery import app as celery_app

__all__ = ["celery_app"]
