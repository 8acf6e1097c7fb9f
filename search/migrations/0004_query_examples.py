from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0003_workbench")]
    operations = [
        migrations.AddField(
            model_name="query",
            name="examples",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Tokens of the pictures compared, in the order that candidates count them.",
            ),
        ),
        migrations.AlterField(
            model_name="query",
            name="candidates",
            field=models.BinaryField(editable=False, help_text="engine.ranking.candidates reads it.", null=True),
        ),
    ]
