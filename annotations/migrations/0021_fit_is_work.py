import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

STATES = [
    ("waiting", "waiting"),
    ("running", "in work"),
    ("done", "done"),
    ("rejected", "refused"),
    ("quarantined", "quarantined"),
]
VERDICTS = [
    ("", "open"),
    ("accept", "accepted"),
    ("accept-with-warning", "accepted with remarks"),
    ("reject", "refused"),
]


class Migration(migrations.Migration):
    """A fit takes a worker a while: it has a state, and its outcome once it is done."""

    dependencies = [("annotations", "0071_run_scores"), ("search", "0007_suggested_weight")]

    operations = [
        migrations.RemoveField(model_name="fusionfit", name="promoted_at"),
        migrations.AddField("fusionfit", "state", models.CharField(choices=STATES, default="waiting", max_length=12)),
        migrations.AddField("fusionfit", "attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("fusionfit", "lease_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("fusionfit", "worker", models.CharField(blank=True, max_length=120)),
        migrations.AddField(
            "fusionfit", "verdict", models.CharField(blank=True, choices=VERDICTS, default="", max_length=20)
        ),
        migrations.AddField("fusionfit", "error_code", models.CharField(blank=True, max_length=60)),
        migrations.AddField("fusionfit", "error_detail", models.TextField(blank=True)),
        migrations.AddField("fusionfit", "evidence", models.JSONField(blank=True, default=dict)),
        migrations.AddField(
            "fusionfit",
            "relevant_from",
            models.PositiveSmallIntegerField(
                default=1,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(3),
                ],
            ),
        ),
        migrations.AddField(
            "fusionfit",
            "suggestion",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="search.suggestedweight",
            ),
        ),
        migrations.AlterField(
            "fusionfit",
            "run",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="fits",
                to="annotations.run",
            ),
        ),
        migrations.AlterField("fusionfit", "fitted", models.JSONField(blank=True, default=dict)),
        migrations.AlterField("fusionfit", "folds", models.JSONField(blank=True, default=list)),
        migrations.AlterField("fusionfit", "gain", models.FloatField(blank=True, null=True)),
        migrations.AlterField("fusionfit", "low", models.FloatField(blank=True, null=True)),
        migrations.AlterField("fusionfit", "high", models.FloatField(blank=True, null=True)),
        migrations.AddConstraint(
            "fusionfit",
            models.UniqueConstraint(fields=["snapshot", "baseline", "relevant_from"], name="fusion_fit_once"),
        ),
    ]
