"""A secured line (S2-39): 80.01 % is refused, an unlisted community is looked at, no draw before the lien."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.balances.queries import account_balance
from ledger.journal.models import Entry
from lending.collateral import operations, queries
from lending.collateral.models import Collateral, Community, Pledge, PledgeStatus, Valuation
from lending.collateral.operations import PledgeNeeded, pledge, register_lien, release_pledge
from lending.drawdowns.models import Drawdown
from plumbing.audit.models import AuditRecord
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from testkit.servicing import NOON, Borrower, at_the_counter, borrower, draw, fund, lend, term_line

HOME = "示例花园"
TITLE = "浙(2020)台州不动产权第0000001号"
NEXT_YEAR = date(2027, 11, 2)
MAKER, CHECKER = "product@qinglan.example", "risk@qinglan.example"
TABLES = (Collateral, Community, Valuation, Pledge, Entry, AuditRecord, Drawdown)


def rows() -> dict[str, int]:
    return {table.__name__: table.objects.count() for table in TABLES}


def listed() -> None:
    operations.list_community(
        area_code="331002",
        name=HOME,
        listed_from=date(2026, 1, 1),
        proposed_by=MAKER,
        approved_by=CHECKER,
        now=NOON,
    )


def home(who: Borrower, *, value: str = "1000000.00", **changes: Any) -> UUID:
    given = {
        "enterprise_id": who.enterprise_id,
        "kind": "residence",
        "area_code": "331002",
        "community": HOME,
        "title_no": TITLE,
    }
    made = operations.register_collateral(**{**given, **changes}, now=NOON, business_date=business_date())
    operations.record_valuation(
        collateral_id=made.id,
        value=Money.parse(value),
        valued_date=business_date(),
        expires_date=NEXT_YEAR,
        appraiser="示例评估行",
        recorded_by=MAKER,
        now=NOON,
        business_date=business_date(),
    )
    return made.id


def pledged(collateral: UUID, who: Borrower, secured: str, **changes: Any) -> queries.PledgeView:
    given = {"prior": Money(0), "agreed_by": MAKER}
    return pledge(
        **{**given, **changes},
        collateral_id=collateral,
        line_id=who.line_id,
        secured=Money.parse(secured),
        now=NOON,
        business_date=business_date(),
    )


def registered(made: queries.PledgeView) -> queries.PledgeView:
    return register_lien(
        pledge_id=made.id,
        lien_no="浙(2026)台州不动产证明第0000001号",
        registered_date=business_date(),
        recorded_by=MAKER,
        now=NOON,
        business_date=business_date(),
    )


def test_a_draw_waits_for_the_lien_and_goes_out_the_same_day(qinglan: str) -> None:
    listed()
    fund("1000000.00")
    who = borrower(limit="800000.00")
    made = pledged(home(who), who, "800000.00")
    assert (made.ltv, made.status) == (Decimal("0.800000"), PledgeStatus.AGREED)
    before = rows()
    with pytest.raises(queries.LienNotRegistered):
        draw(who, "500000.00")
    assert rows() == before

    registered(made)
    assert account_balance(code="9004") == Money.parse("800000.00")
    loan = lend(who, "500000.00")
    assert loan.principal == Money.parse("500000.00")
    with pytest.raises(PledgeNeeded):
        release_pledge(pledge_id=made.id, released_by=MAKER, now=NOON, business_date=business_date())


def test_a_fall_in_value_stops_the_next_draw_and_touches_nothing_drawn(qinglan: str) -> None:
    listed()
    fund("1000000.00")
    who = borrower(limit="800000.00")
    house = home(who)
    registered(pledged(house, who, "800000.00"))
    lend(who, "500000.00")
    home(who, value="700000.00")
    before = rows()
    with pytest.raises(queries.CoverTooSmall) as told:
        draw(who, "100000.00")
    assert told.value.params == {"used": "600000.00", "cover": "560000.00"}
    assert rows() == before
    draw(who, "60000.00")


@pytest.mark.parametrize(
    ("secured", "changes", "code", "said"),
    [
        ("800100.00", {}, "collateral.refused", "80.01 %"),
        ("700000.00", {"prior": Money.parse("100100.00")}, "collateral.refused", "80.01 %"),
        ("500100.00", {"max_ltv": Decimal("0.500000")}, "collateral.refused", "50.01 %"),
        ("800000.00", {"max_ltv": Decimal("0.810000")}, "collateral.invalid", "amount"),
        ("0.00", {}, "collateral.invalid", "amount"),
        ("800000.00", {"reviewed_by": MAKER}, "collateral.same_person", MAKER),
    ],
)
def test_what_does_not_secure_a_line(
    qinglan: str, secured: str, changes: dict[str, Any], code: str, said: str
) -> None:
    listed()
    who = borrower()
    house = home(who)
    before = rows()
    with pytest.raises(Refusal) as told:
        pledged(house, who, secured, **changes)
    assert told.value.code == code
    assert said in str(told.value)
    assert rows() == before


def test_off_the_list_of_communities_a_second_person_looks(qinglan: str) -> None:
    who = borrower()
    house = home(who)
    before = rows()
    with pytest.raises(operations.ReviewRequired, match="community_not_listed"):
        pledged(house, who, "100000.00")
    assert rows() == before
    assert pledged(house, who, "100000.00", reviewed_by=CHECKER).reviewed_by == CHECKER


def test_the_list_needs_two_people_and_forgets_nothing(qinglan: str) -> None:
    listed()
    before = rows()
    with pytest.raises(operations.CommunityListedAlready):
        listed()
    with pytest.raises(operations.SamePerson):
        operations.list_community(
            area_code="331002",
            name="另一小区",
            listed_from=date(2026, 1, 1),
            proposed_by=MAKER,
            approved_by=MAKER,
            now=NOON,
        )
    assert rows() == before
    operations.delist_community(
        area_code="331002", name=HOME, listed_until=date(2026, 11, 20), approved_by=CHECKER, now=NOON
    )
    on = {
        day: queries.community_listed(area_code="331002", name=HOME, on_date=date(2026, 11, day))
        for day in (19, 20)
    }
    assert on == {19: True, 20: False}


def test_a_second_lien_ranks_behind_the_first(qinglan: str) -> None:
    listed()
    first, second = borrower(limit="500000.00"), borrower(limit="500000.00")
    house = home(first)
    pledged(house, first, "500000.00")
    with pytest.raises(operations.AlreadyPledged):
        pledged(house, first, "1.00")
    with pytest.raises(operations.CollateralRefused, match=r"80\.01 %"):
        pledged(house, second, "300100.00")
    assert pledged(house, second, "300000.00").ltv == Decimal("0.800000")


def test_one_title_is_one_collateral_and_sealed(qinglan: str) -> None:
    who, other = borrower(), borrower()
    assert home(who) == home(who)
    with pytest.raises(operations.CollateralInvalid, match="title"):
        home(other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT title_no FROM collateral_collateral")
        ((stored,),) = cursor.fetchall()
    assert TITLE not in stored
    assert TITLE[:-4] not in str(queries.get_collateral(collateral_id=home(who), on_date=business_date()))
    with bank_schema("lian"):
        assert rows() == dict.fromkeys(rows(), 0) | {"AuditRecord": AuditRecord.objects.count()}


def test_a_released_pledge_leaves_the_books_and_comes_back_only_anew(qinglan: str) -> None:
    listed()
    who = borrower()
    made = registered(pledged(home(who), who, "100000.00"))
    release_pledge(pledge_id=made.id, released_by=MAKER, now=NOON, business_date=business_date())
    assert account_balance(code="9004") == Money(0)
    before = rows()
    with pytest.raises(operations.PledgeStateConflict):
        registered(made)
    assert rows() == before


def test_a_term_loan_repaid_lets_its_collateral_go(qinglan: str) -> None:
    listed()
    fund("1000000.00")
    term = term_line(borrower())
    made = registered(pledged(home(term), term, "100000.00"))
    loan = lend(term, "100000.00", tenor_days=365)
    with pytest.raises(PledgeNeeded):
        release_pledge(pledge_id=made.id, released_by=MAKER, now=NOON, business_date=business_date())
    at_the_counter(loan, "100000.00", received_date=business_date(), receipt_no="ALL")
    let_go = release_pledge(pledge_id=made.id, released_by=MAKER, now=NOON, business_date=business_date())
    assert (let_go.status, account_balance(code="9004")) == ("released", Money(0))


def test_a_fall_in_value_is_borne_by_the_later_lien_first(qinglan: str) -> None:
    """200,000 secures twice 80,000; at 120,000 four fifths are 96,000: 80,000 for the first, 16,000 left."""
    listed()
    first, second = borrower(), borrower()
    house = home(first, value="200000.00")
    for who in (first, second):
        registered(pledged(house, who, "80000.00"))
    operations.record_valuation(
        collateral_id=house,
        value=Money.parse("120000.00"),
        valued_date=business_date(),
        expires_date=NEXT_YEAR,
        appraiser="示例评估行",
        recorded_by=MAKER,
        now=NOON,
        business_date=business_date(),
    )
    before = rows()
    with pytest.raises(queries.CoverTooSmall) as found:
        draw(second, "16000.01")
    assert (found.value.params["cover"], rows()) == ("16000.00", before)
    draw(first, "80000.00")
    draw(second, "16000.00")
