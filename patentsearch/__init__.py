"""The Django project: settings, URLs, Celery app and error responses. No domain code."""

from patentsearch.celery import app as celery_app

__all__ = ["celery_app"]
