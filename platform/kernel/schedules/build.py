"""Build a schedule: one pass over its rows in whole minor units, after the instalment is solved exactly."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kernel.money import Rounding
from kernel.rates import PPM
from kernel.recurrence import DateBeyondCalendar
from kernel.schedules.checks import check, shown
from kernel.schedules.reasons import (
    CreditAboveInterest,
    NegativeAmortisation,
    PaymentAboveBalance,
)
from kernel.schedules.solve import level, rounded
from kernel.schedules.terms import (
    EARLY_END,
    FLAT_RATE,
    Fee,
    FeeBasis,
    FeeTiming,
    GraceRule,
    Instalment,
    Method,
    RateChangeRule,
    Row,
    Schedule,
    ScheduleTerms,
)
from kernel.schedules.timeline import RateLine, Steps, Timeline, lay_out

_SOLVED: Final = frozenset({Method.LEVEL_INSTALMENT, Method.FLAT})
_AMORTISED: Final = frozenset({Method.LEVEL_INSTALMENT, Method.LEVEL_PRINCIPAL})


def build_schedule(terms: ScheduleTerms) -> Schedule:
    """Return the schedule of the terms: rows with their dates and amounts, and totals (minor units).

    Interest is rounded once a row and the instalment once when it is solved, each by its named rule; the
    principal of a row is what the instalment leaves after interest, and the last row takes what is left of
    the balance. So principal adds up to the tranches and no balance is negative. Refuses terms that make no
    schedule with a `schedules.` code and the place in the terms; see `kernel.schedules.reasons`.
    """
    digits = check(terms)
    try:
        run = _Run(terms, lay_out(terms), digits)
        rows = run.rows()
    except DateBeyondCalendar as far:
        raise DateBeyondCalendar(**{"at": "count", **far.params}) from None
    interest, fees = sum(row.interest for row in rows), sum(row.fees for row in rows)
    notes = ((FLAT_RATE,) if terms.method is Method.FLAT else ()) + run.notes
    return Schedule(
        method=terms.method,
        currency=terms.currency,
        currency_digits=digits,
        rows=tuple(rows),
        instalments=tuple(run.instalments),
        principal=terms.principal,
        interest=interest,
        fees=fees,
        total=terms.principal + interest + fees,
        notes=notes,
    )


@dataclass(slots=True)
class _Run:
    """The state of a build while it walks down the rows."""

    terms: ScheduleTerms
    timeline: Timeline
    digits: int
    balance: int = 0
    lent: int = 0  # what was advanced so far, less the down payment: the base of flat interest
    credit: int = 0  # interest billed too little (or too much, negative) that the next row settles
    deferred: int = 0  # interest of a grace, not due yet
    spread: int = 0
    share: int | None = None  # the instalment, or the part of the principal, in force
    line: RateLine = field(init=False)
    steps: Steps = field(init=False)
    billed: list[int] = field(default_factory=list)
    owed: list[int] = field(default_factory=list)
    instalments: list[Instalment] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    def rows(self) -> list[Row]:
        """Return every row in order."""
        terms, timeline = self.terms, self.timeline
        start = timeline.starts[0]
        drawn = sum(tranche.minor for tranche in terms.tranches if tranche.day == start)
        self.balance = self.lent = drawn - terms.down_payment
        changes = self._changes_by_row()
        self._use_line(changes.get(0, ()), 0)
        found = self._first_day(start, drawn)
        drawn = 0 if found else drawn
        if self._is_straight(changes):
            return self._straight(found, drawn)
        last = len(timeline) - 1
        for at in range(last + 1):
            if at and at in changes:
                self._use_line(changes[at], at)
            found.append(self._row(at, drawn))
            drawn = 0
            if not self.balance and at < last and self._ends_early(at):
                break
        if self.credit:
            raise CreditAboveInterest(at="rate_changes", credit=self._shown(-self.credit))
        return found

    def _first_day(self, start: date, drawn: int) -> list[Row]:
        """Return row 0, if anything is paid on the first day."""
        down, fees = self.terms.down_payment, self._fees(FeeTiming.UPFRONT, 0)
        return (
            [Row(0, start, start, 0, drawn, down, 0, fees, down + fees, self.balance)] if down + fees else []
        )

    def _row(self, at: int, drawn: int) -> Row:
        """Return the next row and take its principal off the balance."""
        timeline, opening = self.timeline, self.balance
        extra = self._draw(at) if at in timeline.draws else 0
        drawn += self.balance - opening
        accrued = self._accrue(at, opening, extra)
        fees = self._fees(FeeTiming.EVERY_ROW, self.balance)
        principal = self._principal(at, opening, extra, accrued)
        interest = self._due(at, accrued)
        self.balance -= principal
        return Row(
            at + 1,
            timeline.starts[at],
            timeline.dues[at],
            timeline.days(at),
            drawn,
            principal,
            interest,
            fees,
            principal + interest + fees,
            self.balance,
        )

    def _is_straight(self, changes: object) -> bool:
        """Tell whether nothing happens between the first day and the last: most loans are so."""
        terms = self.terms
        if terms.method not in _AMORTISED or terms.instalment is not None or self.timeline.draws:
            return False
        return not (changes or terms.principal_grace or terms.interest_grace or terms.fees)

    def _straight(self, found: list[Row], drawn: int) -> list[Row]:
        """Return the rows of such a loan: what `_row` does, without asking at every one."""
        terms, timeline, steps = self.terms, self.timeline, self.steps
        rounding, scale, balance = terms.interest_rounding, steps.scale, self.balance
        is_level, last = terms.method is Method.LEVEL_INSTALMENT, len(timeline) - 1
        lengths = timeline.lengths()
        self.billed.append(rounded(balance * steps.rows[0], scale, rounding))
        share = self.share = self._solve(0, balance, 0)
        is_usual, twice = rounding is Rounding.HALF_UP, 2 * scale
        for at, (start, due, step) in enumerate(zip(timeline.starts, timeline.dues, steps.rows, strict=True)):
            exact = balance * step
            interest = (2 * exact + scale) // twice if is_usual else rounded(exact, scale, rounding)
            principal = share - interest if is_level else share
            if principal < 0 and self._covers(at, interest):
                principal = 0
            if principal > balance or at == last:
                principal = balance
            balance -= principal
            found.append(
                Row(
                    at + 1,
                    start,
                    due,
                    lengths[at],
                    drawn,
                    principal,
                    interest,
                    0,
                    principal + interest,
                    balance,
                )
            )
            drawn = 0
        return found

    def _changes_by_row(self) -> dict[int, tuple[tuple[date, int], ...]]:
        """Return all changes that are known when a row is reckoned, for each row where some become known."""
        ordered = sorted(
            (max(change.known_date or change.from_date, change.from_date), change.from_date, change.rate_ppm)
            for change in self.terms.rate_changes
        )
        found: dict[int, tuple[tuple[date, int], ...]] = {}
        so_far: list[tuple[date, int]] = []
        for known, since, ppm in ordered:
            so_far.append((since, ppm))
            row = 0 if known <= self.timeline.starts[0] else self.timeline.row_due_after(known)
            found[row] = tuple(so_far)
        return found

    def _use_line(self, changes: tuple[tuple[date, int], ...], at: int) -> None:
        """Reckon from a row on with what is known of the rates; settle what was billed otherwise before."""
        terms = self.terms
        self.line = RateLine.of(terms.rate_ppm, changes, terms.interest_pauses)
        self.steps = self.timeline.steps(self.line)
        for past in range(at):
            right = rounded(self._exact(past), self.steps.scale, terms.interest_rounding)
            self.credit += right - self.billed[past]
            self.billed[past] = right
        if terms.method in _SOLVED and terms.rate_change_rule is RateChangeRule.SOLVE_AGAIN:
            self.share = None

    def _exact(self, at: int) -> int:
        """Return the interest of a past row as a numerator over the present scale."""
        found = self.owed[at] * self.steps.rows[at]
        for number, (_, minor) in enumerate(self.timeline.draws.get(at, ())):
            found += minor * self.steps.draws[at][number]
        return found

    def _draw(self, at: int) -> int:
        """Take up the draws of a row; return their interest in it as a numerator, and solve anew."""
        extra = 0
        for number, (_, minor) in enumerate(self.timeline.draws[at]):
            extra += minor * self.steps.draws[at][number]
            self.balance += minor
            self.lent += minor
        self.share = None
        return extra

    def _accrue(self, at: int, opening: int, extra: int) -> int:
        """Return the interest of a row in minor units, rounded once."""
        base = opening
        if self.terms.method is Method.FLAT:
            base = self.lent - sum(minor for _, minor in self.timeline.draws.get(at, ()))
        exact = base * self.steps.rows[at] + extra
        found = rounded(exact, self.steps.scale, self.terms.interest_rounding)
        self.owed.append(base)
        self.billed.append(found)
        return found

    def _principal(self, at: int, opening: int, extra: int, accrued: int) -> int:
        """Return the principal due in a row."""
        terms, method = self.terms, self.terms.method
        is_parted = method in _AMORTISED or method is Method.FLAT
        if is_parted and self.share is None and at >= terms.principal_grace:
            self.share = self._solve(at, opening, extra)
        if at == len(self.timeline) - 1:
            return self.balance
        if method is Method.DAILY_INTEREST:
            return self._payment(at)
        if self.share is None:
            return 0
        if method is Method.LEVEL_PRINCIPAL:
            return min(self.share, self.balance)
        rest = self.share - accrued
        if rest < 0 and self._covers(at, accrued):
            return 0
        return min(rest, self.balance)

    def _covers(self, at: int, accrued: int) -> bool:
        """Tell whether an instalment is short of the interest by rounding alone; refuse a real shortage."""
        short = accrued - (self.share or 0)
        if short <= self.terms.instalment_step and self.terms.instalment is None:
            return True
        if self.terms.allow_negative_amortisation:
            return False
        given = "instalment" if self.terms.instalment is not None else "method"
        raise NegativeAmortisation(
            at=given, instalment=self._shown(self.share or 0), interest=self._shown(accrued), row=at + 1
        )

    def _payment(self, at: int) -> int:
        day = self.timeline.dues[at]
        paid = sum(payment.minor for payment in self.terms.payments if payment.day == day)
        if paid > self.balance:
            number = next(n for n, payment in enumerate(self.terms.payments) if payment.day == day)
            raise PaymentAboveBalance(
                at=f"payments/{number}/principal", given=self._shown(paid), balance=self._shown(self.balance)
            )
        return paid

    def _solve(self, at: int, opening: int, extra: int) -> int:
        """Return the instalment (or the part of the principal) from a row on, rounded by its rule."""
        terms, steps = self.terms, self.steps
        left = len(self.timeline) - at
        balloon = min(terms.balloon, self.balance)  # what it is part of may be drawn later
        if terms.instalment is not None:
            self._note(at, terms.instalment)
            return terms.instalment
        if terms.method is Method.LEVEL_PRINCIPAL:
            exact, parts = self.balance - balloon, left
        elif terms.method is Method.FLAT:
            bears = self.owed[at] * steps.rows[at] + extra + self.lent * sum(steps.rows[at + 1 :])
            exact, parts = (self.balance - balloon) * steps.scale + bears, left * steps.scale
        else:
            drawn = self.balance - opening
            exact, parts = level(
                balance=self.balance,
                balloon=balloon,
                steps=steps.rows[at:],
                scale=steps.scale,
                extra=extra - drawn * steps.rows[at],
            )
        step = terms.instalment_step
        found = rounded(max(exact, 0), parts * step, terms.instalment_rounding) * step
        if terms.method in _SOLVED:
            self._note(at, found)
        return found

    def _note(self, at: int, minor: int) -> None:
        if not self.instalments or self.instalments[-1].minor != minor:
            self.instalments.append(Instalment(at + 1, minor))

    def _due(self, at: int, accrued: int) -> int:
        """Return the interest due with a row: its own, what a grace put off, what a late change put right."""
        terms, left = self.terms, len(self.timeline) - at
        found = accrued
        if at < terms.interest_grace:
            self.deferred += accrued
            return 0
        if self.deferred:
            if terms.interest_grace_rule is GraceRule.NEXT_DUE or left == 1:
                part = self.deferred
            else:
                self.spread = self.spread or max(1, self.deferred // left)
                part = min(self.spread, self.deferred)
            found, self.deferred = found + part, self.deferred - part
        found, self.credit = found + self.credit, 0
        if found < 0:
            found, self.credit = 0, found
        return found

    def _fees(self, timing: FeeTiming, balance: int) -> int:
        return sum(self._fee(fee, balance) for fee in self.terms.fees if fee.timing is timing)

    def _fee(self, fee: Fee, balance: int) -> int:
        base = balance if fee.basis is FeeBasis.BALANCE else self.terms.principal
        return fee.minor + rounded(base * fee.rate_ppm, PPM, self.terms.interest_rounding)

    def _ends_early(self, at: int) -> bool:
        """Tell whether nothing is left to come after the balance is repaid."""
        terms = self.terms
        if terms.instalment is None and terms.method is not Method.DAILY_INTEREST:
            return False
        if self.deferred or self.credit or any(row > at for row in self.timeline.draws):
            return False
        self.notes = (EARLY_END,) if terms.instalment is not None else ()
        return True

    def _shown(self, minor: int) -> str:
        return shown(minor, self.digits)
