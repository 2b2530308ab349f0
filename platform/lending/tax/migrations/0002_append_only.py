from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """The evidence of an exemption may only grow."""

    dependencies = [("tax", "0001_initial")]
    operations = [append_only("tax_size_declaration"), append_only("tax_drawdown")]
