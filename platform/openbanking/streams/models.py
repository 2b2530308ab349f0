"""Tables: one typed table of records a stream, and what is folded from them by day.

Records only grow. A correction is a new revision of a record; the highest revision known by a date holds.
What is folded is kept by the day it happened and the day it was known (both Asia/Shanghai).
"""

from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField


class Invoice(models.Model):
    """A VAT invoice, sold or bought; `gross` with tax, below zero for a red-letter one (红字)."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "record_no", "revision")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    record_no = models.CharField(max_length=64)
    revision = models.IntegerField()
    received_at = models.DateTimeField()
    day = models.DateField()
    side = models.CharField(max_length=8)
    gross = MoneyField()
    tax = MoneyField()
    is_void = models.BooleanField()
    party_ref = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(side__in=["sale", "purchase"]), name="invoice_side_known")
        ]


class InvoiceDay(models.Model):
    """What a day's invoices grew by on the day it became known; void ones only in their counts."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "day", "known_day")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    day = models.DateField()
    known_day = models.DateField()
    sale_count = models.IntegerField()
    sales = MoneyField()
    sales_tax = MoneyField()
    sale_void_count = models.IntegerField()
    sale_red_count = models.IntegerField()
    sales_red = MoneyField()
    purchase_count = models.IntegerField()
    purchases = MoneyField()
    purchase_void_count = models.IntegerField()
    purchase_red_count = models.IntegerField()


class Order(models.Model):
    """An order and what became of it: each change of state is a revision."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "record_no", "revision")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    record_no = models.CharField(max_length=64)
    revision = models.IntegerField()
    received_at = models.DateTimeField()
    day = models.DateField()
    state = models.CharField(max_length=10)
    amount = MoneyField()
    refunded = MoneyField()
    promised_day = models.DateField(null=True)
    delivered_day = models.DateField(null=True)
    party_ref = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["placed", "delivered", "cancelled", "refunded"]),
                name="order_state_known",
            )
        ]


class OrderDay(models.Model):
    """What the orders of a day grew by on the day it became known."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "day", "known_day")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    day = models.DateField()
    known_day = models.DateField()
    order_count = models.IntegerField()
    value = MoneyField()
    delivered_count = models.IntegerField()
    late_count = models.IntegerField()
    cancelled_count = models.IntegerField()
    refund_count = models.IntegerField()
    refunds = MoneyField()


class Rating(models.Model):
    """What a customer said: one to five stars, and whether it is a complaint."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "record_no", "revision")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    record_no = models.CharField(max_length=64)
    revision = models.IntegerField()
    received_at = models.DateTimeField()
    day = models.DateField()
    stars = models.IntegerField()
    is_complaint = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_stars_of_five")
        ]


class RatingDay(models.Model):
    """What a day's ratings grew by on the day it became known."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "day", "known_day")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    day = models.DateField()
    known_day = models.DateField()
    rating_count = models.IntegerField()
    stars = models.IntegerField()
    good_count = models.IntegerField()
    complaint_count = models.IntegerField()


class TaxFiling(models.Model):
    """A tax filing, on the day it was filed; the class is the taxpayer's credit class then (纳税信用等级)."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "record_no", "revision")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    record_no = models.CharField(max_length=64)
    revision = models.IntegerField()
    received_at = models.DateTimeField()
    day = models.DateField()
    tax = models.CharField(max_length=8)
    declared = MoneyField()
    paid = MoneyField()
    is_late = models.BooleanField()
    credit_class = models.CharField(max_length=1, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tax__in=["vat", "income", "other"]), name="filing_tax_known"),
            models.CheckConstraint(
                condition=Q(credit_class__isnull=True) | Q(credit_class__in=list("ABMCD")),
                name="filing_class_known",
            ),
        ]


class TaxDay(models.Model):
    """What a day's filings grew by on the day it became known; a count for each credit class."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "day", "known_day")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    day = models.DateField()
    known_day = models.DateField()
    filing_count = models.IntegerField()
    declared = MoneyField()
    paid = MoneyField()
    late_count = models.IntegerField()
    class_a_count = models.IntegerField()
    class_b_count = models.IntegerField()
    class_m_count = models.IntegerField()
    class_c_count = models.IntegerField()
    class_d_count = models.IntegerField()


class MeterReading(models.Model):
    """What a meter counted up to a day since its last reading: watt-hours, or litres (S2-22)."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "record_no", "revision")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    record_no = models.CharField(max_length=64)
    revision = models.IntegerField()
    received_at = models.DateTimeField()
    day = models.DateField()
    meter = models.CharField(max_length=11)
    used = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(meter__in=["electricity", "water", "gas"]), name="reading_meter_known"
            ),
            models.CheckConstraint(condition=Q(used__gte=0), name="reading_not_negative"),
        ]


class MeterDay(models.Model):
    """What a day's readings grew by on the day it became known."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "day", "known_day")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    day = models.DateField()
    known_day = models.DateField()
    electricity_count = models.IntegerField()
    electricity_wh = models.BigIntegerField()
    water_count = models.IntegerField()
    water_litres = models.BigIntegerField()
    gas_count = models.IntegerField()
    gas_litres = models.BigIntegerField()


class Trip(models.Model):
    """A truck's trip: metres driven, of them loaded, and minutes; never where."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "record_no", "revision")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    record_no = models.CharField(max_length=64)
    revision = models.IntegerField()
    received_at = models.DateTimeField()
    day = models.DateField()
    metres = models.BigIntegerField()
    loaded_metres = models.BigIntegerField()
    minutes = models.IntegerField()
    party_ref = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(loaded_metres__gte=0, loaded_metres__lte=models.F("metres")),
                name="trip_loaded_within_driven",
            )
        ]


class TripDay(models.Model):
    """What a day's trips grew by on the day it became known."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "day", "known_day")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    day = models.DateField()
    known_day = models.DateField()
    trip_count = models.IntegerField()
    metres = models.BigIntegerField()
    loaded_metres = models.BigIntegerField()
    minutes = models.IntegerField()


class Waybill(models.Model):
    """A freight document (运单), on the day it was booked: what is carried, for how much, never where."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "record_no", "revision")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    record_no = models.CharField(max_length=64)
    revision = models.IntegerField()
    received_at = models.DateTimeField()
    day = models.DateField()
    state = models.CharField(max_length=9)
    freight = MoneyField()
    kilograms = models.BigIntegerField()
    delivered_day = models.DateField(null=True)
    party_ref = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["booked", "delivered", "cancelled"]), name="waybill_state_known"
            )
        ]


class WaybillDay(models.Model):
    """What a day's waybills grew by on the day it became known; cancelled ones only in their count."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "day", "known_day")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    day = models.DateField()
    known_day = models.DateField()
    waybill_count = models.IntegerField()
    freight = MoneyField()
    kilograms = models.BigIntegerField()
    delivered_count = models.IntegerField()
    cancelled_count = models.IntegerField()


class PartyDay(models.Model):
    """With whom, by day: what makes distinct parties and the largest one's share exact and incremental."""

    pk = models.CompositePrimaryKey(
        "enterprise_id", "scene_id", "stream", "role", "day", "known_day", "party_ref"
    )
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    stream = models.CharField(max_length=16)
    role = models.CharField(max_length=10)
    day = models.DateField()
    known_day = models.DateField()
    party_ref = models.CharField(max_length=64)
    item_count = models.IntegerField()
    value = models.BigIntegerField()
