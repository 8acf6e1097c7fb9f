from django.db import migrations, models


class Migration(migrations.Migration):
    """Name the attribute by what it holds. The columns keep their name, so this changes no table."""

    dependencies = [("search", "0009_delete_hit")]

    operations = [
        migrations.AlterField("query", "asked", models.TextField(db_column="asked")),
        migrations.RenameField("query", "asked", "query_string"),
        migrations.AlterField(
            "query",
            "query_string",
            models.TextField(db_column="asked", help_text="The question; search.question reads it."),
        ),
        migrations.AlterField("savedsearch", "asked", models.TextField(db_column="asked")),
        migrations.RenameField("savedsearch", "asked", "query_string"),
    ]
