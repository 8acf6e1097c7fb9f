"""A ruling that is undone is taken back by another, as a judgment is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0041_append_only")]

    operations = [
        migrations.AddField(
            model_name="ruling",
            name="takes_back",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_back_by",
                to="annotations.ruling",
            ),
        ),
    ]
