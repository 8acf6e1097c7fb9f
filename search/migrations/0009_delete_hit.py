from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0008_hits_of_candidates")]
    operations = [migrations.DeleteModel(name="Hit")]
