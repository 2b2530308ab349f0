"""Three sides held against each other: what agrees, what breaks and with which code, how a break ends."""

import time
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.calendars import Calendar
from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from ledger.balances.queries import account_balance
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.models import Entry
from ledger.journal.tests.books import CASH, DAY, DEPOSITS, INCOME, NOW, entry
from ledger.reconciliation import operations as reconciliation
from ledger.reconciliation.csv_file import write_csv
from ledger.reconciliation.models import Break, BreakEvent, Match, Run, Statement, StatementLine
from ledger.reconciliation.operations import (
    BreakEnded,
    Imported,
    Item,
    ItemState,
    NothingProposed,
    ProposalReplaced,
    ResolutionWrong,
    SameHand,
)
from ledger.reconciliation.queries import (
    BreakUnknown,
    BreakView,
    RunView,
    breaks,
    get_break,
    last_run,
    lines_of,
    statements,
)
from ledger.reconciliation.statement import LineState, StatementRow, StatementUnreadable

CALENDAR = Calendar.of()
OPEN, SETTLED, FAILED = ItemState.OPEN, ItemState.SETTLED, ItemState.FAILED


def line(
    number: str, effect: str, message_id: str = "", *, on: date = DAY, state: str = "settled"
) -> StatementRow:
    return StatementRow(1, number, message_id, Money.parse(effect), on, on, LineState(state))


def read_in(*rows: StatementRow, reference: str = "S-1", on: date = DAY) -> Imported:
    return reconciliation.import_statement(
        account=CASH,
        content=write_csv(reference=reference, statement_date=on, rows=rows),
        file_name="s.csv",
        imported_by="accounts@qinglan.example",
        now=NOW,
    )


def booked(effect: str, key: str, *, on: date = DAY) -> UUID:
    """Book a movement of the account."""
    amount = Money.parse(effect.removeprefix("-"))
    sides = (DEPOSITS, CASH) if effect.startswith("-") else (CASH, DEPOSITS)
    return journal.post_entry(entry=entry(*sides, str(amount), key, booking_date=on), now=NOW).id


def item(key: str, effect: str, state: ItemState = SETTLED, entry_id: UUID | None = None) -> Item:
    return Item(key, f"ins_{key}", Money.parse(effect), DAY, state, entry_id)


def run(*items: Item, through: date = DAY) -> RunView:
    return reconciliation.reconcile(
        account=CASH, items=items, through_date=through, owner="accounts@qinglan.example", now=NOW
    )


def found(on: date = DAY) -> list[tuple[str, str, str]]:
    return [
        (each.code, each.key, str(each.difference))
        for each in breaks(as_of_date=on, calendar=CALENDAR, account=CASH)
    ]


def the_break() -> BreakView:
    [only] = breaks(as_of_date=DAY, calendar=CALENDAR)
    return only


def test_all_three_sides_agree_once_and_for_good(books: str) -> None:
    funded = booked("1000.00", "fund")
    paid, received = booked("-300.00", "pay"), booked("20.00", "in")
    items = (item("drw", "-300.00", SETTLED, paid), item("rpy", "20.00", SETTLED, received))
    silent = item("never", "-7.00", FAILED)
    read_in(line("E1", "1000.00"), line("E2", "-300.00", "ins_drw"), line("E3", "20.00", "ins_rpy"))
    first = run(*items, silent)
    assert (first.matched_count, first.opened_count, found()) == (4, 0, [])
    assert dict(Match.objects.values_list("key", "how")) == {
        "drw": "message_id",
        "rpy": "message_id",
        f"gl:{funded}": "amount_date",
        "never": "nothing",
    }
    again = run(*items, silent)
    assert (again.matched_count, again.opened_count, again.ended_count) == (0, 0, 0)
    assert last_run(account=CASH) is not None


def test_each_kind_of_disagreement_has_its_code(books: str) -> None:
    booked("1000.00", "fund")
    odd, short, ours = booked("-30.00", "odd"), booked("-40.00", "short"), booked("-50.00", "ours")
    read_in(
        line("E1", "1000.00"),
        line("E2", "-30.01", "ins_odd"),  # they moved a fen more
        line("E3", "-41.00", "ins_short"),  # our sub-ledger agrees with them, our books do not
        line("E4", "-60.00", "ins_open"),  # they settled what we still wait for
        line("E5", "-60.00", "ins_open", state="settled"),  # and once more under the same message
        line("E6", "-70.00", "ins_failed"),  # they settled what we gave up
        line("E7", "-80.00", "ins_refused", state="refused"),  # they refused what we settled
        line("E8", "9.00"),  # nobody here knows it
        line("E9", "3.00", "x", state="refused"),  # refused and unknown: nothing moved
    )
    refused = booked("-80.00", "refused")
    read = run(
        item("odd", "-30.00", SETTLED, odd),
        item("short", "-41.00", SETTLED, short),
        item("ours", "-50.00", SETTLED, ours),
        item("open", "-60.00", OPEN),
        item("failed", "-70.00", FAILED),
        item("refused", "-80.00", SETTLED, refused),
        item("waiting", "-5.00", OPEN),
    )
    assert sorted(found()) == [
        ("AMOUNT", "odd", "-0.01"),
        ("AMOUNT", "short", "-1.00"),
        ("LONG_OURS", "ours", "50.00"),
        ("LONG_OURS", "waiting", "0.00"),
        ("LONG_THEIRS", "line:E5", "-60.00"),
        ("LONG_THEIRS", "line:E8", "9.00"),
        ("STATE", "failed", "-70.00"),
        ("STATE", "open", "-60.00"),
        ("STATE", "refused", "80.00"),
    ]
    assert (read.matched_count, read.opened_count) == (2, 9)


def test_a_break_ends_when_the_sides_agree_and_changes_its_code_when_they_differ_otherwise(
    books: str,
) -> None:
    booked("1000.00", "fund")
    read_in(line("E1", "1000.00"))
    assert run(item("drw", "-60.00", OPEN)).opened_count == 1
    assert found() == [("LONG_OURS", "drw", "0.00")]
    tomorrow = DAY + timedelta(days=1)
    read_in(line("E2", "-60.00", "ins_drw", on=tomorrow), reference="S-2", on=tomorrow)
    changed = run(item("drw", "-60.00", OPEN), through=tomorrow)
    assert (changed.opened_count, changed.ended_count) == (1, 1)
    assert found() == [("STATE", "drw", "-60.00")]
    paid = booked("-60.00", "pay")
    done = run(item("drw", "-60.00", SETTLED, paid), through=tomorrow)
    assert (done.matched_count, done.ended_count, found()) == (1, 1, [])


def test_a_break_ages_in_workdays_and_has_an_owner(books: str) -> None:
    read_in(line("E8", "9.00"))
    run()
    assert [the_break().age_days, the_break().owner] == [0, "accounts@qinglan.example"]
    reconciliation.assign_break(break_id=the_break().id, owner="ops", actor="accounts", now=NOW)
    friday_week = DAY + timedelta(days=10)  # 10 November 2026 is a Tuesday: 8 workdays and a weekend later
    [aged] = breaks(as_of_date=friday_week, calendar=CALENDAR)
    assert (aged.age_days, aged.owner, aged.status) == (8, "ops", "open")
    holiday = Calendar.of(holidays=[DAY + timedelta(days=1)])
    assert breaks(as_of_date=friday_week, calendar=holiday)[0].age_days == 7


SUSPENSE = (Line.debit(CASH, Money.parse("9.00")), Line.credit(DEPOSITS, Money.parse("9.00")))


def propose(lines: tuple[Line, ...] = SUSPENSE, by: str = "maker") -> UUID:
    which = the_break().id
    reconciliation.propose_resolution(break_id=which, lines=lines, note="不明来账", proposed_by=by, now=NOW)
    return which


def approve(which: UUID, by: str = "checker") -> UUID:
    return reconciliation.approve_resolution(
        break_id=which, approved_by=by, booking_date=DAY + timedelta(days=1), now=NOW
    ).id


def test_a_break_is_resolved_by_a_posting_that_another_person_approves(books: str) -> None:
    read_in(line("E8", "9.00"))
    run()
    which = propose()
    entry_id = approve(which)
    assert str(account_balance(code=CASH)) == "9.00"
    resolved = get_break(break_id=which, as_of_date=DAY, calendar=CALENDAR)
    assert (resolved.status, resolved.resolution_entry_id) == ("resolved", entry_id)
    later = run(through=DAY + timedelta(days=1))
    assert (later.opened_count, found()) == (0, [])  # neither the line nor the posting comes up again


def facts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Entry, Break, BreakEvent, Match))


@pytest.mark.parametrize(
    ("refusal", "act"),
    [
        (SameHand, lambda which: approve(which, by="maker")),
        (
            SameHand,
            lambda which: reconciliation.reject_resolution(
                break_id=which, rejected_by="maker", note="", now=NOW
            ),
        ),
        (ResolutionWrong, lambda which: propose((SUSPENSE[0].opposite, SUSPENSE[1].opposite))),
        (
            ResolutionWrong,
            lambda which: propose(
                (Line.debit(INCOME, Money.parse("9.00")), Line.credit(DEPOSITS, Money.parse("9.00")))
            ),
        ),
        (BreakUnknown, lambda which: approve(new_id())),
    ],
)
def test_no_hand_resolves_alone_and_no_posting_but_the_right_one(
    books: str, refusal: type[Refusal], act: object
) -> None:
    read_in(line("E8", "9.00"))
    run()
    which = propose()
    before = facts()
    with pytest.raises(refusal), transaction.atomic():
        act(which)  # type: ignore[operator]
    assert facts() == before


def test_a_rejected_proposal_leaves_the_break_open_and_an_ended_one_is_closed_for_good(books: str) -> None:
    read_in(line("E8", "9.00"))
    run()
    which = propose()
    reconciliation.reject_resolution(break_id=which, rejected_by="checker", note="查", now=NOW)
    with pytest.raises(NothingProposed):
        approve(which)
    propose(by="checker")
    approve(which, by="maker")
    for act in (lambda: approve(which), lambda: propose_to(which)):
        with pytest.raises(BreakEnded):
            act()


def propose_to(which: UUID) -> None:
    reconciliation.propose_resolution(break_id=which, lines=SUSPENSE, note="", proposed_by="maker", now=NOW)


def test_a_file_counts_once_and_so_does_a_row(books: str) -> None:
    first = read_in(line("E1", "9.00"))
    assert (first.is_news, first.new_count) == (True, 1)
    assert (read_in(line("E1", "9.00")).is_news, StatementLine.objects.count()) == (False, 1)
    second = read_in(line("E1", "9.00"), line("E2", "1.00"), reference="S-2")
    assert (second.new_count, second.repeated) == (1, (1,))
    other = read_in(line("E1", "9.01"), line("E3", "1.00"), reference="S-3")
    assert [bad.reason for bad in other.bad_rows] == ["its entry reference came before with other content"]
    early = read_in(line("E4", "1.00", on=DAY + timedelta(days=1)), reference="S-4")
    assert [bad.reason for bad in early.bad_rows] == ["it is booked after the day of its statement"]
    assert sorted(line.entry_reference for line in StatementLine.objects.all()) == ["E1", "E2", "E3"]
    assert sorted(len(each.bad_rows) for each in statements(account=CASH)) == [0, 0, 1, 1]
    assert [each.entry_reference for each in lines_of(statement_id=second.statement.id)] == ["E2"]
    before = Statement.objects.count()
    with pytest.raises(StatementUnreadable):
        reconciliation.import_statement(account=CASH, content=b"x", file_name="x", imported_by="a", now=NOW)
    assert Statement.objects.count() == before


def test_an_entry_and_its_reversal_cancel(books: str) -> None:
    wrong = booked("9.00", "wrong")
    journal.reverse_entry(entry_id=wrong, booking_date=DAY, value_date=DAY, idempotency_key="undo", now=NOW)
    assert (run().opened_count, found()) == (0, [])


def test_the_reversal_of_what_their_file_had_is_a_movement_they_have_to_show_too(books: str) -> None:
    wrong = booked("9.00", "wrong")
    read_in(line("E1", "9.00"))
    assert (run().matched_count, found()) == (1, [])
    undo = journal.reverse_entry(
        entry_id=wrong, booking_date=DAY, value_date=DAY, idempotency_key="undo", now=NOW
    )
    run()
    assert found() == [("LONG_OURS", f"gl:{undo.id}", "9.00")]
    read_in(line("E2", "-9.00"), reference="S-2")
    assert (run().matched_count, found()) == (1, [])


def test_two_messages_of_the_same_sum_are_two_movements(books: str) -> None:
    booked("1000.00", "fund")
    paid = booked("-20.00", "b")
    run(item("a", "-20.00", FAILED))  # given up, so nothing is to be seen of it
    read_in(line("E1", "1000.00"), line("E2", "-20.00", "ins_a"))  # and yet it moved; b is missing
    run(item("b", "-20.00", SETTLED, paid))
    assert sorted(found()) == [("LONG_OURS", "b", "20.00"), ("LONG_THEIRS", "line:E2", "-20.00")]


def test_a_late_file_of_an_earlier_day_ends_no_break_of_a_later_one(books: str) -> None:
    tomorrow = DAY + timedelta(days=1)
    read_in(line("E8", "9.00", on=tomorrow), on=tomorrow)
    run(through=tomorrow)
    reconciliation.assign_break(break_id=the_break().id, owner="ops", actor="accounts", now=NOW)
    read_in(line("E1", "5.00"), reference="S-0")
    late = run(through=DAY)
    assert (late.through_date, late.opened_count, late.ended_count) == (tomorrow, 1, 0)
    assert [each.owner for each in breaks(as_of_date=tomorrow, calendar=CALENDAR)][-1] == "ops"


def test_a_checker_approves_what_was_looked_at_and_nothing_else(books: str) -> None:
    read_in(line("E8", "9.00"))
    run()
    which = propose()
    seen = the_break()
    assert (seen.proposal_note, seen.proposed_lines) == ("不明来账", SUSPENSE)
    propose((SUSPENSE[0], Line.credit(INCOME, Money.parse("9.00"))))
    before = facts()
    with pytest.raises(ProposalReplaced), transaction.atomic():
        reconciliation.approve_resolution(
            break_id=which, approved_by="checker", booking_date=DAY, now=NOW, proposal_id=seen.proposal_id
        )
    assert facts() == before


def test_what_a_file_says_badly_is_kept_in_letters_that_can_be_shown(books: str) -> None:
    content = write_csv(reference="S\0", statement_date=DAY, rows=[line("E1", "9.00")])
    bad = content + b"E2,,\0up,1.00,CNY,2026-11-02,2026-11-02,settled,\n"
    imported = reconciliation.import_statement(
        account=CASH, content=bad, file_name="a\0.csv", imported_by="a", now=NOW
    )
    view = imported.statement
    assert (view.reference, view.file_name, view.bad_rows[0].reason) == (
        "S?",
        "a?.csv",
        "its direction is ?up",
    )


@pytest.mark.parametrize("model", [Statement, StatementLine, Run, Match, Break, BreakEvent])
def test_what_is_written_here_only_grows(books: str, model: type) -> None:
    read_in(line("E1", "9.00"), line("E2", "1.00"))
    booked("1.00", "fund")
    run()
    propose()
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        model.objects.all().delete()  # type: ignore[attr-defined]
    changing = f"UPDATE {model._meta.db_table} SET id = id"  # type: ignore[attr-defined]
    with (
        pytest.raises(DatabaseError, match="may only grow"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(changing)


def test_ten_thousand_movements_reconcile_in_seconds(books: str) -> None:
    entries = journal.post_entries(
        entries=[
            EntryDraft("in", DAY, DAY, (Line.debit(CASH, Money(n)), Line.credit(INCOME, Money(n))), f"k{n}")
            for n in range(1, 1_001)
        ],
        now=NOW,
    )
    read_in(*(line(f"E{n}", str(Money(1 + n % 1_000)), f"ins_{n}") for n in range(10_000)))
    items = [
        Item(str(n), f"ins_{n}", Money(1 + n % 1_000), DAY, SETTLED, entries[n].id if n < 1_000 else None)
        for n in range(10_000)
    ]
    begun = time.monotonic()
    outcome = run(*items)
    assert time.monotonic() - begun < 30  # on a crowded machine; two seconds on a quiet one
    assert (outcome.matched_count, outcome.opened_count) == (1_000, 9_000)  # the books lack the others
