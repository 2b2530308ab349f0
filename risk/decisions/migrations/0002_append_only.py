"""A decision is a fact of the past: another decision may supersede it, nothing changes it."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_initial")]
    operations = [append_only("decisions_decision")]
