"""The streams as data: the consent each needs, its fields, what a day adds up to, and with whom.

A figure is an SQL expression over one record `r`, whole numbers only; what a day adds up to is the sum over
the records that hold. Everything else (tables to write, statements, a recount) follows from this.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from openbanking.streams import reading as read
from openbanking.streams.reading import Reader


@dataclass(frozen=True, slots=True)
class Party:
    """With whom: the role (an SQL expression), how many items and what they are worth, both summed."""

    role: str
    items: str
    value: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: `fields` are the wire's names and the table's columns; `figures` are the day's.

    `cluster` is the stream's name on the wire. `rule`: a field, and what must hold of it (SQL).
    """

    code: str
    cluster: str
    data_class: str
    table: str
    day_table: str
    fields: Mapping[str, tuple[str, Reader]]
    figures: Mapping[str, str]
    party: Party | None = None
    rule: tuple[str, str] | None = None


def _when(condition: str, figure: str = "1") -> str:
    return f"CASE WHEN {condition} THEN {figure} ELSE 0 END"


_SOLD: Final = "r.side = 'sale' AND NOT r.is_void"
_BOUGHT: Final = "r.side = 'purchase' AND NOT r.is_void"


def _invoices() -> Stream:
    return Stream(
        code="invoices",
        cluster="invoices",
        data_class="invoices",
        table="streams_invoice",
        day_table="streams_invoiceday",
        fields={
            "day": ("date", read.day),
            "side": ("text", read.one_of("sale", "purchase")),
            "gross": ("bigint", read.signed_fen),
            "tax": ("bigint", read.signed_fen),
            "is_void": ("boolean", read.flag),
            "party_ref": ("text", read.optional(read.blinded)),
        },
        figures={
            "sale_count": _when(f"{_SOLD} AND r.gross > 0"),
            "sales": _when(_SOLD, "r.gross"),
            "sales_tax": _when(_SOLD, "r.tax"),
            "sale_void_count": _when("r.side = 'sale' AND r.is_void"),
            "sale_red_count": _when(f"{_SOLD} AND r.gross < 0"),
            "sales_red": _when(f"{_SOLD} AND r.gross < 0", "-r.gross"),
            "purchase_count": _when(f"{_BOUGHT} AND r.gross > 0"),
            "purchases": _when(_BOUGHT, "r.gross"),
            "purchase_void_count": _when("r.side = 'purchase' AND r.is_void"),
            "purchase_red_count": _when(f"{_BOUGHT} AND r.gross < 0"),
        },
        party=Party(
            "CASE WHEN r.side = 'sale' THEN 'buyer' ELSE 'supplier' END",
            _when("NOT r.is_void"),
            _when("NOT r.is_void", "r.gross"),
        ),
    )


def _orders() -> Stream:
    return Stream(
        code="orders",
        cluster="orders",
        data_class="orders",
        table="streams_order",
        day_table="streams_orderday",
        fields={
            "day": ("date", read.day),
            "state": ("text", read.one_of("placed", "delivered", "cancelled", "refunded")),
            "amount": ("bigint", read.fen),
            "refunded": ("bigint", read.fen),
            "promised_day": ("date", read.optional(read.any_day)),
            "delivered_day": ("date", read.optional(read.day)),
            "party_ref": ("text", read.optional(read.blinded)),
        },
        figures={
            "order_count": "1",
            "value": _when("r.state <> 'cancelled'", "r.amount"),
            "delivered_count": _when("r.delivered_day IS NOT NULL"),
            "late_count": _when("r.delivered_day > r.promised_day"),
            "cancelled_count": _when("r.state = 'cancelled'"),
            "refund_count": _when("r.refunded > 0"),
            "refunds": "r.refunded",
        },
        party=Party(
            "'buyer'",
            _when("r.state <> 'cancelled'"),
            _when("r.state <> 'cancelled'", "r.amount - r.refunded"),
        ),
    )


def _ratings() -> Stream:
    return Stream(
        code="ratings",
        cluster="ratings",
        data_class="orders",
        table="streams_rating",
        day_table="streams_ratingday",
        fields={
            "day": ("date", read.day),
            "stars": ("integer", read.whole(1, 5)),
            "is_complaint": ("boolean", read.flag),
        },
        figures={
            "rating_count": "1",
            "stars": "r.stars",
            "good_count": _when("r.stars >= 4"),
            "complaint_count": _when("r.is_complaint"),
        },
    )


def _taxes() -> Stream:
    return Stream(
        code="taxes",
        cluster="tax_filings",
        data_class="taxes",
        table="streams_taxfiling",
        day_table="streams_taxday",
        fields={
            "day": ("date", read.day),
            "tax": ("text", read.one_of("vat", "income", "other")),
            "declared": ("bigint", read.fen),
            "paid": ("bigint", read.fen),
            "is_late": ("boolean", read.flag),
            "credit_class": ("text", read.optional(read.one_of(*"ABMCD"))),
        },
        figures={
            "filing_count": "1",
            "declared": _when("r.tax = 'vat'", "r.declared"),
            "paid": "r.paid",
            "late_count": _when("r.is_late"),
            **{f"class_{code.lower()}_count": _when(f"r.credit_class = '{code}'") for code in "ABMCD"},
        },
    )


def _meters() -> Stream:
    return Stream(
        code="meters",
        cluster="meters",
        data_class="meters",
        table="streams_meterreading",
        day_table="streams_meterday",
        fields={
            "day": ("date", read.day),
            "meter": ("text", read.one_of("electricity", "water", "gas")),
            "used": ("bigint", read.whole(0, 10**12)),
        },
        figures={
            "electricity_count": _when("r.meter = 'electricity'"),
            "electricity_wh": _when("r.meter = 'electricity'", "r.used"),
            "water_count": _when("r.meter = 'water'"),
            "water_litres": _when("r.meter = 'water'", "r.used"),
            "gas_count": _when("r.meter = 'gas'"),
            "gas_litres": _when("r.meter = 'gas'", "r.used"),
        },
    )


def _trips() -> Stream:
    return Stream(
        code="trips",
        cluster="telematics",
        data_class="telematics",
        table="streams_trip",
        day_table="streams_tripday",
        fields={
            "day": ("date", read.day),
            "metres": ("bigint", read.whole(0, 5_000_000)),
            "loaded_metres": ("bigint", read.whole(0, 5_000_000)),
            "minutes": ("integer", read.whole(0, 1440)),
            "party_ref": ("text", read.optional(read.blinded)),
        },
        figures={
            "trip_count": "1",
            "metres": "r.metres",
            "loaded_metres": "r.loaded_metres",
            "minutes": "r.minutes",
        },
        party=Party("'vehicle'", "1", "r.metres"),
        rule=("loaded_metres", "r.loaded_metres <= r.metres"),
    )


def _waybills() -> Stream:
    return Stream(
        code="waybills",
        cluster="waybills",
        data_class="orders",
        table="streams_waybill",
        day_table="streams_waybillday",
        fields={
            "day": ("date", read.day),
            "state": ("text", read.one_of("booked", "delivered", "cancelled")),
            "freight": ("bigint", read.fen),
            "kilograms": ("bigint", read.whole(0, 1_000_000)),
            "delivered_day": ("date", read.optional(read.day)),
            "party_ref": ("text", read.optional(read.blinded)),
        },
        figures={
            "waybill_count": "1",
            "freight": _when("r.state <> 'cancelled'", "r.freight"),
            "kilograms": _when("r.state <> 'cancelled'", "r.kilograms"),
            "delivered_count": _when("r.delivered_day IS NOT NULL"),
            "cancelled_count": _when("r.state = 'cancelled'"),
        },
        party=Party(
            "'shipper'", _when("r.state <> 'cancelled'"), _when("r.state <> 'cancelled'", "r.freight")
        ),
    )


_BUILDERS: Final[tuple[Callable[[], Stream], ...]] = (
    *(_invoices, _orders, _ratings, _taxes, _meters, _trips),
    _waybills,
)
STREAMS: Final = MappingProxyType({stream.code: stream for stream in (build() for build in _BUILDERS)})
