"""Netting: over all parties it comes to nothing; each side's posting clears what stood in its books. Pure."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money
from ledger.journal.entry import EntryDraft, Side
from ledger.settlement.netting import Owed, batch_file, closing_lines, net, sm3

DAY = date(2026, 11, 2)
PARTIES = ("bank:a", "bank:b", "scene:c", "platform:d")
debts = st.lists(
    st.tuples(
        st.sampled_from(PARTIES), st.sampled_from(PARTIES), st.integers(min_value=1, max_value=10**12)
    ).filter(lambda debt: debt[0] != debt[1]),
    min_size=1,
    max_size=12,
)


def owed_by(me: str, found: list[tuple[str, str, int]]) -> list[Owed]:
    """Return one party's own view of who owes whom."""
    own = []
    for number, (debtor, creditor, minor) in enumerate(found):
        if debtor == me:
            own.append(Owed(creditor, "x", Money(minor), "2241", DAY, f"k{number}"))
        elif creditor == me:
            own.append(Owed(debtor, "x", Money(-minor), "1221", DAY, f"k{number}"))
    return own


@given(found=debts)
@settings(max_examples=100, deadline=None)
def test_what_all_parties_settle_comes_to_nothing(found: list[tuple[str, str, int]]) -> None:
    nets = {me: net(owed_by(me, found)) for me in PARTIES}
    assert sum(each.minor for views in nets.values() for each in views.values()) == 0
    for me in PARTIES:
        for other, mine in nets[me].items():
            assert nets[other][me] == -mine  # both sides see the same sum, with opposite signs


@given(found=debts)
@settings(max_examples=60, deadline=None)
def test_the_posting_of_a_batch_clears_every_account_and_balances(found: list[tuple[str, str, int]]) -> None:
    for me in PARTIES:
        for other, total in net(owed_by(me, found)).items():
            owed = [each for each in owed_by(me, found) if each.party == other]
            lines = closing_lines(owed, against="1003")
            draft = EntryDraft("settlement.received", DAY, DAY, lines, "k")  # refuses what does not balance
            moved = {
                line.account: line.amount.minor * (1 if line.side is Side.DEBIT else -1) for line in lines
            }
            assert moved.get("1003", 0) == -total.minor
            for account in ("2241", "1221"):
                stood = sum(each.effect.minor for each in owed if each.account == account)
                assert moved.get(account, 0) == stood
            assert draft.lines


def test_both_sides_hash_the_same_file_whatever_the_order() -> None:
    owed = owed_by("bank:a", [("bank:a", "bank:b", 5), ("bank:b", "bank:a", 7)])
    facts = {"batch": "stb_1", "party": "bank:b", "business_date": DAY}
    content = batch_file(owed=owed, **facts)  # type: ignore[arg-type]
    assert sm3(content) == sm3(batch_file(owed=owed[::-1], **facts))  # type: ignore[arg-type]
    assert content.startswith(b"settlement,stb_1,bank:b,2026-11-02,-0.02\n")
    altered = [*owed[:1], Owed("bank:b", "x", Money(-8), "1221", DAY, "k1")]
    assert sm3(content) != sm3(batch_file(owed=altered, **facts))  # type: ignore[arg-type]
