"""Measures the sandbox's seeds, and writes what each holds into the file that the developer site reads.

    python -m testkit.bench_seeds [--seed CODE] [--write]

Makes a database of its own beside the configured one, in it the template and one test clock, fills its
bank with each seed in turn as a worker does, and proves its books. `--write` renews
`api_docs/guides/seeds.json`: a test holds the smaller seeds against it. Drops the database.
"""

import argparse
import json
import os
import sys
import time
from typing import Any, Final

import django
from django.db import connection, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from celery import current_app  # noqa: E402

from interfaces import sandbox_banks  # noqa: E402
from interfaces.door import in_bank  # noqa: E402
from interfaces.jobs import sandbox_clocks  # noqa: E402
from interfaces.ops.migrations import migrate_schema  # noqa: E402
from interfaces.ops.sandbox_template import prepare_template  # noqa: E402
from interfaces.sandbox_worlds import FIGURES, WORLDS  # noqa: E402
from ledger.proofs.queries import check_books  # noqa: E402
from lending.proofs import check_loans  # noqa: E402
from plumbing.clock.queries import business_date  # noqa: E402
from plumbing.schemas import public_schema  # noqa: E402
from tenants.sandboxes.queries import ClockView, get_clock  # noqa: E402
from testkit.bench_rate import server_seconds  # noqa: E402
from testkit.clock_lives import opened  # noqa: E402
from testkit.scenes import open_scene  # noqa: E402
from testkit.scratch import scratch_database  # noqa: E402

HOLDS: Final = {
    "businesses": "SELECT count(*) FROM enterprises_enterprise",
    "data_rows": "SELECT coalesce(sum(rows_accepted), 0)::bigint FROM batches_databatch",
    "approved": "SELECT count(*) FROM applications_application WHERE approved_amount IS NOT NULL",
    "declined": "SELECT count(*) FROM applications_application WHERE status = 'declined'",
    "in_review": "SELECT count(*) FROM applications_application WHERE status = 'in_review'",
    "loans": "SELECT count(*) FROM loans_loan",
    "active": "SELECT count(*) FROM loans_loan WHERE status = 'active'",
    "overdue": "SELECT count(*) FROM loans_loan WHERE status = 'active' AND overdue_since_date IS NOT NULL",
    "overdue_90": "SELECT count(*) FROM loans_loan WHERE %(today)s - overdue_since_date > 90",
    "paid_off": "SELECT count(*) FROM loans_loan WHERE status = 'paid_off'",
    "repayments": "SELECT count(*) FROM repayments_repayment WHERE status = 'succeeded'",
    "lent_fen": "SELECT coalesce(sum(principal), 0)::bigint FROM loans_loan",
    "owed_fen": "SELECT coalesce(sum(outstanding), 0)::bigint FROM loans_loan",
    "events": "SELECT count(*) FROM outbox_event",
    "entries": "SELECT count(*) FROM ledger_entry",
}


def filled(clock: ClockView, seed: str) -> dict[str, Any]:
    """Fill a clock's bank with a seed; return what it holds then, and what that took.

    `worker_seconds` are CPU seconds of the worker, as `server_seconds` of the database's process: on a
    machine that others use, the time on the wall says little.
    """
    started, used, server = time.perf_counter(), time.process_time(), server_seconds() or 0.0
    begun = sandbox_banks.begin_seed(clock, seed=seed)
    status = sandbox_clocks.advance(begun.id)
    took = time.perf_counter() - started
    if status != "ready":
        with public_schema():
            raise AssertionError(get_clock(clock_id=clock.id, scene_id=None).failure)
    return {
        **held(clock),
        "worker_seconds": round(time.process_time() - used, 1),
        "server_seconds": round((server_seconds() or 0.0) - server, 1),
        "wall_seconds": round(took, 1),
    }


def held(clock: ClockView) -> dict[str, Any]:
    """Return what a clock's bank holds; raises where its books do not agree."""
    with in_bank(clock.schema_name), connection.cursor() as cursor:
        with transaction.atomic():
            proofs = (*check_books(), *check_loans(business_date=business_date()))
        broken = [f"{proof.invariant}: {proof.detail}" for proof in proofs if not proof.ok]
        if broken:
            raise AssertionError(broken)
        found = {"business_date": business_date().isoformat()}
        for name, statement in HOLDS.items():
            cursor.execute(statement, {"today": business_date()})
            found[name] = cursor.fetchone()[0]
    return found


def main() -> int:
    """Make the database, fill, print, write if asked, drop it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", choices=list(WORLDS), action="append")
    parser.add_argument("--write", action="store_true", help="renew the published figures")
    asked = parser.parse_args()
    current_app.conf.update(broker_url="memory://")  # nothing is left in a real queue
    figures = {}
    with scratch_database("seeds") as database:
        migrate_schema("public")
        prepare_template()
        clock = opened(open_scene(database, banks=[]).scene_id, "bench")
        for seed in asked.seed or WORLDS:
            figures[seed] = filled(clock, seed)
            sys.stdout.write(f"{seed}: {json.dumps(figures[seed])}\n")
            sys.stdout.flush()
    if asked.write:
        known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
        for seed, found in figures.items():
            known[seed] = {name: found[name] for name in ("business_date", *HOLDS, "worker_seconds")}
        ordered = {seed: known[seed] for seed in WORLDS if seed in known}
        FIGURES.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
