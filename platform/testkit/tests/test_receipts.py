"""The merchants of stories: valid, labelled, the same each time; the real shop as the README says."""

import gzip
import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest

from openbanking.batches.rows import RowCount
from openbanking.receipts.forms import Intake
from openbanking.receipts.rows import copy_chunks
from parties.enterprises.identifiers import (
    AccountKind,
    check_account_number,
    check_area_code,
    check_id_number,
    check_industry,
    check_phone,
    check_registration_no,
)
from testkit.identities import card_number
from testkit.receipts import GBP_CNY, Merchant, Shape, retail_shop, shift_days, synthetic_merchants
from testkit.trim_retail import TRIMMED, fold

END = date(2026, 11, 2)
LATEST = datetime(2026, 11, 1, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def merchants() -> list[Merchant]:
    return [*synthetic_merchants(count=200, seed=20261102, end_date=END), retail_shop(end_date=END)]


def receipts_of(merchant: Merchant) -> list[dict[str, str]]:
    return [orjson.loads(line) for line in merchant.ndjson()]


def one_of(merchants: list[Merchant], shape: Shape) -> Merchant:
    return next(merchant for merchant in merchants if merchant.shape is shape)


def test_identifiers_are_valid_distinct_and_of_nobody(merchants: list[Merchant]) -> None:
    for merchant in merchants:
        check_registration_no(merchant.registration_no)
        check_id_number(merchant.id_number, on_date=END)
        check_phone(merchant.phone)
        check_account_number(merchant.card, kind=AccountKind.CARD)
        check_area_code(merchant.area_code)
        check_industry(merchant.industry)
        assert merchant.id_number[14:17] == "000"
        assert "示例" in merchant.legal_name
        assert merchant.opened_date < END
    for field in ("registration_no", "id_number", "phone", "card", "external_id", "legal_name"):
        assert len({getattr(merchant, field) for merchant in merchants}) == 201


def test_every_shape_is_planted(merchants: list[Merchant]) -> None:
    assert {merchant.shape for merchant in merchants} == set(Shape)


def test_the_same_arguments_make_the_same_lines() -> None:
    def digest() -> str:
        merchants = synthetic_merchants(count=3, seed=5, end_date=END, days=60)
        return hashlib.sha256(
            b"".join(line for merchant in merchants for line in merchant.ndjson())
        ).hexdigest()

    assert digest() == digest()


@pytest.mark.parametrize("shape", list(Shape))
def test_every_line_passes_the_feed_and_ends_before_the_story_begins(
    merchants: list[Merchant], shape: Shape
) -> None:
    count = RowCount()
    text = "".join(copy_chunks(one_of(merchants, shape).ndjson(), count=count, intake=Intake("1\t1", LATEST)))
    assert (count.rejected, count.read) == (0, text.count("\n"))
    assert count.read > 30


def monthly(merchant: Merchant) -> tuple[Decimal, Decimal]:
    """Sales in the first and the last 90 days."""
    first, last = Decimal(0), Decimal(0)
    for receipt in receipts_of(merchant):
        age = (END - date.fromisoformat(receipt["paid_at"][:10])).days
        if receipt["kind"] == "sale" and age <= 90:
            last += Decimal(receipt["amount"])
        elif receipt["kind"] == "sale" and age > merchant.days - 90:
            first += Decimal(receipt["amount"])
    return first, last


def test_what_is_planted_can_be_found(merchants: list[Merchant]) -> None:
    first, last = monthly(one_of(merchants, Shape.GROWING))
    assert last > first * Decimal("1.3")
    first, last = monthly(one_of(merchants, Shape.SHRINKING))
    assert last < first * Decimal("0.6")
    refunds = [receipt["kind"] for receipt in receipts_of(one_of(merchants, Shape.HIGH_REFUNDS))]
    assert refunds.count("refund") > refunds.count("sale") * 0.1
    assert one_of(merchants, Shape.SHORT_HISTORY).days < 60
    brushed = receipts_of(one_of(merchants, Shape.BRUSHED))[-200:]
    assert sum(receipt["payer_ref"] == brushed[-1]["payer_ref"] for receipt in brushed) >= 1
    assert len({receipt["payer_ref"] for receipt in brushed}) < 0.8 * len(brushed)


def test_the_real_shop_is_what_its_readme_says() -> None:
    with gzip.open(TRIMMED, "rt") as trimmed:
        rows = trimmed.read().splitlines()[1:]
    assert len(rows) == 23_795
    assert sum(row.endswith(",") for row in rows) == 1_609
    assert TRIMMED.stat().st_size < 1_500_000
    receipts = receipts_of(retail_shop(end_date=END))
    assert receipts[0]["amount"] == str((Decimal("139.12") * GBP_CNY).quantize(Decimal("0.01")))
    last = date.fromisoformat(receipts[-1]["paid_at"][:10])
    assert 0 < (END - last).days <= 7
    assert shift_days(END) % 7 == 0


def test_invoice_lines_fold_into_receipts() -> None:
    def line(
        number: str, quantity: str, price: str, customer: str = "17850.0", minute: str = "00"
    ) -> dict[str, str]:
        return {
            "InvoiceNo": number,
            "Quantity": quantity,
            "UnitPrice": price,
            "InvoiceDate": f"2010-12-01 08:{minute}:00",
            "CustomerID": customer,
        }

    rows = fold(
        [
            line("2", "6", "2.55", minute="27"),
            line("2", "1", "0.70", minute="26"),
            line("C1", "-1", "27.50", customer=""),
            line("3", "-10", "0.0"),
            line("A4", "1", "11062.06"),
            line("5", "-1", "1.00"),
        ]
    )
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("5", "refund", "1.00"),
        ("C1", "refund", "27.50"),
        ("2", "sale", "16.00"),
    ]
    assert rows[2][1] == "2010-12-01 08:26:00"
    assert (rows[1][4], len(rows[2][4])) == ("", 24)


@pytest.mark.parametrize("ending", ["0000", "0001", "0002", "0003", "0009", "0051", "0052", "0099"])
def test_cards_with_the_sandboxs_endings_pass_luhn(ending: str) -> None:
    card = card_number(17, ending=ending)
    assert check_account_number(card, kind=AccountKind.CARD).endswith(ending)
