"""What runs scored is kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0061_ruling_takes_back")]

    operations = [
        migrations.CreateModel(
            name="RunScores",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(max_length=12)),
                ("relevant_from", models.PositiveSmallIntegerField()),
                ("k", models.PositiveIntegerField()),
                ("scored_by", models.CharField(max_length=120)),
                ("values", models.JSONField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="annotations.run"
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="annotations.qrelssnapshot"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "run scores",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("snapshot", "run", "unit", "relevant_from", "k", "scored_by"), name="run_scores_once"
                    )
                ],
            },
        ),
    ]
