"""Whatever is posted, held, settled, voided, reversed and folded in whatever order: the books hold."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.balances import operations as balances
from ledger.balances.queries import trial_balance
from ledger.chart.queries import accounts
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.models import Posting
from ledger.journal.tests.books import CASH, DEPOSITS, INCOME, LOANS, NOW, counts, open_books
from ledger.proofs.queries import check_books

DAYS = [date(2026, 11, n) for n in range(5, 10)]
CODES = (CASH, LOANS, DEPOSITS, INCOME)

days = st.sampled_from(DAYS)
legs = st.lists(
    st.tuples(st.sampled_from(CODES), st.sampled_from(CODES), st.integers(1, 10**9)), min_size=1, max_size=4
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("post"), legs, days, days),
        st.tuples(st.just("hold"), legs, days, days),
        st.tuples(st.just("settle"), st.integers(0, 9), days, days),
        st.tuples(st.just("void"), st.integers(0, 9)),
        st.tuples(st.just("reverse"), st.integers(0, 9), days, days),
        st.tuples(st.just("fold")),
        st.tuples(st.just("close"), days),
    ),
    max_size=12,
)


def take(act: Any, made: Any) -> None:
    """Take one step in a transaction of its own, or be refused and leave nothing."""
    with transaction.atomic():
        match act:
            case ("post" | "hold", pairs, booked, valued):
                lines = [
                    line
                    for debit, credit, minor in pairs
                    for line in (Line.debit(debit, Money(minor)), Line.credit(credit, Money(minor)))
                ]
                draft = EntryDraft(
                    "random", booked, valued, tuple(lines), uuid4().hex, pending=act[0] == "hold"
                )
                made.append(journal.post_entry(entry=draft, now=NOW).id)
            case ("settle", n, booked, valued) if made:
                entry_id = made[n % len(made)]
                journal.settle_pending(entry_id=entry_id, booking_date=booked, value_date=valued, now=NOW)
            case ("void", n) if made:
                journal.void_pending(entry_id=made[n % len(made)], now=NOW)
            case ("reverse", n, booked, valued) if made:
                journal.reverse_entry(
                    entry_id=made[n % len(made)],
                    booking_date=booked,
                    value_date=valued,
                    idempotency_key=uuid4().hex,
                    now=NOW,
                )
            case ("fold",):
                balances.fold(now=NOW)
            case ("close", through):
                balances.close_days(through_date=through)


def expected(as_of: Any, column: Any) -> Any:
    """Return debits and credits by code, added up in Python from the postings themselves."""
    codes = {account.id: account.code for account in accounts()}
    sums = defaultdict(lambda: [0, 0])
    for account_id, side, amount in Posting.objects.filter(**{f"{column}__lte": as_of}).values_list(
        "account_id", "side", "amount"
    ):
        sums[codes[account_id]][side == "credit"] += amount
    return {code: tuple(pair) for code, pair in sums.items()}


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_the_trial_balance_is_the_sum_of_the_postings(committed_qinglan: str, steps: Any) -> None:
    with transaction.atomic():
        open_books()
    made = []
    for act in steps:
        before = counts()
        try:
            take(act, made)
        except Refusal:
            assert counts() == before
    for by, column in (("booking", "booking_date"), ("value", "value_date")):
        for day in DAYS:
            found = trial_balance(as_of_date=day, by=by)
            assert found.balanced
            moved = {
                row.code: (row.debits.minor, row.credits.minor)
                for row in found.rows
                if row.debits or row.credits
            }
            assert moved == expected(day, column)
    assert [finding for finding in check_books() if not finding.ok] == []
