"""The rows of each cluster as the document shows them; `openbanking` checks them, row by row."""

from typing import Any, Final

from drf_spectacular.utils import PolymorphicProxySerializer

from interfaces.scene.calls import Shape
from interfaces.scene.examples import example_of
from interfaces.scene.fields import CodeField, DayField, FlagField, InstantField, TextField, WholeField
from interfaces.scene.parsing import Body

PAYER: Final = "5f2b8c0d9a417e63"


class ReceiptBody(Body):
    """`receipts`: one receipt. `payer_ref` is a hash the scene makes, never a phone or a card."""

    receipt_no = TextField(example="R-20261103-000187")
    paid_at = InstantField(example="2026-11-03T12:03:11+08:00")
    amount = TextField(example="28.00")
    kind = CodeField(choices=["sale", "refund"])
    payer_ref = TextField(required=False, example=PAYER)
    channel = CodeField(choices=["merchant_code", "personal_code", "card", "cash"])


class RecordBody(Body):
    """What every other row begins with: a higher `revision` of a record corrects it."""

    record_no = TextField(example="N-20261103-0007")
    revision = WholeField(required=False, example=0, min_value=0, max_value=10_000)
    day = DayField()


class InvoiceBody(RecordBody):
    """`invoices`: a VAT invoice, sold or bought; below zero when it is a red-letter one (红字)."""

    side = CodeField(choices=["sale", "purchase"])
    gross = TextField(example="1130.00")
    tax = TextField(example="130.00")
    is_void = FlagField(example=False)
    party_ref = TextField(required=False, example=PAYER)


class OrderBody(RecordBody):
    """`orders`: an order, on the day it was placed."""

    state = CodeField(choices=["placed", "delivered", "cancelled", "refunded"])
    amount = TextField(example="320.00")
    refunded = TextField(example="0.00")
    promised_day = DayField(required=False)
    delivered_day = DayField(required=False)
    party_ref = TextField(required=False, example=PAYER)


class RatingBody(RecordBody):
    """`ratings`: what a customer said."""

    stars = WholeField(example=5, min_value=1, max_value=5)
    is_complaint = FlagField(example=False)


class TaxFilingBody(RecordBody):
    """`tax_filings`: a tax filing, on the day it was filed."""

    tax = CodeField(choices=["vat", "income", "other"])
    declared = TextField(example="9000.00")
    paid = TextField(example="270.00")
    is_late = FlagField(example=False)
    credit_class = CodeField(choices=list("ABMCD"), required=False, example="M")


class MeterReadingBody(RecordBody):
    """`meters`: what a meter counted since its last reading, in watt-hours or litres."""

    meter = CodeField(choices=["electricity", "water", "gas"])
    used = WholeField(example=12_500, min_value=0)


class TripBody(RecordBody):
    """`telematics`: a truck's trip, in metres and minutes; never where."""

    metres = WholeField(example=120_000, min_value=0, max_value=5_000_000)
    loaded_metres = WholeField(example=90_000, min_value=0, max_value=5_000_000)
    minutes = WholeField(example=140, min_value=0, max_value=1440)
    party_ref = TextField(required=False, example=PAYER)


class WaybillBody(RecordBody):
    """`waybills`: a freight document (运单), on the day it was booked."""

    state = CodeField(choices=["booked", "delivered", "cancelled"])
    freight = TextField(example="900.00")
    kilograms = WholeField(example=3200, min_value=0, max_value=1_000_000)
    delivered_day = DayField(required=False)
    party_ref = TextField(required=False, example=PAYER)


ROWS: Final[dict[str, Shape]] = {
    "receipts": ReceiptBody,
    "invoices": InvoiceBody,
    "orders": OrderBody,
    "ratings": RatingBody,
    "tax_filings": TaxFilingBody,
    "meters": MeterReadingBody,
    "telematics": TripBody,
    "waybills": WaybillBody,
}


ANY_ROW: Final[Any] = PolymorphicProxySerializer(
    component_name="DataRow", serializers=list(ROWS.values()), resource_type_field_name=None
)
ANY_ROW.example_document = lambda: example_of(ReceiptBody)
