from pathlib import Path

from django.db import migrations

# What stands for `/* days */`, `/* columns */` and `/* signs */`; the order is that of the figures.
SQL = Path(__file__).resolve().parents[1] / "sql"
DAYS = (SQL / "days.sql").read_text(encoding="utf-8")
SIGNS = (
    *("plain_count", "doubtful_count", "own_count", "loop_count", "again_count", "soon_count"),
    *("night_count", "round_count", "twin_count", "rapid_count", "payer_known_count"),
    *("personal_sales", "evidenced", "evidenced_personal"),
)
TAKINGS = ("sale_count", "sales", "refund_count", "refunds", "payer_count", "late_count")
MONTHS = (SQL / "months.sql").read_text(encoding="utf-8")
KNOWN = (SQL / "known.sql").read_text(encoding="utf-8")


def arrays(*figures: str) -> str:
    """Return an array a figure, each over the days in order."""
    return ", ".join(f"array_agg({figure} ORDER BY day)" for figure in figures)


def days(start: str, end: str, known: str = "") -> str:
    """Return the days from a start to before an end, as far as known."""
    return DAYS.replace("/* start */", start).replace("/* end */", end).replace("/* known */", known)


class Migration(migrations.Migration):
    """What was known by a date is a function: an array a figure, its plan kept by the session."""

    dependencies = [("receipts", "0001_initial"), ("batches", "0001_initial")]
    operations = [
        migrations.RunSQL(
            KNOWN.replace(
                "/* days */", days("in_start_date", "in_end_date", "AND known_day <= in_known_by")
            )
            .replace("/* columns */", ", ".join(SIGNS))
            .replace("/* signs */", ", ".join(f"array_agg({name})" for name in SIGNS)),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            MONTHS.replace("/* days */", days("from_day", "to_day"))
            .replace("/* columns */", ", ".join(SIGNS))
            .replace("/* takings */", arrays("day - DATE '0001-01-01' + 1", *(f"days.{n}" for n in TAKINGS)))
            .replace("/* signs */", arrays(*SIGNS)),
            migrations.RunSQL.noop,
        ),
    ]
