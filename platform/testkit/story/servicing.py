"""Ninety days: repayments early, partial and late, a back-dated receipt, a month close, nightly day-ends."""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from testkit.story.cast import affordable, day
from testkit.story.client import PersonClient, StoryBroken
from testkit.story.credit import draw, money, tenor_of
from testkit.story.enrolment import Enrolled, Place
from testkit.story.telling import Teller

PARTIAL_DAY = 10
SETTLE_DAY = 27
BACK_DATED_DAYS = 4
LATE_DAYS = 6
CLOSE_DAY = 32  # the first business date on which the first month can be closed
STANDSTILL_SECONDS = 20.0  # a day-end takes a second; after so many its worker is dead
DAYS_SECONDS = 600.0
SAMPLE_DRAW, SAMPLE_PART = "30000.00", "10000.00"


def repay(place: Place, loan: str, one: Enrolled, word: str, **what: Any) -> Any:
    """Collect a repayment and wait until the rail has spoken."""
    body = {"loan": loan, "bank_account": one.account, **what}
    begun = place.scene.post("/repayments", body, key=place.key("repay", word, loan))
    ended = place.scene.wait_for(f"/repayments/{begun['id']}", lambda now: now["status"] != "processing")
    if ended["status"] != "succeeded":
        raise StoryBroken(f"repayment of {loan} {ended['status']}: {ended.get('failure_code')}")
    return ended


def settle(place: Place, loan: str, one: Enrolled, word: str) -> None:
    """Repay all that is owed, unless nothing is."""
    if place.scene.get(f"/loans/{loan}")["status"] in ("active", "overdue"):
        repay(place, loan, one, word, type="full_prepay")


class Calendar:
    """What happens on which business date, up to the last day that is told."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.days: dict[date, list[Callable[[], None]]] = defaultdict(list)

    def on(self, offset: int, act: Callable[[], None]) -> None:
        """Plan an act for a day of the story; what lies beyond its end does not happen."""
        if offset <= self.length:
            self.days[day(offset)].append(act)


def plan_sample(calendar: Calendar, place: Place, teller: Teller) -> None:
    """Plan the sample loan of S0-01: at 7.2 % it earns 60.00 and 68.00 of interest."""
    one = place.largest_line
    if one is None or Decimal(one.limit) < Decimal(SAMPLE_DRAW):
        teller.line("no line reaches 30,000.00: the sample loan is left out")
        return
    before = place.scene.get(f"/credit_lines/{one.line}")["available"]["amount"]
    loan = draw(place, one, SAMPLE_DRAW, 60, word="sample")["loan"]
    rate = Decimal(place.scene.get(f"/loans/{loan}")["annual_rate"])

    def interest(days: int, principal: str) -> str:
        return f"{Decimal(principal) * rate * days / 360:.2f}"

    def part() -> None:
        paid = repay(place, loan, one, "part", type="partial_prepay", principal=money(SAMPLE_PART))
        said = _interest_of(paid)
        due = interest(PARTIAL_DAY, SAMPLE_DRAW)
        teller.line(f"day {PARTIAL_DAY}: {SAMPLE_PART} repaid early, interest {said} (by hand: {due})")
        _insist(said == due, "the interest on day 10")

    def rest() -> None:
        paid = repay(place, loan, one, "rest", type="full_prepay")
        said, due = _interest_of(paid), interest(SETTLE_DAY - PARTIAL_DAY, "20000.00")
        after = place.scene.get(f"/credit_lines/{one.line}")["available"]["amount"]
        teller.line(f"day {SETTLE_DAY}: settled, interest {said} (by hand: {due}); the limit is whole again")
        _insist(said == due and after == before, "the interest on day 27 and the limit")

    calendar.on(PARTIAL_DAY, part)
    calendar.on(SETTLE_DAY, rest)


def _interest_of(repayment: dict[str, Any]) -> str:
    return str(repayment["allocation"]["interest"]["amount"])


def _insist(holds: bool, what: str) -> None:
    if not holds:
        raise StoryBroken(f"{what} came out wrong")


def plan_shop(calendar: Calendar, place: Place, teller: Teller) -> None:
    """Plan the real shop: it draws, and once pays at the counter on a day keyed four days later."""
    one = place.the_shop
    if not one.line:
        teller.line("the real shop got no line; it goes on without")
        return
    loan = draw(place, one, "5000.00", 45, word="shop")["loan"]
    teller.line("the real shop draws 5,000.00 for 45 days")

    def counter() -> None:
        received = day(20 - BACK_DATED_DAYS)
        place.accountant.post(
            f"/loans/{loan}/receipts",
            amount="2000.00",
            received_date=received.isoformat(),
            receipt_no="C-000020",
        )
        teller.line(
            f"a receipt of 2,000.00 taken at the counter on {received} is keyed {BACK_DATED_DAYS} days later"
        )

    calendar.on(20, counter)
    calendar.on(45, lambda: settle(place, loan, one, "shop-end"))


def plan_loans(calendar: Calendar, place: Place) -> None:
    """Everybody else: early in full, early in part, on the day, late, and two who do not pay at all."""
    holders = [one for one in place.revolving if one.loans]
    for place_no, one in enumerate(holders):
        loan, due = one.loans[-1], tenor_of(one)
        habit = place_no % 10
        if habit in (0, 1):
            calendar.on(max(1, due // 2), _act(place, loan, one, "early"))
        elif habit in (2, 3):
            calendar.on(max(1, due // 3), _part(place, loan, one))
            calendar.on(due, _act(place, loan, one, "rest"))
        elif habit == 9 and place_no >= 10:
            calendar.on(due + LATE_DAYS, _act(place, loan, one, "late"))
        elif place_no not in (9, 19):
            calendar.on(due, _act(place, loan, one, "on-time"))


def plan_instalments(calendar: Calendar, place: Place, teller: Teller) -> None:
    """Term loans: most pay each instalment on its day, some late; one in five prepays and keeps its size."""
    holders = [one for one in place.on_terms if one.loans]
    for place_no, one in enumerate(holders):
        late = LATE_DAYS if place_no % 5 == 4 else 0
        for row in place.scene.get(f"/loans/{one.loans[-1]}/schedule")["data"]:
            due = (date.fromisoformat(row["due_date"]) - day(0)).days
            calendar.on(due + late, _instalment(place, one, row["number"]))
            if place_no % 5 == 3 and row["number"] == 1:
                calendar.on(due + 3, _prepay(place, one))
    if holders:
        first = place.scene.get(f"/loans/{holders[0].loans[-1]}")["next_payment"]["due_date"]
        teller.line(f"{place.part.bank}: term loans: {len(holders)}, the first instalments due on {first}")


def _instalment(place: Place, one: Enrolled, number: int) -> Callable[[], None]:
    loan = one.loans[-1]
    return lambda: repay(place, loan, one, f"instalment-{number}", type="scheduled")


def _prepay(place: Place, one: Enrolled) -> Callable[[], None]:
    share = affordable(Decimal(one.limit), "0.2")
    what = {"type": "partial_prepay", "amount": money(share), "prepayment": "keep_instalment"}
    return lambda: repay(place, one.loans[-1], one, "prepay", **what)


def _act(place: Place, loan: str, one: Enrolled, word: str) -> Callable[[], None]:
    return lambda: settle(place, loan, one, word)


def _part(place: Place, loan: str, one: Enrolled) -> Callable[[], None]:
    return lambda: repay(place, loan, one, "part", type="partial_prepay", amount=money("500.00"))


def plan_month_close(calendar: Calendar, place: Place, teller: Teller) -> None:
    """Plan for the accountant to close the first month."""

    def close() -> None:
        month = f"{day(0):%Y-%m}"
        place.accountant.post(f"/accounting/periods/{month}/close")
        teller.line(f"{place.part.bank} closed {month}: nothing can be posted into it any more")

    calendar.on(CLOSE_DAY, close)


def run_days(calendar: Calendar, operator: PersonClient, places: list[Place], teller: Teller) -> None:
    """Let the days pass: up to each planned day by day-ends through the worker, then what was planned."""
    stops = sorted({*calendar.days, day(calendar.length)})
    for stop in stops:
        for place in places:
            pass_days(operator, place.part.bank, stop)
        for act in calendar.days.get(stop, ()):
            act()
        teller.progress("days passed, with a day-end each", (stop - day(0)).days, calendar.length)


def pass_days(operator: PersonClient, bank: str, until: date) -> None:
    """Run day-ends until the bank's business date is `until`; ask again when the date stands still."""
    path = f"/ops/banks/{bank}/day-ends"
    began, reached = time.monotonic(), operator.get(path)["business_date"]
    while reached < until.isoformat():
        operator.post(path, until_date=until.isoformat())
        asked, before = time.monotonic(), reached
        while reached < until.isoformat() and time.monotonic() - asked < STANDSTILL_SECONDS:
            time.sleep(0.05)
            reached = operator.get(path)["business_date"]
            if reached != before:
                asked, before = time.monotonic(), reached
        if time.monotonic() - began > DAYS_SECONDS:
            raise StoryBroken(f"the days of {bank} do not pass: they stopped at {reached}")
