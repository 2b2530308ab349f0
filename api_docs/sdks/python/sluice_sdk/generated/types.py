"""The shapes of the API as they travel, dictionaries with known members.

Made from api_docs/openapi/scene.yaml by ./sluice generate openapi: change that, never this.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, NotRequired, TypeAlias, TypedDict, TypeVar

K = TypeVar("K")
O = TypeVar("O")


class AccountValue(TypedDict):
    """The last four digits of an account, and what the rail does."""

    ending: str
    drawdown: str
    repayment: str


class AdvanceBody(TypedDict):
    """Where to move the calendar to, and what borrowers do on the way."""

    to_date: NotRequired[str]
    until: NotRequired[Literal["next_event", "maturity"]]
    """`next_event`: the first day on which the scene hears of something. `maturity`: the day after the last due date of all active loans."""
    pay_when_due: NotRequired[bool]
    """Borrowers pay from the account that was paid out to, on each due date, all that is due."""
    missed_instalments: NotRequired[list[int]]
    """Numbers of instalments that are not paid when due, but together with the next one."""


class Agreement(TypedDict):
    """An agreement; the borrower reads and signs it at `signing_url`, on the bank's host."""

    id: str
    object: Literal["agreement"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    application: str
    template_version: str
    sha256: str
    sm3: str
    status: Literal["pending", "signed", "declined", "expired"]
    signing_url: str | None
    expires_date: str
    signed_at: str | None
    credit_line: str | None
    created_at: str
    expanded: NotRequired[AgreementExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class AgreementExpanded(TypedDict):
    """What `expand[]` asked for; null where it is not to be had."""

    application: NotRequired[Application | None]
    credit_line: NotRequired[CreditLine | None]


class AgreementInEvent(TypedDict):
    """A agreement as its events show it."""

    id: str
    object: Literal["agreement"]
    status: str
    application: str
    credit_line: str | None


class Allocation(TypedDict):
    """How the money was used, in this order; `excess` is the borrower's."""

    penalty: Money
    compound: Money
    """Compound interest on overdue interest."""
    fee: Money
    interest: Money
    principal: Money
    excess: Money


class AnyMoney(TypedDict):
    """Part of another shape: AnyMoney."""

    amount: str
    currency: Literal["CNY", "USD", "EUR", "GBP", "JPY", "KWD"]


class Application(TypedDict):
    """An application and where it stands; amounts are there once it is approved."""

    id: str
    object: Literal["application"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    etag: str
    """The ETag of this state: send it as `If-Match` to change it."""
    metadata: dict[str, str]
    external_id: str | None
    business: str
    product: str
    offer: str | None
    amount: Money
    tenor_days: int | None
    """Null in a draft whose product sets the term."""
    purpose: str
    status: Literal["draft", "submitted", "in_review", "approved", "contracted", "declined", "withdrawn", "expired"]
    approved_amount: Money | None
    annual_rate: NotRequired[str | None]
    valid_until: str | None
    created_at: str
    submitted_at: str | None
    decided_at: str | None
    closed_at: str | None
    expanded: NotRequired[ApplicationExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class ApplicationBody(TypedDict):
    """What a business applies for: submitted at once, or with `submit: false` a draft."""

    business: str
    product: str
    offer: NotRequired[str]
    amount: PositiveMoney
    tenor_days: NotRequired[int]
    """Only for products lent by the day; with instalments it is the product's own."""
    purpose: str
    """equipment_repair, rent_and_wages, stock_purchase, working_capital."""
    external_id: NotRequired[str]
    submit: NotRequired[bool]
    """`false`: a draft, which nobody at the bank looks at yet."""
    metadata: NotRequired[dict[str, str]]


class ApplicationChanges(TypedDict):
    """What to change of a draft; what is left out stays."""

    product: NotRequired[str]
    offer: NotRequired[str]
    amount: NotRequired[PositiveMoney]
    tenor_days: NotRequired[int]
    """Only for products lent by the day; with instalments it is the product's own."""
    purpose: NotRequired[str]
    """equipment_repair, rent_and_wages, stock_purchase, working_capital."""
    external_id: NotRequired[str]
    metadata: NotRequired[dict[str, str]]


class ApplicationExpanded(TypedDict):
    """What `expand[]` asked for; null where it is not to be had."""

    business: NotRequired[Business | None]
    offer: NotRequired[Offer | None]


class ApplicationInEvent(TypedDict):
    """A application as its events show it."""

    id: str
    object: Literal["application"]
    status: str
    external_id: str | None
    business: str


class ApplicationList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Application]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class Attempt(TypedDict):
    """One time the event was sent, or could not be."""

    number: int
    attempted_at: str
    duration_ms: int
    status_code: int | None
    error: str
    """Why there was no answer."""
    response_excerpt: str
    """What the answer began with, masked."""


class Bank(TypedDict):
    """A bank this scene has a contract with; ask for a token with `resource=<base>/banks/<id>`."""

    id: str
    object: Literal["bank"]
    livemode: bool
    name: str
    kind: Literal["rural_commercial", "city_commercial"]
    status: Literal["creating", "active", "suspended"]
    contract_status: Literal["active", "ended"]


class BankAccount(TypedDict):
    """An account, masked to its last four digits."""

    id: str
    object: Literal["bank_account"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    business: str
    kind: Literal["card", "corporate"]
    account_number: str
    bank_name: str
    holder_name: str
    created_at: str


class BankAccountBody(TypedDict):
    """An account of the business, to be paid out to and collected from."""

    account_number: str
    bank_name: str
    holder_name: str
    kind: NotRequired[Literal["card", "corporate"]]


class BankAccountList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[BankAccount]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class BankInEvent(TypedDict):
    """A bank as its events show it."""

    id: str
    object: Literal["bank"]
    status: str
    partner_listed: bool
    listed_from: str | None
    listed_until: str | None


class BankList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Bank]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class BankStatus(TypedDict):
    """Whether the bank takes new business from this scene today; what exists is serviced in any case."""

    object: Literal["bank_status"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    status: Literal["creating", "active", "suspended"]
    business_date: str
    partner_listed: bool
    """The scene is on the bank's published list today."""
    takes_new_business: bool


class BatchBody(TypedDict):
    """Whose rows, under which consent, which cluster; with a period, rows of other days are refused."""

    business: str
    consent: str
    cluster: NotRequired[Literal["receipts", "invoices", "orders", "ratings", "tax_filings", "meters", "telematics", "waybills"]]
    schema_version: NotRequired[Literal["1"]]
    period_start_date: NotRequired[str]
    """The first day; give both ends or none."""
    period_end_date: NotRequired[str]
    """The day after the last."""


class Business(TypedDict):
    """An enterprise as this scene introduced it."""

    id: str
    object: Literal["business"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    etag: str
    """The ETag of this state: send it as `If-Match` to change it."""
    external_id: str
    legal_name: str
    registration_no: str
    kind: Literal["firm", "individual", "cooperative", "other"]
    industry: str
    area_code: str
    opened_date: str
    representative: Person | None
    created_at: str


class BusinessBody(TypedDict):
    """An enterprise to introduce."""

    external_id: str
    """The scene's own id of the merchant."""
    legal_name: str
    registration_no: str
    """统一社会信用代码."""
    industry: str
    """GB/T 4754."""
    area_code: str
    """GB/T 2260."""
    opened_date: str
    representative: NotRequired[PersonBody]


class BusinessChanges(TypedDict):
    """What to correct of a business; what is left out stays."""

    external_id: NotRequired[str]
    legal_name: NotRequired[str]
    industry: NotRequired[str]
    """GB/T 4754."""
    area_code: NotRequired[str]
    """GB/T 2260."""
    opened_date: NotRequired[str]


class BusinessList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Business]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class CalculatedAllocationAnswer(TypedDict):
    """What ./sluice allocate and POST /v1/calculator/allocations answer. The parts, to_reamortise and held add up to the payment."""

    object: Literal["allocation"]
    currency: Literal["CNY", "USD", "EUR", "GBP", "JPY", "KWD"]
    on_date: str
    payment: str
    parts: list[CalculatedAllocationAnswerPart]
    """In the order they were paid."""
    components: CalculatedAllocationAnswerComponents
    to_reamortise: str
    """Lowers the principal the coming instalments are drawn from anew."""
    held: str
    """The borrower's credit balance; it goes back to its source only."""
    instalments: list[CalculatedAllocationAnswerInstalment]
    policy: CalculatedAllocationAnswerPolicy


class CalculatedAllocationAnswerComponents(TypedDict):
    """Part of another shape: CalculatedAllocationAnswerComponents."""

    cost: str
    penalty: str
    compound: str
    fee: str
    interest: str
    principal: str


class CalculatedAllocationAnswerInstalment(TypedDict):
    """Part of another shape: CalculatedAllocationAnswerInstalment."""

    number: int
    status: Literal["past_due", "due", "in_advance"]
    paid: str
    left: str


class CalculatedAllocationAnswerPart(TypedDict):
    """Part of another shape: CalculatedAllocationAnswerPart."""

    number: int
    component: Literal["cost", "penalty", "compound", "fee", "interest", "principal"]
    amount: str


class CalculatedAllocationAnswerPolicy(TypedDict):
    """Part of another shape: CalculatedAllocationAnswerPolicy."""

    order: list[str]
    processing: Literal["horizontal", "vertical"]
    """horizontal: an instalment fully, then the next; vertical: a component of all, then the next."""
    precedence: Literal["oldest", "dearest"]
    future: Literal["next", "last", "reamortise", "hold"]


class CalculatedAllocationRequest(TypedDict):
    """What ./sluice allocate and POST /v1/calculator/allocations read. Amounts are strings; what is not named is not owed."""

    currency: NotRequired[Literal["CNY", "USD", "EUR", "GBP", "JPY", "KWD"]]
    """Of every amount in the document."""
    on_date: str
    """The day of the payment: an instalment is past due the day after its due date."""
    payment: str | AnyMoney
    """An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan)."""
    instalments: list[CalculatedAllocationRequestInstalment]
    policy: NotRequired[Literal["performing", "principal_first_after_90", "revolving", "revolving_dearest", "revenue_share", "guarantor"] | CalculatedAllocationRequestPolicy]
    """One of the house's orders, or one of your own."""
    policies: NotRequired[Literal["scheduled_loan", "revolving_line", "revenue_share_loan"]]
    """Instead of policy: a set that chooses by the three members below, which are for it alone."""
    transaction: NotRequired[Literal["repayment", "prepayment", "remittance", "guarantor", "collateral"]]
    days_past_due: NotRequired[int]
    """Above 90 the principal is paid first (L-08)."""
    is_non_accrual: NotRequired[bool]
    future: NotRequired[Literal["next", "last", "reamortise", "hold"]]
    """The borrower's choice for what is left, instead of the order's own."""


class CalculatedAllocationRequestInstalment(TypedDict):
    """Part of another shape: CalculatedAllocationRequestInstalment."""

    number: int
    """Each once."""
    due_date: str
    """Rolled to a workday where the contract rolls it."""
    owed: CalculatedAllocationRequestInstalmentOwed
    """What is owed on the day; of an instalment to come, what may be paid in advance."""
    annual_rate: NotRequired[str]
    """Where the dearest draw is paid first."""


class CalculatedAllocationRequestInstalmentOwed(TypedDict):
    """What is owed on the day; of an instalment to come, what may be paid in advance."""

    cost: NotRequired[str | AnyMoney]
    """An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan)."""
    penalty: NotRequired[str | AnyMoney]
    """An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan)."""
    compound: NotRequired[str | AnyMoney]
    """An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan)."""
    fee: NotRequired[str | AnyMoney]
    """An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan)."""
    interest: NotRequired[str | AnyMoney]
    """An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan)."""
    principal: NotRequired[str | AnyMoney]
    """An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan)."""


class CalculatedAllocationRequestPolicy(TypedDict):
    """Part of another shape: CalculatedAllocationRequestPolicy."""

    order: list[CalculatedAllocationRequestPolicyOrder]
    """Every pair once, the first paid in front."""
    processing: NotRequired[Literal["horizontal", "vertical"]]
    """horizontal: an instalment fully, then the next; vertical: a component of all, then the next."""
    precedence: NotRequired[Literal["oldest", "dearest"]]
    future: NotRequired[Literal["next", "last", "reamortise", "hold"]]


class CalculatedAllocationRequestPolicyOrder(TypedDict):
    """Part of another shape: CalculatedAllocationRequestPolicyOrder."""

    status: Literal["past_due", "due", "in_advance"]
    component: Literal["cost", "penalty", "compound", "fee", "interest", "principal"]


class CalculatedCostAnswer(TypedDict):
    """What ./sluice apr and POST /v1/calculator/apr answer. Annual rates are fractions with twelve decimals; `shown` is the percentage as it is disclosed."""

    object: Literal["annual_cost"]
    currency: Literal["CNY", "USD", "EUR", "GBP", "JPY", "KWD"]
    received: str
    paid: str
    """Payments and charges."""
    cost: str
    """Paid beyond what was received."""
    charges: list[CalculatedCostAnswerCharge]
    """What each party collects."""
    rates: list[CalculatedCostAnswerRate]
    unit_period: CalculatedCostAnswerUnitPeriod | None
    """Of Regulation Z, Appendix J, where that was reckoned."""
    cap: CalculatedCostAnswerCap | None


class CalculatedCostAnswerCap(TypedDict):
    """Part of another shape: CalculatedCostAnswerCap."""

    annual_rate: str
    convention: Literal["irr_months", "effective_months", "irr_days", "effective_days", "simple_365", "appendix_j", "eu"]
    is_within: bool


class CalculatedCostAnswerCharge(TypedDict):
    """Part of another shape: CalculatedCostAnswerCharge."""

    party: str
    amount: str


class CalculatedCostAnswerRate(TypedDict):
    """Part of another shape: CalculatedCostAnswerRate."""

    convention: Literal["irr_months", "effective_months", "irr_days", "effective_days", "simple_365", "appendix_j", "eu"]
    annual_rate: str | None
    """Null where the convention does not fit."""
    shown: str | None
    """A percentage: one decimal for eu, two for the others."""
    note: str


class CalculatedCostAnswerUnitPeriod(TypedDict):
    """Part of another shape: CalculatedCostAnswerUnitPeriod."""

    unit: Literal["day", "week", "semimonth", "month", "year", "term"]
    count: int
    per_year: str
    """A whole number or a fraction."""


class CalculatedCostRequest(TypedDict):
    """What ./sluice apr and POST /v1/calculator/apr read. The borrower receives the advances and pays the payments and the charges of every party. Amounts and rates are strings; a number with a point is refused. At most 1,200 flows in all."""

    currency: NotRequired[Literal["CNY", "USD", "EUR", "GBP", "JPY", "KWD"]]
    """Of every amount in the document."""
    advances: list[CalculatedCostRequestAdvance]
    """What the borrower receives."""
    payments: list[CalculatedCostRequestAdvance]
    """What the borrower pays on the loan: principal and interest."""
    charges: NotRequired[list[CalculatedCostRequestCharge]]
    """What the borrower pays anybody because of the loan. A fee taken out of an advance is a charge on its day."""
    convention: NotRequired[Literal["irr_months", "effective_months", "irr_days", "effective_days", "simple_365", "appendix_j", "eu"]]
    """Only this one. Left out: every one that fits. irr_months: 12 x the monthly rate; effective_months: compounded; irr_days: 365 x the daily rate; effective_days: XIRR; simple_365: simple interest on actual days; appendix_j: Regulation Z; eu: 2008/48/EC and (EU) 2023/2225."""
    cap: NotRequired[str]
    """A cap on the annual cost, held against irr_months where it fits, else irr_days (or the convention asked for)."""


class CalculatedCostRequestAdvance(TypedDict):
    """Part of another shape: CalculatedCostRequestAdvance."""

    date: str
    """The day of the amount, or of the first of them."""
    amount: str | AnyMoney
    """Above zero."""
    count: NotRequired[int]
    """How many times, from the date on."""
    frequency: NotRequired[Literal["daily", "weekly", "fortnightly", "monthly", "quarterly", "half_yearly", "yearly"]]
    anchor_day: NotRequired[int]
    """The day of the month that is meant when the first date is a clamped one."""


class CalculatedCostRequestCharge(TypedDict):
    """Part of another shape: CalculatedCostRequestCharge."""

    date: str
    """The day of the amount, or of the first of them."""
    amount: str | AnyMoney
    """Above zero."""
    count: NotRequired[int]
    """How many times, from the date on."""
    frequency: NotRequired[Literal["daily", "weekly", "fortnightly", "monthly", "quarterly", "half_yearly", "yearly"]]
    anchor_day: NotRequired[int]
    """The day of the month that is meant when the first date is a clamped one."""
    party: str
    """Who collects it: bank, guarantor, insurer."""


class CalculatedScheduleAnswer(TypedDict):
    """What ./sluice quote and POST /v1/calculator/schedules answer. Amounts are strings in major units of the currency."""

    object: Literal["schedule"]
    currency: Literal["CNY", "USD", "EUR", "GBP", "JPY", "KWD"]
    """Of every amount."""
    method: Literal["level_instalment", "level_principal", "interest_first", "bullet", "flat", "daily_interest"]
    annual_rate: str
    """The first one."""
    day_count: Literal["30/360", "30E/360", "ACT/360", "ACT/365F", "ACT/ACT-ISDA", "ACT/ACT-ICMA"]
    interest_basis: Literal["equal_periods", "actual_days"]
    instalments: list[CalculatedScheduleAnswerInstalment]
    """Each level instalment and the first row that has it."""
    rows: list[CalculatedScheduleAnswerRow]
    totals: CalculatedScheduleAnswerTotals
    notes: list[Literal["flat_rate", "early_end"]]
    """flat_rate: interest is on the amount lent, not on what is owed; early_end: the given instalment repays before the last period."""


class CalculatedScheduleAnswerInstalment(TypedDict):
    """Part of another shape: CalculatedScheduleAnswerInstalment."""

    from_number: int
    amount: str


class CalculatedScheduleAnswerRow(TypedDict):
    """Part of another shape: CalculatedScheduleAnswerRow."""

    number: int
    """0 is what is paid on the first day."""
    period_start: str
    due_date: str
    days: int
    """By the day count; the first day counts, the due date does not."""
    drawn: str
    """Advanced in the period."""
    principal: str
    interest: str
    fees: str
    total: str
    """What is due: principal, interest and fees."""
    balance: str
    """Principal left after the payment."""


class CalculatedScheduleAnswerTotals(TypedDict):
    """Part of another shape: CalculatedScheduleAnswerTotals."""

    principal: str
    interest: str
    fees: str
    total: str


class CalculatedScheduleRequest(TypedDict):
    """What ./sluice quote and POST /v1/calculator/schedules read. Amounts are strings in major units (yuan), rates strings that are fractions a year (0.072000 is 7.2 %), dates YYYY-MM-DD of the years 1600 to 9000; a number with a point is refused."""

    currency: NotRequired[Literal["CNY", "USD", "EUR", "GBP", "JPY", "KWD"]]
    """Of every amount in the document; its decimals (0, 2 or 3) are the smallest unit."""
    principal: NotRequired[str | AnyMoney]
    """What is lent on start_date: one tranche. Instead of tranches."""
    start_date: NotRequired[str]
    """The first day, which counts."""
    tranches: NotRequired[list[CalculatedScheduleRequestTranche]]
    """Every advance. The first day starts the schedule; a draw on a due date belongs to the next period; a later draw has a level instalment solved again for the rows due after it."""
    annual_rate: str
    """The rate a year, from 0 to 10."""
    rate_changes: NotRequired[list[CalculatedScheduleRequestRateChange]]
    """New rates, each from its day on, that day included. One from the first day or before replaces annual_rate; one from the last due date on changes nothing; two different ones from one day, known on one day, are refused."""
    rate_change_rule: NotRequired[Literal["solve_again", "keep_instalment"]]
    """What a new rate does to a level instalment."""
    method: Literal["level_instalment", "level_principal", "interest_first", "bullet", "flat", "daily_interest"]
    """level_instalment 等额本息, level_principal 等额本金, interest_first 先息后本, bullet: all at the end, flat: interest on the amount lent to the very end, daily_interest 随借随还."""
    count: NotRequired[int]
    """How many periods; times the tranches, rate changes and pauses at most 20,000. A bullet or daily-interest loan that names its first or final due date may leave it out: then 1."""
    frequency: NotRequired[Literal["daily", "weekly", "fortnightly", "monthly", "quarterly", "half_yearly", "yearly"] | CalculatedScheduleRequestFrequency]
    """The length of a period."""
    first_due_date: NotRequired[str]
    """Ends an odd first period."""
    final_due_date: NotRequired[str]
    """Replaces the last due date."""
    anchor_day: NotRequired[int]
    """The day of the month of the due dates; clamped to the end of a shorter month."""
    due_dates: NotRequired[list[str]]
    """The due dates as they were rolled to workdays, one a row. Equal periods count as before the roll; actual days as rolled."""
    day_count: NotRequired[Literal["30/360", "30E/360", "ACT/360", "ACT/365F", "ACT/ACT-ISDA", "ACT/ACT-ICMA"]]
    interest_basis: NotRequired[Literal["equal_periods", "actual_days"]]
    """equal_periods: a month is a twelfth of a year, a week a 52nd, odd days go by the day count. Without it: actual_days for bullet and daily_interest, else equal_periods."""
    interest_rounding: NotRequired[Literal["half_up", "half_even", "down", "up"]]
    """How the interest of a period becomes whole minor units, once."""
    instalment_rounding: NotRequired[Literal["half_up", "half_even", "down", "up"]]
    """How the instalment is rounded, once."""
    instalment_step: NotRequired[str | AnyMoney]
    """The instalment is a multiple of it; without it, of the smallest unit."""
    instalment: NotRequired[str | AnyMoney]
    """Given instead of solved (level_instalment, flat)."""
    balloon: NotRequired[str | AnyMoney]
    """Principal left to the last row on top of its instalment; at most what is lent, less the down payment. Of a loan drawn in tranches it may be part of a later one."""
    principal_grace: NotRequired[int]
    """So many first rows pay interest only."""
    interest_grace: NotRequired[int]
    """So many first rows pay no interest; it is due later and bears none itself."""
    interest_grace_rule: NotRequired[Literal["next_due", "spread"]]
    """Into the first row after the grace, or in equal parts over all of them."""
    down_payment: NotRequired[str | AnyMoney]
    """Repaid on the first day, in row 0; less than what is drawn on that day."""
    interest_pauses: NotRequired[list[CalculatedScheduleRequestInterestPause]]
    """Days without interest, from from_date up to, but not including, to_date."""
    interest_free_rows: NotRequired[list[int]]
    """Numbers of rows without interest."""
    fees: NotRequired[list[Any]]
    """Fees, fixed or a share. An upfront one falls due in row 0."""
    payments: NotRequired[list[CalculatedScheduleRequestPayment]]
    """Principal repaid before the end of a daily-interest loan; the interest to that day is due with it."""
    allow_negative_amortisation: NotRequired[bool]
    """Whether an instalment may be below the interest of its period, so that the balance grows."""


class CalculatedScheduleRequestFrequency(TypedDict):
    """Part of another shape: CalculatedScheduleRequestFrequency."""

    unit: Literal["day", "week", "month"]
    every: int
    """At most 3660 days, 520 weeks or 120 months."""


class CalculatedScheduleRequestInterestPause(TypedDict):
    """Part of another shape: CalculatedScheduleRequestInterestPause."""

    from_date: str
    """YYYY-MM-DD, from 1600-01-01 to 9000-12-31."""
    to_date: str
    """The first day that bears interest again."""


class CalculatedScheduleRequestPayment(TypedDict):
    """Part of another shape: CalculatedScheduleRequestPayment."""

    date: str
    """YYYY-MM-DD, from 1600-01-01 to 9000-12-31."""
    principal: str | AnyMoney
    """An amount in major units of the document's currency, or an object that names the currency again."""


class CalculatedScheduleRequestRateChange(TypedDict):
    """Part of another shape: CalculatedScheduleRequestRateChange."""

    from_date: str
    """YYYY-MM-DD, from 1600-01-01 to 9000-12-31."""
    annual_rate: str
    """A fraction with at most six decimals that are not zero: 0.072000 is 7.2 %."""
    known_date: NotRequired[str]
    """When the change became known; rows due by then stay as billed and the next row takes the difference."""


class CalculatedScheduleRequestTranche(TypedDict):
    """Part of another shape: CalculatedScheduleRequestTranche."""

    date: str
    """YYYY-MM-DD, from 1600-01-01 to 9000-12-31."""
    amount: str | AnyMoney
    """An amount in major units of the document's currency, or an object that names the currency again."""


class Clock(TypedDict):
    """A test clock. Ask for a token with `resource` to work in its bank."""

    id: str
    object: Literal["test_clock"]
    livemode: bool
    name: str
    bank: str
    resource: str
    seed: Literal["empty", "pos_seasonal", "ecommerce_growth", "truck_fleet_stress", "tax_sme_stable", "portfolio_500_loans_24m"]
    """What the bank was filled with."""
    status: Literal["creating", "ready", "advancing", "failed"]
    frozen_date: str
    """The bank's business date, also while it moves."""
    advance_from_date: str | None
    advance_to_date: str | None
    """Where the move under way, or the last one, goes."""
    failure: str
    """Why a day could not be ended."""
    created_at: str


class ClockBody(TypedDict):
    """A calendar to begin."""

    name: str
    frozen_date: str
    """The bank's first business date."""
    seed: NotRequired[Literal["empty"]]
    """What the bank holds at first."""


class ClockGone(TypedDict):
    """A clock that is no more."""

    id: str
    object: Literal["test_clock"]
    deleted: bool


class ClockList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Clock]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class CompletionBody(TypedDict):
    """How many bytes were sent in all: a batch is taken in only when they are all there."""

    byte_count: int


class Consent(TypedDict):
    """A consent as it stands now."""

    id: str
    object: Literal["consent"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    business: str
    purpose: Literal["bureau_inquiry", "credit_assessment", "identity_verification", "marketing", "payment"]
    data_classes: list[Literal["bank_account", "contact", "credit_report", "enterprise_profile", "face", "identity_document", "invoices", "location_track", "meters", "orders", "receipts", "taxes", "telematics"]]
    recipient: str
    text_version: str
    text_sha256: str
    status: Literal["authorised", "replaced", "revoked", "expired"]
    created_at: str
    expires_at: str
    ended_at: str | None
    expanded: NotRequired[ConsentExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class ConsentBody(TypedDict):
    """A consent the scene obtained, with the evidence of it."""

    business: str
    purpose: Literal["bureau_inquiry", "credit_assessment", "identity_verification", "marketing", "payment"]
    data_classes: list[Literal["bank_account", "contact", "credit_report", "enterprise_profile", "face", "identity_document", "invoices", "location_track", "meters", "orders", "receipts", "taxes", "telematics"]]
    """A sensitive class stands alone in a consent of its own."""
    recipient: str
    """The bank, as the merchant was told."""
    text_version: str
    text_sha256: str
    expires_at: str
    evidence: dict[str, str | int | bool]


class ConsentExpanded(TypedDict):
    """What `expand[]` asked for; null where it is not to be had."""

    business: NotRequired[Business | None]


class ConsentInEvent(TypedDict):
    """A consent as its events show it."""

    id: str
    object: Literal["consent"]
    status: str
    business: str
    purpose: str
    data_classes: list[str]


class ConsentList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Consent]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class CostRange(TypedDict):
    """What a draw costs a year, every fee of every party in it, as fractions."""

    min: str
    max: str


class CreditLine(TypedDict):
    """A credit line; on one that revolves, what is repaid of the principal may be drawn again."""

    id: str
    object: Literal["credit_line"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    business: str
    application: str
    agreement: str
    product: str
    revolving: bool
    """Without it the line is drawn once: a term loan."""
    limit: Money
    drawn: Money
    outstanding: Money
    """What is owed of the principal drawn."""
    reserved: Money
    """Held for drawdowns on their way."""
    available: Money
    annual_rate: str
    status: Literal["active", "frozen", "closed"]
    effective_date: str
    expires_date: str
    created_at: str
    expanded: NotRequired[CreditLineExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class CreditLineExpanded(TypedDict):
    """What `expand[]` asked for; null where it is not to be had."""

    business: NotRequired[Business | None]
    application: NotRequired[Application | None]
    agreement: NotRequired[Agreement | None]


class CreditLineInEvent(TypedDict):
    """A credit line as its events show it."""

    id: str
    object: Literal["credit_line"]
    status: str
    business: str


class CreditLineList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[CreditLine]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class DataBatch(TypedDict):
    """What became of a batch: the sound rows are written, the others are named in its errors."""

    id: str
    object: Literal["data_batch"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    cluster: Literal["receipts", "invoices", "orders", "ratings", "tax_filings", "meters", "telematics", "waybills"]
    schema_version: Literal["1"]
    status: Literal["receiving", "completed"]
    """Nothing of a batch counts before it is completed."""
    business: str
    consent: str
    byte_count: int
    """How many bytes of an upload have been received."""
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    created_at: str
    completed_at: str | None


class DataBatchInEvent(TypedDict):
    """A data batch as its events show it."""

    id: str
    object: Literal["data_batch"]
    status: str
    business: str
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int


DataRow: TypeAlias = "ReceiptBody | InvoiceBody | OrderBody | RatingBody | TaxFilingBody | MeterReadingBody | TripBody | WaybillBody"


class Decision(TypedDict):
    """The outcome of an assessment; no score and no rule of the bank is in it."""

    id: str
    object: Literal["decision"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    application: str
    outcome: Literal["approved", "declined", "in_review"]
    approved_amount: Money | None
    annual_rate: NotRequired[str | None]
    counter_offer: Money | None
    """Set when it is less than asked."""
    reason_codes: list[Reason]
    decided_by: Literal["auto", "manual"]
    decided_at: str | None
    policy_version: str
    inputs_hash: str
    valid_until: str | None


class Delivery(TypedDict):
    """How one event's way to one endpoint went so far."""

    id: str
    object: Literal["webhook_delivery"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    endpoint: str
    event: str
    event_type: str
    subject: str
    sequence: int
    """The event's place among those of its subject."""
    is_replay: bool
    """Sent again because it was asked for."""
    status: Literal["pending", "delivered", "failed"]
    attempt_count: int
    next_attempt_at: str
    """While it is pending."""
    last_status_code: int | None
    last_error: str
    created_at: str
    delivered_at: str | None


class DeliveryDetail(TypedDict):
    """A delivery with every attempt."""

    id: str
    object: Literal["webhook_delivery"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    endpoint: str
    event: str
    event_type: str
    subject: str
    sequence: int
    """The event's place among those of its subject."""
    is_replay: bool
    """Sent again because it was asked for."""
    status: Literal["pending", "delivered", "failed"]
    attempt_count: int
    next_attempt_at: str
    """While it is pending."""
    last_status_code: int | None
    last_error: str
    created_at: str
    delivered_at: str | None
    attempts: list[Attempt]


class DeliveryList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Delivery]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class Drawdown(TypedDict):
    """A drawdown and how far its money has come; `loan` is there once it is booked."""

    id: str
    object: Literal["drawdown"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    metadata: dict[str, str]
    external_id: str | None
    business: str
    credit_line: str
    bank_account: str
    offer: str | None
    amount: Money
    tenor_days: int
    status: Literal["created", "awaiting_funds", "processing", "paid_out", "failed", "expired"]
    failure_code: str
    """Why it failed, e.g. account_closed, name_mismatch."""
    loan: str | None
    created_date: str
    created_at: str
    finished_at: str | None
    expanded: NotRequired[DrawdownExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class DrawdownBody(TypedDict):
    """What to draw, and where it goes."""

    credit_line: str
    amount: PositiveMoney
    tenor_days: NotRequired[int]
    """Only for products lent by the day; with instalments it is the product's own."""
    bank_account: str
    """One of the business's own accounts."""
    offer: NotRequired[str]
    """The offer that led to it, for the campaign's figures."""
    external_id: NotRequired[str]
    """One drawdown an order."""
    metadata: NotRequired[dict[str, str]]


class DrawdownExpanded(TypedDict):
    """What `expand[]` asked for; null where it is not to be had."""

    business: NotRequired[Business | None]
    credit_line: NotRequired[CreditLine | None]
    offer: NotRequired[Offer | None]
    loan: NotRequired[Loan | None]


class DrawdownInEvent(TypedDict):
    """A drawdown as its events show it."""

    id: str
    object: Literal["drawdown"]
    status: str
    external_id: str | None
    failure_code: str | None
    loan: str | None


class DrawdownList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Drawdown]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class EmbedSession(TypedDict):
    """A session. Hand `url` and `client_secret` to the merchant's browser, and to nobody else."""

    id: str
    object: Literal["embed_session"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    business: str
    components: list[Literal["offer_tile", "application", "dashboard"]]
    locale: Literal["zh-hans", "en"]
    return_url: str
    client_secret: str | None
    """Exchanged once, by the frame. Null in a replay."""
    url: str | None
    """The frame, and the hosted page: open it top-level where nothing can be embedded."""
    created_at: str
    expires_at: str


class EmbedSessionBody(TypedDict):
    """Whom the frame is for and what it shows. Where it may be shown is registered, never said in a call."""

    business: str
    components: list[Literal["offer_tile", "application", "dashboard"]]
    locale: NotRequired[Literal["zh-hans", "en"]]
    return_url: NotRequired[str]
    """Where the hosted page leads back to; it must lie on one of the scene's allowed origins."""


class EmptyingBody(TypedDict):
    """Whose bank is emptied, and where its calendar begins again."""

    frozen_date: NotRequired[str]
    """Without it, the date the clock stands at."""
    test_clock: NotRequired[str]
    """Without it, the clock of the bank that the token is for."""


class Endpoint(TypedDict):
    """An endpoint, without its secret."""

    id: str
    object: Literal["webhook_endpoint"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    url: str
    event_types: list[str]
    format: Literal["standard", "cloudevents"]
    signing: Literal["v1", "v1a"]
    public_key: str | None
    """With `v1a`: the key that signatures are checked with."""
    api_version: Literal["2026-11-01"]
    status: Literal["enabled", "disabled"]
    disabled_reason: str
    """`gone`, `failing`, `asked` or `deleted`."""
    failing_since_at: str | None
    """Since when no call has succeeded."""
    paused_until_at: str | None
    """After failures in a row nothing is sent before then; one trial follows."""
    metadata: dict[str, str]
    created_at: str


class EndpointBody(TypedDict):
    """Where to send events, which, in which form, and signed how."""

    url: str
    event_types: NotRequired[list[EventType]]
    """Empty: every type."""
    format: NotRequired[Literal["standard", "cloudevents"]]
    """`cloudevents`: CloudEvents 1.0, structured JSON."""
    signing: NotRequired[Literal["v1", "v1a"]]
    """`v1`: HMAC-SHA256 with a shared secret. `v1a`: Ed25519, checked with a public key."""
    api_version: NotRequired[Literal["2026-11-01"]]
    """What events are written in, for good."""
    metadata: NotRequired[dict[str, str]]
    """In a sandbox `sluice_fail`, as `500:3`, has the endpoint simulated: each message fails three times with that status, then arrives, and nothing is sent anywhere."""


class EndpointChanges(TypedDict):
    """What to change of an endpoint; what is left out stays."""

    url: NotRequired[str]
    event_types: NotRequired[list[EventType]]
    """Empty: every type."""
    api_version: NotRequired[Literal["2026-11-01"]]
    status: NotRequired[Literal["enabled", "disabled"]]
    metadata: NotRequired[dict[str, str]]
    """In a sandbox `sluice_fail`, as `500:3`, has the endpoint simulated: each message fails three times with that status, then arrives, and nothing is sent anywhere."""


class EndpointList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Endpoint]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class Event(TypedDict):
    """Something that happened; a webhook carries the same body."""

    id: str
    object: Literal["event"]
    type: str
    timestamp: str
    api_version: Literal["2026-11-01"]
    livemode: bool
    bank: str
    subject: str
    """The object it happened to."""
    sequence: int
    """Counts the events of one subject, without gaps."""
    data: dict[str, Any]
    """The object as it then was, and which of its members changed."""


class EventList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Event]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class FailBody(TypedDict):
    """Why the rail refuses."""

    failure_code: NotRequired[str]


class Fault(TypedDict):
    """One member that is wrong."""

    pointer: str
    code: str
    detail: str


class FirmValue(TypedDict):
    """A registration number, and what becomes of its application."""

    registration_no: str
    status: Literal["approved", "declined", "in_review"]
    text: str


class InstalmentTerms(TypedDict):
    """How a loan in instalments is repaid: `count` times, every `period_every` `period_unit`s."""

    count: int
    period_unit: Literal["day", "week", "month"]
    period_every: int
    anchor_day: int | None
    """The day of the month; null: that of the draw."""
    day_count: str
    grace_principal_count: int
    """First instalments without principal."""
    grace_interest_count: int
    """First instalments without interest."""
    due_date_roll: Literal["none", "next_workday"]
    prepayment: Literal["keep_term", "keep_instalment", "next", "hold"]
    """What money above what is due does, unless the borrower chooses otherwise."""
    prepayment_fee: str
    """A share of the principal repaid early."""


class InvoiceBody(TypedDict):
    """`invoices`: a VAT invoice, sold or bought; below zero when it is a red-letter one (红字)."""

    record_no: str
    revision: NotRequired[int]
    day: str
    side: Literal["sale", "purchase"]
    gross: str
    tax: str
    is_void: bool
    party_ref: NotRequired[str]


class LineProposalInEvent(TypedDict):
    """A line proposal as its events show it."""

    id: str
    object: Literal["line_proposal"]
    status: str
    credit_line: str


class Loan(TypedDict):
    """A loan (借据): one drawdown makes one loan."""

    id: str
    object: Literal["loan"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    business: str
    credit_line: str
    drawdown: str
    status: Literal["disbursing", "active", "paid_off", "cancelled", "written_off", "overdue"]
    repayment_method: Literal["daily_interest", "level_instalment", "level_principal", "interest_first", "bullet"]
    principal: Money
    outstanding: Outstanding
    next_payment: NextPayment | None
    """Null once nothing is to be paid."""
    credit_balance: Money
    """Paid too much: the borrower's own money."""
    annual_rate: str
    day_count: str
    overdue_rate: str
    tenor_days: int
    value_date: str | None
    due_date: str | None
    """Of the last payment."""
    instalment_count: int
    schedule_version: int
    """Counts up when instalments are drawn anew."""
    days_past_due: int
    closed_date: str | None
    created_at: str
    expanded: NotRequired[LoanExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class LoanExpanded(TypedDict):
    """What `expand[]` asked for; null where it is not to be had."""

    business: NotRequired[Business | None]
    credit_line: NotRequired[CreditLine | None]
    drawdown: NotRequired[Drawdown | None]


class LoanInEvent(TypedDict):
    """A loan as its events show it."""

    id: str
    object: Literal["loan"]
    status: str
    drawdown: str
    due_date: str | None
    next_due_date: str | None


class LoanList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Loan]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class Me(TypedDict):
    """The token at hand: whose it is, at which bank, and what it may do."""

    object: Literal["me"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    scene: str
    scene_code: str
    client: str
    scopes: list[str]
    """Of 24."""
    business_date: str
    """The bank's."""


class MeterReadingBody(TypedDict):
    """`meters`: what a meter counted since its last reading, in watt-hours or litres."""

    record_no: str
    revision: NotRequired[int]
    day: str
    meter: Literal["electricity", "water", "gas"]
    used: int


class Money(TypedDict):
    """An amount in yuan as a string with at most two decimals, and its currency."""

    amount: str
    """Yuan, e.g. 1234.50."""
    currency: Literal["CNY"]


class Movement(TypedDict):
    """A row of a loan's log on the statement."""

    loan: str
    kind: Literal["disbursement", "repayment", "counter_receipt", "reallocation", "reversal", "rate_change", "extension", "re_age", "re_amortisation", "pause", "due_date_move", "waiver", "write_off", "recovery", "renewal", "credit_refund", "credit_use"]
    booking_date: str
    value_date: str
    principal_change: Money
    """What it adds to the debt."""
    interest_paid: Money
    penalty_paid: Money
    fee_paid: Money


class NextPayment(TypedDict):
    """What to pay next: all that is due with its penalty, else the instalment that falls due first."""

    number: int
    due_date: str
    amount: Money


class Offer(TypedDict):
    """An offer. It is not a decision: applying for it is assessed."""

    id: str
    object: Literal["offer"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    business: str
    product: str
    max_amount: Money
    status: Literal["created", "delivered", "viewed", "applied", "replaced", "expired", "withdrawn"]
    offered_date: str
    expires_date: str
    """The first day on which it no longer holds."""
    replaces: str | None
    application: str | None
    created_at: str
    delivered_at: str | None
    expanded: NotRequired[OfferExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class OfferExpanded(TypedDict):
    """What `expand[]` asked for; null where it is not to be had."""

    business: NotRequired[Business | None]
    application: NotRequired[Application | None]


class OfferInEvent(TypedDict):
    """A offer as its events show it."""

    id: str
    object: Literal["offer"]
    status: str
    business: str
    product: str
    max_amount: Money
    expires_date: str


class OfferList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Offer]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class OrderBody(TypedDict):
    """`orders`: an order, on the day it was placed."""

    record_no: str
    revision: NotRequired[int]
    day: str
    state: Literal["placed", "delivered", "cancelled", "refunded"]
    amount: str
    refunded: str
    promised_day: NotRequired[str]
    delivered_day: NotRequired[str]
    party_ref: NotRequired[str]


class Outstanding(TypedDict):
    """What is owed at the start of the bank's business date."""

    as_of_date: str
    principal: Money
    interest: Money
    penalty: Money
    """Penalty and compound interest."""
    compound: Money
    """The compound interest in `penalty`."""
    fees: Money
    """What repaying it early costs."""
    total: Money
    """What settles the loan."""


class Payoff(TypedDict):
    """What a full repayment on a day takes."""

    object: Literal["payoff_quote"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    loan: str
    on_date: str
    principal: Money
    interest: Money
    penalty: Money
    """Penalty and compound interest."""
    fees: Money
    """The product's prepayment fee."""
    total: Money


class PayoffBody(TypedDict):
    """On which day; without one, the bank's business date."""

    on_date: NotRequired[str]


class Person(TypedDict):
    """A representative, masked."""

    name: str
    id_number: str
    phone: str
    warnings: list[str]


class PersonBody(TypedDict):
    """The legal representative; the numbers are sealed in the bank's schema and only ever shown masked."""

    name: str
    id_number: str
    phone: str


class PhoneValue(TypedDict):
    """A representative's phone, and what its owner answers when asked for a consent."""

    phone: str
    text: str


class PositiveMoney(TypedDict):
    """An amount above zero, in yuan as a string with at most two decimals, and its currency."""

    amount: str
    """Yuan, e.g. 1234.50."""
    currency: Literal["CNY"]


class Prequalification(TypedDict):
    """An answer as it was given; it binds nobody, and no bureau was asked."""

    id: str
    object: Literal["prequalification"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    business: str | None
    product: str
    product_version: int
    monthly_sales: Money | None
    """As stated."""
    result: Literal["eligible", "ineligible", "insufficient_data"]
    max_amount: Money | None
    cost_range: CostRange | None
    """The all-in annual cost; null unless eligible."""
    reason_codes: list[Reason]
    """The weightiest first."""
    valid_until: str
    created_at: str
    expanded: NotRequired[ConsentExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class PrequalificationBody(TypedDict):
    """A business with its consented data, or facts alone: one of the two."""

    product: str
    business: NotRequired[str]
    """Needs the consents that the product asks for."""
    facts: NotRequired[StatedFactsBody]


class PrequalificationList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Prequalification]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class Problem(TypedDict):
    """A refusal (RFC 9457): `code` and `params` are for machines, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    retryable: bool
    errors: list[Fault]
    params: dict[str, Any]


class Product(TypedDict):
    """A product as published: the cost first, then the terms (P-01)."""

    id: str
    object: Literal["product"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    name: str
    version: int
    all_in_cost: str | None
    """The most a draw can cost a year."""
    apr_method: Literal["simple_365", "irr_months", "irr_days"]
    """simple_365: simple interest on actual days; irr_months: 12 x the monthly internal rate; irr_days: 365 x the daily one."""
    annual_rate: str
    overdue_rate: str
    day_basis: int
    limit_min: Money
    limit_max: Money
    draw_min: Money
    tenor_days_min: int
    tenor_days_max: int
    compounds: bool
    """Overdue interest bears interest at the overdue rate."""
    revolving: bool
    """Without it the line is drawn once: a term loan."""
    repayment_method: Literal["daily_interest", "level_instalment", "level_principal", "interest_first", "bullet"]
    instalments: InstalmentTerms | None
    """Null for a product lent by the day; the tenor of the others is theirs."""
    purposes: list[str]
    consent_purpose: str
    data_classes: list[str]
    effective_date: str | None


class ProductInEvent(TypedDict):
    """A product as its events show it."""

    id: str
    object: Literal["product"]
    status: str
    version: int
    effective_date: str | None


class ProductList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Product]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class ProductQuoteBody(TypedDict):
    """The draw to reckon, and on which product."""

    amount: PositiveMoney
    tenor_days: NotRequired[int]
    """Only for products lent by the day; with instalments it is the product's own."""
    product: str


class Quote(TypedDict):
    """What a draw costs; `all_in_cost` is a year's cost with every fee the borrower bears, said first."""

    object: Literal["quote"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    all_in_cost: str
    apr_method: Literal["simple_365", "irr_months", "irr_days"]
    """The convention of `all_in_cost`, the one the cap is held against. simple_365: simple interest on actual days; irr_months: 12 x the monthly internal rate; irr_days: 365 x the daily one."""
    nominal_rate: str
    nominal_rate_365: str
    day_count: str
    repayment_method: Literal["daily_interest", "level_instalment", "level_principal", "interest_first", "bullet"]
    amount: Money
    tenor_days: int
    days: int
    """To the due date after it was moved to a workday."""
    draw_date: str
    due_date: str
    due_date_is_provisional: bool
    """The official calendar is not out yet."""
    schedule: list[QuoteRow]
    interest: Money
    fees: list[QuoteFee]
    total_repayable: Money
    valid_until: str


class QuoteBody(TypedDict):
    """The draw to reckon; without `tenor_days` where the product has instalments."""

    amount: PositiveMoney
    tenor_days: NotRequired[int]
    """Only for products lent by the day; with instalments it is the product's own."""


class QuoteFee(TypedDict):
    """A fee on the draw, whoever bears it."""

    code: str
    name: str
    collector: Literal["bank", "scene", "guarantor"]
    payer: Literal["bank", "borrower"]
    amount: Money


class QuoteRow(TypedDict):
    """One payment; `balance` is the principal left once it is made."""

    number: int
    due_date: str
    principal: Money
    interest: Money
    total: Money
    balance: Money


class RatingBody(TypedDict):
    """`ratings`: what a customer said."""

    record_no: str
    revision: NotRequired[int]
    day: str
    stars: int
    is_complaint: bool


class Reason(TypedDict):
    """A reason the merchant may be told, the weightiest first."""

    code: str
    rank: int
    text: str


class ReasonCode(TypedDict):
    """A reason that a borrower may be told, in the words to tell it in."""

    code: str
    text: str


class ReasonCodeList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[ReasonCode]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class ReceiptBody(TypedDict):
    """`receipts`: one receipt. `payer_ref` is a hash the scene makes, never a phone or a card."""

    receipt_no: str
    paid_at: str
    amount: str
    kind: Literal["sale", "refund"]
    payer_ref: NotRequired[str]
    channel: Literal["merchant_code", "personal_code", "card", "cash"]


class RefundInEvent(TypedDict):
    """A refund as its events show it."""

    id: str
    object: Literal["refund"]
    status: str
    failure_code: str | None
    repayment: str
    loan: str


class Repayment(TypedDict):
    """A repayment, what was asked for and, once it succeeded, how it was used."""

    id: str
    object: Literal["repayment"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    metadata: dict[str, str]
    external_id: str | None
    loan: str
    type: Literal["scheduled", "partial_prepay", "full_prepay", "counter_receipt"]
    amount: Money
    prepayment: str
    """On instalments: what money above what is due does, where the borrower chose."""
    bank_account: str | None
    status: Literal["processing", "succeeded", "failed", "returned"]
    failure_code: str
    allocation: Allocation
    value_date: str | None
    booking_date: str | None
    created_at: str
    finished_at: str | None
    expanded: NotRequired[RepaymentExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class RepaymentBody(TypedDict):
    """What to collect: a sum, or a principal (its interest to date is added), or all that is owed. `scheduled` without a sum collects what is due today with its penalty, or the next instalment where nothing is; `full_prepay` collects the payoff quote."""

    loan: str
    type: Literal["scheduled", "partial_prepay", "full_prepay"]
    amount: NotRequired[PositiveMoney]
    principal: NotRequired[PositiveMoney]
    """Instead of `amount`."""
    prepayment: NotRequired[Literal["keep_term", "keep_instalment"]]
    """Of a partial prepayment on instalments: smaller ones, or fewer of them. Without it, as the product says."""
    bank_account: str
    external_id: NotRequired[str]
    metadata: NotRequired[dict[str, str]]


class RepaymentExpanded(TypedDict):
    """What `expand[]` asked for; null where it is not to be had."""

    loan: NotRequired[Loan | None]


class RepaymentInEvent(TypedDict):
    """A repayment as its events show it."""

    id: str
    object: Literal["repayment"]
    status: str
    external_id: str | None
    failure_code: str | None
    loan: str


class RepaymentList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Repayment]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class Replay(TypedDict):
    """What is sent again."""

    object: Literal["webhook_replay"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    endpoint: str
    event_count: int


ReplayBody = TypedDict(
    "ReplayBody",
    {
        'event_ids': 'NotRequired[list[str]]',
        'event_types': 'NotRequired[list[EventType]]',
        'from': 'NotRequired[str]',
        'to': 'NotRequired[str]',
    },
)


class ResetBody(TypedDict):
    """Where to begin again."""

    frozen_date: NotRequired[str]
    """Without it, the date the clock stands at."""


class RevokeBody(TypedDict):
    """Why, in the merchant's words, and whether the data goes too; nothing is asked for."""

    reason: NotRequired[str]
    erase_data: NotRequired[bool]
    """Erase what was sent under the consent and all that was made of it, unless another consent in force covers it. What a decision was made on stays in that decision's record."""


class RowError(TypedDict):
    """Why a line was refused. What it said is not kept."""

    line: int
    """Counts from 1; blank lines are not counted."""
    code: str
    field: str
    """Empty when the line is no JSON object."""
    pointer: str
    """The same as a JSON pointer (RFC 6901)."""


class RowErrorList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[RowError]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class ScheduleRow(TypedDict):
    """One instalment, paid or to come; of a loan lent by the day the one payment still to come. `penalty` is penalty and compound interest to date, on the oldest instalment past due. `remaining` is `total` less what is paid."""

    number: int
    due_date: str
    status: Literal["future", "due", "part_paid", "paid", "overdue", "written_off"]
    principal: Money
    interest: Money
    fees: Money
    penalty: Money
    total: Money
    principal_paid: Money
    interest_paid: Money
    fees_paid: Money
    remaining: Money


class ScheduleRowList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[ScheduleRow]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class Secret(TypedDict):
    """The endpoint with its secret: shown this once."""

    id: str
    object: Literal["webhook_endpoint_secret"]
    secret: str | None
    """Null with `v1a`, which has a public key instead, and when the call is replayed."""
    endpoint: Endpoint


class Seed(TypedDict):
    """A seed: the dates it lives from and to, and what it holds in the end."""

    seed: Literal["pos_seasonal", "ecommerce_growth", "truck_fleet_stress", "tax_sme_stable", "portfolio_500_loans_24m"]
    text: str
    first_date: str
    last_date: str
    businesses: int
    loans: int
    paid_off: int
    overdue: int
    """Loans with something due that is not paid."""


class SeedBody(TypedDict):
    """What a bank is to hold."""

    seed: Literal["pos_seasonal", "ecommerce_growth", "truck_fleet_stress", "tax_sme_stable", "portfolio_500_loans_24m"]
    test_clock: NotRequired[str]
    """Without it, the clock of the bank that the token is for."""


class ServiceRequest(TypedDict):
    """A request and where it stands; what a borrower wrote to the bank itself stays between the two."""

    id: str
    object: Literal["service_request"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    metadata: dict[str, str]
    number: str
    """What the borrower names on the telephone."""
    business: str
    type: Literal["complaint", "hardship", "reschedule", "correction", "consent_copy"]
    loan: str | None
    consent: str | None
    channel: Literal["scene", "borrower"]
    """`borrower`: written on the bank's own pages; `text` and `answer` are null then."""
    text: str | None
    status: Literal["received", "in_progress", "resolved", "rejected"]
    due_date: str | None
    """The last day for an answer, where a rule sets one."""
    answer: str | None
    created_at: str
    answered_at: str | None
    expanded: NotRequired[ServiceRequestExpanded]
    """What `expand[]` asked for; null where it is not to be had."""


class ServiceRequestBody(TypedDict):
    """What a business asks of the bank, in its own words."""

    business: str
    type: Literal["complaint", "hardship", "reschedule", "correction", "consent_copy"]
    loan: NotRequired[str]
    """Needed for `hardship` and `reschedule`."""
    consent: NotRequired[str]
    """Which consent a copy is asked of."""
    text: str
    metadata: NotRequired[dict[str, str]]


class ServiceRequestExpanded(TypedDict):
    """What `expand[]` asked for; null where it is not to be had."""

    business: NotRequired[Business | None]
    loan: NotRequired[Loan | None]


class ServiceRequestInEvent(TypedDict):
    """A service request as its events show it."""

    id: str
    object: Literal["service_request"]
    status: str
    number: str
    type: str
    business: str
    due_date: str | None


class ServiceRequestList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[ServiceRequest]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class StatedFactsBody(TypedDict):
    """What a business says of itself before anybody knows who it is; nothing is looked up."""

    monthly_sales: PositiveMoney
    area_code: NotRequired[str]
    """GB/T 2260."""


class Statement(TypedDict):
    """A line's month: `closing` is `opening` and what was drawn and charged, less what was paid. The days run from `from_date` up to, not including, `to_date`."""

    id: str
    object: Literal["statement"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    credit_line: str
    from_date: str
    to_date: str
    opening: Money
    drawn: Money
    interest: Money
    penalty: Money
    fees: Money
    paid: Money
    adjusted: Money
    """What moved without money, a waiver for instance."""
    closing: Money
    principal: Money
    """Of the closing balance."""
    credit_limit: Money
    minimum_payment: Money
    """The least to pay until `payment_due_date`."""
    payment_due_date: str
    previous_minimum: Money
    paid_in_time: Money
    short: Money
    """What is still missing of the minimum before."""
    past_due: Money
    """What the loans themselves have overdue."""
    days_past_due: int
    draw_count: int
    sha256: str
    sm3: str
    """The same document by GM/T 0004."""
    issued_at: str


class StatementInEvent(TypedDict):
    """A statement as its events show it."""

    id: str
    object: Literal["statement"]
    status: str
    credit_line: str
    business: str
    month: str
    payment_due_date: str


class StatementList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Statement]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class TaxFilingBody(TypedDict):
    """`tax_filings`: a tax filing, on the day it was filed."""

    record_no: str
    revision: NotRequired[int]
    day: str
    tax: Literal["vat", "income", "other"]
    declared: str
    paid: str
    is_late: bool
    credit_class: NotRequired[Literal["A", "B", "M", "C", "D"]]


class TestClockInEvent(TypedDict):
    """A test clock as its events show it."""

    id: str
    object: Literal["test_clock"]
    status: str
    frozen_date: str


class Transaction(TypedDict):
    """One row of the loan's log; what was wrong is reversed by a later row, never changed."""

    sequence: int
    kind: Literal["disbursement", "repayment", "counter_receipt", "reallocation", "reversal", "rate_change", "extension", "re_age", "re_amortisation", "pause", "due_date_move", "waiver", "write_off", "recovery", "renewal", "credit_refund", "credit_use"]
    booking_date: str
    value_date: str
    total: Money
    principal_change: Money
    """What it adds to the debt."""
    interest_paid: Money
    penalty_paid: Money
    compound_paid: Money
    fee_paid: Money
    excess: Money
    created_at: str


class TransactionList(TypedDict):
    """A page of objects."""

    object: Literal["list"]
    data: list[Transaction]
    has_more: bool
    next_cursor: str | None
    """Give it as `after` for the next page."""


class TripBody(TypedDict):
    """`telematics`: a truck's trip, in metres and minutes; never where."""

    record_no: str
    revision: NotRequired[int]
    day: str
    metres: int
    loaded_metres: int
    minutes: int
    party_ref: NotRequired[str]


class Values(TypedDict):
    """The values that make a sandbox bank answer in a known way, as the guide publishes them."""

    object: Literal["sandbox_values"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    registration_numbers: list[FirmValue]
    account_endings: list[AccountValue]
    phones: list[PhoneValue]
    seeds: list[Seed]


class WaybillBody(TypedDict):
    """`waybills`: a freight document (运单), on the day it was booked."""

    record_no: str
    revision: NotRequired[int]
    day: str
    state: Literal["booked", "delivered", "cancelled"]
    freight: str
    kilograms: int
    delivered_day: NotRequired[str]
    party_ref: NotRequired[str]


class WebhookEndpointInEvent(TypedDict):
    """A webhook endpoint as its events show it."""

    id: str
    object: Literal["webhook_endpoint"]
    status: str
    disabled_reason: str


class WholeStatement(TypedDict):
    """A statement with its movements and the document that was hashed."""

    id: str
    object: Literal["statement"]
    livemode: bool
    """False: nothing here is real money."""
    bank: str
    credit_line: str
    from_date: str
    to_date: str
    opening: Money
    drawn: Money
    interest: Money
    penalty: Money
    fees: Money
    paid: Money
    adjusted: Money
    """What moved without money, a waiver for instance."""
    closing: Money
    principal: Money
    """Of the closing balance."""
    credit_limit: Money
    minimum_payment: Money
    """The least to pay until `payment_due_date`."""
    payment_due_date: str
    previous_minimum: Money
    paid_in_time: Money
    short: Money
    """What is still missing of the minimum before."""
    past_due: Money
    """What the loans themselves have overdue."""
    days_past_due: int
    draw_count: int
    sha256: str
    sm3: str
    """The same document by GM/T 0004."""
    issued_at: str
    movements: list[Movement]
    document: str
    """The JSON text whose hashes `sha256` and `sm3` are."""


class WithdrawBody(TypedDict):
    """Why; nothing is asked for."""

    reason: NotRequired[str]


class EventData(TypedDict, Generic[O]):
    """An event's object as it then was."""

    object: O
    changed: list[str]


class EventOf(TypedDict, Generic[K, O]):
    """An event of one type."""

    id: str
    object: Literal["event"]
    timestamp: str
    api_version: Literal["2026-11-01"]
    livemode: bool
    bank: str
    subject: str
    sequence: int
    type: K
    data: EventData[O]


AgreementDeclinedEvent: TypeAlias = EventOf[Literal["agreement.declined"], AgreementInEvent]
AgreementExpiredEvent: TypeAlias = EventOf[Literal["agreement.expired"], AgreementInEvent]
AgreementReadyEvent: TypeAlias = EventOf[Literal["agreement.ready"], AgreementInEvent]
AgreementSignedEvent: TypeAlias = EventOf[Literal["agreement.signed"], AgreementInEvent]
ApplicationApprovedEvent: TypeAlias = EventOf[Literal["application.approved"], ApplicationInEvent]
ApplicationDeclinedEvent: TypeAlias = EventOf[Literal["application.declined"], ApplicationInEvent]
ApplicationExpiredEvent: TypeAlias = EventOf[Literal["application.expired"], ApplicationInEvent]
ApplicationInReviewEvent: TypeAlias = EventOf[Literal["application.in_review"], ApplicationInEvent]
ApplicationSubmittedEvent: TypeAlias = EventOf[Literal["application.submitted"], ApplicationInEvent]
ApplicationWithdrawnEvent: TypeAlias = EventOf[Literal["application.withdrawn"], ApplicationInEvent]
BankStatusChangedEvent: TypeAlias = EventOf[Literal["bank.status_changed"], BankInEvent]
ConsentAuthorisedEvent: TypeAlias = EventOf[Literal["consent.authorised"], ConsentInEvent]
ConsentExpiredEvent: TypeAlias = EventOf[Literal["consent.expired"], ConsentInEvent]
ConsentRevokedEvent: TypeAlias = EventOf[Literal["consent.revoked"], ConsentInEvent]
CreditLineActivatedEvent: TypeAlias = EventOf[Literal["credit_line.activated"], CreditLineInEvent]
CreditLineClosedEvent: TypeAlias = EventOf[Literal["credit_line.closed"], CreditLineInEvent]
CreditLineFrozenEvent: TypeAlias = EventOf[Literal["credit_line.frozen"], CreditLineInEvent]
CreditLineLimitChangedEvent: TypeAlias = EventOf[Literal["credit_line.limit_changed"], CreditLineInEvent]
CreditLineRateChangedEvent: TypeAlias = EventOf[Literal["credit_line.rate_changed"], CreditLineInEvent]
DataBatchCompletedEvent: TypeAlias = EventOf[Literal["data_batch.completed"], DataBatchInEvent]
DataBatchFailedEvent: TypeAlias = EventOf[Literal["data_batch.failed"], DataBatchInEvent]
DrawdownCreatedEvent: TypeAlias = EventOf[Literal["drawdown.created"], DrawdownInEvent]
DrawdownFailedEvent: TypeAlias = EventOf[Literal["drawdown.failed"], DrawdownInEvent]
DrawdownPaidOutEvent: TypeAlias = EventOf[Literal["drawdown.paid_out"], DrawdownInEvent]
LineProposalAcceptedEvent: TypeAlias = EventOf[Literal["line_proposal.accepted"], LineProposalInEvent]
LineProposalDeclinedEvent: TypeAlias = EventOf[Literal["line_proposal.declined"], LineProposalInEvent]
LineProposalMadeEvent: TypeAlias = EventOf[Literal["line_proposal.made"], LineProposalInEvent]
LoanActivatedEvent: TypeAlias = EventOf[Literal["loan.activated"], LoanInEvent]
LoanDueSoonEvent: TypeAlias = EventOf[Literal["loan.due_soon"], LoanInEvent]
LoanOverdueEvent: TypeAlias = EventOf[Literal["loan.overdue"], LoanInEvent]
LoanPaidOffEvent: TypeAlias = EventOf[Literal["loan.paid_off"], LoanInEvent]
LoanRateChangedEvent: TypeAlias = EventOf[Literal["loan.rate_changed"], LoanInEvent]
LoanRescheduledEvent: TypeAlias = EventOf[Literal["loan.rescheduled"], LoanInEvent]
LoanRestructuredEvent: TypeAlias = EventOf[Literal["loan.restructured"], LoanInEvent]
LoanWrittenOffEvent: TypeAlias = EventOf[Literal["loan.written_off"], LoanInEvent]
OfferAppliedEvent: TypeAlias = EventOf[Literal["offer.applied"], OfferInEvent]
OfferCreatedEvent: TypeAlias = EventOf[Literal["offer.created"], OfferInEvent]
OfferDeliveredEvent: TypeAlias = EventOf[Literal["offer.delivered"], OfferInEvent]
OfferExpiredEvent: TypeAlias = EventOf[Literal["offer.expired"], OfferInEvent]
OfferReplacedEvent: TypeAlias = EventOf[Literal["offer.replaced"], OfferInEvent]
OfferViewedEvent: TypeAlias = EventOf[Literal["offer.viewed"], OfferInEvent]
OfferWithdrawnEvent: TypeAlias = EventOf[Literal["offer.withdrawn"], OfferInEvent]
ProductChangedEvent: TypeAlias = EventOf[Literal["product.changed"], ProductInEvent]
RefundCreatedEvent: TypeAlias = EventOf[Literal["refund.created"], RefundInEvent]
RefundFailedEvent: TypeAlias = EventOf[Literal["refund.failed"], RefundInEvent]
RefundPaidOutEvent: TypeAlias = EventOf[Literal["refund.paid_out"], RefundInEvent]
RepaymentFailedEvent: TypeAlias = EventOf[Literal["repayment.failed"], RepaymentInEvent]
RepaymentProcessingEvent: TypeAlias = EventOf[Literal["repayment.processing"], RepaymentInEvent]
RepaymentReturnedEvent: TypeAlias = EventOf[Literal["repayment.returned"], RepaymentInEvent]
RepaymentSucceededEvent: TypeAlias = EventOf[Literal["repayment.succeeded"], RepaymentInEvent]
ServiceRequestUpdatedEvent: TypeAlias = EventOf[Literal["service_request.updated"], ServiceRequestInEvent]
StatementAvailableEvent: TypeAlias = EventOf[Literal["statement.available"], StatementInEvent]
TestClockReadyEvent: TypeAlias = EventOf[Literal["test_clock.ready"], TestClockInEvent]
WebhookEndpointDisabledEvent: TypeAlias = EventOf[Literal["webhook_endpoint.disabled"], WebhookEndpointInEvent]
WebhookEndpointPingEvent: TypeAlias = EventOf[Literal["webhook_endpoint.ping"], WebhookEndpointInEvent]

WebhookEvent: TypeAlias = (
    AgreementDeclinedEvent
    | AgreementExpiredEvent
    | AgreementReadyEvent
    | AgreementSignedEvent
    | ApplicationApprovedEvent
    | ApplicationDeclinedEvent
    | ApplicationExpiredEvent
    | ApplicationInReviewEvent
    | ApplicationSubmittedEvent
    | ApplicationWithdrawnEvent
    | BankStatusChangedEvent
    | ConsentAuthorisedEvent
    | ConsentExpiredEvent
    | ConsentRevokedEvent
    | CreditLineActivatedEvent
    | CreditLineClosedEvent
    | CreditLineFrozenEvent
    | CreditLineLimitChangedEvent
    | CreditLineRateChangedEvent
    | DataBatchCompletedEvent
    | DataBatchFailedEvent
    | DrawdownCreatedEvent
    | DrawdownFailedEvent
    | DrawdownPaidOutEvent
    | LineProposalAcceptedEvent
    | LineProposalDeclinedEvent
    | LineProposalMadeEvent
    | LoanActivatedEvent
    | LoanDueSoonEvent
    | LoanOverdueEvent
    | LoanPaidOffEvent
    | LoanRateChangedEvent
    | LoanRescheduledEvent
    | LoanRestructuredEvent
    | LoanWrittenOffEvent
    | OfferAppliedEvent
    | OfferCreatedEvent
    | OfferDeliveredEvent
    | OfferExpiredEvent
    | OfferReplacedEvent
    | OfferViewedEvent
    | OfferWithdrawnEvent
    | ProductChangedEvent
    | RefundCreatedEvent
    | RefundFailedEvent
    | RefundPaidOutEvent
    | RepaymentFailedEvent
    | RepaymentProcessingEvent
    | RepaymentReturnedEvent
    | RepaymentSucceededEvent
    | ServiceRequestUpdatedEvent
    | StatementAvailableEvent
    | TestClockReadyEvent
    | WebhookEndpointDisabledEvent
    | WebhookEndpointPingEvent
)
EventType: TypeAlias = Literal[
    "agreement.declined",
    "agreement.expired",
    "agreement.ready",
    "agreement.signed",
    "application.approved",
    "application.declined",
    "application.expired",
    "application.in_review",
    "application.submitted",
    "application.withdrawn",
    "bank.status_changed",
    "consent.authorised",
    "consent.expired",
    "consent.revoked",
    "credit_line.activated",
    "credit_line.closed",
    "credit_line.frozen",
    "credit_line.limit_changed",
    "credit_line.rate_changed",
    "data_batch.completed",
    "data_batch.failed",
    "drawdown.created",
    "drawdown.failed",
    "drawdown.paid_out",
    "line_proposal.accepted",
    "line_proposal.declined",
    "line_proposal.made",
    "loan.activated",
    "loan.due_soon",
    "loan.overdue",
    "loan.paid_off",
    "loan.rate_changed",
    "loan.rescheduled",
    "loan.restructured",
    "loan.written_off",
    "offer.applied",
    "offer.created",
    "offer.delivered",
    "offer.expired",
    "offer.replaced",
    "offer.viewed",
    "offer.withdrawn",
    "product.changed",
    "refund.created",
    "refund.failed",
    "refund.paid_out",
    "repayment.failed",
    "repayment.processing",
    "repayment.returned",
    "repayment.succeeded",
    "service_request.updated",
    "statement.available",
    "test_clock.ready",
    "webhook_endpoint.disabled",
    "webhook_endpoint.ping",
]
