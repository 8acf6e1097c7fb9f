"""Celery tasks, each of which takes ids and calls one service, and the periodic sweep."""
