"""A loan while its log is being replayed: rows, spans, balances, carried from day to day."""

from dataclasses import dataclass, field, replace
from datetime import date

from kernel.periods import Period
from kernel.rates import PPM
from lending.replay.contract import AsOf, Contract
from lending.replay.non_accrual import Earned, NonAccrual
from lending.replay.picture import Parts, Picture, Products, Row, Span, Totals, divided


@dataclass(slots=True)
class State:
    """Everything is complete up to, not including, `day`."""

    contract: Contract
    day: date
    rows: list[Row]
    spans: list[Span]
    outstanding: int
    rate_ppm: int
    penalty_ppm: int
    instalment: int  # the level instalment or the level principal behind the rows
    count: int  # periods of a loan that has only one row
    version: int = 1
    totals: Totals = field(default_factory=Totals)
    products: Products = field(default_factory=Products)
    parts: dict[int, Parts] = field(default_factory=dict)
    closed: bool = False
    non_accrual: NonAccrual | None = None
    pauses: tuple[Period, ...] = ()
    moved: dict[date, date] = field(default_factory=dict)

    def fork(self) -> "State":
        """Return a state that goes its own way from here."""
        return replace(
            self,
            rows=[replace(row) for row in self.rows],
            spans=list(self.spans),
            parts=dict(self.parts),
            moved=dict(self.moved),
        )

    def add(self, **changes: int) -> None:
        """Add to totals."""
        self.totals = replace(
            self.totals, **{name: getattr(self.totals, name) + minor for name, minor in changes.items()}
        )

    def overdue(self, day: date) -> tuple[int, int]:
        """Return principal and interest unpaid of what was due by a day."""
        late = [row for row in self.rows if row.due <= day]
        return sum(row.principal_owed for row in late), sum(row.interest_owed for row in late)

    def roll_to(self, day: date) -> None:
        """Carry the overdue products to a day, stopping wherever an instalment joins what is overdue."""
        if self.closed:
            self.day = max(self.day, day)
            return
        stops = sorted({row.due for row in self.rows if self.day < row.due < day})
        for stop in [*stops, day]:
            days = (stop - self.day).days
            if days <= 0:
                continue
            principal, interest = self.overdue(self.day)
            self.products = replace(
                self.products,
                penalty=self.products.penalty + principal * days,
                compound=self.products.compound + (interest * days if self.contract.compounds else 0),
            )
            self.day = stop

    def earned(self, day: date) -> int:
        """Return contract interest earned before a day."""
        thirty = self.contract.counts_thirty
        return sum(span.earned(day, thirty=thirty) for span in self.spans if span.start < day)

    def _late(self, product: int, earlier: int) -> int:
        return divided(
            earlier + product * self.penalty_ppm, self.contract.year_days * PPM, self.contract.rounding
        )

    @property
    def penalty_earned(self) -> int:
        """Penalty interest earned before `day`."""
        return self._late(self.products.penalty, self.products.penalty_earlier)

    @property
    def compound_earned(self) -> int:
        """Compound interest earned before `day`."""
        return self._late(self.products.compound, self.products.compound_earlier)

    @property
    def penalty_owed(self) -> int:
        """Penalty interest earned before `day` and not paid."""
        return self.penalty_earned - self.totals.penalty_paid

    @property
    def compound_owed(self) -> int:
        """Compound interest earned before `day` and not paid."""
        return self.compound_earned - self.totals.compound_paid

    @property
    def interest_owed(self) -> int:
        """Interest earned before `day` and not paid; negative if paid in advance."""
        return self.earned(self.day) - self.totals.interest_paid

    @property
    def so_far(self) -> Earned:
        """What was earned before `day` and paid of interest, and of penalty and compound interest."""
        late = self.penalty_earned + self.compound_earned
        return Earned(self.earned(self.day), late, self.totals.interest_paid, self.totals.late_paid)

    def payable_on(self, nominal: date) -> date:
        """Return the day that a nominal due date is payable on."""
        return self.moved.get(nominal) or self.contract.roll(nominal)

    def bears_nothing(self, start: date, end: date) -> bool:
        """Tell whether all days of a span lie in a pause."""
        return any(pause.start_date <= start and end <= pause.end_date for pause in self.pauses)

    def oldest_due(self) -> date | None:
        """Return the due date of the oldest instalment that is not fully paid."""
        return next((row.due for row in self.rows if row.owed), None)

    def days_past_due(self) -> int:
        """Return how long the oldest unpaid instalment is past due."""
        oldest = self.oldest_due()
        return 0 if oldest is None else max(0, (self.day - oldest).days)

    def new_rates(self, *, rate_ppm: int, penalty_ppm: int) -> None:
        """Change the rates from `day` on."""
        if penalty_ppm != self.penalty_ppm:
            old = self.products
            self.products = Products(
                penalty_earlier=old.penalty_earlier + old.penalty * self.penalty_ppm,
                compound_earlier=old.compound_earlier + old.compound * self.penalty_ppm,
            )
        self.rate_ppm, self.penalty_ppm = rate_ppm, penalty_ppm

    def picture(self, as_of: AsOf) -> Picture:
        """Return what the books must hold; the state is carried to the accrued day."""
        self.roll_to(as_of.accrued_through)
        rolled = [row for row in self.rows if row.due < as_of.due_through]
        open_rows = [row.due for row in self.rows if row.due >= as_of.due_through]
        running, earlier = self._running(as_of.business_date)
        stops = open_rows[:1] + ([running.end] if running.end > as_of.business_date else [])
        return Picture(
            rows=tuple(self.rows),
            version=self.version,
            outstanding=self.outstanding,
            overdue_principal=sum(row.principal_owed for row in rolled),
            overdue_interest=sum(row.interest_owed for row in rolled),
            products=self.products,
            earned=self.earned(as_of.accrued_through),
            penalty_earned=self.penalty_earned,
            compound_earned=self.compound_earned,
            totals=self.totals,
            running=running,
            earlier_interest=earlier,
            rate_ppm=self.rate_ppm,
            penalty_ppm=self.penalty_ppm,
            oldest_due_date=self.oldest_due(),
            next_roll_date=min(stops, default=None),
            last_end=self.rows[-1].end,
            last_due=self.rows[-1].due,
            parts=self.parts,
            non_accrual=self.non_accrual,
        )

    def _running(self, business_date: date) -> tuple[Span, int]:
        """Return the span that the business date lies in, and the interest of those before it."""
        earlier = 0
        for span in self.spans:
            if span.end > business_date:
                return span, earlier
            earlier += span.interest
        end = self.spans[-1].end if self.spans else self.contract.start_date
        return Span(end, end, 0), earlier
