"""Where the grey, smaller picture of a sheet is kept that readers see first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0004_query_examples")]

    operations = [
        migrations.AddField(
            model_name="sheet",
            name="preview",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Smaller and grey; empty until looked at.",
                max_length=255,
            ),
        ),
    ]
