"""Both banks' parts of what a joint loan has earned: nothing is left over, each bears its own VAT. Pure."""

from hypothesis import given
from hypothesis import strategies as st

from lending.participations.accruals import Accrual, Earned, held_by_lead, held_by_partner
from lending.tax.booking import LoanTax

BY = {"bank:lian": 3_000_000, "bank:qinglan": 7_000_000}
TAXED = LoanTax(60_000)
SPLIT = LoanTax(60_000, 72_000, 45_000)
INCOME = "6011.02"


def test_the_figures_of_j9_with_vat_on_each_banks_own_part() -> None:
    whole = Accrual(Earned(60_000))
    theirs = whole.part("bank:lian", BY)
    lead = held_by_lead(whole, theirs, tax=TAXED, income_account=INCOME)
    # of 600.00 the VAT is 33.96, of the lead's own 420.00 it is 23.77
    assert lead == {"1303.02": -18_000, INCOME: 16_981, "2221.01": 1_019}
    partner = held_by_partner(theirs, tax=TAXED, income_account=INCOME)
    assert partner == {"1303.02": 18_000, INCOME: -16_981, "2221.01": -1_019}
    due = Accrual(Earned(60_000), Earned(2_339), due=60_000)
    moved = held_by_lead(due, due.part("bank:lian", BY), tax=LoanTax(), income_account="6011.01")
    assert moved == {"1132": -18_702, "6011.01": 18_000, "6011.03": 702}


def test_what_was_received_waived_or_lost_is_owed_no_more() -> None:
    paid = Accrual(Earned(60_000, received=60_000))
    theirs = paid.part("bank:lian", BY)
    assert held_by_lead(paid, theirs, tax=LoanTax(), income_account="6011.01") == {}
    # the row paid the partner 180.00 out of the lead's income, VAT and all: the VAT is the partner's own
    assert held_by_lead(paid, theirs, tax=TAXED, income_account=INCOME) == {INCOME: -1_019, "2221.01": 1_019}
    lost = Accrual(Earned(60_000, waived=10_000, lost=50_000))
    theirs = lost.part("bank:lian", BY)
    lead = held_by_lead(lost, theirs, tax=LoanTax(), income_account="6011.01")
    assert lead == {"6011.01": 15_000, "1304.03": -15_000}
    partner = held_by_partner(theirs, tax=LoanTax(), income_account="6011.01")
    assert partner == {"6011.01": -15_000, "1304.03": 15_000}


earned = st.lists(st.integers(0, 10**9), min_size=4, max_size=4).map(
    lambda each: Earned(sum(each), each[0], each[1], each[2])
)


@given(
    interest=earned, late=earned, mine=st.integers(1, 10**8), tax=st.sampled_from([LoanTax(), TAXED, SPLIT])
)
def test_parts_add_up_entries_balance_and_what_one_gives_the_other_has(
    interest: Earned, late: Earned, mine: int, tax: LoanTax
) -> None:
    by = {"bank:lian": mine, "bank:qinglan": 10**8 + 1 - mine}
    whole = Accrual(interest, late, due=interest.owed // 2)
    theirs, own = whole.part("bank:lian", by), whole.part("bank:qinglan", by)
    for name in ("earned", "received", "owed"):
        assert getattr(theirs.interest, name) + getattr(own.interest, name) == getattr(interest, name)
    assert abs(theirs.interest.owed) <= interest.owed  # nothing once nothing is owed
    lead = held_by_lead(whole, theirs, tax=tax, income_account=INCOME)
    partner = held_by_partner(theirs, tax=tax, income_account=INCOME)
    assert sum(lead.values()) == sum(partner.values()) == 0
    for account in ("1303.02", "1132", "1304.03"):
        assert lead.get(account, 0) + partner.get(account, 0) == 0
    own_vat = tax.interest_vat(own.interest.earned) + tax.late_vat(own.late.earned)
    all_vat = tax.interest_vat(interest.earned) + tax.late_vat(late.earned)
    assert all_vat - lead.get("2221.01", 0) == own_vat
    assert Accrual.of(theirs.as_json()) == theirs
