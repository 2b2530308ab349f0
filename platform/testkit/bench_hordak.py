"""django-hordak beside our ledger: the same transfers through its public way of posting.

Started by `bench_ledger`, one process a connection, in a Django of its own: reads `single 0.5` or `bulk 0.5`
(seconds) from standard input, answers with entries, seconds and its own processor seconds as JSON.
"""

import json
import sys
import time
from decimal import Decimal
from importlib import import_module
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings

ACCOUNTS: Final = 200
BATCH: Final = 1_000


def configure(url: str) -> None:
    """Set Django up with django-hordak and nothing else."""
    parts = urlsplit(url)
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(parts.path.lstrip("/")),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": unquote(parts.hostname or ""),
                "PORT": str(parts.port or ""),
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


def single(known: list[Any], number: int) -> int:
    """Post one transfer in a transaction of its own."""
    transaction, money = import_module("django.db.transaction"), import_module("djmoney.money").Money
    source, target = known[number % ACCOUNTS], known[ACCOUNTS + number * 7 % ACCOUNTS]
    with transaction.atomic():
        amount = money(Decimal(100 + number % 900) / 100, "CNY")
        source.transfer_to(target, amount, description=f"ref-{number}")
    return 1


def bulk(known: list[Any], start: int) -> int:
    """Post a thousand transfers with Django's bulk inserts, in one transaction."""
    transaction, models = import_module("django.db.transaction"), import_module("hordak.models")
    money = import_module("djmoney.money").Money
    with transaction.atomic():
        heads = models.Transaction.objects.bulk_create(
            [models.Transaction(description=f"ref-{number}") for number in range(start, start + BATCH)]
        )
        legs = []
        for number, head in enumerate(heads, start):
            amount = money(Decimal(100 + number % 900) / 100, "CNY")
            legs.append(models.Leg(transaction=head, account=known[number % ACCOUNTS], credit=amount))
            target = known[ACCOUNTS + number * 7 % ACCOUNTS]
            legs.append(models.Leg(transaction=head, account=target, debit=amount))
        models.Leg.objects.bulk_create(legs)
    return BATCH


def main(url: str, which: str) -> int:
    """Migrate (`migrate`), or post as asked on standard input (`work`)."""
    configure(url)
    if which == "migrate":
        import_module("django.core.management").call_command("migrate", verbosity=0)
        prepare(import_module("hordak.models").Account)
        return 0
    known = prepare(import_module("hordak.models").Account)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        shape, seconds = line.split()
        act = single if shape == "single" else bulk
        act(known, 0)
        count, started, cpu = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - started < float(seconds):
            count += act(known, count)
        spent = {
            "count": count,
            "seconds": time.perf_counter() - started,
            "cpu": time.process_time() - cpu,
        }
        sys.stdout.write(json.dumps(spent) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
