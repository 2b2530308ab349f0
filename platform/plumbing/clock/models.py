"""The bank's business date: one row."""

from typing import ClassVar

from django.db import models


class BusinessClock(models.Model):
    """The day the bank's books are open for; the day-end alone moves it (会计日期)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    business_date = models.DateField()
    previous_date = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="clock_one_row"),
            models.CheckConstraint(
                condition=models.Q(previous_date__lt=models.F("business_date")), name="clock_runs_forward"
            ),
        ]
