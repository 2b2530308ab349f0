"""django-hordak beside our ledger: the same transfers through its public way of posting.

Started by `bench_ledger`, one process a connection, in a Django of its own: reads workloads from standard
input, one as JSON a line, answers each with entries, seconds and processor seconds of both ends, as JSON.
Single transfers are `Account.transfer_to`, which opens its own transaction; batches are Django's bulk inserts
of its transactions and legs, as its own benchmark command posts them. Its balances are sums over the legs, so
one hot account costs it nothing at posting time either.
"""

import json
import os
import sys
import time
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.conf import settings

ACCOUNTS: Final = 200
WARM_CALLS: Final = 6
TICKS: Final = os.sysconf("SC_CLK_TCK")


def configure(url: str) -> None:
    """Set Django up with django-hordak and nothing else."""
    parts = urlsplit(url)
    place = dict(parse_qsl(parts.query))
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(parts.path.lstrip("/")),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": place.get("host", ""),
                "PORT": place.get("port", ""),
                "CONN_MAX_AGE": None,
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "mptt", "hordak"],
        DEFAULT_CURRENCY="CNY",
        CURRENCIES=["CNY"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


def prepare(accounts: Any) -> list[Any]:
    """Return the accounts to post between, made by whoever comes first."""
    if not accounts.objects.exists():
        for number in range(2 * ACCOUNTS):
            accounts.objects.create(name=f"a{number}", code=str(number), type="AS", currencies=["CNY"])
    return list(accounts.objects.order_by("id"))


class Poster:
    """Posts transfers between known accounts; the modules can only be imported once Django is set up."""

    def __init__(self) -> None:
        self.transaction = import_module("django.db.transaction")
        self.models = import_module("hordak.models")
        self.money = import_module("djmoney.money").Money
        self.known = prepare(self.models.Account)

    def transfer(self, number: int, *, hot: bool) -> tuple[Any, Any, Any]:
        """Return source, target and amount of the n-th transfer."""
        target = self.known[-1] if hot else self.known[ACCOUNTS + number * 7 % ACCOUNTS]
        return self.known[number % ACCOUNTS], target, self.money(Decimal(100 + number % 900) / 100, "CNY")

    def single(self, number: int, *, hot: bool) -> None:
        """Post one transfer in a transaction of its own."""
        source, target, amount = self.transfer(number, hot=hot)
        source.transfer_to(target, amount, description=f"ref-{number}")

    def bulk(self, start: int, many: int, *, hot: bool) -> None:
        """Post many transfers with bulk inserts, in one transaction."""
        transactions, leg = self.models.Transaction, self.models.Leg
        numbers = range(start, start + many)
        with self.transaction.atomic():
            heads = transactions.objects.bulk_create([transactions(description=f"ref-{n}") for n in numbers])
            legs = []
            for number, head in zip(numbers, heads, strict=True):
                source, target, amount = self.transfer(number, hot=hot)
                legs.append(leg(transaction=head, account=source, credit=amount))
                legs.append(leg(transaction=head, account=target, debit=amount))
            leg.objects.bulk_create(legs)

    def post(self, workload: dict[str, Any], start: int) -> None:
        """Post one call of a workload."""
        if workload["batch"] == 1:
            self.single(start, hot=workload["hot"])
        else:
            self.bulk(start, workload["batch"], hot=workload["hot"])


def server_cpu(pid: int) -> float:
    """Return the processor seconds of a server process of this machine; nothing of another's."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def work(poster: Poster, workload: dict[str, Any]) -> dict[str, float]:
    """Post for some seconds, after a few calls that do not count."""
    for warm in range(WARM_CALLS if workload["batch"] == 1 else 1):
        poster.post(workload, warm)
    pid = import_module("django.db").connection.connection.info.backend_pid
    count, started, cpu = 0, time.perf_counter(), time.process_time() + server_cpu(pid)
    while time.perf_counter() - started < workload["seconds"]:
        poster.post(workload, count)
        count += workload["batch"]
    elapsed = time.perf_counter() - started
    cpu = time.process_time() + server_cpu(pid) - cpu
    return {"count": count, "seconds": elapsed, "cpu": cpu}


def main(url: str, which: str) -> int:
    """Migrate (`migrate`), or post as asked on standard input (`work`)."""
    configure(url)
    if which == "migrate":
        import_module("django.core.management").call_command("migrate", verbosity=0)
        prepare(import_module("hordak.models").Account)
        return 0
    poster = Poster()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(work(poster, json.loads(line))) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
