from importlib import import_module

from django.apps import AppConfig

from search.files import PRIVATE_FILES_OF_OTHERS


class AnnotationsConfig(AppConfig):
    name = "annotations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the check of integrity which private files are those of topics. Models are there only now."""
        names = import_module("annotations.selectors.topics").image_names
        PRIVATE_FILES_OF_OTHERS.append(names)
