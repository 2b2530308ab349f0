"""A registered model and its steps are evidence: they are superseded, never changed."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]
    operations = [append_only("scoring_modelversion"), append_only("scoring_modelmove")]
