"""Two hundred random acts on a line and its loans, day after day: the books, the limit and the log agree."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from kernel.day_counts import DayCount
from kernel.recurrence import Frequency, Unit
from kernel.schedules import Method
from lending.loans.entries import MEMO_INTEREST, OUTPUT_VAT, OVERPAYMENT, PRINCIPAL, SETTLEMENT, held
from lending.replay import AccrualPolicy, AsOf, Contract, Event, EventInvalid, EventKind, Picture, replay
from lending.tax.booking import UNTAXED, LoanTax

START = date(2026, 1, 31)
LIMIT = 50_000_000
METHODS = (Method.LEVEL_INSTALMENT, Method.LEVEL_PRINCIPAL, Method.INTEREST_FIRST, Method.BULLET)
SWITCHES = ("stop", "stop", "resume", "close", "waive", "credit")
TAXES = (UNTAXED, LoanTax(60_000), LoanTax(60_000, 72_000, 45_000))


@dataclass(slots=True)
class Lent:
    """A loan and its log, in the order in which things arrived."""

    contract: Contract
    tax: LoanTax
    picture: Picture
    log: list[Event] = field(default_factory=list)


def held_of(picture: Picture, tax: LoanTax) -> Counter[str]:
    return Counter(held(picture, income_account="6011.02", cash_account=SETTLEMENT, tax=tax))


@dataclass(slots=True)
class World:
    """A bank with one revolving line; the books move by differences only."""

    random: Random
    as_of: AsOf
    lent: list[Lent] = field(default_factory=list)
    books: Counter[str] = field(default_factory=Counter)
    available: int = LIMIT
    cash: int = 0
    done: Counter[str] = field(default_factory=Counter)

    def post(self, loan: Lent, after: Picture) -> None:
        """Book what the picture after holds more than the one before, and free or use the line."""
        changes = held_of(after, loan.tax)
        changes.subtract(held_of(loan.picture, loan.tax))
        assert sum(changes.values()) == 0
        self.books.update(changes)
        self.available += loan.picture.outstanding - after.outstanding
        loan.picture = after
        self.done["in_memo"] += waiting(after) > 0

    def draw(self) -> None:
        """Lend what the line still has, at most a fifth of it at a time."""
        amount = min(self.available, self.random.randint(100_000, LIMIT // 5))
        if amount <= 0 or len(self.lent) == 5:
            return
        contract = Contract(
            method=METHODS[len(self.lent) % len(METHODS)],
            principal=amount,
            start_date=self.as_of.business_date,
            rate_ppm=72_000,
            penalty_ppm=108_000,
            count=self.random.randint(2, 8),
            frequency=Frequency(Unit.WEEK, 2),
            day_count=self.random.choice([DayCount.THIRTY_360_US, DayCount.ACT_360]),
            prepayment_fee_ppm=self.random.choice([0, 10_000]),
        )
        loan = Lent(contract, self.random.choice(TAXES), replay(contract, [], self.as_of))
        self.lent.append(loan)
        self.books.update(held_of(loan.picture, loan.tax))
        self.books["3001"] -= amount
        self.available -= amount
        self.done["draw"] += 1

    def close_a_day(self) -> None:
        """Roll what falls due, accrue, open the next day."""
        day, tomorrow = self.as_of.business_date, self.as_of.business_date + timedelta(1)
        for as_of in (AsOf(day, tomorrow, tomorrow), AsOf(tomorrow, tomorrow, tomorrow)):
            self.as_of = as_of
            for loan in self.lent:
                self.post(loan, replay(loan.contract, loan.log, as_of))

    def act(self) -> None:
        """Let one thing happen to one loan; what it has no room for changes nothing."""
        if not self.lent:
            return
        loan, today = self.random.choice(self.lent), self.as_of.business_date
        event = self.event(loan, max(loan.contract.start_date, today - timedelta(self.random.randint(0, 25))))
        if event is None:
            return
        try:
            after = replay(loan.contract, [*loan.log, event], self.as_of)
        except EventInvalid:
            return
        if self.available + loan.picture.outstanding < after.outstanding:
            return  # what the act took back has been drawn since
        loan.log.append(event)
        self.post(loan, after)
        self.cash += event.amount
        self.done[event.kind.value] += 1

    def event(self, loan: Lent, day: date) -> Event | None:
        """Return something that may happen, valued today or on a day already closed."""
        random, kind = (
            self.random,
            self.random.choice(["pay", "pay", "pay", "reverse", "rate", "spread", "age", "pause", *SWITCHES]),
        )
        sequence = len(loan.log) + 2
        if kind in SWITCHES:
            return self.switch(loan, kind, sequence)
        if kind == "reverse":
            taken_back = {each.reverses for each in loan.log}
            paid = [e for e in loan.log if e.kind is EventKind.REPAYMENT and e.sequence not in taken_back]
            if not paid:
                return None
            back = random.choice(paid)
            return Event(
                sequence=sequence,
                kind=EventKind.REVERSAL,
                value_date=back.value_date,
                amount=-back.amount,
                reverses=back.sequence,
            )
        if kind == "pay":
            amount = random.randint(1, loan.contract.principal // 2)
            choice = random.choice(["", "keep_term", "keep_instalment", "next", "hold"])
            pay = EventKind.REPAYMENT
            return Event(sequence=sequence, kind=pay, value_date=day, amount=amount, choice=choice)
        if kind == "rate":
            rate = random.randint(10_000, 200_000)
            change = EventKind.RATE_CHANGE
            return Event(sequence=sequence, kind=change, value_date=day, rate_ppm=rate, penalty_ppm=2 * rate)
        if kind == "pause":
            ends = [row.end for row in loan.picture.rows if row.end > day]
            pause, until = EventKind.PAUSE, random.choice(ends or [day])
            return Event(sequence=sequence, kind=pause, value_date=day, since=day, through=until)
        act = EventKind.RE_AGE if kind == "age" else EventKind.RE_AMORTISATION
        count = random.randint(1, 9)
        return Event(sequence=sequence, kind=act, value_date=self.as_of.business_date, count=count)

    def switch(self, loan: Lent, kind: str, sequence: int) -> Event:
        """Stop accruing what is ten days late, by either policy; return to it; close the loan; give up."""
        random, today = self.random, self.as_of.business_date
        asked = {"sequence": sequence, "value_date": today}
        if kind == "stop":
            policy = random.choice(list(AccrualPolicy)).value
            share = random.randint(0, 1_000_000)
            late = {"count": 10, "policy": policy, "net_ppm": share, "net_late_ppm": share // 2}
            return Event(kind=EventKind.NON_ACCRUAL, **asked, **late)
        if kind == "resume":
            return Event(kind=EventKind.ACCRUAL_RETURN, **asked)
        if kind == "credit":
            return Event(kind=EventKind.CREDIT_USE, **asked)
        if kind == "waive":
            sums = {name: random.randint(0, 20_000) for name in ("interest", "penalty", "compound")}
            return Event(kind=EventKind.WAIVER, **asked, **sums)
        owed = loan.picture
        whole = owed.outstanding + owed.interest + owed.penalty + owed.compound
        return Event(kind=EventKind.REPAYMENT, **asked, amount=max(1, whole + 50_000))


def test_two_hundred_acts_leave_books_limit_and_log_in_agreement() -> None:
    world = World(Random(200), AsOf(START, START, START))
    for _ in range(200):
        world.random.choices([world.close_a_day, world.act, world.draw], [5, 4, 1])[0]()
    assert min(world.done[kind] for kind in ("draw", "repayment", "reversal", "rate_change", "in_memo")) > 0
    totals: Counter[str] = Counter()
    for loan in world.lent:
        shuffled = world.random.sample(loan.log, len(loan.log))
        folded = replay(loan.contract, shuffled, world.as_of)
        assert folded == loan.picture
        totals.update(held_of(folded, loan.tax))
    owed = sum(loan.picture.outstanding for loan in world.lent)
    assert {code: minor for code, minor in world.books.items() if minor and code != "3001"} == {
        code: minor for code, minor in totals.items() if minor
    }
    assert sum(world.books.values()) == 0
    assert (world.books[PRINCIPAL], world.available) == (owed, LIMIT - owed)
    assert world.books[SETTLEMENT] == world.cash
    assert -world.books[OVERPAYMENT] == sum(loan.picture.totals.credit for loan in world.lent)
    assert world.books[MEMO_INTEREST] == sum(waiting(loan.picture) for loan in world.lent)
    assert -world.books[OUTPUT_VAT] == sum(map(vat_asked, world.lent))


def waiting(picture: Picture) -> int:
    return picture.non_accrual.in_memo(picture.so_far) if picture.non_accrual else 0


def vat_asked(loan: Lent) -> int:
    so_far, stopped = loan.picture.so_far, loan.picture.non_accrual
    interest, late = so_far.interest, so_far.late
    if stopped is not None:
        interest = stopped.interest.taxable(interest, so_far.interest_paid)
        late = stopped.late.taxable(late, so_far.late_paid)
    return loan.tax.interest_vat(interest) + loan.tax.late_vat(late)
