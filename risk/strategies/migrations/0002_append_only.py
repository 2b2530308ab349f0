"""A published strategy is evidence of what was signed (R-01), and so is every signature: superseded, never changed."""

from pathlib import Path

from django.db import migrations

from plumbing.sql import append_only, sql_file, stamped

TABLES = (
    "strategyversion",
    "strategydraft",
    "proposal",
    "proposalverdict",
    "rulesnooze",
    "split",
    "explorationbudget",
    "publishingpolicy",
    "shadowassignment",
    "shadowstop",
)
# What is live follows from these; snoozes, of one subject each, are read every time.
STAMPED = (
    "strategyversion",
    "strategydraft",
    "split",
    "explorationbudget",
    "shadowassignment",
    "shadowstop",
)

# What `@live@` stands for in live.sql: the row t holds on the day.
LIVE = "t.effective_from <= in_day AND (t.effective_to IS NULL OR t.effective_to > in_day)"
LIVE_SQL = Path(__file__).resolve().parents[1] / "sql" / "live.sql"


class Migration(migrations.Migration):
    dependencies = [("strategies", "0001_initial")]
    operations = [
        *(append_only(f"strategies_{table}") for table in TABLES),
        *(stamped(f"strategies_{table}") for table in STAMPED),
        migrations.RunSQL(
            LIVE_SQL.read_text(encoding="utf-8").replace("@live@", LIVE), migrations.RunSQL.noop
        ),
        sql_file(__file__, "stamped.sql"),
    ]
