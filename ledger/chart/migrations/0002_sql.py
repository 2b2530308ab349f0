"""Installs what PostgreSQL itself holds of this room."""

from django.db import migrations

from plumbing.sql import sql_file


class Migration(migrations.Migration):
    """Functions and triggers."""

    dependencies = [("chart", "0001_initial")]

    operations = [
        sql_file(__file__, "chart.sql"),
    ]
