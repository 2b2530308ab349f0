"""Signs of brushing: the database's are the reference's, in whatever order receipts come."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest

from kernel.periods import Period
from openbanking.consents.operations import revoke_consent
from openbanking.consents.queries import ConsentRevoked, ConsentView
from openbanking.receipts import operations, queries
from openbanking.receipts.models import OwnPayer, ReceiptMonth, ReceiptSigns
from openbanking.receipts.rows import ReceiptRow
from openbanking.receipts.tests.test_ingest import NOW, consent, row, send
from plumbing.trip import one_trip
from testkit.brushing import NOBODY, OWN_PAYER, Shop, Way, shops, signs

DAYS = 4
FIRST = date(2026, 10, 29)
TODAY = date(2026, 11, 2)


def named(payer: int) -> str:
    return f"payer-{payer:012d}"


def rows_of(shop: Shop) -> list[ReceiptRow]:
    """Return the shop's receipts, numbered in the order the reference takes them in."""
    columns = (shop.day, shop.second, shop.fen, shop.payer, shop.is_refund, shop.is_personal)
    rows = []
    for number, (day, second, fen, payer, refund, personal) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        paid_at = datetime.fromisoformat(f"{FIRST + timedelta(days=day)}T00:00:00+08:00")
        rows.append(
            ReceiptRow(
                f"R{number:08d}",
                (paid_at + timedelta(seconds=second)).isoformat(),
                f"{fen // 100}.{fen % 100:02d}",
                "refund" if refund else "sale",
                None if payer == NOBODY else named(payer),
                "personal_code" if personal else "merchant_code",
            )
        )
    return rows


def read(given: ConsentView, *, known_by: date = TODAY) -> dict[int, dict[str, int]]:
    found = queries.days_as_known(
        enterprise_id=given.enterprise_id,
        scene_id=given.scene_id,
        period=Period(FIRST, TODAY),
        known_by=known_by,
        signs_since=FIRST,
    )
    table = {}
    for day, figures in found.days:
        named = dict(zip(found.columns, figures, strict=True))
        names = ("sale_count", *queries.SIGN_COLUMNS)
        table[(day - FIRST).days] = {name: named[name] or 0 for name in names}
    return table


def declare(given: ConsentView, *payers: str, now: datetime = NOW) -> int:
    return operations.declare_own_payers(
        enterprise_id=given.enterprise_id,
        scene_id=given.scene_id,
        consent_id=given.id,
        payer_refs=payers,
        now=now,
    )


def brushed_shops() -> Iterable[Shop]:
    found = {shop.brushed: shop for shop in shops(count=30, seed=5, share=0.8, days=DAYS)}
    return [found[way] for way in (Way.OWNER, Way.LOOP, Way.MIXED, None)]


@pytest.mark.parametrize("shop", brushed_shops(), ids=lambda shop: shop.brushed or "honest")
def test_signs_equal_the_reference_however_the_receipts_arrive(qinglan: str, shop: Shop) -> None:
    given, rows = consent(), rows_of(shop)
    declare(given, named(OWN_PAYER))
    early, late = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    random.Random(1).shuffle(late)
    send(given, early)
    before = read(given)
    send(given, late[::2], now=NOW + timedelta(days=1))
    send(given, late[1::2], now=NOW + timedelta(days=1))
    assert read(given, known_by=TODAY + timedelta(days=1)) == signs(shop)
    assert read(given) == before
    assert read(given, known_by=TODAY - timedelta(days=1)) == {}
    assert queries.day_differences(enterprise_id=given.enterprise_id) == ()


def test_an_owner_named_later_counts_from_then_on(qinglan: str) -> None:
    given = consent()
    send(given, [row(1, "80.00", payer="the-owner"), row(2, "20.00")])
    assert declare(given, "the-owner", now=NOW + timedelta(days=1)) == 1
    assert declare(given, "the-owner", now=NOW + timedelta(days=1)) == 0
    (before,), (after,) = read(given).values(), read(given, known_by=TODAY + timedelta(days=1)).values()
    assert (before["own_count"], before["evidenced"]) == (0, 10_000)
    assert (after["own_count"], after["doubtful_count"], after["evidenced"]) == (1, 1, 2_000)


def test_months_say_what_their_days_say_whenever_it_was_known(qinglan: str) -> None:
    given, rng = consent(), random.Random(3)
    whose = {"enterprise_id": given.enterprise_id, "scene_id": given.scene_id}
    for batch in range(4):
        rows = []
        for number in range(batch * 30, batch * 30 + 30):
            paid_at = (NOW - timedelta(days=rng.randrange(100), hours=rng.randrange(9))).isoformat()
            kind = rng.choice(["sale", "sale", "sale", "refund"])
            amount = f"{rng.randrange(1, 900)}.50"
            rows.append(row(number, amount, paid_at=paid_at, payer=f"payer-{number % 9:03d}", kind=kind))
        send(given, rows, now=NOW + timedelta(days=batch))
    declare(given, "payer-003", now=NOW + timedelta(days=5))
    ways = set()
    for _ in range(60):
        known_by, until = (
            TODAY + timedelta(days=rng.randrange(-1, 7)),
            TODAY - timedelta(days=rng.randrange(90)),
        )
        asked = {
            "known_by": known_by,
            "period": Period(until - timedelta(days=rng.randrange(120)), until),
            "signs_since": until - timedelta(days=rng.randrange(-2, 110)),
        }
        reading = queries.Reading(**whose, **asked, purpose="credit_assessment", now=NOW, delivered_in=None)
        found = reading.found(one_trip(*reading.call()))
        assert found.known is not None
        assert found.known.days == queries.days_as_known(**whose, **asked).days
        ways.add((bool(found.known.days), ReceiptMonth.objects.filter(known_day__gt=known_by).exists()))
    assert ways >= {(True, False), (True, True)}  # whole months, and days as they were known before


@pytest.mark.parametrize("payer", ["13800000000", "short", "with space"])
def test_a_payer_in_clear_is_not_noted(qinglan: str, payer: str) -> None:
    given = consent()
    with pytest.raises(operations.PayerInvalid):
        declare(given, "the-owner", payer)
    assert OwnPayer.objects.count() == 0


def test_without_a_consent_nobody_is_noted(qinglan: str) -> None:
    given = consent()
    revoke_consent(consent_id=given.id, scene_id=None, reason="", now=NOW)
    with pytest.raises(ConsentRevoked):
        declare(given, "the-owner")
    assert (OwnPayer.objects.count(), ReceiptSigns.objects.count()) == (0, 0)


def test_what_was_delivered_is_counted_by_time(qinglan: str) -> None:
    given = consent()
    send(given, [row(1), row(1), row(2, "0.00")])
    sent = {"enterprise_id": given.enterprise_id, "scene_id": given.scene_id, "since": NOW}
    assert queries.delivered(**sent, until=NOW) == queries.Delivered(0, 0, 0)
    until = NOW + timedelta(seconds=1)
    assert queries.delivered(**sent, until=until) == queries.Delivered(3, 1, 1)
