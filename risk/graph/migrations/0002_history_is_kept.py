from pathlib import Path

from django.db import migrations

from plumbing.sql import append_only, sql_file

# What `@live@` and `@owed@` stand for in applicant.sql: r holds on the day, as was known; what x owes.
LIVE = (
    "r.valid_from <= in_on_date AND r.known_at <= in_known_by"
    " AND (r.valid_to IS NULL OR r.valid_to > in_on_date OR r.ended_at > in_known_by)"
)
OWED = (
    "(SELECT p.exposure FROM graph_position p WHERE p.entity_id = x.id AND p.as_of_date <= in_on_date"
    " AND p.known_at <= in_known_by ORDER BY p.id DESC LIMIT 1)"
)
APPLICANT = Path(__file__).resolve().parents[1] / "sql" / "applicant.sql"


class Migration(migrations.Migration):
    """Relations and flags end once; what was handed over only grows; an applicant's figures are a function."""

    dependencies = [("graph", "0001_initial")]
    operations = [
        *(append_only(table) for table in ("graph_entity", "graph_book", "graph_position", "graph_ceiling")),
        sql_file(__file__, "ends_once.sql"),
        migrations.RunSQL(
            APPLICANT.read_text(encoding="utf-8").replace("@live@", LIVE).replace("@owed@", OWED),
            migrations.RunSQL.noop,
        ),
    ]
