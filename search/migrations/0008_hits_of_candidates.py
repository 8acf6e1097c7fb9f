"""The ranking of an answer is in its candidates; what lists of queries show of it is taken from the rows of hits."""

from itertools import groupby

from django.db import migrations, models

BEST_SHOWN = 4


def count_hits(apps, schema_editor):
    queries = apps.get_model("search", "Query").objects
    rows = apps.get_model("search", "Hit").objects.order_by("query", "rank").values_list("query", "figure")
    for query, hits in groupby(rows.iterator(), key=lambda row: row[0]):
        figures = [figure for _, figure in hits]
        queries.filter(pk=query).update(hit_count=len(figures), best_figures=figures[:BEST_SHOWN])


class Migration(migrations.Migration):
    dependencies = [("search", "0007_suggested_weight")]
    operations = [
        migrations.AddField(
            model_name="query",
            name="hit_count",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Of the best candidates that the question asked for; lists of queries show it."
            ),
        ),
        migrations.AddField(
            model_name="query",
            name="best_figures",
            field=models.JSONField(
                blank=True, default=list, help_text="Primary keys of the best hits; lists of queries show them."
            ),
        ),
        migrations.RunPython(count_hits, migrations.RunPython.noop),
    ]
