"""Celery tasks (ids in, one service call) and the order of the pipeline; no logic."""
