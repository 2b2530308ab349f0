"""Tables: receipts, and what is folded from them by day.

What is folded is kept by the day it happened and by the day it was known (both Asia/Shanghai), so that a
feature as of a past day reads only what was known then.
"""

from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField


class ReceiptKind(models.IntegerChoices):
    """Money in or money back; a number, because a row and its key are read and written by the million."""

    SALE = 1, "Sale"
    REFUND = 2, "Refund"


class Channel(models.IntegerChoices):
    """How it was paid; takings on a personal code count too (多收多贷)."""

    MERCHANT_CODE = 1, "Merchant code"
    PERSONAL_CODE = 2, "Personal code"
    CARD = 3, "Card"
    CASH = 4, "Cash"


class ReceiptFeed(models.Model):
    """The receipts of an enterprise in a scene: a small number for two long ones, in every row and index."""

    id = models.AutoField(primary_key=True)
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise_id", "scene_id"], name="receipt_feed_of_whom")
        ]


class ReceiptDelivery(models.Model):
    """One batch of a feed, by the instant it came in: that of its `DataBatch`."""

    id = models.AutoField(primary_key=True)
    feed = models.ForeignKey(ReceiptFeed, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()


class Receipt(models.Model):
    """One receipt as the scene sent it; its natural key is its primary key, so it exists once.

    `feed_id` and `delivery_id` are of the tables above, but no foreign keys: to test them in each of millions
    of rows of the same batch costs as much as to write it. `line` counts within the delivery, from 1. Wide
    columns come first: nothing is lost to alignment.
    """

    pk = models.CompositePrimaryKey("feed_id", "receipt_no", "kind")
    paid_at = models.DateTimeField()
    amount = MoneyField()
    feed_id = models.IntegerField()
    day = models.DateField()
    delivery_id = models.IntegerField()
    line = models.IntegerField()
    kind = models.SmallIntegerField(choices=ReceiptKind.choices)
    channel = models.SmallIntegerField(choices=Channel.choices)
    receipt_no = models.CharField(max_length=64, db_collation="C")
    payer_ref = models.CharField(max_length=64, null=True, db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["feed_id", "day"], name="receipt_of_day")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_amount_positive"),
            models.CheckConstraint(
                condition=Q(kind__range=(ReceiptKind.SALE, ReceiptKind.REFUND)), name="receipt_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__range=(Channel.MERCHANT_CODE, Channel.CASH)),
                name="receipt_channel_known",
            ),
        ]


class ReceiptDay(models.Model):
    """What a day's takings (Asia/Shanghai) grew by on the day it became known; sums equal a recount."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "day", "known_day")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    day = models.DateField()
    known_day = models.DateField()
    sale_count = models.IntegerField()
    sales = MoneyField()
    refund_count = models.IntegerField()
    refunds = MoneyField()
    payer_count = models.IntegerField()


class ReceiptMonth(models.Model):
    """The days of a calendar month as all that is known shows them: what a decision reads, in one row.

    `takings` and `signs` are JSON, an array a figure over the same days; `known_day` is the last day on which
    anything of it became known. As of an earlier day it says nothing, and the days themselves are read.
    """

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "month")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    month = models.DateField()
    known_day = models.DateField()
    takings = models.TextField()
    signs = models.TextField()


class OwnPayer(models.Model):
    """A payer who is the shop itself: its owner or staff, under the scene's blinded reference."""

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "payer_ref")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    payer_ref = models.CharField(max_length=64)
    declared_at = models.DateTimeField()


class ReceiptSigns(models.Model):
    """The signs of brushing on a day and what is left without them, as all known by `known_day` show it.

    Unlike `ReceiptDay` a row is the whole day: the last one known by a date holds.
    """

    pk = models.CompositePrimaryKey("enterprise_id", "scene_id", "day", "known_day")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    day = models.DateField()
    known_day = models.DateField()
    sale_count = models.IntegerField()
    plain_count = models.IntegerField()
    doubtful_count = models.IntegerField()
    own_count = models.IntegerField()
    loop_count = models.IntegerField()
    again_count = models.IntegerField()
    soon_count = models.IntegerField()
    night_count = models.IntegerField()
    round_count = models.IntegerField()
    twin_count = models.IntegerField()
    rapid_count = models.IntegerField()
    payer_known_count = models.IntegerField()
    personal_sales = MoneyField()
    evidenced = MoneyField()
    evidenced_personal = MoneyField()
