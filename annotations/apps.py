from importlib import import_module

from django.apps import AppConfig

from search.files import PRIVATE_FILES_OF_OTHERS


class AnnotationsConfig(AppConfig):
    name = "annotations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the private files of topics with the integrity check. Models can be imported only from here on."""
        names = import_module("annotations.selectors.topics").image_names
        PRIVATE_FILES_OF_OTHERS.append(names)
