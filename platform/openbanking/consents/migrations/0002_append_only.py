from django.db import migrations

from plumbing.sql import append_only, sql_file


class Migration(migrations.Migration):
    dependencies = [("consents", "0001_initial")]
    operations = [
        append_only("consents_consentchange"),
        sql_file(__file__, "frozen_terms.sql"),
        sql_file(__file__, "classes.sql"),
    ]
