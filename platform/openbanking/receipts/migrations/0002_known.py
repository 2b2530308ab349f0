from pathlib import Path

from django.db import migrations

# What `/* days */`, `/* columns */` and `/* signs */` stand for in known.sql; the order is that of the figures.
DAYS = """
                SELECT day, sum(sale_count)::integer AS sale_count, sum(sales)::bigint AS sales,
                       sum(refund_count)::integer AS refund_count, sum(refunds)::bigint AS refunds,
                       sum(payer_count)::integer AS payer_count,
                       coalesce(sum(sale_count) FILTER (WHERE known_day > day + 3), 0)::integer AS late_count
                  FROM receipts_receiptday
                 WHERE enterprise_id = in_enterprise_id AND scene_id = in_scene_id
                   AND day >= in_start_date AND day < in_end_date AND known_day <= in_known_by
                 GROUP BY day ORDER BY day
"""
SIGNS = (
    *("plain_count", "doubtful_count", "own_count", "loop_count", "again_count", "soon_count"),
    *("night_count", "round_count", "twin_count", "rapid_count", "payer_known_count"),
    *("personal_sales", "evidenced", "evidenced_personal"),
)
TAKINGS = ("sale_count", "sales", "refund_count", "refunds", "payer_count", "late_count")
MONTHS = (Path(__file__).resolve().parents[1] / "sql" / "months.sql").read_text(encoding="utf-8")
KNOWN = (Path(__file__).resolve().parents[1] / "sql" / "known.sql").read_text(encoding="utf-8")


def arrays(*figures: str) -> str:
    """Return an array a figure, each over the days in order."""
    return ", ".join(f"array_agg({figure} ORDER BY day)" for figure in figures)


class Migration(migrations.Migration):
    """What was known by a date is a function: an array a figure, its plan kept by the session."""

    dependencies = [("receipts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            KNOWN.replace("/* days */", DAYS)
            .replace("/* columns */", ", ".join(SIGNS))
            .replace("/* signs */", ", ".join(f"array_agg({name})" for name in SIGNS)),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            MONTHS.replace("/* columns */", ", ".join(SIGNS))
            .replace("/* takings */", arrays("day - DATE '0001-01-01' + 1", *(f"days.{n}" for n in TAKINGS)))
            .replace("/* signs */", arrays(*SIGNS)),
            migrations.RunSQL.noop,
        ),
    ]
