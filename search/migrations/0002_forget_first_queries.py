"""Queries of the first version, with their private files: their columns go, and they would have expired in days."""

from django.core.files.storage import storages
from django.db import migrations


def forget(apps, schema_editor):
    queries = apps.get_model("search", "Query")
    private = storages["private"]
    for query in queries.objects.iterator():
        for name in (query.image, query.patent_xml):
            if name:
                private.delete(name)
    queries.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0001_first")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
