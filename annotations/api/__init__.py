"""The REST API of annotation and evaluation: the same services and selectors as the pages."""
