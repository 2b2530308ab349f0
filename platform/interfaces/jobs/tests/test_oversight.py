"""After a day has ended, and on news of one borrower: what fails stops nothing else, and twice is as once."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction

from interfaces.door import now
from interfaces.jobs import oversight
from lending.oversight import operations
from risk.cases.queries import cases_page
from risk.warnings.operations import record_sighting

TODAY = date(2026, 11, 2)


def test_a_day_is_looked_at_once_and_one_failure_stops_nothing_else(
    committed_qinglan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shops = [uuid4(), uuid4()]
    with transaction.atomic():
        for shop in shops:
            record_sighting(
                subject_id=shop,
                measure="taxes.arrears",
                value=Decimal("5000"),
                as_of_date=TODAY,
                source="registry",
                now=now(),
            )
    assert oversight.watch_borrower(shops[0]) == 1
    monkeypatch.setattr(operations, "_OUTCOMES", "SELECT no_such_column")

    assert oversight.after_days(TODAY) == {"warned": 1, "outcomes": 0, "alarms": 0, "learnt": 0}
    assert oversight.after_days(TODAY) == {"warned": 0, "outcomes": 0, "alarms": 0, "learnt": 0}
    assert len(cases_page(kind="warning")) == 2
