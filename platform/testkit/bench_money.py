"""Measures the money core: ledger transfers, the day-end, schedules solved and payoffs quoted.

    python -m testkit.bench_money [--loans 1000000] [--small 5000] [--rounds 7] [--json FILE]

One table, and one JSON file (by default `bench_money.json` in the state folder). Each part is a process of
its own that makes its database and drops it, so that one does not feel the memory of another: `bench_ledger`
beside the raw design and django-hordak, `bench_day_end` beside bare scans. `--loans 20000 --rounds 1` is a
quick run; `--loans 0` leaves the large bank out. The status is 1 when a part fails.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from testkit.bench_quotes import solves  # noqa: E402


def part(module: str, arguments: Sequence[str]) -> tuple[int, Any]:
    """Run one measurement, showing its table as it comes; return its status and its figures."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        command = [sys.executable, "-m", module, *arguments, "--json", str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
            for line in child.stdout or ():
                if not line.startswith("{"):  # its figures come with ours
                    sys.stdout.write(line)
                    sys.stdout.flush()
        figures = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
        return child.returncode, figures


def main() -> int:
    """Run the parts, print what they say, write all their figures to one file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--loans", type=int, default=1_000_000, help="of the large bank's day-end; 0: none")
    parser.add_argument("--small", type=int, default=5_000, help="loans of the small bank; 0: none")
    parser.add_argument("--days", type=int, default=4, help="day-ends measured; the third ends the month")
    parser.add_argument("--seconds", help="of one stretch of transfers, as bench_ledger has it unless given")
    parser.add_argument("--rounds", help="of transfers")
    parser.add_argument("--connections", nargs="+", help="that transfer at once")
    parser.add_argument("--json", type=Path, default=Path(settings.STATE_DIR) / "bench_money.json")
    asked = parser.parse_args()
    given = {"--seconds": asked.seconds, "--rounds": asked.rounds}
    transfers = [word for name, value in given.items() if value for word in (name, value)]
    transfers += ["--connections", *asked.connections] if asked.connections else []
    days = ["--loans", str(asked.loans), "--small", str(asked.small), "--days", str(asked.days)]
    figures: dict[str, Any] = {"measured_at": datetime.now(UTC).isoformat(), "processors": os.cpu_count()}
    ledger_status, figures["ledger"] = part("testkit.bench_ledger", transfers)
    day_end_status, figures["day_end"] = part("testkit.bench_day_end", days)
    figures["solves"] = solves()
    rows = [f"{name:44} {rate:9,.0f}" for name, rate in figures["solves"].items()]
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(["", *rows, "", f"figures in {asked.json}"]) + "\n")
    return 1 if ledger_status or day_end_status else 0


if __name__ == "__main__":
    sys.exit(main())
