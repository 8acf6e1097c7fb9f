"""The method itself, in pure Python: arrays, dataclasses and paths in, the same out. No Django, no Celery."""
