"""Open pairs of an assessor may go to another: what was seen and what was passed on is told of every showing."""

from django.db import migrations, models

# Nobody counted until now what was seen: all up to the place that was left, or to what was judged last, counts as seen.
SEE = """
UPDATE annotations_showing SET seen_at = now()
FROM (
    SELECT assignment.id, GREATEST(assignment.place, MAX(showing.position)) AS furthest
    FROM annotations_assignment assignment
    JOIN annotations_showing showing ON showing.assignment_id = assignment.id
    JOIN annotations_judgment judgment ON judgment.showing_id = showing.id
    GROUP BY assignment.id
) begun
WHERE annotations_showing.assignment_id = begun.id AND annotations_showing.position <= begun.furthest
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0002_append_only")]

    operations = [
        migrations.AddField("assignment", "withdrawn_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("showing", "is_passed_on", models.BooleanField(default=False)),
        migrations.AddField("showing", "seen_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(SEE, migrations.RunSQL.noop),
        # What the update has left to check is checked now: a table with checks outstanding cannot be altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "showing",
            models.CheckConstraint(
                condition=models.Q(("is_passed_on", False), ("current", None), _connector="OR"),
                name="what_is_said_of_is_not_passed_on",
            ),
        ),
    ]
