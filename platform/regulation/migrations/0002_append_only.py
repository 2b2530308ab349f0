from django.db import migrations

from plumbing.sql import append_only, sql_file, stamped


class Migration(migrations.Migration):
    """What the bank adopted, chose and decided may only grow."""

    dependencies = [("regulation", "0001_initial")]
    operations = [
        sql_file(__file__, "in_force.sql"),
        stamped("adopted_rule"),
        *(
            append_only(table)
            for table in (
                "adopted_rule",
                "calendar_year",
                "calendar_day",
                "calendar_override",
                "calendar_proposal",
                "calendar_verdict",
                "lpr_fixing",
                "lpr_proposal",
                "lpr_verdict",
                "vat_election",
                "vat_lock",
                "accrual_election",
                "accrual_lock",
            )
        ),
    ]
