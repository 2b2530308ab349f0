"""Links the bank's decisions into their chain, in short transactions, beside whoever is deciding."""

from django.db import transaction

from interfaces.door import now
from risk.decisions import operations as decisions


def seal_decisions(*, sweep: bool = False) -> int:
    """Seal what is committed; return how many. With `sweep` also what committed long after it was made."""
    count = 0
    while True:
        with transaction.atomic(durable=True):
            run = decisions.seal_decisions(now=now(), sweep=sweep)
        count += run.count
        if run.finished:
            return count
