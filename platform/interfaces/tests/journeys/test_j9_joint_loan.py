"""J9: 青澜 lends 70 % and 漓岸 30 % of 100,000 at 7.2 %; each decides, books and settles for itself."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from connectors.payment_rails.models import RailMessage
from interfaces.scene.tests.caller import work
from interfaces.tests.journeys.people import pass_days, rows_of, sweep
from kernel.money import Money
from kernel.rates import AnnualRate
from ledger.balances.queries import account_balance
from ledger.journal.entry import Line
from ledger.reconciliation import operations as reconciliation
from ledger.reconciliation.queries import BreakView, RunView, breaks
from ledger.settlement import operations as settlement
from ledger.settlement.netting import sm3
from ledger.settlement.queries import BatchView, accrued, batch_file, batches
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import get_line
from lending.drawdowns.queries import get_drawdown
from lending.loans import operations as loans
from lending.loans.models import Loan
from lending.loans.queries import get_loan
from lending.participations import operations as participations
from lending.participations.queries import (
    ParticipationView,
    mirror_items,
    own_balance,
    partner_file,
    shares_of,
    waiting_peers,
)
from lending.participations.queries import participations as joint_loans
from lending.products.operations import FIRST_PRODUCT
from lending.products.queries import current_product
from openbanking.partners import operations as scenes
from parties.enterprises import operations as enterprises
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from regulation import queries as regulation
from testkit.identities import card_number, credit_code
from testkit.scenes import FEE_RATE
from testkit.servicing import NOON, Borrower, add_account, ask, balance, broken, draw, fund

LEAD, PARTNER = "qinglan", "lian"
DAY, DUE = date(2026, 11, 2), date(2026, 12, 2)
BANKS = (LEAD, PARTNER)


def yuan(amount: str) -> Money:
    return Money.parse(amount)


def known_to(bank: str, scene: UUID, *, limit: str) -> Borrower:
    """Let a bank grant the shop a line by its own decision, at 7.2 %."""
    with bank_schema(bank), transaction.atomic():
        shop = enterprises.register_enterprise(
            scene_id=scene,
            external_id="shop-9",
            legal_name="示例商户九",
            registration_no=credit_code(20_909, area_code="331002"),
            industry="F52",
            area_code="331002",
            opened_date=date(2020, 1, 1),
            representative=None,
            now=NOON,
        )
        account = add_account(shop.id, ending="0000")
        line = lines.grant_line(
            enterprise_id=shop.id,
            scene_id=scene,
            application_id=uuid4(),
            agreement_id=uuid4(),
            product=current_product(code=FIRST_PRODUCT, on_date=DAY),
            limit=yuan(limit),
            annual_rate=AnnualRate.parse("0.072000"),
            now=NOON,
            business_date=DAY,
        )
        return Borrower(scene, shop.id, account, line.id)


def agree(
    bank: str,
    *,
    alone_allowed: bool = False,
    tier1: str = "2400000000.00",
    first_loss_pool: str = "0.00",
    answer_wait_seconds: int = 1800,
) -> None:
    """Let a bank sign its copy of the agreement, report its figures and register accounts."""
    other = PARTNER if bank == LEAD else LEAD
    with bank_schema(bank), transaction.atomic():
        fund("1000000.00")
        participations.report_figures(
            as_of_date=DAY,
            net_tier1_capital=yuan(tier1),
            total_loans=yuan("9000000000.00"),
            reported_by=f"risk@{bank}.example",
            now=NOON,
        )
        participations.sign_agreement(
            role="lead" if bank == LEAD else "partner",
            own_code=f"bank:{bank}",
            partner_code=f"bank:{other}",
            partner_name=other,
            product_code=FIRST_PRODUCT,
            share_ppm=300_000,
            ceiling=yuan("900000000.00"),
            effective_from=DAY,
            proposed_by=f"product@{bank}.example",
            approved_by=f"risk@{bank}.example",
            alone_allowed=alone_allowed,
            first_loss_pool=yuan(first_loss_pool),
            answer_wait_seconds=answer_wait_seconds,
            now=NOON,
        )
        settlement.register_party(
            code=f"bank:{other}",
            kind="bank",
            name=other,
            account_number=card_number(900, ending="0000"),
            holder_name=other,
            now=NOON,
        )


@pytest.fixture
def scene(fresh_database: str) -> Iterator[UUID]:
    scene = uuid4()
    for bank in BANKS:
        with bank_schema(bank), transaction.atomic():
            scenes.list_scene(
                scene_id=scene,
                scene_name="鲜链云",
                fee_rate=FEE_RATE,
                approved_by=f"product@{bank}.example",
                listed_from=DAY,
                now=NOON,
            )
    yield scene
    for bank in BANKS:
        with bank_schema(bank), transaction.atomic():
            assert broken() == []


def drawn(who: Borrower, amount: str = "100000.00") -> UUID:
    with bank_schema(LEAD), transaction.atomic():
        return draw(who, amount, tenor_days=90).id


def pay_out(drawdown: UUID) -> str:
    return str(work("jobs.disburse", schema=LEAD, drawdown_id=str(drawdown)))


def talk() -> None:
    """Let the two banks hear each other until nothing is left to say."""
    for _ in range(3):
        for bank in BANKS:
            work("jobs.exchange", schema=bank)


def at(bank: str, *codes: str) -> list[str]:
    with bank_schema(bank):
        return [balance(code) for code in codes]


def share(bank: str) -> ParticipationView:
    with bank_schema(bank):
        [only] = joint_loans()
        return only


def lent(who: Borrower) -> UUID:
    """Take a draw from the partner's decision to the money; return the loan."""
    drawdown = drawn(who)
    assert pay_out(drawdown) == "waiting"  # nothing is booked before the partner has decided
    assert at(LEAD, "1303.01", "3001") == ["0.00", "0.00"]
    talk()
    assert pay_out(drawdown) == "paid_out"
    with bank_schema(LEAD):
        loan = get_drawdown(drawdown_id=drawdown, scene_id=None).loan_id
    assert loan is not None
    talk()
    return loan


def repaid(who: Borrower, loan: UUID) -> None:
    """Collect the first instalment of the level plan: 8,061.90 of principal, and the interest to date."""
    with bank_schema(LEAD), transaction.atomic():
        asked = ask(who, get_loan(loan_id=loan, scene_id=None), principal="8061.90")
    work("jobs.collect", schema=LEAD, repayment_id=str(asked.id))
    talk()


@pytest.fixture
def who(scene: UUID) -> Borrower:
    for bank in BANKS:
        agree(bank)
    known_to(PARTNER, scene, limit="40000.00")
    return known_to(LEAD, scene, limit="100000.00")


def settle_all() -> None:
    """Net the day in both banks, exchange files, pay, and tell the receiving bank."""
    for bank in BANKS:
        work("jobs.net_day", schema=bank)
        work("jobs.net_day", schema=bank)  # again: nothing is left
        with bank_schema(bank), transaction.atomic():
            for each in batches(state="netted"):
                content = batch_file(batch_id=each.id)
                settlement.acknowledge(
                    batch_id=each.id, file_sm3=sm3(content), acknowledged_by="other side", now=NOON
                )
        sweep(bank)


def receive_all(bank: str) -> None:
    """Note what came in for the batches in which the others pay."""
    with bank_schema(bank), transaction.atomic():
        for each in (batch for batch in batches(state="netted") if batch.net <= Money(0)):
            settlement.receive(
                batch_id=each.id, value_date=business_date(), booking_date=business_date(), now=NOON
            )


def with_the_other(bank: str) -> list[BatchView]:
    with bank_schema(bank):
        return [each for each in batches() if each.party.kind == "bank"]


def test_draw_instalment_fee_and_settlement_to_the_fen(who: Borrower, scene: UUID) -> None:
    loan = lent(who)
    assert at(LEAD, "1303.01", "1321", "2314", "1221", "1003") == [
        "70000.00",
        "30000.00",
        "30000.00",
        "30000.00",
        "900000.00",
    ]
    assert at(PARTNER, "1303.01", "2241", "1003") == ["30000.00", "30180.00", "1000000.00"]
    assert at(LEAD, "6421", "2241") == ["420.00", "420.00"]  # 600.00 in all, paid by the banks
    assert at(PARTNER, "6421") == ["180.00"]
    mine, theirs = share(LEAD), share(PARTNER)
    assert (mine.name, mine.status, mine.decision_ref[:4]) == (theirs.name, "active", "lin_")
    with bank_schema(PARTNER):
        assert Loan.objects.count() == 0  # the partner keeps its share, not the lead's servicing
    for bank in BANKS:
        pass_days(bank, DUE)
    talk()
    accrued_parts = at(LEAD, "1303.02", "6011.01", "2221.01"), at(PARTNER, "1303.02", "6011.01", "2221.01")
    assert accrued_parts == (["420.00", "420.00", "0.00"], ["180.00", "180.00", "0.00"])
    for bank in BANKS:
        with bank_schema(bank), transaction.atomic():
            assert broken() == []
    repaid(who, loan)
    assert at(LEAD, "1303.02", "1132") == at(PARTNER, "1303.02", "1132") == ["0.00", "0.00"]
    with bank_schema(LEAD):
        [row] = shares_of(name=mine.name)
    assert (str(row.principal), str(row.interest), row.value_date) == ("2418.57", "180.00", DUE)
    assert at(LEAD, "1303.01", "1321", "2314") == ["64356.67", "27581.43", "27581.43"]  # 5,643.33 of its own
    assert at(PARTNER, "1303.01", "6011.01") == ["27581.43", "180.00"]
    with bank_schema(LEAD):
        assert account_balance(code="6011.01") + account_balance(code="6011.02") == yuan("420.00")
        assert own_balance(partner_code="bank:lian") == yuan("64356.67")
    with bank_schema(LEAD), transaction.atomic():
        fees = accrued(party=f"scene:{scene}")
        settlement.record_invoice(
            party=f"scene:{scene}",
            number="F-1",
            amount=yuan("420.00"),
            through_date=DUE,
            recorded_by="accounts",
            now=NOON,
        )
    assert [str(each.effect) for each in fees] == ["420.00"]
    settle_all()
    [ours], [his] = with_the_other(LEAD), with_the_other(PARTNER)
    assert (str(ours.net), str(his.net), his.state) == ("-27401.43", "27401.43", "settled")
    assert ours.line_count == his.line_count == 2
    receive_all(LEAD)
    assert at(LEAD, "1221") == at(PARTNER, "1221") == ["0.00"]
    assert at(PARTNER, "2241", "1003") == ["180.00", "972598.57"]  # its part of the fee waits for an invoice
    assert at(LEAD, "1003") == ["936063.33"]  # 900,000 + 8,661.90 + 27,401.43
    with bank_schema(LEAD):
        [fee] = [each for each in batches() if each.party.kind == "scene"]
    assert (str(fee.net), fee.state, fee.reason) == ("420.00", "netted", "")  # the scene gave no account yet
    before = {bank: rows_of(bank) for bank in BANKS}
    talk()
    assert {bank: rows_of(bank) for bank in BANKS} == before  # nothing is told twice


def mirrored(content: bytes, through: date) -> RunView:
    """Hold the lead's mirror account against the partner's file."""
    with bank_schema(LEAD), transaction.atomic():
        reconciliation.import_statement(
            account="1321", content=content, file_name="joint.csv", imported_by="accounts", now=NOON
        )
        return reconciliation.reconcile(
            account="1321",
            items=mirror_items(through_date=through),
            through_date=through,
            owner="accounts@qinglan.example",
            now=NOON,
        )


def mirror_breaks(on: date) -> list[BreakView]:
    with bank_schema(LEAD):
        return list(breaks(as_of_date=on, calendar=regulation.calendar(), account="1321"))


def test_the_partners_file_matches_and_a_row_it_misses_is_a_break_resolved_by_two_hands(
    who: Borrower,
) -> None:
    loan = lent(who)
    repaid(who, loan)
    with bank_schema(PARTNER):
        content = partner_file(statement_date=DAY)
    kept = content.splitlines(keepends=True)
    missing = b"".join(kept[:-1])
    assert mirrored(missing, DAY).matched_count == 1
    [long_ours] = mirror_breaks(DAY + timedelta(days=7))
    assert (long_ours.code, str(long_ours.difference), long_ours.age_days) == ("LONG_OURS", "2418.57", 5)
    assert mirrored(content, DAY).ended_count == 1  # the row comes after all
    assert mirror_breaks(DAY) == []

    with bank_schema(PARTNER):
        wrong = content.replace(b",out,2418.57,", b",out,2418.56,").replace(b"JOINT-", b"AGAIN-")
    assert mirrored(wrong.replace(b":0,", b":9,"), DAY).opened_count == 1
    [theirs] = mirror_breaks(DAY)
    assert (theirs.code, str(theirs.difference)) == ("LONG_THEIRS", "30000.00")
    lines_ = (Line.debit("1321", yuan("30000.00")), Line.credit("1221", yuan("30000.00")))
    with bank_schema(LEAD), transaction.atomic():
        reconciliation.propose_resolution(
            break_id=theirs.id, lines=lines_, note="", proposed_by="accounts", now=NOON
        )
        with pytest.raises(reconciliation.SameHand), transaction.atomic():
            reconciliation.approve_resolution(
                break_id=theirs.id, approved_by="accounts", booking_date=DAY, now=NOON
            )
        entry = reconciliation.approve_resolution(
            break_id=theirs.id, approved_by="checker", booking_date=DAY, now=NOON
        )
        assert mirror_breaks(DAY) == []
        transaction.set_rollback(True)  # it was the file that was wrong: the mirror stays as it is
    assert entry.reference == theirs.public_id


@pytest.mark.parametrize(
    ("alone", "ended", "reason"), [(False, "failed", "partner_declined"), (True, "paid_out", "")]
)
def test_a_partner_that_declines_leaves_the_whole_loan_only_to_a_policy_that_allows_it(
    scene: UUID, alone: bool, ended: str, reason: str
) -> None:
    agree(LEAD, alone_allowed=alone)
    agree(PARTNER)  # it has decided nothing about the shop itself
    shop = known_to(LEAD, scene, limit="100000.00")
    drawdown = drawn(shop)
    assert pay_out(drawdown) == "waiting"
    talk()
    assert pay_out(drawdown) == ended
    with bank_schema(LEAD):
        end = get_drawdown(drawdown_id=drawdown, scene_id=None)
        assert own_balance(partner_code="bank:lian") == Money(0)
    assert (end.status, end.failure_code) == (ended, reason)
    assert (share(LEAD).status, share(LEAD).reason) == ("declined", "lending.no_own_decision")
    assert at(LEAD, "1303.01", "1321") == (["100000.00", "0.00"] if alone else ["0.00", "0.00"])
    assert at(PARTNER, "1303.01", "2241") == ["0.00", "0.00"]


def test_a_cap_that_is_reached_stops_the_draw_before_anybody_is_asked(scene: UUID) -> None:
    agree(LEAD, tier1="279999.00")  # a quarter is 69,999.75; the lead's part is 70,000.00
    agree(PARTNER)
    shop = known_to(LEAD, scene, limit="100000.00")
    before = rows_of(PARTNER)
    drawdown = drawn(shop)
    assert pay_out(drawdown) == "failed"
    with bank_schema(LEAD):
        end = get_drawdown(drawdown_id=drawdown, scene_id=None)
        assert RailMessage.objects.count() == 0
    assert end.failure_code == "lending.joint_cap_reached"
    assert rows_of(PARTNER) == before


def test_a_loss_and_what_is_recovered_are_shared_and_the_pool_makes_good_once(scene: UUID) -> None:
    agree(LEAD, first_loss_pool="10000.00")
    agree(PARTNER)
    known_to(PARTNER, scene, limit="40000.00")
    loan = lent(known_to(LEAD, scene, limit="100000.00"))
    pass_days(LEAD, DAY + timedelta(days=1))
    with bank_schema(LEAD), transaction.atomic():
        loans.write_off(loan_id=loan, reason="示例", business_date=business_date(), now=NOON)
        loans.recover(
            loan_id=loan, amount=yuan("1000.00"), reference="追偿", business_date=business_date(), now=NOON
        )
    talk()
    with bank_schema(LEAD):
        [loss, recovery] = shares_of(name=share_name())
        assert own_balance(partner_code="bank:lian") == Money(0)
    assert (str(loss.principal), str(loss.interest)) == ("30000.00", "0.00")  # nobody paid any interest
    assert str(recovery.recovered) == "300.00"
    assert at(LEAD, "1303.01", "1321", "2314") == at(PARTNER, "1303.01", "1321", "2314") == ["0.00"] * 3
    for _ in range(2):  # the second time there is nothing left to make good
        work("jobs.net_day", schema=LEAD)
        talk()
    work("jobs.net_day", schema=PARTNER)
    assert at(LEAD, "6702") == ["10000.00"]
    [ours], [his] = with_the_other(LEAD), with_the_other(PARTNER)
    # 30,000.00 of funding is owed to the lead, less 300.00 recovered and 10,000.00 made good
    assert (str(ours.net), str(his.net), ours.line_count, his.line_count) == ("-19700.00", "19700.00", 3, 3)


def share_name() -> str:
    [only] = joint_loans()
    return only.name


def test_a_partner_that_never_answers_holds_no_limit(scene: UUID) -> None:
    agree(LEAD, answer_wait_seconds=0)
    shop = known_to(LEAD, scene, limit="100000.00")
    drawdown = drawn(shop)
    assert pay_out(drawdown) == "waiting"
    assert pay_out(drawdown) == "failed"
    with bank_schema(LEAD):
        assert get_drawdown(drawdown_id=drawdown, scene_id=None).failure_code == "partner_silent"
        assert get_line(line_id=shop.line_id, scene_id=None).available == yuan("100000.00")
        assert own_balance(partner_code="bank:lian") == Money(0)
    talk()  # the request and its end reach a bank that has no such agreement
    with bank_schema(PARTNER):
        assert joint_loans() == ()
    with bank_schema(LEAD):
        assert waiting_peers() == ()
