"""Judgments and rulings are append-only: triggers of the database refuse changes and deletion."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION annotations_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotations_judgment
    FOR EACH ROW EXECUTE FUNCTION annotations_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotations_ruling
    FOR EACH ROW EXECUTE FUNCTION annotations_append_only();
"""
ALLOW = """
DROP TRIGGER append_only ON annotations_judgment;
DROP TRIGGER append_only ON annotations_ruling;
DROP FUNCTION annotations_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0001_first")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
