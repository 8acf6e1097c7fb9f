from django.apps import AppConfig

from search import checks  # noqa: F401  checks attach themselves to manage.py check


class SearchConfig(AppConfig):
    name = "search"
    default_auto_field = "django.db.models.BigAutoField"
