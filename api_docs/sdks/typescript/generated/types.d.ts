// Made from api_docs/openapi/scene.yaml by ./sluice generate openapi: change that, never this.

export declare const API_VERSION: "2026-11-01";

/** The last four digits of an account, and what the rail does. */
export interface AccountValue {
  ending: string;
  drawdown: string;
  repayment: string;
}

/** Where to move the calendar to, and what borrowers do on the way. */
export interface AdvanceBody {
  to_date?: string;
  /** `next_event`: the first day on which the scene hears of something. `maturity`: the day after the last due date of all active loans. */
  until?: "next_event" | "maturity";
  /** Borrowers pay from the account that was paid out to, on each due date, all that is due. */
  pay_when_due?: boolean;
  /** Numbers of instalments that are not paid when due, but together with the next one. */
  missed_instalments?: Array<number>;
}

/** An agreement; the borrower reads and signs it at `signing_url`, on the bank's host. */
export interface Agreement {
  id: string;
  object: "agreement";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  application: string;
  template_version: string;
  sha256: string;
  sm3: string;
  status: "pending" | "signed" | "declined" | "expired";
  signing_url: string | null;
  expires_date: string;
  signed_at: string | null;
  credit_line: string | null;
  created_at: string;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: AgreementExpanded;
}

/** What `expand[]` asked for; null where it is not to be had. */
export interface AgreementExpanded {
  application?: Application | null;
  credit_line?: CreditLine | null;
}

/** A agreement as its events show it. */
export interface AgreementInEvent {
  id: string;
  object: "agreement";
  status: string;
  application: string;
  credit_line: string | null;
}

/** How the money was used, in this order; `excess` is the borrower's. */
export interface Allocation {
  penalty: Money;
  /** Compound interest on overdue interest. */
  compound: Money;
  fee: Money;
  interest: Money;
  principal: Money;
  excess: Money;
}

export interface AnyMoney {
  amount: string;
  currency: "CNY" | "USD" | "EUR" | "GBP" | "JPY" | "KWD";
}

/** An application and where it stands; amounts are there once it is approved. */
export interface Application {
  id: string;
  object: "application";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  /** The ETag of this state: send it as `If-Match` to change it. */
  etag: string;
  metadata: Record<string, string>;
  external_id: string | null;
  business: string;
  product: string;
  offer: string | null;
  amount: Money;
  /** Null in a draft whose product sets the term. */
  tenor_days: number | null;
  purpose: string;
  status: "draft" | "submitted" | "in_review" | "approved" | "contracted" | "declined" | "withdrawn" | "expired";
  approved_amount: Money | null;
  annual_rate?: string | null;
  valid_until: string | null;
  created_at: string;
  submitted_at: string | null;
  decided_at: string | null;
  closed_at: string | null;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: ApplicationExpanded;
}

/** What a business applies for: submitted at once, or with `submit: false` a draft. */
export interface ApplicationBody {
  business: string;
  product: string;
  offer?: string;
  amount: PositiveMoney;
  /** Only for products lent by the day; with instalments it is the product's own. */
  tenor_days?: number;
  /** equipment_repair, rent_and_wages, stock_purchase, working_capital. */
  purpose: string;
  external_id?: string;
  /** `false`: a draft, which nobody at the bank looks at yet. */
  submit?: boolean;
  metadata?: Record<string, string>;
}

/** What to change of a draft; what is left out stays. */
export interface ApplicationChanges {
  product?: string;
  offer?: string;
  amount?: PositiveMoney;
  /** Only for products lent by the day; with instalments it is the product's own. */
  tenor_days?: number;
  /** equipment_repair, rent_and_wages, stock_purchase, working_capital. */
  purpose?: string;
  external_id?: string;
  metadata?: Record<string, string>;
}

/** What `expand[]` asked for; null where it is not to be had. */
export interface ApplicationExpanded {
  business?: Business | null;
  offer?: Offer | null;
}

/** A application as its events show it. */
export interface ApplicationInEvent {
  id: string;
  object: "application";
  status: string;
  external_id: string | null;
  business: string;
}

/** A page of objects. */
export interface ApplicationList {
  object: "list";
  data: Array<Application>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** One time the event was sent, or could not be. */
export interface Attempt {
  number: number;
  attempted_at: string;
  duration_ms: number;
  status_code: number | null;
  /** Why there was no answer. */
  error: string;
  /** What the answer began with, masked. */
  response_excerpt: string;
}

/** A bank this scene has a contract with; ask for a token with `resource=<base>/banks/<id>`. */
export interface Bank {
  id: string;
  object: "bank";
  livemode: boolean;
  name: string;
  kind: "rural_commercial" | "city_commercial";
  status: "creating" | "active" | "suspended";
  contract_status: "active" | "ended";
}

/** An account, masked to its last four digits. */
export interface BankAccount {
  id: string;
  object: "bank_account";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  business: string;
  kind: "card" | "corporate";
  account_number: string;
  bank_name: string;
  holder_name: string;
  created_at: string;
}

/** An account of the business, to be paid out to and collected from. */
export interface BankAccountBody {
  account_number: string;
  bank_name: string;
  holder_name: string;
  kind?: "card" | "corporate";
}

/** A page of objects. */
export interface BankAccountList {
  object: "list";
  data: Array<BankAccount>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** A bank as its events show it. */
export interface BankInEvent {
  id: string;
  object: "bank";
  status: string;
  partner_listed: boolean;
  listed_from: string | null;
  listed_until: string | null;
}

/** A page of objects. */
export interface BankList {
  object: "list";
  data: Array<Bank>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** Whether the bank takes new business from this scene today; what exists is serviced in any case. */
export interface BankStatus {
  object: "bank_status";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  status: "creating" | "active" | "suspended";
  business_date: string;
  /** The scene is on the bank's published list today. */
  partner_listed: boolean;
  takes_new_business: boolean;
}

/** Whose rows, under which consent, which cluster; with a period, rows of other days are refused. */
export interface BatchBody {
  business: string;
  consent: string;
  cluster?: "receipts" | "invoices" | "orders" | "ratings" | "tax_filings" | "meters" | "telematics" | "waybills";
  schema_version?: "1";
  /** The first day; give both ends or none. */
  period_start_date?: string;
  /** The day after the last. */
  period_end_date?: string;
}

/** An enterprise as this scene introduced it. */
export interface Business {
  id: string;
  object: "business";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  /** The ETag of this state: send it as `If-Match` to change it. */
  etag: string;
  external_id: string;
  legal_name: string;
  registration_no: string;
  kind: "firm" | "individual" | "cooperative" | "other";
  industry: string;
  area_code: string;
  opened_date: string;
  representative: Person | null;
  created_at: string;
}

/** An enterprise to introduce. */
export interface BusinessBody {
  /** The scene's own id of the merchant. */
  external_id: string;
  legal_name: string;
  /** 统一社会信用代码. */
  registration_no: string;
  /** GB/T 4754. */
  industry: string;
  /** GB/T 2260. */
  area_code: string;
  opened_date: string;
  representative?: PersonBody;
}

/** What to correct of a business; what is left out stays. */
export interface BusinessChanges {
  external_id?: string;
  legal_name?: string;
  /** GB/T 4754. */
  industry?: string;
  /** GB/T 2260. */
  area_code?: string;
  opened_date?: string;
}

/** A page of objects. */
export interface BusinessList {
  object: "list";
  data: Array<Business>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** What ./sluice allocate and POST /v1/calculator/allocations answer. The parts, to_reamortise and held add up to the payment. */
export interface CalculatedAllocationAnswer {
  object: "allocation";
  currency: "CNY" | "USD" | "EUR" | "GBP" | "JPY" | "KWD";
  on_date: string;
  payment: string;
  /** In the order they were paid. */
  parts: Array<CalculatedAllocationAnswerPart>;
  components: CalculatedAllocationAnswerComponents;
  /** Lowers the principal the coming instalments are drawn from anew. */
  to_reamortise: string;
  /** The borrower's credit balance; it goes back to its source only. */
  held: string;
  instalments: Array<CalculatedAllocationAnswerInstalment>;
  policy: CalculatedAllocationAnswerPolicy;
}

export interface CalculatedAllocationAnswerComponents {
  cost: string;
  penalty: string;
  compound: string;
  fee: string;
  interest: string;
  principal: string;
}

export interface CalculatedAllocationAnswerInstalment {
  number: number;
  status: "past_due" | "due" | "in_advance";
  paid: string;
  left: string;
}

export interface CalculatedAllocationAnswerPart {
  number: number;
  component: "cost" | "penalty" | "compound" | "fee" | "interest" | "principal";
  amount: string;
}

export interface CalculatedAllocationAnswerPolicy {
  order: Array<string>;
  /** horizontal: an instalment fully, then the next; vertical: a component of all, then the next. */
  processing: "horizontal" | "vertical";
  precedence: "oldest" | "dearest";
  future: "next" | "last" | "reamortise" | "hold";
}

/** What ./sluice allocate and POST /v1/calculator/allocations read. Amounts are strings; what is not named is not owed. */
export interface CalculatedAllocationRequest {
  /** Of every amount in the document. */
  currency?: "CNY" | "USD" | "EUR" | "GBP" | "JPY" | "KWD";
  /** The day of the payment: an instalment is past due the day after its due date. */
  on_date: string;
  /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
  payment: string | AnyMoney;
  instalments: Array<CalculatedAllocationRequestInstalment>;
  /** One of the house's orders, or one of your own. */
  policy?: "performing" | "principal_first_after_90" | "revolving" | "revolving_dearest" | "revenue_share" | "guarantor" | CalculatedAllocationRequestPolicy;
  /** Instead of policy: a set that chooses by the three members below, which are for it alone. */
  policies?: "scheduled_loan" | "revolving_line" | "revenue_share_loan";
  transaction?: "repayment" | "prepayment" | "remittance" | "guarantor" | "collateral";
  /** Above 90 the principal is paid first (L-08). */
  days_past_due?: number;
  is_non_accrual?: boolean;
  /** The borrower's choice for what is left, instead of the order's own. */
  future?: "next" | "last" | "reamortise" | "hold";
}

export interface CalculatedAllocationRequestInstalment {
  /** Each once. */
  number: number;
  /** Rolled to a workday where the contract rolls it. */
  due_date: string;
  /** What is owed on the day; of an instalment to come, what may be paid in advance. */
  owed: CalculatedAllocationRequestInstalmentOwed;
  /** Where the dearest draw is paid first. */
  annual_rate?: string;
}

/** What is owed on the day; of an instalment to come, what may be paid in advance. */
export interface CalculatedAllocationRequestInstalmentOwed {
  /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
  cost?: string | AnyMoney;
  /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
  penalty?: string | AnyMoney;
  /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
  compound?: string | AnyMoney;
  /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
  fee?: string | AnyMoney;
  /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
  interest?: string | AnyMoney;
  /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
  principal?: string | AnyMoney;
}

export interface CalculatedAllocationRequestPolicy {
  /** Every pair once, the first paid in front. */
  order: Array<CalculatedAllocationRequestPolicyOrder>;
  /** horizontal: an instalment fully, then the next; vertical: a component of all, then the next. */
  processing?: "horizontal" | "vertical";
  precedence?: "oldest" | "dearest";
  future?: "next" | "last" | "reamortise" | "hold";
}

export interface CalculatedAllocationRequestPolicyOrder {
  status: "past_due" | "due" | "in_advance";
  component: "cost" | "penalty" | "compound" | "fee" | "interest" | "principal";
}

/** What ./sluice apr and POST /v1/calculator/apr answer. Annual rates are fractions with twelve decimals; `shown` is the percentage as it is disclosed. */
export interface CalculatedCostAnswer {
  object: "annual_cost";
  currency: "CNY" | "USD" | "EUR" | "GBP" | "JPY" | "KWD";
  received: string;
  /** Payments and charges. */
  paid: string;
  /** Paid beyond what was received. */
  cost: string;
  /** What each party collects. */
  charges: Array<CalculatedCostAnswerCharge>;
  rates: Array<CalculatedCostAnswerRate>;
  /** Of Regulation Z, Appendix J, where that was reckoned. */
  unit_period: CalculatedCostAnswerUnitPeriod | null;
  cap: CalculatedCostAnswerCap | null;
}

export interface CalculatedCostAnswerCap {
  annual_rate: string;
  convention: "irr_months" | "effective_months" | "irr_days" | "effective_days" | "simple_365" | "appendix_j" | "eu";
  is_within: boolean;
}

export interface CalculatedCostAnswerCharge {
  party: string;
  amount: string;
}

export interface CalculatedCostAnswerRate {
  convention: "irr_months" | "effective_months" | "irr_days" | "effective_days" | "simple_365" | "appendix_j" | "eu";
  /** Null where the convention does not fit. */
  annual_rate: string | null;
  /** A percentage: one decimal for eu, two for the others. */
  shown: string | null;
  note: string;
}

export interface CalculatedCostAnswerUnitPeriod {
  unit: "day" | "week" | "semimonth" | "month" | "year" | "term";
  count: number;
  /** A whole number or a fraction. */
  per_year: string;
}

/** What ./sluice apr and POST /v1/calculator/apr read. The borrower receives the advances and pays the payments and the charges of every party. Amounts and rates are strings; a number with a point is refused. At most 1,200 flows in all. */
export interface CalculatedCostRequest {
  /** Of every amount in the document. */
  currency?: "CNY" | "USD" | "EUR" | "GBP" | "JPY" | "KWD";
  /** What the borrower receives. */
  advances: Array<CalculatedCostRequestAdvance>;
  /** What the borrower pays on the loan: principal and interest. */
  payments: Array<CalculatedCostRequestAdvance>;
  /** What the borrower pays anybody because of the loan. A fee taken out of an advance is a charge on its day. */
  charges?: Array<CalculatedCostRequestCharge>;
  /** Only this one. Left out: every one that fits. irr_months: 12 x the monthly rate; effective_months: compounded; irr_days: 365 x the daily rate; effective_days: XIRR; simple_365: simple interest on actual days; appendix_j: Regulation Z; eu: 2008/48/EC and (EU) 2023/2225. */
  convention?: "irr_months" | "effective_months" | "irr_days" | "effective_days" | "simple_365" | "appendix_j" | "eu";
  /** A cap on the annual cost, held against irr_months where it fits, else irr_days (or the convention asked for). */
  cap?: string;
}

export interface CalculatedCostRequestAdvance {
  /** The day of the amount, or of the first of them. */
  date: string;
  /** Above zero. */
  amount: string | AnyMoney;
  /** How many times, from the date on. */
  count?: number;
  frequency?: "daily" | "weekly" | "fortnightly" | "monthly" | "quarterly" | "half_yearly" | "yearly";
  /** The day of the month that is meant when the first date is a clamped one. */
  anchor_day?: number;
}

export interface CalculatedCostRequestCharge {
  /** The day of the amount, or of the first of them. */
  date: string;
  /** Above zero. */
  amount: string | AnyMoney;
  /** How many times, from the date on. */
  count?: number;
  frequency?: "daily" | "weekly" | "fortnightly" | "monthly" | "quarterly" | "half_yearly" | "yearly";
  /** The day of the month that is meant when the first date is a clamped one. */
  anchor_day?: number;
  /** Who collects it: bank, guarantor, insurer. */
  party: string;
}

/** What ./sluice quote and POST /v1/calculator/schedules answer. Amounts are strings in major units of the currency. */
export interface CalculatedScheduleAnswer {
  object: "schedule";
  /** Of every amount. */
  currency: "CNY" | "USD" | "EUR" | "GBP" | "JPY" | "KWD";
  method: "level_instalment" | "level_principal" | "interest_first" | "bullet" | "flat" | "daily_interest";
  /** The first one. */
  annual_rate: string;
  day_count: "30/360" | "30E/360" | "ACT/360" | "ACT/365F" | "ACT/ACT-ISDA" | "ACT/ACT-ICMA";
  interest_basis: "equal_periods" | "actual_days";
  /** Each level instalment and the first row that has it. */
  instalments: Array<CalculatedScheduleAnswerInstalment>;
  rows: Array<CalculatedScheduleAnswerRow>;
  totals: CalculatedScheduleAnswerTotals;
  /** flat_rate: interest is on the amount lent, not on what is owed; early_end: the given instalment repays before the last period. */
  notes: Array<"flat_rate" | "early_end">;
}

export interface CalculatedScheduleAnswerInstalment {
  from_number: number;
  amount: string;
}

export interface CalculatedScheduleAnswerRow {
  /** 0 is what is paid on the first day. */
  number: number;
  period_start: string;
  due_date: string;
  /** By the day count; the first day counts, the due date does not. */
  days: number;
  /** Advanced in the period. */
  drawn: string;
  principal: string;
  interest: string;
  fees: string;
  /** What is due: principal, interest and fees. */
  total: string;
  /** Principal left after the payment. */
  balance: string;
}

export interface CalculatedScheduleAnswerTotals {
  principal: string;
  interest: string;
  fees: string;
  total: string;
}

/** What ./sluice quote and POST /v1/calculator/schedules read. Amounts are strings in major units (yuan), rates strings that are fractions a year (0.072000 is 7.2 %), dates YYYY-MM-DD of the years 1600 to 9000; a number with a point is refused. */
export interface CalculatedScheduleRequest {
  /** Of every amount in the document; its decimals (0, 2 or 3) are the smallest unit. */
  currency?: "CNY" | "USD" | "EUR" | "GBP" | "JPY" | "KWD";
  /** What is lent on start_date: one tranche. Instead of tranches. */
  principal?: string | AnyMoney;
  /** The first day, which counts. */
  start_date?: string;
  /** Every advance. The first day starts the schedule; a draw on a due date belongs to the next period; a later draw has a level instalment solved again for the rows due after it. */
  tranches?: Array<CalculatedScheduleRequestTranche>;
  /** The rate a year, from 0 to 10. */
  annual_rate: string;
  /** New rates, each from its day on, that day included. One from the first day or before replaces annual_rate; one from the last due date on changes nothing; two different ones from one day, known on one day, are refused. */
  rate_changes?: Array<CalculatedScheduleRequestRateChange>;
  /** What a new rate does to a level instalment. */
  rate_change_rule?: "solve_again" | "keep_instalment";
  /** level_instalment 等额本息, level_principal 等额本金, interest_first 先息后本, bullet: all at the end, flat: interest on the amount lent to the very end, daily_interest 随借随还. */
  method: "level_instalment" | "level_principal" | "interest_first" | "bullet" | "flat" | "daily_interest";
  /** How many periods; times the tranches, rate changes and pauses at most 20,000. A bullet or daily-interest loan that names its first or final due date may leave it out: then 1. */
  count?: number;
  /** The length of a period. */
  frequency?: "daily" | "weekly" | "fortnightly" | "monthly" | "quarterly" | "half_yearly" | "yearly" | CalculatedScheduleRequestFrequency;
  /** Ends an odd first period. */
  first_due_date?: string;
  /** Replaces the last due date. */
  final_due_date?: string;
  /** The day of the month of the due dates; clamped to the end of a shorter month. */
  anchor_day?: number;
  /** The due dates as they were rolled to workdays, one a row. Equal periods count as before the roll; actual days as rolled. */
  due_dates?: Array<string>;
  day_count?: "30/360" | "30E/360" | "ACT/360" | "ACT/365F" | "ACT/ACT-ISDA" | "ACT/ACT-ICMA";
  /** equal_periods: a month is a twelfth of a year, a week a 52nd, odd days go by the day count. Without it: actual_days for bullet and daily_interest, else equal_periods. */
  interest_basis?: "equal_periods" | "actual_days";
  /** How the interest of a period becomes whole minor units, once. */
  interest_rounding?: "half_up" | "half_even" | "down" | "up";
  /** How the instalment is rounded, once. */
  instalment_rounding?: "half_up" | "half_even" | "down" | "up";
  /** The instalment is a multiple of it; without it, of the smallest unit. */
  instalment_step?: string | AnyMoney;
  /** Given instead of solved (level_instalment, flat). */
  instalment?: string | AnyMoney;
  /** Principal left to the last row on top of its instalment; at most what is lent, less the down payment. Of a loan drawn in tranches it may be part of a later one. */
  balloon?: string | AnyMoney;
  /** So many first rows pay interest only. */
  principal_grace?: number;
  /** So many first rows pay no interest; it is due later and bears none itself. */
  interest_grace?: number;
  /** Into the first row after the grace, or in equal parts over all of them. */
  interest_grace_rule?: "next_due" | "spread";
  /** Repaid on the first day, in row 0; less than what is drawn on that day. */
  down_payment?: string | AnyMoney;
  /** Days without interest, from from_date up to, but not including, to_date. */
  interest_pauses?: Array<CalculatedScheduleRequestInterestPause>;
  /** Numbers of rows without interest. */
  interest_free_rows?: Array<number>;
  /** Fees, fixed or a share. An upfront one falls due in row 0. */
  fees?: Array<unknown>;
  /** Principal repaid before the end of a daily-interest loan; the interest to that day is due with it. */
  payments?: Array<CalculatedScheduleRequestPayment>;
  /** Whether an instalment may be below the interest of its period, so that the balance grows. */
  allow_negative_amortisation?: boolean;
}

export interface CalculatedScheduleRequestFrequency {
  unit: "day" | "week" | "month";
  /** At most 3660 days, 520 weeks or 120 months. */
  every: number;
}

export interface CalculatedScheduleRequestInterestPause {
  /** YYYY-MM-DD, from 1600-01-01 to 9000-12-31. */
  from_date: string;
  /** The first day that bears interest again. */
  to_date: string;
}

export interface CalculatedScheduleRequestPayment {
  /** YYYY-MM-DD, from 1600-01-01 to 9000-12-31. */
  date: string;
  /** An amount in major units of the document's currency, or an object that names the currency again. */
  principal: string | AnyMoney;
}

export interface CalculatedScheduleRequestRateChange {
  /** YYYY-MM-DD, from 1600-01-01 to 9000-12-31. */
  from_date: string;
  /** A fraction with at most six decimals that are not zero: 0.072000 is 7.2 %. */
  annual_rate: string;
  /** When the change became known; rows due by then stay as billed and the next row takes the difference. */
  known_date?: string;
}

export interface CalculatedScheduleRequestTranche {
  /** YYYY-MM-DD, from 1600-01-01 to 9000-12-31. */
  date: string;
  /** An amount in major units of the document's currency, or an object that names the currency again. */
  amount: string | AnyMoney;
}

/** A test clock. Ask for a token with `resource` to work in its bank. */
export interface Clock {
  id: string;
  object: "test_clock";
  livemode: boolean;
  name: string;
  bank: string;
  resource: string;
  /** What the bank was filled with. */
  seed: "empty" | "pos_seasonal" | "ecommerce_growth" | "truck_fleet_stress" | "tax_sme_stable" | "portfolio_500_loans_24m";
  status: "creating" | "ready" | "advancing" | "failed";
  /** The bank's business date, also while it moves. */
  frozen_date: string;
  advance_from_date: string | null;
  /** Where the move under way, or the last one, goes. */
  advance_to_date: string | null;
  /** Why a day could not be ended. */
  failure: string;
  created_at: string;
}

/** A calendar to begin. */
export interface ClockBody {
  name: string;
  /** The bank's first business date. */
  frozen_date: string;
  /** What the bank holds at first. */
  seed?: "empty";
}

/** A clock that is no more. */
export interface ClockGone {
  id: string;
  object: "test_clock";
  deleted: boolean;
}

/** A page of objects. */
export interface ClockList {
  object: "list";
  data: Array<Clock>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** How many bytes were sent in all: a batch is taken in only when they are all there. */
export interface CompletionBody {
  byte_count: number;
}

/** A consent as it stands now. */
export interface Consent {
  id: string;
  object: "consent";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  business: string;
  purpose: "bureau_inquiry" | "credit_assessment" | "identity_verification" | "marketing" | "payment";
  data_classes: Array<"bank_account" | "contact" | "credit_report" | "enterprise_profile" | "face" | "identity_document" | "invoices" | "location_track" | "meters" | "orders" | "receipts" | "taxes" | "telematics">;
  recipient: string;
  text_version: string;
  text_sha256: string;
  status: "authorised" | "replaced" | "revoked" | "expired";
  created_at: string;
  expires_at: string;
  ended_at: string | null;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: ConsentExpanded;
}

/** A consent the scene obtained, with the evidence of it. */
export interface ConsentBody {
  business: string;
  purpose: "bureau_inquiry" | "credit_assessment" | "identity_verification" | "marketing" | "payment";
  /** A sensitive class stands alone in a consent of its own. */
  data_classes: Array<"bank_account" | "contact" | "credit_report" | "enterprise_profile" | "face" | "identity_document" | "invoices" | "location_track" | "meters" | "orders" | "receipts" | "taxes" | "telematics">;
  /** The bank, as the merchant was told. */
  recipient: string;
  text_version: string;
  text_sha256: string;
  expires_at: string;
  evidence: Record<string, string | number | boolean>;
}

/** What `expand[]` asked for; null where it is not to be had. */
export interface ConsentExpanded {
  business?: Business | null;
}

/** A consent as its events show it. */
export interface ConsentInEvent {
  id: string;
  object: "consent";
  status: string;
  business: string;
  purpose: string;
  data_classes: Array<string>;
}

/** A page of objects. */
export interface ConsentList {
  object: "list";
  data: Array<Consent>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** What a draw costs a year, every fee of every party in it, as fractions. */
export interface CostRange {
  min: string;
  max: string;
}

/** A credit line; on one that revolves, what is repaid of the principal may be drawn again. */
export interface CreditLine {
  id: string;
  object: "credit_line";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  business: string;
  application: string;
  agreement: string;
  product: string;
  /** Without it the line is drawn once: a term loan. */
  revolving: boolean;
  limit: Money;
  drawn: Money;
  /** What is owed of the principal drawn. */
  outstanding: Money;
  /** Held for drawdowns on their way. */
  reserved: Money;
  available: Money;
  annual_rate: string;
  status: "active" | "frozen" | "closed";
  effective_date: string;
  expires_date: string;
  created_at: string;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: CreditLineExpanded;
}

/** What `expand[]` asked for; null where it is not to be had. */
export interface CreditLineExpanded {
  business?: Business | null;
  application?: Application | null;
  agreement?: Agreement | null;
}

/** A credit line as its events show it. */
export interface CreditLineInEvent {
  id: string;
  object: "credit_line";
  status: string;
  business: string;
}

/** A page of objects. */
export interface CreditLineList {
  object: "list";
  data: Array<CreditLine>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** What became of a batch: the sound rows are written, the others are named in its errors. */
export interface DataBatch {
  id: string;
  object: "data_batch";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  cluster: "receipts" | "invoices" | "orders" | "ratings" | "tax_filings" | "meters" | "telematics" | "waybills";
  schema_version: "1";
  /** Nothing of a batch counts before it is completed. */
  status: "receiving" | "completed";
  business: string;
  consent: string;
  /** How many bytes of an upload have been received. */
  byte_count: number;
  rows_read: number;
  rows_accepted: number;
  rows_rejected: number;
  rows_duplicate: number;
  created_at: string;
  completed_at: string | null;
}

/** A data batch as its events show it. */
export interface DataBatchInEvent {
  id: string;
  object: "data_batch";
  status: string;
  business: string;
  rows_accepted: number;
  rows_rejected: number;
  rows_duplicate: number;
}

export type DataRow = ReceiptBody | InvoiceBody | OrderBody | RatingBody | TaxFilingBody | MeterReadingBody | TripBody | WaybillBody;

/** The outcome of an assessment; no score and no rule of the bank is in it. */
export interface Decision {
  id: string;
  object: "decision";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  application: string;
  outcome: "approved" | "declined" | "in_review";
  approved_amount: Money | null;
  annual_rate?: string | null;
  /** Set when it is less than asked. */
  counter_offer: Money | null;
  reason_codes: Array<Reason>;
  decided_by: "auto" | "manual";
  decided_at: string | null;
  policy_version: string;
  inputs_hash: string;
  valid_until: string | null;
}

/** How one event's way to one endpoint went so far. */
export interface Delivery {
  id: string;
  object: "webhook_delivery";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  endpoint: string;
  event: string;
  event_type: string;
  subject: string;
  /** The event's place among those of its subject. */
  sequence: number;
  /** Sent again because it was asked for. */
  is_replay: boolean;
  status: "pending" | "delivered" | "failed";
  attempt_count: number;
  /** While it is pending. */
  next_attempt_at: string;
  last_status_code: number | null;
  last_error: string;
  created_at: string;
  delivered_at: string | null;
}

/** A delivery with every attempt. */
export interface DeliveryDetail {
  id: string;
  object: "webhook_delivery";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  endpoint: string;
  event: string;
  event_type: string;
  subject: string;
  /** The event's place among those of its subject. */
  sequence: number;
  /** Sent again because it was asked for. */
  is_replay: boolean;
  status: "pending" | "delivered" | "failed";
  attempt_count: number;
  /** While it is pending. */
  next_attempt_at: string;
  last_status_code: number | null;
  last_error: string;
  created_at: string;
  delivered_at: string | null;
  attempts: Array<Attempt>;
}

/** A page of objects. */
export interface DeliveryList {
  object: "list";
  data: Array<Delivery>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** A drawdown and how far its money has come; `loan` is there once it is booked. */
export interface Drawdown {
  id: string;
  object: "drawdown";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  metadata: Record<string, string>;
  external_id: string | null;
  business: string;
  credit_line: string;
  bank_account: string;
  offer: string | null;
  amount: Money;
  tenor_days: number;
  status: "created" | "awaiting_funds" | "processing" | "paid_out" | "failed" | "expired";
  /** Why it failed, e.g. account_closed, name_mismatch. */
  failure_code: string;
  loan: string | null;
  created_date: string;
  created_at: string;
  finished_at: string | null;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: DrawdownExpanded;
}

/** What to draw, and where it goes. */
export interface DrawdownBody {
  credit_line: string;
  amount: PositiveMoney;
  /** Only for products lent by the day; with instalments it is the product's own. */
  tenor_days?: number;
  /** One of the business's own accounts. */
  bank_account: string;
  /** The offer that led to it, for the campaign's figures. */
  offer?: string;
  /** One drawdown an order. */
  external_id?: string;
  metadata?: Record<string, string>;
}

/** What `expand[]` asked for; null where it is not to be had. */
export interface DrawdownExpanded {
  business?: Business | null;
  credit_line?: CreditLine | null;
  offer?: Offer | null;
  loan?: Loan | null;
}

/** A drawdown as its events show it. */
export interface DrawdownInEvent {
  id: string;
  object: "drawdown";
  status: string;
  external_id: string | null;
  failure_code: string | null;
  loan: string | null;
}

/** A page of objects. */
export interface DrawdownList {
  object: "list";
  data: Array<Drawdown>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** A session. Hand `url` and `client_secret` to the merchant's browser, and to nobody else. */
export interface EmbedSession {
  id: string;
  object: "embed_session";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  business: string;
  components: Array<"offer_tile" | "application" | "dashboard">;
  locale: "zh-hans" | "en";
  return_url: string;
  /** Exchanged once, by the frame. Null in a replay. */
  client_secret: string | null;
  /** The frame, and the hosted page: open it top-level where nothing can be embedded. */
  url: string | null;
  created_at: string;
  expires_at: string;
}

/** Whom the frame is for and what it shows. Where it may be shown is registered, never said in a call. */
export interface EmbedSessionBody {
  business: string;
  components: Array<"offer_tile" | "application" | "dashboard">;
  locale?: "zh-hans" | "en";
  /** Where the hosted page leads back to; it must lie on one of the scene's allowed origins. */
  return_url?: string;
}

/** Whose bank is emptied, and where its calendar begins again. */
export interface EmptyingBody {
  /** Without it, the date the clock stands at. */
  frozen_date?: string;
  /** Without it, the clock of the bank that the token is for. */
  test_clock?: string;
}

/** An endpoint, without its secret. */
export interface Endpoint {
  id: string;
  object: "webhook_endpoint";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  url: string;
  event_types: Array<string>;
  format: "standard" | "cloudevents";
  signing: "v1" | "v1a";
  /** With `v1a`: the key that signatures are checked with. */
  public_key: string | null;
  api_version: "2026-11-01";
  status: "enabled" | "disabled";
  /** `gone`, `failing`, `asked` or `deleted`. */
  disabled_reason: string;
  /** Since when no call has succeeded. */
  failing_since_at: string | null;
  /** After failures in a row nothing is sent before then; one trial follows. */
  paused_until_at: string | null;
  metadata: Record<string, string>;
  created_at: string;
}

/** Where to send events, which, in which form, and signed how. */
export interface EndpointBody {
  url: string;
  /** Empty: every type. */
  event_types?: Array<EventType>;
  /** `cloudevents`: CloudEvents 1.0, structured JSON. */
  format?: "standard" | "cloudevents";
  /** `v1`: HMAC-SHA256 with a shared secret. `v1a`: Ed25519, checked with a public key. */
  signing?: "v1" | "v1a";
  /** What events are written in, for good. */
  api_version?: "2026-11-01";
  /** In a sandbox `sluice_fail`, as `500:3`, has the endpoint simulated: each message fails three times with that status, then arrives, and nothing is sent anywhere. */
  metadata?: Record<string, string>;
}

/** What to change of an endpoint; what is left out stays. */
export interface EndpointChanges {
  url?: string;
  /** Empty: every type. */
  event_types?: Array<EventType>;
  api_version?: "2026-11-01";
  status?: "enabled" | "disabled";
  /** In a sandbox `sluice_fail`, as `500:3`, has the endpoint simulated: each message fails three times with that status, then arrives, and nothing is sent anywhere. */
  metadata?: Record<string, string>;
}

/** A page of objects. */
export interface EndpointList {
  object: "list";
  data: Array<Endpoint>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** Something that happened; a webhook carries the same body. */
export interface Event {
  id: string;
  object: "event";
  type: string;
  timestamp: string;
  api_version: "2026-11-01";
  livemode: boolean;
  bank: string;
  /** The object it happened to. */
  subject: string;
  /** Counts the events of one subject, without gaps. */
  sequence: number;
  /** The object as it then was, and which of its members changed. */
  data: Record<string, unknown>;
}

/** A page of objects. */
export interface EventList {
  object: "list";
  data: Array<Event>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** Why the rail refuses. */
export interface FailBody {
  failure_code?: string;
}

/** One member that is wrong. */
export interface Fault {
  pointer: string;
  code: string;
  detail: string;
}

/** A registration number, and what becomes of its application. */
export interface FirmValue {
  registration_no: string;
  status: "approved" | "declined" | "in_review";
  text: string;
}

/** How a loan in instalments is repaid: `count` times, every `period_every` `period_unit`s. */
export interface InstalmentTerms {
  count: number;
  period_unit: "day" | "week" | "month";
  period_every: number;
  /** The day of the month; null: that of the draw. */
  anchor_day: number | null;
  day_count: string;
  /** First instalments without principal. */
  grace_principal_count: number;
  /** First instalments without interest. */
  grace_interest_count: number;
  due_date_roll: "none" | "next_workday";
  /** What money above what is due does, unless the borrower chooses otherwise. */
  prepayment: "keep_term" | "keep_instalment" | "next" | "hold";
  /** A share of the principal repaid early. */
  prepayment_fee: string;
}

/** `invoices`: a VAT invoice, sold or bought; below zero when it is a red-letter one (红字). */
export interface InvoiceBody {
  record_no: string;
  revision?: number;
  day: string;
  side: "sale" | "purchase";
  gross: string;
  tax: string;
  is_void: boolean;
  party_ref?: string;
}

/** A line proposal as its events show it. */
export interface LineProposalInEvent {
  id: string;
  object: "line_proposal";
  status: string;
  credit_line: string;
}

/** A loan (借据): one drawdown makes one loan. */
export interface Loan {
  id: string;
  object: "loan";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  business: string;
  credit_line: string;
  drawdown: string;
  status: "disbursing" | "active" | "paid_off" | "cancelled" | "written_off" | "overdue";
  repayment_method: "daily_interest" | "level_instalment" | "level_principal" | "interest_first" | "bullet";
  principal: Money;
  outstanding: Outstanding;
  /** Null once nothing is to be paid. */
  next_payment: NextPayment | null;
  /** Paid too much: the borrower's own money. */
  credit_balance: Money;
  annual_rate: string;
  day_count: string;
  overdue_rate: string;
  tenor_days: number;
  value_date: string | null;
  /** Of the last payment. */
  due_date: string | null;
  instalment_count: number;
  /** Counts up when instalments are drawn anew. */
  schedule_version: number;
  days_past_due: number;
  closed_date: string | null;
  created_at: string;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: LoanExpanded;
}

/** What `expand[]` asked for; null where it is not to be had. */
export interface LoanExpanded {
  business?: Business | null;
  credit_line?: CreditLine | null;
  drawdown?: Drawdown | null;
}

/** A loan as its events show it. */
export interface LoanInEvent {
  id: string;
  object: "loan";
  status: string;
  drawdown: string;
  due_date: string | null;
  next_due_date: string | null;
}

/** A page of objects. */
export interface LoanList {
  object: "list";
  data: Array<Loan>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** The token at hand: whose it is, at which bank, and what it may do. */
export interface Me {
  object: "me";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  scene: string;
  scene_code: string;
  client: string;
  /** Of 24. */
  scopes: Array<string>;
  /** The bank's. */
  business_date: string;
}

/** `meters`: what a meter counted since its last reading, in watt-hours or litres. */
export interface MeterReadingBody {
  record_no: string;
  revision?: number;
  day: string;
  meter: "electricity" | "water" | "gas";
  used: number;
}

/** An amount in yuan as a string with at most two decimals, and its currency. */
export interface Money {
  /** Yuan, e.g. 1234.50. */
  amount: string;
  currency: "CNY";
}

/** A row of a loan's log on the statement. */
export interface Movement {
  loan: string;
  kind: "disbursement" | "repayment" | "counter_receipt" | "reallocation" | "reversal" | "rate_change" | "extension" | "re_age" | "re_amortisation" | "pause" | "due_date_move" | "waiver" | "write_off" | "recovery" | "renewal" | "credit_refund" | "credit_use";
  booking_date: string;
  value_date: string;
  /** What it adds to the debt. */
  principal_change: Money;
  interest_paid: Money;
  penalty_paid: Money;
  fee_paid: Money;
}

/** What to pay next: all that is due with its penalty, else the instalment that falls due first. */
export interface NextPayment {
  number: number;
  due_date: string;
  amount: Money;
}

/** An offer. It is not a decision: applying for it is assessed. */
export interface Offer {
  id: string;
  object: "offer";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  business: string;
  product: string;
  max_amount: Money;
  status: "created" | "delivered" | "viewed" | "applied" | "replaced" | "expired" | "withdrawn";
  offered_date: string;
  /** The first day on which it no longer holds. */
  expires_date: string;
  replaces: string | null;
  application: string | null;
  created_at: string;
  delivered_at: string | null;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: OfferExpanded;
}

/** What `expand[]` asked for; null where it is not to be had. */
export interface OfferExpanded {
  business?: Business | null;
  application?: Application | null;
}

/** A offer as its events show it. */
export interface OfferInEvent {
  id: string;
  object: "offer";
  status: string;
  business: string;
  product: string;
  max_amount: Money;
  expires_date: string;
}

/** A page of objects. */
export interface OfferList {
  object: "list";
  data: Array<Offer>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** `orders`: an order, on the day it was placed. */
export interface OrderBody {
  record_no: string;
  revision?: number;
  day: string;
  state: "placed" | "delivered" | "cancelled" | "refunded";
  amount: string;
  refunded: string;
  promised_day?: string;
  delivered_day?: string;
  party_ref?: string;
}

/** What is owed at the start of the bank's business date. */
export interface Outstanding {
  as_of_date: string;
  principal: Money;
  interest: Money;
  /** Penalty and compound interest. */
  penalty: Money;
  /** The compound interest in `penalty`. */
  compound: Money;
  /** What repaying it early costs. */
  fees: Money;
  /** What settles the loan. */
  total: Money;
}

/** What a full repayment on a day takes. */
export interface Payoff {
  object: "payoff_quote";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  loan: string;
  on_date: string;
  principal: Money;
  interest: Money;
  /** Penalty and compound interest. */
  penalty: Money;
  /** The product's prepayment fee. */
  fees: Money;
  total: Money;
}

/** On which day; without one, the bank's business date. */
export interface PayoffBody {
  on_date?: string;
}

/** A representative, masked. */
export interface Person {
  name: string;
  id_number: string;
  phone: string;
  warnings: Array<string>;
}

/** The legal representative; the numbers are sealed in the bank's schema and only ever shown masked. */
export interface PersonBody {
  name: string;
  id_number: string;
  phone: string;
}

/** A representative's phone, and what its owner answers when asked for a consent. */
export interface PhoneValue {
  phone: string;
  text: string;
}

/** An amount above zero, in yuan as a string with at most two decimals, and its currency. */
export interface PositiveMoney {
  /** Yuan, e.g. 1234.50. */
  amount: string;
  currency: "CNY";
}

/** An answer as it was given; it binds nobody, and no bureau was asked. */
export interface Prequalification {
  id: string;
  object: "prequalification";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  business: string | null;
  product: string;
  product_version: number;
  /** As stated. */
  monthly_sales: Money | null;
  result: "eligible" | "ineligible" | "insufficient_data";
  max_amount: Money | null;
  /** The all-in annual cost; null unless eligible. */
  cost_range: CostRange | null;
  /** The weightiest first. */
  reason_codes: Array<Reason>;
  valid_until: string;
  created_at: string;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: ConsentExpanded;
}

/** A business with its consented data, or facts alone: one of the two. */
export interface PrequalificationBody {
  product: string;
  /** Needs the consents that the product asks for. */
  business?: string;
  facts?: StatedFactsBody;
}

/** A page of objects. */
export interface PrequalificationList {
  object: "list";
  data: Array<Prequalification>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** A refusal (RFC 9457): `code` and `params` are for machines, `detail` is for people. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  request_id: string;
  retryable: boolean;
  errors: Array<Fault>;
  params: Record<string, unknown>;
}

/** A product as published: the cost first, then the terms (P-01). */
export interface Product {
  id: string;
  object: "product";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  name: string;
  version: number;
  /** The most a draw can cost a year. */
  all_in_cost: string | null;
  /** simple_365: simple interest on actual days; irr_months: 12 x the monthly internal rate; irr_days: 365 x the daily one. */
  apr_method: "simple_365" | "irr_months" | "irr_days";
  annual_rate: string;
  overdue_rate: string;
  day_basis: number;
  limit_min: Money;
  limit_max: Money;
  draw_min: Money;
  tenor_days_min: number;
  tenor_days_max: number;
  /** Overdue interest bears interest at the overdue rate. */
  compounds: boolean;
  /** Without it the line is drawn once: a term loan. */
  revolving: boolean;
  repayment_method: "daily_interest" | "level_instalment" | "level_principal" | "interest_first" | "bullet";
  /** Null for a product lent by the day; the tenor of the others is theirs. */
  instalments: InstalmentTerms | null;
  purposes: Array<string>;
  consent_purpose: string;
  data_classes: Array<string>;
  effective_date: string | null;
}

/** A product as its events show it. */
export interface ProductInEvent {
  id: string;
  object: "product";
  status: string;
  version: number;
  effective_date: string | null;
}

/** A page of objects. */
export interface ProductList {
  object: "list";
  data: Array<Product>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** The draw to reckon, and on which product. */
export interface ProductQuoteBody {
  amount: PositiveMoney;
  /** Only for products lent by the day; with instalments it is the product's own. */
  tenor_days?: number;
  product: string;
}

/** What a draw costs; `all_in_cost` is a year's cost with every fee the borrower bears, said first. */
export interface Quote {
  object: "quote";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  all_in_cost: string;
  /** The convention of `all_in_cost`, the one the cap is held against. simple_365: simple interest on actual days; irr_months: 12 x the monthly internal rate; irr_days: 365 x the daily one. */
  apr_method: "simple_365" | "irr_months" | "irr_days";
  nominal_rate: string;
  nominal_rate_365: string;
  day_count: string;
  repayment_method: "daily_interest" | "level_instalment" | "level_principal" | "interest_first" | "bullet";
  amount: Money;
  tenor_days: number;
  /** To the due date after it was moved to a workday. */
  days: number;
  draw_date: string;
  due_date: string;
  /** The official calendar is not out yet. */
  due_date_is_provisional: boolean;
  schedule: Array<QuoteRow>;
  interest: Money;
  fees: Array<QuoteFee>;
  total_repayable: Money;
  valid_until: string;
}

/** The draw to reckon; without `tenor_days` where the product has instalments. */
export interface QuoteBody {
  amount: PositiveMoney;
  /** Only for products lent by the day; with instalments it is the product's own. */
  tenor_days?: number;
}

/** A fee on the draw, whoever bears it. */
export interface QuoteFee {
  code: string;
  name: string;
  collector: "bank" | "scene" | "guarantor";
  payer: "bank" | "borrower";
  amount: Money;
}

/** One payment; `balance` is the principal left once it is made. */
export interface QuoteRow {
  number: number;
  due_date: string;
  principal: Money;
  interest: Money;
  total: Money;
  balance: Money;
}

/** `ratings`: what a customer said. */
export interface RatingBody {
  record_no: string;
  revision?: number;
  day: string;
  stars: number;
  is_complaint: boolean;
}

/** A reason the merchant may be told, the weightiest first. */
export interface Reason {
  code: string;
  rank: number;
  text: string;
}

/** A reason that a borrower may be told, in the words to tell it in. */
export interface ReasonCode {
  code: string;
  text: string;
}

/** A page of objects. */
export interface ReasonCodeList {
  object: "list";
  data: Array<ReasonCode>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** `receipts`: one receipt. `payer_ref` is a hash the scene makes, never a phone or a card. */
export interface ReceiptBody {
  receipt_no: string;
  paid_at: string;
  amount: string;
  kind: "sale" | "refund";
  payer_ref?: string;
  channel: "merchant_code" | "personal_code" | "card" | "cash";
}

/** A refund as its events show it. */
export interface RefundInEvent {
  id: string;
  object: "refund";
  status: string;
  failure_code: string | null;
  repayment: string;
  loan: string;
}

/** A repayment, what was asked for and, once it succeeded, how it was used. */
export interface Repayment {
  id: string;
  object: "repayment";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  metadata: Record<string, string>;
  external_id: string | null;
  loan: string;
  type: "scheduled" | "partial_prepay" | "full_prepay" | "counter_receipt";
  amount: Money;
  /** On instalments: what money above what is due does, where the borrower chose. */
  prepayment: string;
  bank_account: string | null;
  status: "processing" | "succeeded" | "failed" | "returned";
  failure_code: string;
  allocation: Allocation;
  value_date: string | null;
  booking_date: string | null;
  created_at: string;
  finished_at: string | null;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: RepaymentExpanded;
}

/** What to collect: a sum, or a principal (its interest to date is added), or all that is owed. `scheduled` without a sum collects what is due today with its penalty, or the next instalment where nothing is; `full_prepay` collects the payoff quote. */
export interface RepaymentBody {
  loan: string;
  type: "scheduled" | "partial_prepay" | "full_prepay";
  amount?: PositiveMoney;
  /** Instead of `amount`. */
  principal?: PositiveMoney;
  /** Of a partial prepayment on instalments: smaller ones, or fewer of them. Without it, as the product says. */
  prepayment?: "keep_term" | "keep_instalment";
  bank_account: string;
  external_id?: string;
  metadata?: Record<string, string>;
}

/** What `expand[]` asked for; null where it is not to be had. */
export interface RepaymentExpanded {
  loan?: Loan | null;
}

/** A repayment as its events show it. */
export interface RepaymentInEvent {
  id: string;
  object: "repayment";
  status: string;
  external_id: string | null;
  failure_code: string | null;
  loan: string;
}

/** A page of objects. */
export interface RepaymentList {
  object: "list";
  data: Array<Repayment>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** What is sent again. */
export interface Replay {
  object: "webhook_replay";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  endpoint: string;
  event_count: number;
}

/** Which events: by their ids, or what happened from one instant to before another. */
export interface ReplayBody {
  /** Or `from` and `to`. */
  event_ids?: Array<string>;
  /** With `from` and `to`; empty: those the endpoint listens to. */
  event_types?: Array<EventType>;
  from?: string;
  to?: string;
}

/** Where to begin again. */
export interface ResetBody {
  /** Without it, the date the clock stands at. */
  frozen_date?: string;
}

/** Why, in the merchant's words, and whether the data goes too; nothing is asked for. */
export interface RevokeBody {
  reason?: string;
  /** Erase what was sent under the consent and all that was made of it, unless another consent in force covers it. What a decision was made on stays in that decision's record. */
  erase_data?: boolean;
}

/** Why a line was refused. What it said is not kept. */
export interface RowError {
  /** Counts from 1; blank lines are not counted. */
  line: number;
  code: string;
  /** Empty when the line is no JSON object. */
  field: string;
  /** The same as a JSON pointer (RFC 6901). */
  pointer: string;
}

/** A page of objects. */
export interface RowErrorList {
  object: "list";
  data: Array<RowError>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** One instalment, paid or to come; of a loan lent by the day the one payment still to come. `penalty` is penalty and compound interest to date, on the oldest instalment past due. `remaining` is `total` less what is paid. */
export interface ScheduleRow {
  number: number;
  due_date: string;
  status: "future" | "due" | "part_paid" | "paid" | "overdue" | "written_off";
  principal: Money;
  interest: Money;
  fees: Money;
  penalty: Money;
  total: Money;
  principal_paid: Money;
  interest_paid: Money;
  fees_paid: Money;
  remaining: Money;
}

/** A page of objects. */
export interface ScheduleRowList {
  object: "list";
  data: Array<ScheduleRow>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** The endpoint with its secret: shown this once. */
export interface Secret {
  id: string;
  object: "webhook_endpoint_secret";
  /** Null with `v1a`, which has a public key instead, and when the call is replayed. */
  secret: string | null;
  endpoint: Endpoint;
}

/** A seed: the dates it lives from and to, and what it holds in the end. */
export interface Seed {
  seed: "pos_seasonal" | "ecommerce_growth" | "truck_fleet_stress" | "tax_sme_stable" | "portfolio_500_loans_24m";
  text: string;
  first_date: string;
  last_date: string;
  businesses: number;
  loans: number;
  paid_off: number;
  /** Loans with something due that is not paid. */
  overdue: number;
}

/** What a bank is to hold. */
export interface SeedBody {
  seed: "pos_seasonal" | "ecommerce_growth" | "truck_fleet_stress" | "tax_sme_stable" | "portfolio_500_loans_24m";
  /** Without it, the clock of the bank that the token is for. */
  test_clock?: string;
}

/** A request and where it stands; what a borrower wrote to the bank itself stays between the two. */
export interface ServiceRequest {
  id: string;
  object: "service_request";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  metadata: Record<string, string>;
  /** What the borrower names on the telephone. */
  number: string;
  business: string;
  type: "complaint" | "hardship" | "reschedule" | "correction" | "consent_copy";
  loan: string | null;
  consent: string | null;
  /** `borrower`: written on the bank's own pages; `text` and `answer` are null then. */
  channel: "scene" | "borrower";
  text: string | null;
  status: "received" | "in_progress" | "resolved" | "rejected";
  /** The last day for an answer, where a rule sets one. */
  due_date: string | null;
  answer: string | null;
  created_at: string;
  answered_at: string | null;
  /** What `expand[]` asked for; null where it is not to be had. */
  expanded?: ServiceRequestExpanded;
}

/** What a business asks of the bank, in its own words. */
export interface ServiceRequestBody {
  business: string;
  type: "complaint" | "hardship" | "reschedule" | "correction" | "consent_copy";
  /** Needed for `hardship` and `reschedule`. */
  loan?: string;
  /** Which consent a copy is asked of. */
  consent?: string;
  text: string;
  metadata?: Record<string, string>;
}

/** What `expand[]` asked for; null where it is not to be had. */
export interface ServiceRequestExpanded {
  business?: Business | null;
  loan?: Loan | null;
}

/** A service request as its events show it. */
export interface ServiceRequestInEvent {
  id: string;
  object: "service_request";
  status: string;
  number: string;
  type: string;
  business: string;
  due_date: string | null;
}

/** A page of objects. */
export interface ServiceRequestList {
  object: "list";
  data: Array<ServiceRequest>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** What a business says of itself before anybody knows who it is; nothing is looked up. */
export interface StatedFactsBody {
  monthly_sales: PositiveMoney;
  /** GB/T 2260. */
  area_code?: string;
}

/** A line's month: `closing` is `opening` and what was drawn and charged, less what was paid. The days run from `from_date` up to, not including, `to_date`. */
export interface Statement {
  id: string;
  object: "statement";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  credit_line: string;
  from_date: string;
  to_date: string;
  opening: Money;
  drawn: Money;
  interest: Money;
  penalty: Money;
  fees: Money;
  paid: Money;
  /** What moved without money, a waiver for instance. */
  adjusted: Money;
  closing: Money;
  /** Of the closing balance. */
  principal: Money;
  credit_limit: Money;
  /** The least to pay until `payment_due_date`. */
  minimum_payment: Money;
  payment_due_date: string;
  previous_minimum: Money;
  paid_in_time: Money;
  /** What is still missing of the minimum before. */
  short: Money;
  /** What the loans themselves have overdue. */
  past_due: Money;
  days_past_due: number;
  draw_count: number;
  sha256: string;
  /** The same document by GM/T 0004. */
  sm3: string;
  issued_at: string;
}

/** A statement as its events show it. */
export interface StatementInEvent {
  id: string;
  object: "statement";
  status: string;
  credit_line: string;
  business: string;
  month: string;
  payment_due_date: string;
}

/** A page of objects. */
export interface StatementList {
  object: "list";
  data: Array<Statement>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** `tax_filings`: a tax filing, on the day it was filed. */
export interface TaxFilingBody {
  record_no: string;
  revision?: number;
  day: string;
  tax: "vat" | "income" | "other";
  declared: string;
  paid: string;
  is_late: boolean;
  credit_class?: "A" | "B" | "M" | "C" | "D";
}

/** A test clock as its events show it. */
export interface TestClockInEvent {
  id: string;
  object: "test_clock";
  status: string;
  frozen_date: string;
}

/** One row of the loan's log; what was wrong is reversed by a later row, never changed. */
export interface Transaction {
  sequence: number;
  kind: "disbursement" | "repayment" | "counter_receipt" | "reallocation" | "reversal" | "rate_change" | "extension" | "re_age" | "re_amortisation" | "pause" | "due_date_move" | "waiver" | "write_off" | "recovery" | "renewal" | "credit_refund" | "credit_use";
  booking_date: string;
  value_date: string;
  total: Money;
  /** What it adds to the debt. */
  principal_change: Money;
  interest_paid: Money;
  penalty_paid: Money;
  compound_paid: Money;
  fee_paid: Money;
  excess: Money;
  created_at: string;
}

/** A page of objects. */
export interface TransactionList {
  object: "list";
  data: Array<Transaction>;
  has_more: boolean;
  /** Give it as `after` for the next page. */
  next_cursor: string | null;
}

/** `telematics`: a truck's trip, in metres and minutes; never where. */
export interface TripBody {
  record_no: string;
  revision?: number;
  day: string;
  metres: number;
  loaded_metres: number;
  minutes: number;
  party_ref?: string;
}

/** The values that make a sandbox bank answer in a known way, as the guide publishes them. */
export interface Values {
  object: "sandbox_values";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  registration_numbers: Array<FirmValue>;
  account_endings: Array<AccountValue>;
  phones: Array<PhoneValue>;
  seeds: Array<Seed>;
}

/** `waybills`: a freight document (运单), on the day it was booked. */
export interface WaybillBody {
  record_no: string;
  revision?: number;
  day: string;
  state: "booked" | "delivered" | "cancelled";
  freight: string;
  kilograms: number;
  delivered_day?: string;
  party_ref?: string;
}

/** A webhook endpoint as its events show it. */
export interface WebhookEndpointInEvent {
  id: string;
  object: "webhook_endpoint";
  status: string;
  disabled_reason: string;
}

/** A statement with its movements and the document that was hashed. */
export interface WholeStatement {
  id: string;
  object: "statement";
  /** False: nothing here is real money. */
  livemode: boolean;
  bank: string;
  credit_line: string;
  from_date: string;
  to_date: string;
  opening: Money;
  drawn: Money;
  interest: Money;
  penalty: Money;
  fees: Money;
  paid: Money;
  /** What moved without money, a waiver for instance. */
  adjusted: Money;
  closing: Money;
  /** Of the closing balance. */
  principal: Money;
  credit_limit: Money;
  /** The least to pay until `payment_due_date`. */
  minimum_payment: Money;
  payment_due_date: string;
  previous_minimum: Money;
  paid_in_time: Money;
  /** What is still missing of the minimum before. */
  short: Money;
  /** What the loans themselves have overdue. */
  past_due: Money;
  days_past_due: number;
  draw_count: number;
  sha256: string;
  /** The same document by GM/T 0004. */
  sm3: string;
  issued_at: string;
  movements: Array<Movement>;
  /** The JSON text whose hashes `sha256` and `sm3` are. */
  document: string;
}

/** Why; nothing is asked for. */
export interface WithdrawBody {
  reason?: string;
}

/** What an event's object is, by the event's type. */
export interface EventObjects {
  "agreement.declined": AgreementInEvent;
  "agreement.expired": AgreementInEvent;
  "agreement.ready": AgreementInEvent;
  "agreement.signed": AgreementInEvent;
  "application.approved": ApplicationInEvent;
  "application.declined": ApplicationInEvent;
  "application.expired": ApplicationInEvent;
  "application.in_review": ApplicationInEvent;
  "application.submitted": ApplicationInEvent;
  "application.withdrawn": ApplicationInEvent;
  "bank.status_changed": BankInEvent;
  "consent.authorised": ConsentInEvent;
  "consent.expired": ConsentInEvent;
  "consent.revoked": ConsentInEvent;
  "credit_line.activated": CreditLineInEvent;
  "credit_line.closed": CreditLineInEvent;
  "credit_line.frozen": CreditLineInEvent;
  "credit_line.limit_changed": CreditLineInEvent;
  "credit_line.rate_changed": CreditLineInEvent;
  "data_batch.completed": DataBatchInEvent;
  "data_batch.failed": DataBatchInEvent;
  "drawdown.created": DrawdownInEvent;
  "drawdown.failed": DrawdownInEvent;
  "drawdown.paid_out": DrawdownInEvent;
  "line_proposal.accepted": LineProposalInEvent;
  "line_proposal.declined": LineProposalInEvent;
  "line_proposal.made": LineProposalInEvent;
  "loan.activated": LoanInEvent;
  "loan.due_soon": LoanInEvent;
  "loan.overdue": LoanInEvent;
  "loan.paid_off": LoanInEvent;
  "loan.rate_changed": LoanInEvent;
  "loan.rescheduled": LoanInEvent;
  "loan.restructured": LoanInEvent;
  "loan.written_off": LoanInEvent;
  "offer.applied": OfferInEvent;
  "offer.created": OfferInEvent;
  "offer.delivered": OfferInEvent;
  "offer.expired": OfferInEvent;
  "offer.replaced": OfferInEvent;
  "offer.viewed": OfferInEvent;
  "offer.withdrawn": OfferInEvent;
  "product.changed": ProductInEvent;
  "refund.created": RefundInEvent;
  "refund.failed": RefundInEvent;
  "refund.paid_out": RefundInEvent;
  "repayment.failed": RepaymentInEvent;
  "repayment.processing": RepaymentInEvent;
  "repayment.returned": RepaymentInEvent;
  "repayment.succeeded": RepaymentInEvent;
  "service_request.updated": ServiceRequestInEvent;
  "statement.available": StatementInEvent;
  "test_clock.ready": TestClockInEvent;
  "webhook_endpoint.disabled": WebhookEndpointInEvent;
  "webhook_endpoint.ping": WebhookEndpointInEvent;
}

export type EventType = keyof EventObjects;

/** An event of one type, as a webhook carries it. */
export interface EventOf<K extends EventType> extends Omit<Event, 'type' | 'data'> {
  type: K;
  data: { object: EventObjects[K]; changed: Array<string> };
}

/** Any event: `switch (event.type)` says what `event.data.object` is. */
export type WebhookEvent = { [K in EventType]: EventOf<K> }[EventType];
