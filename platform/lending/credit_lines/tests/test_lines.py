"""Credit lines: limit = drawn + reserved + available, whatever happens and however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from lending.credit_lines import operations, queries
from lending.credit_lines.models import CreditLine
from lending.credit_lines.queries import LineView
from lending.products.queries import current_product
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import bank_schema
from plumbing.sql import TransactionMissing

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 3)


def grant(limit: str = "100000", *, to: UUID | None = None) -> LineView:
    product = current_product(code="receipts_revolving", on_date=TODAY)
    return operations.grant_line(
        enterprise_id=to or new_id(),
        scene_id=new_id(),
        application_id=new_id(),
        agreement_id=new_id(),
        product=product,
        limit=Money.parse(limit),
        annual_rate=product.annual_rate,
        now=NOW,
        business_date=TODAY,
    )


def snapshot() -> tuple[list[tuple[object, ...]], int]:
    """Return every line and the number of events."""
    return list(CreditLine.objects.order_by("id").values_list()), OutboxEvent.objects.count()


def figures(line: LineView) -> tuple[str, str, str]:
    return str(line.drawn), str(line.reserved), str(line.available)


def reserve(line: LineView, amount: str, on_date: date = TODAY) -> LineView:
    return operations.reserve(line_id=line.id, amount=Money.parse(amount), business_date=on_date)


def test_a_line_is_granted_for_a_year_and_the_scene_is_told(qinglan: str) -> None:
    line = grant()
    assert figures(line) == ("0.00", "0.00", "100000.00")
    assert (line.status, line.effective_date, line.expires_date) == ("active", TODAY, date(2027, 11, 3))
    assert (str(line.annual_rate), line.annual_rate.basis, line.product.code) == (
        "0.108000",
        360,
        "receipts_revolving",
    )
    event = OutboxEvent.objects.get(subject=line.public_id)
    assert (event.type, event.scene_id) == ("credit_line.activated", line.scene_id)
    assert queries.get_line(line_id=line.id, scene_id=line.scene_id) == line


def test_a_draw_goes_from_available_over_reserved_to_drawn_and_back(qinglan: str) -> None:
    """S0-01: the limit comes back to the cent."""
    line = grant()
    assert figures(reserve(line, "30000")) == ("0.00", "30000.00", "70000.00")
    drawn = operations.commit_draw(line_id=line.id, amount=Money.parse("30000"))
    assert figures(drawn) == ("30000.00", "0.00", "70000.00")
    repaid = operations.restore(line_id=line.id, amount=Money.parse("10000.01"))
    assert figures(repaid) == ("19999.99", "0.00", "80000.01")
    reserve(line, "500")
    assert figures(operations.release(line_id=line.id, amount=Money.parse("500"))) == figures(repaid)


@pytest.mark.parametrize("amount", ["40000.01", "100000"])
def test_more_than_is_available_is_refused(qinglan: str, amount: str) -> None:
    """J4: the second of two draws of 30,000 on 40,000."""
    line = grant()
    reserve(line, "60000")
    before = snapshot()
    with pytest.raises(operations.LimitExceeded) as refusal:
        reserve(line, amount)
    assert refusal.value.params["available"] == "40000.00"
    assert refusal.value.code == "lending.limit_exceeded"
    assert snapshot() == before


def test_everything_available_can_be_reserved(qinglan: str) -> None:
    line = grant()
    assert figures(reserve(line, "100000")) == ("0.00", "100000.00", "0.00")


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_amounts_that_are_not_positive_are_refused(qinglan: str, amount: str) -> None:
    line = grant()
    reserve(line, "100")
    before = snapshot()
    for operation in (operations.release, operations.commit_draw, operations.restore):
        with pytest.raises(operations.AmountNotPositive):
            operation(line_id=line.id, amount=Money.parse(amount))
    with pytest.raises(operations.AmountNotPositive):
        reserve(line, amount)
    with pytest.raises(operations.AmountNotPositive):
        grant(amount)
    assert snapshot() == before


def test_nothing_is_given_back_that_is_not_held(qinglan: str) -> None:
    line = grant()
    reserve(line, "100")
    before = snapshot()
    for operation, amount in (
        (operations.release, "100.01"),
        (operations.commit_draw, "100.01"),
        (operations.restore, "0.01"),
    ):
        with pytest.raises(operations.LineOverReleased):
            operation(line_id=line.id, amount=Money.parse(amount))
    assert snapshot() == before


def test_a_line_is_drawn_within_its_days(qinglan: str) -> None:
    line = grant()
    before = snapshot()
    with pytest.raises(operations.LineExpired):
        reserve(line, "100", line.expires_date)
    with pytest.raises(operations.LineNotInForce):
        reserve(line, "100", TODAY - timedelta(days=1))
    assert snapshot() == before
    reserve(line, "100", line.expires_date - timedelta(days=1))


def test_a_frozen_line_is_not_drawn_but_is_repaid(qinglan: str) -> None:
    line = grant()
    reserve(line, "100")
    reserve(line, "50")
    operations.commit_draw(line_id=line.id, amount=Money.parse("100"))
    operations.freeze(line_id=line.id, reason="receipts_stopped", now=NOW)
    before = snapshot()
    with pytest.raises(operations.LineFrozen):
        reserve(line, "100")
    with pytest.raises(operations.LineStateConflict):
        operations.freeze(line_id=line.id, reason="again", now=NOW)
    assert snapshot() == before
    operations.release(line_id=line.id, amount=Money.parse("50"))
    operations.restore(line_id=line.id, amount=Money.parse("100"))
    operations.unfreeze(line_id=line.id, now=NOW)
    assert figures(reserve(line, "100000")) == ("0.00", "100000.00", "0.00")
    with pytest.raises(operations.LineStateConflict):
        operations.unfreeze(line_id=line.id, now=NOW)


def test_only_an_empty_line_is_closed_and_then_for_good(qinglan: str) -> None:
    line = grant()
    reserve(line, "100")
    before = snapshot()
    with pytest.raises(operations.LineInUse):
        operations.close_line(line_id=line.id, now=NOW)
    assert snapshot() == before
    operations.release(line_id=line.id, amount=Money.parse("100"))
    assert operations.close_line(line_id=line.id, now=NOW).status == "closed"
    before = snapshot()
    with pytest.raises(operations.LineFrozen):
        reserve(line, "100")
    with pytest.raises(operations.LineStateConflict):
        operations.close_line(line_id=line.id, now=NOW)
    assert snapshot() == before


def test_a_payment_that_bounces_opens_a_closed_line_for_the_debt_and_for_no_draw(qinglan: str) -> None:
    line = grant()
    reserve(line, "100")
    operations.commit_draw(line_id=line.id, amount=Money.parse("100"))
    operations.restore(line_id=line.id, amount=Money.parse("100"))
    operations.close_line(line_id=line.id, now=NOW)
    back = operations.take_back(line_id=line.id, amount=Money.parse("100"))
    assert (back.status, back.frozen_reason) == ("frozen", "repayment_returned")
    assert figures(back) == ("100.00", "0.00", "99900.00")
    with pytest.raises(operations.LineFrozen):
        reserve(line, "1")
    operations.restore(line_id=line.id, amount=Money.parse("100"))
    operations.close_line(line_id=line.id, now=NOW)
    another = grant(to=line.enterprise_id)
    before = snapshot()
    with pytest.raises(operations.LineAlreadyOpen):
        operations.take_back(line_id=line.id, amount=Money.parse("100"))
    assert (snapshot(), another.status) == (before, "active")


def test_lines_whose_time_is_over_are_closed_once_they_owe_nothing(qinglan: str) -> None:
    idle, used, running = grant(), grant(), grant()
    reserve(used, "100")
    over = {"business_date": idle.expires_date, "now": NOW}
    assert operations.close_finished(business_date=idle.expires_date - timedelta(days=1), now=NOW) == 0
    CreditLine.objects.filter(id=running.id).update(expires_date=idle.expires_date + timedelta(days=1))
    events = OutboxEvent.objects.count()
    assert (operations.close_finished(**over), operations.close_finished(**over)) == (1, 0)
    assert OutboxEvent.objects.count() == events + 1
    statuses = [queries.get_line(line_id=each.id, scene_id=None).status for each in (idle, used, running)]
    assert statuses == ["closed", "active", "active"]
    operations.release(line_id=used.id, amount=Money.parse("100"))
    assert operations.close_finished(**over) == 1
    assert grant(to=idle.enterprise_id).status == "active"


def test_one_open_line_for_an_enterprise_and_a_product(qinglan: str) -> None:
    line = grant()
    before = snapshot()

    def second() -> LineView:
        return operations.grant_line(
            enterprise_id=line.enterprise_id,
            scene_id=line.scene_id,
            application_id=new_id(),
            agreement_id=new_id(),
            product=line.product,
            limit=Money.parse("5000"),
            annual_rate=line.annual_rate,
            now=NOW,
            business_date=TODAY,
        )

    with pytest.raises(operations.LineAlreadyOpen):
        second()
    assert snapshot() == before
    operations.close_line(line_id=line.id, now=NOW)
    assert second().status == "active"


def test_a_scene_sees_its_own_lines_alone(qinglan: str) -> None:
    mine, other = grant(), grant()
    assert queries.lines_page(scene_id=mine.scene_id) == (mine,)
    with pytest.raises(queries.LineNotFound):
        queries.get_line(line_id=other.id, scene_id=mine.scene_id)
    with pytest.raises(queries.LineNotFound):
        operations.reserve(line_id=uuid4(), amount=Money.parse("1"), business_date=TODAY)


def test_pages_follow_each_other(qinglan: str) -> None:
    lines = [grant() for _ in range(5)]
    newest_first = tuple(sorted((line.id for line in lines), reverse=True))
    first = queries.lines_page(limit=2)
    rest = queries.lines_page(after=first[-1].id, limit=10)
    assert tuple(line.id for line in (*first, *rest)) == newest_first


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("drawn = -1", "line_drawn_not_negative"),
        ("reserved = -1", "line_reserved_not_negative"),
        ('drawn = "limit", reserved = 1', "line_within_limit"),
        ('"limit" = 0', "line_limit_positive"),
        ("status = 'closed', reserved = 1", "line_closed_is_empty"),
    ],
)
def test_the_table_itself_keeps_the_line_in_order(qinglan: str, change: str, constraint: str) -> None:
    line = grant()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE credit_lines_creditline SET {change} WHERE id = %s", [line.id])


ACTS = st.lists(
    st.tuples(st.sampled_from(["reserve", "release", "commit_draw", "restore"]), st.integers(-100, 120_000)),
    max_size=30,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_any_sequence_of_acts_keeps_the_sum(qinglan: str, acts: list[tuple[str, int]]) -> None:
    """A refused act changes nothing; an accepted one moves exactly its amount; the sum never breaks."""
    line = grant("1000")
    drawn = reserved = 0
    for name, fen in acts:
        more = {"business_date": TODAY} if name == "reserve" else {}
        allowed = {
            "reserve": 100_000 - drawn - reserved,
            "release": reserved,
            "commit_draw": reserved,
            "restore": drawn,
        }[name]
        try:
            line = getattr(operations, name)(line_id=line.id, amount=Money(fen), **more)
        except Refusal:
            assert fen <= 0 or fen > allowed
        else:
            assert 0 < fen <= allowed
            drawn += {"commit_draw": fen, "restore": -fen}.get(name, 0)
            reserved += {"reserve": fen}.get(name, -fen if name in ("release", "commit_draw") else 0)
        line = queries.get_line(line_id=line.id, scene_id=None)
        assert (line.drawn.minor, line.reserved.minor) == (drawn, reserved)
        assert line.limit == line.drawn + line.reserved + line.available
        assert line.available.minor >= 0


def test_fifty_threads_on_one_line_never_exceed_it(committed_qinglan: str) -> None:
    """J4: each asks for 3,000 on 100,000; 33 get it, 17 are refused, nothing else happens."""
    with transaction.atomic():
        line = grant()

    def ask(_: int) -> str:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                reserve(line, "3000")
        except operations.LimitExceeded:
            return "refused"
        finally:
            connections.close_all()
        return "reserved"

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(ask, range(50)))
    assert (outcomes.count("reserved"), outcomes.count("refused")) == (33, 17)
    assert figures(queries.get_line(line_id=line.id, scene_id=None)) == ("0.00", "99000.00", "1000.00")


def test_operations_demand_a_transaction(committed_qinglan: str) -> None:
    with pytest.raises(TransactionMissing):
        operations.reserve(line_id=uuid4(), amount=Money.parse("1"), business_date=TODAY)


def test_a_page_takes_one_statement_however_long_it_is(qinglan: str) -> None:
    for _ in range(5):
        grant()
    with CaptureQueriesContext(connection) as captured:
        assert len(queries.lines_page(limit=5)) == 5
    assert len(captured) == 1
