// Made from api_docs/openapi/scene.yaml by ./sluice generate openapi: change that, never this.
package example.sluice;

import java.util.List;
import java.util.Map;

/** The shapes of the API: views of JSON as it travels; what has no name here is in members(). */
public final class Types {
  private Types() {}

  /** The last four digits of an account, and what the rail does. */
  public static final class AccountValue extends Shape {
    public AccountValue(Map<String, Object> members) { super(members); }
    public String ending() { return (String) get("ending"); }
    public String drawdown() { return (String) get("drawdown"); }
    public String repayment() { return (String) get("repayment"); }
  }

  /** Where to move the calendar to, and what borrowers do on the way. */
  public static final class AdvanceBody extends Shape {
    public AdvanceBody() {}
    public AdvanceBody(Map<String, Object> members) { super(members); }
    public AdvanceBody toDate(String value) { return with("to_date", value, this); }
    /** `next_event`: the first day on which the scene hears of something. `maturity`: the day after the last due date of all active loans. One of next_event, maturity. */
    public AdvanceBody until(String value) { return with("until", value, this); }
    /** Borrowers pay from the account that was paid out to, on each due date, all that is due. */
    public AdvanceBody payWhenDue(Boolean value) { return with("pay_when_due", value, this); }
    /** Numbers of instalments that are not paid when due, but together with the next one. */
    public AdvanceBody missedInstalments(List<Long> value) { return with("missed_instalments", value, this); }
  }

  /** An agreement; the borrower reads and signs it at `signing_url`, on the bank's host. */
  public static final class Agreement extends Shape {
    public Agreement(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of agreement. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String application() { return (String) get("application"); }
    public String templateVersion() { return (String) get("template_version"); }
    public String sha256() { return (String) get("sha256"); }
    public String sm3() { return (String) get("sm3"); }
    /** One of pending, signed, declined, expired. */
    public String status() { return (String) get("status"); }
    public String signingUrl() { return (String) get("signing_url"); }
    public String expiresDate() { return (String) get("expires_date"); }
    public String signedAt() { return (String) get("signed_at"); }
    public String creditLine() { return (String) get("credit_line"); }
    public String createdAt() { return (String) get("created_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.AgreementExpanded expanded() { return shape("expanded", Types.AgreementExpanded::new); }
  }

  /** What `expand[]` asked for; null where it is not to be had. */
  public static final class AgreementExpanded extends Shape {
    public AgreementExpanded(Map<String, Object> members) { super(members); }
    public Types.Application application() { return shape("application", Types.Application::new); }
    public Types.CreditLine creditLine() { return shape("credit_line", Types.CreditLine::new); }
  }

  /** A agreement as its events show it. */
  public static final class AgreementInEvent extends Shape {
    public AgreementInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of agreement. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String application() { return (String) get("application"); }
    public String creditLine() { return (String) get("credit_line"); }
  }

  /** How the money was used, in this order; `excess` is the borrower's. */
  public static final class Allocation extends Shape {
    public Allocation(Map<String, Object> members) { super(members); }
    public Types.Money penalty() { return shape("penalty", Types.Money::new); }
    /** Compound interest on overdue interest. */
    public Types.Money compound() { return shape("compound", Types.Money::new); }
    public Types.Money fee() { return shape("fee", Types.Money::new); }
    public Types.Money interest() { return shape("interest", Types.Money::new); }
    public Types.Money principal() { return shape("principal", Types.Money::new); }
    public Types.Money excess() { return shape("excess", Types.Money::new); }
  }

  /** AnyMoney */
  public static final class AnyMoney extends Shape {
    public AnyMoney() {}
    public AnyMoney(Map<String, Object> members) { super(members); }
    /** Needed. */
    public AnyMoney amount(String value) { return with("amount", value, this); }
    /** One of CNY, USD, EUR, GBP, JPY, KWD. Needed. */
    public AnyMoney currency(String value) { return with("currency", value, this); }
  }

  /** An application and where it stands; amounts are there once it is approved. */
  public static final class Application extends Shape {
    public Application(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of application. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    /** The ETag of this state: send it as `If-Match` to change it. */
    public String etag() { return (String) get("etag"); }
    public Map<String, String> metadata() { return map("metadata", value -> (String) value); }
    public String externalId() { return (String) get("external_id"); }
    public String business() { return (String) get("business"); }
    public String product() { return (String) get("product"); }
    public String offer() { return (String) get("offer"); }
    public Types.Money amount() { return shape("amount", Types.Money::new); }
    /** Null in a draft whose product sets the term. */
    public Long tenorDays() { return (Long) get("tenor_days"); }
    public String purpose() { return (String) get("purpose"); }
    /** One of draft, submitted, in_review, approved, contracted, declined, withdrawn, expired. */
    public String status() { return (String) get("status"); }
    public Types.Money approvedAmount() { return shape("approved_amount", Types.Money::new); }
    public String annualRate() { return (String) get("annual_rate"); }
    public String validUntil() { return (String) get("valid_until"); }
    public String createdAt() { return (String) get("created_at"); }
    public String submittedAt() { return (String) get("submitted_at"); }
    public String decidedAt() { return (String) get("decided_at"); }
    public String closedAt() { return (String) get("closed_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.ApplicationExpanded expanded() { return shape("expanded", Types.ApplicationExpanded::new); }
  }

  /** What a business applies for: submitted at once, or with `submit: false` a draft. */
  public static final class ApplicationBody extends Shape {
    public ApplicationBody() {}
    public ApplicationBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public ApplicationBody business(String value) { return with("business", value, this); }
    /** Needed. */
    public ApplicationBody product(String value) { return with("product", value, this); }
    public ApplicationBody offer(String value) { return with("offer", value, this); }
    /** Needed. */
    public ApplicationBody amount(Types.PositiveMoney value) { return with("amount", value, this); }
    /** Only for products lent by the day; with instalments it is the product's own. */
    public ApplicationBody tenorDays(Long value) { return with("tenor_days", value, this); }
    /** equipment_repair, rent_and_wages, stock_purchase, working_capital. Needed. */
    public ApplicationBody purpose(String value) { return with("purpose", value, this); }
    public ApplicationBody externalId(String value) { return with("external_id", value, this); }
    /** `false`: a draft, which nobody at the bank looks at yet. */
    public ApplicationBody submit(Boolean value) { return with("submit", value, this); }
    public ApplicationBody metadata(Map<String, String> value) { return with("metadata", value, this); }
  }

  /** What to change of a draft; what is left out stays. */
  public static final class ApplicationChanges extends Shape {
    public ApplicationChanges() {}
    public ApplicationChanges(Map<String, Object> members) { super(members); }
    public ApplicationChanges product(String value) { return with("product", value, this); }
    public ApplicationChanges offer(String value) { return with("offer", value, this); }
    public ApplicationChanges amount(Types.PositiveMoney value) { return with("amount", value, this); }
    /** Only for products lent by the day; with instalments it is the product's own. */
    public ApplicationChanges tenorDays(Long value) { return with("tenor_days", value, this); }
    /** equipment_repair, rent_and_wages, stock_purchase, working_capital. */
    public ApplicationChanges purpose(String value) { return with("purpose", value, this); }
    public ApplicationChanges externalId(String value) { return with("external_id", value, this); }
    public ApplicationChanges metadata(Map<String, String> value) { return with("metadata", value, this); }
  }

  /** What `expand[]` asked for; null where it is not to be had. */
  public static final class ApplicationExpanded extends Shape {
    public ApplicationExpanded(Map<String, Object> members) { super(members); }
    public Types.Business business() { return shape("business", Types.Business::new); }
    public Types.Offer offer() { return shape("offer", Types.Offer::new); }
  }

  /** A application as its events show it. */
  public static final class ApplicationInEvent extends Shape {
    public ApplicationInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of application. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String externalId() { return (String) get("external_id"); }
    public String business() { return (String) get("business"); }
  }

  /** A page of objects. */
  public static final class ApplicationList extends Shape {
    public ApplicationList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Application> data() { return list("data", value -> new Types.Application(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** One time the event was sent, or could not be. */
  public static final class Attempt extends Shape {
    public Attempt(Map<String, Object> members) { super(members); }
    public Long number() { return (Long) get("number"); }
    public String attemptedAt() { return (String) get("attempted_at"); }
    public Long durationMs() { return (Long) get("duration_ms"); }
    public Long statusCode() { return (Long) get("status_code"); }
    /** Why there was no answer. */
    public String error() { return (String) get("error"); }
    /** What the answer began with, masked. */
    public String responseExcerpt() { return (String) get("response_excerpt"); }
  }

  /** A bank this scene has a contract with; ask for a token with `resource=<base>/banks/<id>`. */
  public static final class Bank extends Shape {
    public Bank(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of bank. */
    public String object() { return (String) get("object"); }
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String name() { return (String) get("name"); }
    /** One of rural_commercial, city_commercial. */
    public String kind() { return (String) get("kind"); }
    /** One of creating, active, suspended. */
    public String status() { return (String) get("status"); }
    /** One of active, ended. */
    public String contractStatus() { return (String) get("contract_status"); }
  }

  /** An account, masked to its last four digits. */
  public static final class BankAccount extends Shape {
    public BankAccount(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of bank_account. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String business() { return (String) get("business"); }
    /** One of card, corporate. */
    public String kind() { return (String) get("kind"); }
    public String accountNumber() { return (String) get("account_number"); }
    public String bankName() { return (String) get("bank_name"); }
    public String holderName() { return (String) get("holder_name"); }
    public String createdAt() { return (String) get("created_at"); }
  }

  /** An account of the business, to be paid out to and collected from. */
  public static final class BankAccountBody extends Shape {
    public BankAccountBody() {}
    public BankAccountBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public BankAccountBody accountNumber(String value) { return with("account_number", value, this); }
    /** Needed. */
    public BankAccountBody bankName(String value) { return with("bank_name", value, this); }
    /** Needed. */
    public BankAccountBody holderName(String value) { return with("holder_name", value, this); }
    /** One of card, corporate. */
    public BankAccountBody kind(String value) { return with("kind", value, this); }
  }

  /** A page of objects. */
  public static final class BankAccountList extends Shape {
    public BankAccountList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.BankAccount> data() { return list("data", value -> new Types.BankAccount(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** A bank as its events show it. */
  public static final class BankInEvent extends Shape {
    public BankInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of bank. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public Boolean partnerListed() { return (Boolean) get("partner_listed"); }
    public String listedFrom() { return (String) get("listed_from"); }
    public String listedUntil() { return (String) get("listed_until"); }
  }

  /** A page of objects. */
  public static final class BankList extends Shape {
    public BankList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Bank> data() { return list("data", value -> new Types.Bank(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** Whether the bank takes new business from this scene today; what exists is serviced in any case. */
  public static final class BankStatus extends Shape {
    public BankStatus(Map<String, Object> members) { super(members); }
    /** One of bank_status. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    /** One of creating, active, suspended. */
    public String status() { return (String) get("status"); }
    public String businessDate() { return (String) get("business_date"); }
    /** The scene is on the bank's published list today. */
    public Boolean partnerListed() { return (Boolean) get("partner_listed"); }
    public Boolean takesNewBusiness() { return (Boolean) get("takes_new_business"); }
  }

  /** Whose rows, under which consent, which cluster; with a period, rows of other days are refused. */
  public static final class BatchBody extends Shape {
    public BatchBody() {}
    public BatchBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public BatchBody business(String value) { return with("business", value, this); }
    /** Needed. */
    public BatchBody consent(String value) { return with("consent", value, this); }
    /** One of receipts, invoices, orders, ratings, tax_filings, meters, telematics, waybills. */
    public BatchBody cluster(String value) { return with("cluster", value, this); }
    /** One of 1. */
    public BatchBody schemaVersion(String value) { return with("schema_version", value, this); }
    /** The first day; give both ends or none. */
    public BatchBody periodStartDate(String value) { return with("period_start_date", value, this); }
    /** The day after the last. */
    public BatchBody periodEndDate(String value) { return with("period_end_date", value, this); }
  }

  /** An enterprise as this scene introduced it. */
  public static final class Business extends Shape {
    public Business(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of business. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    /** The ETag of this state: send it as `If-Match` to change it. */
    public String etag() { return (String) get("etag"); }
    public String externalId() { return (String) get("external_id"); }
    public String legalName() { return (String) get("legal_name"); }
    public String registrationNo() { return (String) get("registration_no"); }
    /** One of firm, individual, cooperative, other. */
    public String kind() { return (String) get("kind"); }
    public String industry() { return (String) get("industry"); }
    public String areaCode() { return (String) get("area_code"); }
    public String openedDate() { return (String) get("opened_date"); }
    public Types.Person representative() { return shape("representative", Types.Person::new); }
    public String createdAt() { return (String) get("created_at"); }
  }

  /** An enterprise to introduce. */
  public static final class BusinessBody extends Shape {
    public BusinessBody() {}
    public BusinessBody(Map<String, Object> members) { super(members); }
    /** The scene's own id of the merchant. Needed. */
    public BusinessBody externalId(String value) { return with("external_id", value, this); }
    /** Needed. */
    public BusinessBody legalName(String value) { return with("legal_name", value, this); }
    /** 统一社会信用代码. Needed. */
    public BusinessBody registrationNo(String value) { return with("registration_no", value, this); }
    /** GB/T 4754. Needed. */
    public BusinessBody industry(String value) { return with("industry", value, this); }
    /** GB/T 2260. Needed. */
    public BusinessBody areaCode(String value) { return with("area_code", value, this); }
    /** Needed. */
    public BusinessBody openedDate(String value) { return with("opened_date", value, this); }
    public BusinessBody representative(Types.PersonBody value) { return with("representative", value, this); }
  }

  /** What to correct of a business; what is left out stays. */
  public static final class BusinessChanges extends Shape {
    public BusinessChanges() {}
    public BusinessChanges(Map<String, Object> members) { super(members); }
    public BusinessChanges externalId(String value) { return with("external_id", value, this); }
    public BusinessChanges legalName(String value) { return with("legal_name", value, this); }
    /** GB/T 4754. */
    public BusinessChanges industry(String value) { return with("industry", value, this); }
    /** GB/T 2260. */
    public BusinessChanges areaCode(String value) { return with("area_code", value, this); }
    public BusinessChanges openedDate(String value) { return with("opened_date", value, this); }
  }

  /** A page of objects. */
  public static final class BusinessList extends Shape {
    public BusinessList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Business> data() { return list("data", value -> new Types.Business(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** What ./sluice allocate and POST /v1/calculator/allocations answer. The parts, to_reamortise and held add up to the payment. */
  public static final class CalculatedAllocationAnswer extends Shape {
    public CalculatedAllocationAnswer(Map<String, Object> members) { super(members); }
    /** One of allocation. */
    public String object() { return (String) get("object"); }
    /** One of CNY, USD, EUR, GBP, JPY, KWD. */
    public String currency() { return (String) get("currency"); }
    public String onDate() { return (String) get("on_date"); }
    public String payment() { return (String) get("payment"); }
    /** In the order they were paid. */
    public List<Types.CalculatedAllocationAnswerPart> parts() { return list("parts", value -> new Types.CalculatedAllocationAnswerPart(object(value))); }
    public Types.CalculatedAllocationAnswerComponents components() { return shape("components", Types.CalculatedAllocationAnswerComponents::new); }
    /** Lowers the principal the coming instalments are drawn from anew. */
    public String toReamortise() { return (String) get("to_reamortise"); }
    /** The borrower's credit balance; it goes back to its source only. */
    public String held() { return (String) get("held"); }
    public List<Types.CalculatedAllocationAnswerInstalment> instalments() { return list("instalments", value -> new Types.CalculatedAllocationAnswerInstalment(object(value))); }
    public Types.CalculatedAllocationAnswerPolicy policy() { return shape("policy", Types.CalculatedAllocationAnswerPolicy::new); }
  }

  /** CalculatedAllocationAnswerComponents */
  public static final class CalculatedAllocationAnswerComponents extends Shape {
    public CalculatedAllocationAnswerComponents(Map<String, Object> members) { super(members); }
    public String cost() { return (String) get("cost"); }
    public String penalty() { return (String) get("penalty"); }
    public String compound() { return (String) get("compound"); }
    public String fee() { return (String) get("fee"); }
    public String interest() { return (String) get("interest"); }
    public String principal() { return (String) get("principal"); }
  }

  /** CalculatedAllocationAnswerInstalment */
  public static final class CalculatedAllocationAnswerInstalment extends Shape {
    public CalculatedAllocationAnswerInstalment(Map<String, Object> members) { super(members); }
    public Long number() { return (Long) get("number"); }
    /** One of past_due, due, in_advance. */
    public String status() { return (String) get("status"); }
    public String paid() { return (String) get("paid"); }
    public String left() { return (String) get("left"); }
  }

  /** CalculatedAllocationAnswerPart */
  public static final class CalculatedAllocationAnswerPart extends Shape {
    public CalculatedAllocationAnswerPart(Map<String, Object> members) { super(members); }
    public Long number() { return (Long) get("number"); }
    /** One of cost, penalty, compound, fee, interest, principal. */
    public String component() { return (String) get("component"); }
    public String amount() { return (String) get("amount"); }
  }

  /** CalculatedAllocationAnswerPolicy */
  public static final class CalculatedAllocationAnswerPolicy extends Shape {
    public CalculatedAllocationAnswerPolicy(Map<String, Object> members) { super(members); }
    public List<String> order() { return list("order", value -> (String) value); }
    /** horizontal: an instalment fully, then the next; vertical: a component of all, then the next. One of horizontal, vertical. */
    public String processing() { return (String) get("processing"); }
    /** One of oldest, dearest. */
    public String precedence() { return (String) get("precedence"); }
    /** One of next, last, reamortise, hold. */
    public String future() { return (String) get("future"); }
  }

  /** What ./sluice allocate and POST /v1/calculator/allocations read. Amounts are strings; what is not named is not owed. */
  public static final class CalculatedAllocationRequest extends Shape {
    public CalculatedAllocationRequest() {}
    public CalculatedAllocationRequest(Map<String, Object> members) { super(members); }
    /** Of every amount in the document. One of CNY, USD, EUR, GBP, JPY, KWD. */
    public CalculatedAllocationRequest currency(String value) { return with("currency", value, this); }
    /** The day of the payment: an instalment is past due the day after its due date. Needed. */
    public CalculatedAllocationRequest onDate(String value) { return with("on_date", value, this); }
    /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). Needed. */
    public CalculatedAllocationRequest payment(Object value) { return with("payment", value, this); }
    /** Needed. */
    public CalculatedAllocationRequest instalments(List<Types.CalculatedAllocationRequestInstalment> value) { return with("instalments", value, this); }
    /** One of the house's orders, or one of your own. */
    public CalculatedAllocationRequest policy(Object value) { return with("policy", value, this); }
    /** Instead of policy: a set that chooses by the three members below, which are for it alone. One of scheduled_loan, revolving_line, revenue_share_loan. */
    public CalculatedAllocationRequest policies(String value) { return with("policies", value, this); }
    /** One of repayment, prepayment, remittance, guarantor, collateral. */
    public CalculatedAllocationRequest transaction(String value) { return with("transaction", value, this); }
    /** Above 90 the principal is paid first (L-08). */
    public CalculatedAllocationRequest daysPastDue(Long value) { return with("days_past_due", value, this); }
    public CalculatedAllocationRequest isNonAccrual(Boolean value) { return with("is_non_accrual", value, this); }
    /** The borrower's choice for what is left, instead of the order's own. One of next, last, reamortise, hold. */
    public CalculatedAllocationRequest future(String value) { return with("future", value, this); }
  }

  /** CalculatedAllocationRequestInstalment */
  public static final class CalculatedAllocationRequestInstalment extends Shape {
    public CalculatedAllocationRequestInstalment() {}
    public CalculatedAllocationRequestInstalment(Map<String, Object> members) { super(members); }
    /** Each once. Needed. */
    public CalculatedAllocationRequestInstalment number(Long value) { return with("number", value, this); }
    /** Rolled to a workday where the contract rolls it. Needed. */
    public CalculatedAllocationRequestInstalment dueDate(String value) { return with("due_date", value, this); }
    /** What is owed on the day; of an instalment to come, what may be paid in advance. Needed. */
    public CalculatedAllocationRequestInstalment owed(Types.CalculatedAllocationRequestInstalmentOwed value) { return with("owed", value, this); }
    /** Where the dearest draw is paid first. */
    public CalculatedAllocationRequestInstalment annualRate(String value) { return with("annual_rate", value, this); }
  }

  /** What is owed on the day; of an instalment to come, what may be paid in advance. */
  public static final class CalculatedAllocationRequestInstalmentOwed extends Shape {
    public CalculatedAllocationRequestInstalmentOwed() {}
    public CalculatedAllocationRequestInstalmentOwed(Map<String, Object> members) { super(members); }
    /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
    public CalculatedAllocationRequestInstalmentOwed cost(Object value) { return with("cost", value, this); }
    /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
    public CalculatedAllocationRequestInstalmentOwed penalty(Object value) { return with("penalty", value, this); }
    /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
    public CalculatedAllocationRequestInstalmentOwed compound(Object value) { return with("compound", value, this); }
    /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
    public CalculatedAllocationRequestInstalmentOwed fee(Object value) { return with("fee", value, this); }
    /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
    public CalculatedAllocationRequestInstalmentOwed interest(Object value) { return with("interest", value, this); }
    /** An amount in major units of the document's currency, or an object that names the currency again; at most 10^15 smallest units (10000000000000.00 yuan). */
    public CalculatedAllocationRequestInstalmentOwed principal(Object value) { return with("principal", value, this); }
  }

  /** CalculatedAllocationRequestPolicy */
  public static final class CalculatedAllocationRequestPolicy extends Shape {
    public CalculatedAllocationRequestPolicy() {}
    public CalculatedAllocationRequestPolicy(Map<String, Object> members) { super(members); }
    /** Every pair once, the first paid in front. Needed. */
    public CalculatedAllocationRequestPolicy order(List<Types.CalculatedAllocationRequestPolicyOrder> value) { return with("order", value, this); }
    /** horizontal: an instalment fully, then the next; vertical: a component of all, then the next. One of horizontal, vertical. */
    public CalculatedAllocationRequestPolicy processing(String value) { return with("processing", value, this); }
    /** One of oldest, dearest. */
    public CalculatedAllocationRequestPolicy precedence(String value) { return with("precedence", value, this); }
    /** One of next, last, reamortise, hold. */
    public CalculatedAllocationRequestPolicy future(String value) { return with("future", value, this); }
  }

  /** CalculatedAllocationRequestPolicyOrder */
  public static final class CalculatedAllocationRequestPolicyOrder extends Shape {
    public CalculatedAllocationRequestPolicyOrder() {}
    public CalculatedAllocationRequestPolicyOrder(Map<String, Object> members) { super(members); }
    /** One of past_due, due, in_advance. Needed. */
    public CalculatedAllocationRequestPolicyOrder status(String value) { return with("status", value, this); }
    /** One of cost, penalty, compound, fee, interest, principal. Needed. */
    public CalculatedAllocationRequestPolicyOrder component(String value) { return with("component", value, this); }
  }

  /** What ./sluice apr and POST /v1/calculator/apr answer. Annual rates are fractions with twelve decimals; `shown` is the percentage as it is disclosed. */
  public static final class CalculatedCostAnswer extends Shape {
    public CalculatedCostAnswer(Map<String, Object> members) { super(members); }
    /** One of annual_cost. */
    public String object() { return (String) get("object"); }
    /** One of CNY, USD, EUR, GBP, JPY, KWD. */
    public String currency() { return (String) get("currency"); }
    public String received() { return (String) get("received"); }
    /** Payments and charges. */
    public String paid() { return (String) get("paid"); }
    /** Paid beyond what was received. */
    public String cost() { return (String) get("cost"); }
    /** What each party collects. */
    public List<Types.CalculatedCostAnswerCharge> charges() { return list("charges", value -> new Types.CalculatedCostAnswerCharge(object(value))); }
    public List<Types.CalculatedCostAnswerRate> rates() { return list("rates", value -> new Types.CalculatedCostAnswerRate(object(value))); }
    /** Of Regulation Z, Appendix J, where that was reckoned. */
    public Types.CalculatedCostAnswerUnitPeriod unitPeriod() { return shape("unit_period", Types.CalculatedCostAnswerUnitPeriod::new); }
    public Types.CalculatedCostAnswerCap cap() { return shape("cap", Types.CalculatedCostAnswerCap::new); }
  }

  /** CalculatedCostAnswerCap */
  public static final class CalculatedCostAnswerCap extends Shape {
    public CalculatedCostAnswerCap(Map<String, Object> members) { super(members); }
    public String annualRate() { return (String) get("annual_rate"); }
    /** One of irr_months, effective_months, irr_days, effective_days, simple_365, appendix_j, eu. */
    public String convention() { return (String) get("convention"); }
    public Boolean isWithin() { return (Boolean) get("is_within"); }
  }

  /** CalculatedCostAnswerCharge */
  public static final class CalculatedCostAnswerCharge extends Shape {
    public CalculatedCostAnswerCharge(Map<String, Object> members) { super(members); }
    public String party() { return (String) get("party"); }
    public String amount() { return (String) get("amount"); }
  }

  /** CalculatedCostAnswerRate */
  public static final class CalculatedCostAnswerRate extends Shape {
    public CalculatedCostAnswerRate(Map<String, Object> members) { super(members); }
    /** One of irr_months, effective_months, irr_days, effective_days, simple_365, appendix_j, eu. */
    public String convention() { return (String) get("convention"); }
    /** Null where the convention does not fit. */
    public String annualRate() { return (String) get("annual_rate"); }
    /** A percentage: one decimal for eu, two for the others. */
    public String shown() { return (String) get("shown"); }
    public String note() { return (String) get("note"); }
  }

  /** CalculatedCostAnswerUnitPeriod */
  public static final class CalculatedCostAnswerUnitPeriod extends Shape {
    public CalculatedCostAnswerUnitPeriod(Map<String, Object> members) { super(members); }
    /** One of day, week, semimonth, month, year, term. */
    public String unit() { return (String) get("unit"); }
    public Long count() { return (Long) get("count"); }
    /** A whole number or a fraction. */
    public String perYear() { return (String) get("per_year"); }
  }

  /** What ./sluice apr and POST /v1/calculator/apr read. The borrower receives the advances and pays the payments and the charges of every party. Amounts and rates are strings; a number with a point is refused. At most 1,200 flows in all. */
  public static final class CalculatedCostRequest extends Shape {
    public CalculatedCostRequest() {}
    public CalculatedCostRequest(Map<String, Object> members) { super(members); }
    /** Of every amount in the document. One of CNY, USD, EUR, GBP, JPY, KWD. */
    public CalculatedCostRequest currency(String value) { return with("currency", value, this); }
    /** What the borrower receives. Needed. */
    public CalculatedCostRequest advances(List<Types.CalculatedCostRequestAdvance> value) { return with("advances", value, this); }
    /** What the borrower pays on the loan: principal and interest. Needed. */
    public CalculatedCostRequest payments(List<Types.CalculatedCostRequestAdvance> value) { return with("payments", value, this); }
    /** What the borrower pays anybody because of the loan. A fee taken out of an advance is a charge on its day. */
    public CalculatedCostRequest charges(List<Types.CalculatedCostRequestCharge> value) { return with("charges", value, this); }
    /** Only this one. Left out: every one that fits. irr_months: 12 x the monthly rate; effective_months: compounded; irr_days: 365 x the daily rate; effective_days: XIRR; simple_365: simple interest on actual days; appendix_j: Regulation Z; eu: 2008/48/EC and (EU) 2023/2225. One of irr_months, effective_months, irr_days, effective_days, simple_365, appendix_j, eu. */
    public CalculatedCostRequest convention(String value) { return with("convention", value, this); }
    /** A cap on the annual cost, held against irr_months where it fits, else irr_days (or the convention asked for). */
    public CalculatedCostRequest cap(String value) { return with("cap", value, this); }
  }

  /** CalculatedCostRequestAdvance */
  public static final class CalculatedCostRequestAdvance extends Shape {
    public CalculatedCostRequestAdvance() {}
    public CalculatedCostRequestAdvance(Map<String, Object> members) { super(members); }
    /** The day of the amount, or of the first of them. Needed. */
    public CalculatedCostRequestAdvance date(String value) { return with("date", value, this); }
    /** Above zero. Needed. */
    public CalculatedCostRequestAdvance amount(Object value) { return with("amount", value, this); }
    /** How many times, from the date on. */
    public CalculatedCostRequestAdvance count(Long value) { return with("count", value, this); }
    /** One of daily, weekly, fortnightly, monthly, quarterly, half_yearly, yearly. */
    public CalculatedCostRequestAdvance frequency(String value) { return with("frequency", value, this); }
    /** The day of the month that is meant when the first date is a clamped one. */
    public CalculatedCostRequestAdvance anchorDay(Long value) { return with("anchor_day", value, this); }
  }

  /** CalculatedCostRequestCharge */
  public static final class CalculatedCostRequestCharge extends Shape {
    public CalculatedCostRequestCharge() {}
    public CalculatedCostRequestCharge(Map<String, Object> members) { super(members); }
    /** The day of the amount, or of the first of them. Needed. */
    public CalculatedCostRequestCharge date(String value) { return with("date", value, this); }
    /** Above zero. Needed. */
    public CalculatedCostRequestCharge amount(Object value) { return with("amount", value, this); }
    /** How many times, from the date on. */
    public CalculatedCostRequestCharge count(Long value) { return with("count", value, this); }
    /** One of daily, weekly, fortnightly, monthly, quarterly, half_yearly, yearly. */
    public CalculatedCostRequestCharge frequency(String value) { return with("frequency", value, this); }
    /** The day of the month that is meant when the first date is a clamped one. */
    public CalculatedCostRequestCharge anchorDay(Long value) { return with("anchor_day", value, this); }
    /** Who collects it: bank, guarantor, insurer. Needed. */
    public CalculatedCostRequestCharge party(String value) { return with("party", value, this); }
  }

  /** What ./sluice quote and POST /v1/calculator/schedules answer. Amounts are strings in major units of the currency. */
  public static final class CalculatedScheduleAnswer extends Shape {
    public CalculatedScheduleAnswer(Map<String, Object> members) { super(members); }
    /** One of schedule. */
    public String object() { return (String) get("object"); }
    /** Of every amount. One of CNY, USD, EUR, GBP, JPY, KWD. */
    public String currency() { return (String) get("currency"); }
    /** One of level_instalment, level_principal, interest_first, bullet, flat, daily_interest. */
    public String method() { return (String) get("method"); }
    /** The first one. */
    public String annualRate() { return (String) get("annual_rate"); }
    /** One of 30/360, 30E/360, ACT/360, ACT/365F, ACT/ACT-ISDA, ACT/ACT-ICMA. */
    public String dayCount() { return (String) get("day_count"); }
    /** One of equal_periods, actual_days. */
    public String interestBasis() { return (String) get("interest_basis"); }
    /** Each level instalment and the first row that has it. */
    public List<Types.CalculatedScheduleAnswerInstalment> instalments() { return list("instalments", value -> new Types.CalculatedScheduleAnswerInstalment(object(value))); }
    public List<Types.CalculatedScheduleAnswerRow> rows() { return list("rows", value -> new Types.CalculatedScheduleAnswerRow(object(value))); }
    public Types.CalculatedScheduleAnswerTotals totals() { return shape("totals", Types.CalculatedScheduleAnswerTotals::new); }
    /** flat_rate: interest is on the amount lent, not on what is owed; early_end: the given instalment repays before the last period. */
    public List<String> notes() { return list("notes", value -> (String) value); }
  }

  /** CalculatedScheduleAnswerInstalment */
  public static final class CalculatedScheduleAnswerInstalment extends Shape {
    public CalculatedScheduleAnswerInstalment(Map<String, Object> members) { super(members); }
    public Long fromNumber() { return (Long) get("from_number"); }
    public String amount() { return (String) get("amount"); }
  }

  /** CalculatedScheduleAnswerRow */
  public static final class CalculatedScheduleAnswerRow extends Shape {
    public CalculatedScheduleAnswerRow(Map<String, Object> members) { super(members); }
    /** 0 is what is paid on the first day. */
    public Long number() { return (Long) get("number"); }
    public String periodStart() { return (String) get("period_start"); }
    public String dueDate() { return (String) get("due_date"); }
    /** By the day count; the first day counts, the due date does not. */
    public Long days() { return (Long) get("days"); }
    /** Advanced in the period. */
    public String drawn() { return (String) get("drawn"); }
    public String principal() { return (String) get("principal"); }
    public String interest() { return (String) get("interest"); }
    public String fees() { return (String) get("fees"); }
    /** What is due: principal, interest and fees. */
    public String total() { return (String) get("total"); }
    /** Principal left after the payment. */
    public String balance() { return (String) get("balance"); }
  }

  /** CalculatedScheduleAnswerTotals */
  public static final class CalculatedScheduleAnswerTotals extends Shape {
    public CalculatedScheduleAnswerTotals(Map<String, Object> members) { super(members); }
    public String principal() { return (String) get("principal"); }
    public String interest() { return (String) get("interest"); }
    public String fees() { return (String) get("fees"); }
    public String total() { return (String) get("total"); }
  }

  /** What ./sluice quote and POST /v1/calculator/schedules read. Amounts are strings in major units (yuan), rates strings that are fractions a year (0.072000 is 7.2 %), dates YYYY-MM-DD of the years 1600 to 9000; a number with a point is refused. */
  public static final class CalculatedScheduleRequest extends Shape {
    public CalculatedScheduleRequest() {}
    public CalculatedScheduleRequest(Map<String, Object> members) { super(members); }
    /** Of every amount in the document; its decimals (0, 2 or 3) are the smallest unit. One of CNY, USD, EUR, GBP, JPY, KWD. */
    public CalculatedScheduleRequest currency(String value) { return with("currency", value, this); }
    /** What is lent on start_date: one tranche. Instead of tranches. */
    public CalculatedScheduleRequest principal(Object value) { return with("principal", value, this); }
    /** The first day, which counts. */
    public CalculatedScheduleRequest startDate(String value) { return with("start_date", value, this); }
    /** Every advance. The first day starts the schedule; a draw on a due date belongs to the next period; a later draw has a level instalment solved again for the rows due after it. */
    public CalculatedScheduleRequest tranches(List<Types.CalculatedScheduleRequestTranche> value) { return with("tranches", value, this); }
    /** The rate a year, from 0 to 10. Needed. */
    public CalculatedScheduleRequest annualRate(String value) { return with("annual_rate", value, this); }
    /** New rates, each from its day on, that day included. One from the first day or before replaces annual_rate; one from the last due date on changes nothing; two different ones from one day, known on one day, are refused. */
    public CalculatedScheduleRequest rateChanges(List<Types.CalculatedScheduleRequestRateChange> value) { return with("rate_changes", value, this); }
    /** What a new rate does to a level instalment. One of solve_again, keep_instalment. */
    public CalculatedScheduleRequest rateChangeRule(String value) { return with("rate_change_rule", value, this); }
    /** level_instalment 等额本息, level_principal 等额本金, interest_first 先息后本, bullet: all at the end, flat: interest on the amount lent to the very end, daily_interest 随借随还. One of level_instalment, level_principal, interest_first, bullet, flat, daily_interest. Needed. */
    public CalculatedScheduleRequest method(String value) { return with("method", value, this); }
    /** How many periods; times the tranches, rate changes and pauses at most 20,000. A bullet or daily-interest loan that names its first or final due date may leave it out: then 1. */
    public CalculatedScheduleRequest count(Long value) { return with("count", value, this); }
    /** The length of a period. */
    public CalculatedScheduleRequest frequency(Object value) { return with("frequency", value, this); }
    /** Ends an odd first period. */
    public CalculatedScheduleRequest firstDueDate(String value) { return with("first_due_date", value, this); }
    /** Replaces the last due date. */
    public CalculatedScheduleRequest finalDueDate(String value) { return with("final_due_date", value, this); }
    /** The day of the month of the due dates; clamped to the end of a shorter month. */
    public CalculatedScheduleRequest anchorDay(Long value) { return with("anchor_day", value, this); }
    /** The due dates as they were rolled to workdays, one a row. Equal periods count as before the roll; actual days as rolled. */
    public CalculatedScheduleRequest dueDates(List<String> value) { return with("due_dates", value, this); }
    /** One of 30/360, 30E/360, ACT/360, ACT/365F, ACT/ACT-ISDA, ACT/ACT-ICMA. */
    public CalculatedScheduleRequest dayCount(String value) { return with("day_count", value, this); }
    /** equal_periods: a month is a twelfth of a year, a week a 52nd, odd days go by the day count. Without it: actual_days for bullet and daily_interest, else equal_periods. One of equal_periods, actual_days. */
    public CalculatedScheduleRequest interestBasis(String value) { return with("interest_basis", value, this); }
    /** How the interest of a period becomes whole minor units, once. One of half_up, half_even, down, up. */
    public CalculatedScheduleRequest interestRounding(String value) { return with("interest_rounding", value, this); }
    /** How the instalment is rounded, once. One of half_up, half_even, down, up. */
    public CalculatedScheduleRequest instalmentRounding(String value) { return with("instalment_rounding", value, this); }
    /** The instalment is a multiple of it; without it, of the smallest unit. */
    public CalculatedScheduleRequest instalmentStep(Object value) { return with("instalment_step", value, this); }
    /** Given instead of solved (level_instalment, flat). */
    public CalculatedScheduleRequest instalment(Object value) { return with("instalment", value, this); }
    /** Principal left to the last row on top of its instalment; at most what is lent, less the down payment. Of a loan drawn in tranches it may be part of a later one. */
    public CalculatedScheduleRequest balloon(Object value) { return with("balloon", value, this); }
    /** So many first rows pay interest only. */
    public CalculatedScheduleRequest principalGrace(Long value) { return with("principal_grace", value, this); }
    /** So many first rows pay no interest; it is due later and bears none itself. */
    public CalculatedScheduleRequest interestGrace(Long value) { return with("interest_grace", value, this); }
    /** Into the first row after the grace, or in equal parts over all of them. One of next_due, spread. */
    public CalculatedScheduleRequest interestGraceRule(String value) { return with("interest_grace_rule", value, this); }
    /** Repaid on the first day, in row 0; less than what is drawn on that day. */
    public CalculatedScheduleRequest downPayment(Object value) { return with("down_payment", value, this); }
    /** Days without interest, from from_date up to, but not including, to_date. */
    public CalculatedScheduleRequest interestPauses(List<Types.CalculatedScheduleRequestInterestPause> value) { return with("interest_pauses", value, this); }
    /** Numbers of rows without interest. */
    public CalculatedScheduleRequest interestFreeRows(List<Long> value) { return with("interest_free_rows", value, this); }
    /** Fees, fixed or a share. An upfront one falls due in row 0. */
    public CalculatedScheduleRequest fees(List<Object> value) { return with("fees", value, this); }
    /** Principal repaid before the end of a daily-interest loan; the interest to that day is due with it. */
    public CalculatedScheduleRequest payments(List<Types.CalculatedScheduleRequestPayment> value) { return with("payments", value, this); }
    /** Whether an instalment may be below the interest of its period, so that the balance grows. */
    public CalculatedScheduleRequest allowNegativeAmortisation(Boolean value) { return with("allow_negative_amortisation", value, this); }
  }

  /** CalculatedScheduleRequestFrequency */
  public static final class CalculatedScheduleRequestFrequency extends Shape {
    public CalculatedScheduleRequestFrequency() {}
    public CalculatedScheduleRequestFrequency(Map<String, Object> members) { super(members); }
    /** One of day, week, month. Needed. */
    public CalculatedScheduleRequestFrequency unit(String value) { return with("unit", value, this); }
    /** At most 3660 days, 520 weeks or 120 months. Needed. */
    public CalculatedScheduleRequestFrequency every(Long value) { return with("every", value, this); }
  }

  /** CalculatedScheduleRequestInterestPause */
  public static final class CalculatedScheduleRequestInterestPause extends Shape {
    public CalculatedScheduleRequestInterestPause() {}
    public CalculatedScheduleRequestInterestPause(Map<String, Object> members) { super(members); }
    /** YYYY-MM-DD, from 1600-01-01 to 9000-12-31. Needed. */
    public CalculatedScheduleRequestInterestPause fromDate(String value) { return with("from_date", value, this); }
    /** The first day that bears interest again. Needed. */
    public CalculatedScheduleRequestInterestPause toDate(String value) { return with("to_date", value, this); }
  }

  /** CalculatedScheduleRequestPayment */
  public static final class CalculatedScheduleRequestPayment extends Shape {
    public CalculatedScheduleRequestPayment() {}
    public CalculatedScheduleRequestPayment(Map<String, Object> members) { super(members); }
    /** YYYY-MM-DD, from 1600-01-01 to 9000-12-31. Needed. */
    public CalculatedScheduleRequestPayment date(String value) { return with("date", value, this); }
    /** An amount in major units of the document's currency, or an object that names the currency again. Needed. */
    public CalculatedScheduleRequestPayment principal(Object value) { return with("principal", value, this); }
  }

  /** CalculatedScheduleRequestRateChange */
  public static final class CalculatedScheduleRequestRateChange extends Shape {
    public CalculatedScheduleRequestRateChange() {}
    public CalculatedScheduleRequestRateChange(Map<String, Object> members) { super(members); }
    /** YYYY-MM-DD, from 1600-01-01 to 9000-12-31. Needed. */
    public CalculatedScheduleRequestRateChange fromDate(String value) { return with("from_date", value, this); }
    /** A fraction with at most six decimals that are not zero: 0.072000 is 7.2 %. Needed. */
    public CalculatedScheduleRequestRateChange annualRate(String value) { return with("annual_rate", value, this); }
    /** When the change became known; rows due by then stay as billed and the next row takes the difference. */
    public CalculatedScheduleRequestRateChange knownDate(String value) { return with("known_date", value, this); }
  }

  /** CalculatedScheduleRequestTranche */
  public static final class CalculatedScheduleRequestTranche extends Shape {
    public CalculatedScheduleRequestTranche() {}
    public CalculatedScheduleRequestTranche(Map<String, Object> members) { super(members); }
    /** YYYY-MM-DD, from 1600-01-01 to 9000-12-31. Needed. */
    public CalculatedScheduleRequestTranche date(String value) { return with("date", value, this); }
    /** An amount in major units of the document's currency, or an object that names the currency again. Needed. */
    public CalculatedScheduleRequestTranche amount(Object value) { return with("amount", value, this); }
  }

  /** A test clock. Ask for a token with `resource` to work in its bank. */
  public static final class Clock extends Shape {
    public Clock(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of test_clock. */
    public String object() { return (String) get("object"); }
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String name() { return (String) get("name"); }
    public String bank() { return (String) get("bank"); }
    public String resource() { return (String) get("resource"); }
    /** What the bank was filled with. One of empty, pos_seasonal, ecommerce_growth, truck_fleet_stress, tax_sme_stable, portfolio_500_loans_24m. */
    public String seed() { return (String) get("seed"); }
    /** One of creating, ready, advancing, failed. */
    public String status() { return (String) get("status"); }
    /** The bank's business date, also while it moves. */
    public String frozenDate() { return (String) get("frozen_date"); }
    public String advanceFromDate() { return (String) get("advance_from_date"); }
    /** Where the move under way, or the last one, goes. */
    public String advanceToDate() { return (String) get("advance_to_date"); }
    /** Why a day could not be ended. */
    public String failure() { return (String) get("failure"); }
    public String createdAt() { return (String) get("created_at"); }
  }

  /** A calendar to begin. */
  public static final class ClockBody extends Shape {
    public ClockBody() {}
    public ClockBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public ClockBody name(String value) { return with("name", value, this); }
    /** The bank's first business date. Needed. */
    public ClockBody frozenDate(String value) { return with("frozen_date", value, this); }
    /** What the bank holds at first. One of empty. */
    public ClockBody seed(String value) { return with("seed", value, this); }
  }

  /** A clock that is no more. */
  public static final class ClockGone extends Shape {
    public ClockGone(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of test_clock. */
    public String object() { return (String) get("object"); }
    public Boolean deleted() { return (Boolean) get("deleted"); }
  }

  /** A page of objects. */
  public static final class ClockList extends Shape {
    public ClockList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Clock> data() { return list("data", value -> new Types.Clock(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** How many bytes were sent in all: a batch is taken in only when they are all there. */
  public static final class CompletionBody extends Shape {
    public CompletionBody() {}
    public CompletionBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public CompletionBody byteCount(Long value) { return with("byte_count", value, this); }
  }

  /** A consent as it stands now. */
  public static final class Consent extends Shape {
    public Consent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of consent. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String business() { return (String) get("business"); }
    /** One of bureau_inquiry, credit_assessment, identity_verification, marketing, payment. */
    public String purpose() { return (String) get("purpose"); }
    public List<String> dataClasses() { return list("data_classes", value -> (String) value); }
    public String recipient() { return (String) get("recipient"); }
    public String textVersion() { return (String) get("text_version"); }
    public String textSha256() { return (String) get("text_sha256"); }
    /** One of authorised, replaced, revoked, expired. */
    public String status() { return (String) get("status"); }
    public String createdAt() { return (String) get("created_at"); }
    public String expiresAt() { return (String) get("expires_at"); }
    public String endedAt() { return (String) get("ended_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.ConsentExpanded expanded() { return shape("expanded", Types.ConsentExpanded::new); }
  }

  /** A consent the scene obtained, with the evidence of it. */
  public static final class ConsentBody extends Shape {
    public ConsentBody() {}
    public ConsentBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public ConsentBody business(String value) { return with("business", value, this); }
    /** One of bureau_inquiry, credit_assessment, identity_verification, marketing, payment. Needed. */
    public ConsentBody purpose(String value) { return with("purpose", value, this); }
    /** A sensitive class stands alone in a consent of its own. Needed. */
    public ConsentBody dataClasses(List<String> value) { return with("data_classes", value, this); }
    /** The bank, as the merchant was told. Needed. */
    public ConsentBody recipient(String value) { return with("recipient", value, this); }
    /** Needed. */
    public ConsentBody textVersion(String value) { return with("text_version", value, this); }
    /** Needed. */
    public ConsentBody textSha256(String value) { return with("text_sha256", value, this); }
    /** Needed. */
    public ConsentBody expiresAt(String value) { return with("expires_at", value, this); }
    /** Needed. */
    public ConsentBody evidence(Map<String, Object> value) { return with("evidence", value, this); }
  }

  /** What `expand[]` asked for; null where it is not to be had. */
  public static final class ConsentExpanded extends Shape {
    public ConsentExpanded(Map<String, Object> members) { super(members); }
    public Types.Business business() { return shape("business", Types.Business::new); }
  }

  /** A consent as its events show it. */
  public static final class ConsentInEvent extends Shape {
    public ConsentInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of consent. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String business() { return (String) get("business"); }
    public String purpose() { return (String) get("purpose"); }
    public List<String> dataClasses() { return list("data_classes", value -> (String) value); }
  }

  /** A page of objects. */
  public static final class ConsentList extends Shape {
    public ConsentList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Consent> data() { return list("data", value -> new Types.Consent(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** What a draw costs a year, every fee of every party in it, as fractions. */
  public static final class CostRange extends Shape {
    public CostRange(Map<String, Object> members) { super(members); }
    public String min() { return (String) get("min"); }
    public String max() { return (String) get("max"); }
  }

  /** A credit line; on one that revolves, what is repaid of the principal may be drawn again. */
  public static final class CreditLine extends Shape {
    public CreditLine(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of credit_line. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String business() { return (String) get("business"); }
    public String application() { return (String) get("application"); }
    public String agreement() { return (String) get("agreement"); }
    public String product() { return (String) get("product"); }
    /** Without it the line is drawn once: a term loan. */
    public Boolean revolving() { return (Boolean) get("revolving"); }
    public Types.Money limit() { return shape("limit", Types.Money::new); }
    public Types.Money drawn() { return shape("drawn", Types.Money::new); }
    /** What is owed of the principal drawn. */
    public Types.Money outstanding() { return shape("outstanding", Types.Money::new); }
    /** Held for drawdowns on their way. */
    public Types.Money reserved() { return shape("reserved", Types.Money::new); }
    public Types.Money available() { return shape("available", Types.Money::new); }
    public String annualRate() { return (String) get("annual_rate"); }
    /** One of active, frozen, closed. */
    public String status() { return (String) get("status"); }
    public String effectiveDate() { return (String) get("effective_date"); }
    public String expiresDate() { return (String) get("expires_date"); }
    public String createdAt() { return (String) get("created_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.CreditLineExpanded expanded() { return shape("expanded", Types.CreditLineExpanded::new); }
  }

  /** What `expand[]` asked for; null where it is not to be had. */
  public static final class CreditLineExpanded extends Shape {
    public CreditLineExpanded(Map<String, Object> members) { super(members); }
    public Types.Business business() { return shape("business", Types.Business::new); }
    public Types.Application application() { return shape("application", Types.Application::new); }
    public Types.Agreement agreement() { return shape("agreement", Types.Agreement::new); }
  }

  /** A credit line as its events show it. */
  public static final class CreditLineInEvent extends Shape {
    public CreditLineInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of credit_line. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String business() { return (String) get("business"); }
  }

  /** A page of objects. */
  public static final class CreditLineList extends Shape {
    public CreditLineList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.CreditLine> data() { return list("data", value -> new Types.CreditLine(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** What became of a batch: the sound rows are written, the others are named in its errors. */
  public static final class DataBatch extends Shape {
    public DataBatch(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of data_batch. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    /** One of receipts, invoices, orders, ratings, tax_filings, meters, telematics, waybills. */
    public String cluster() { return (String) get("cluster"); }
    /** One of 1. */
    public String schemaVersion() { return (String) get("schema_version"); }
    /** Nothing of a batch counts before it is completed. One of receiving, completed. */
    public String status() { return (String) get("status"); }
    public String business() { return (String) get("business"); }
    public String consent() { return (String) get("consent"); }
    /** How many bytes of an upload have been received. */
    public Long byteCount() { return (Long) get("byte_count"); }
    public Long rowsRead() { return (Long) get("rows_read"); }
    public Long rowsAccepted() { return (Long) get("rows_accepted"); }
    public Long rowsRejected() { return (Long) get("rows_rejected"); }
    public Long rowsDuplicate() { return (Long) get("rows_duplicate"); }
    public String createdAt() { return (String) get("created_at"); }
    public String completedAt() { return (String) get("completed_at"); }
  }

  /** A data batch as its events show it. */
  public static final class DataBatchInEvent extends Shape {
    public DataBatchInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of data_batch. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String business() { return (String) get("business"); }
    public Long rowsAccepted() { return (Long) get("rows_accepted"); }
    public Long rowsRejected() { return (Long) get("rows_rejected"); }
    public Long rowsDuplicate() { return (Long) get("rows_duplicate"); }
  }

  /** The outcome of an assessment; no score and no rule of the bank is in it. */
  public static final class Decision extends Shape {
    public Decision(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of decision. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String application() { return (String) get("application"); }
    /** One of approved, declined, in_review. */
    public String outcome() { return (String) get("outcome"); }
    public Types.Money approvedAmount() { return shape("approved_amount", Types.Money::new); }
    public String annualRate() { return (String) get("annual_rate"); }
    /** Set when it is less than asked. */
    public Types.Money counterOffer() { return shape("counter_offer", Types.Money::new); }
    public List<Types.Reason> reasonCodes() { return list("reason_codes", value -> new Types.Reason(object(value))); }
    /** One of auto, manual. */
    public String decidedBy() { return (String) get("decided_by"); }
    public String decidedAt() { return (String) get("decided_at"); }
    public String policyVersion() { return (String) get("policy_version"); }
    public String inputsHash() { return (String) get("inputs_hash"); }
    public String validUntil() { return (String) get("valid_until"); }
  }

  /** How one event's way to one endpoint went so far. */
  public static final class Delivery extends Shape {
    public Delivery(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of webhook_delivery. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String endpoint() { return (String) get("endpoint"); }
    public String event() { return (String) get("event"); }
    public String eventType() { return (String) get("event_type"); }
    public String subject() { return (String) get("subject"); }
    /** The event's place among those of its subject. */
    public Long sequence() { return (Long) get("sequence"); }
    /** Sent again because it was asked for. */
    public Boolean isReplay() { return (Boolean) get("is_replay"); }
    /** One of pending, delivered, failed. */
    public String status() { return (String) get("status"); }
    public Long attemptCount() { return (Long) get("attempt_count"); }
    /** While it is pending. */
    public String nextAttemptAt() { return (String) get("next_attempt_at"); }
    public Long lastStatusCode() { return (Long) get("last_status_code"); }
    public String lastError() { return (String) get("last_error"); }
    public String createdAt() { return (String) get("created_at"); }
    public String deliveredAt() { return (String) get("delivered_at"); }
  }

  /** A delivery with every attempt. */
  public static final class DeliveryDetail extends Shape {
    public DeliveryDetail(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of webhook_delivery. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String endpoint() { return (String) get("endpoint"); }
    public String event() { return (String) get("event"); }
    public String eventType() { return (String) get("event_type"); }
    public String subject() { return (String) get("subject"); }
    /** The event's place among those of its subject. */
    public Long sequence() { return (Long) get("sequence"); }
    /** Sent again because it was asked for. */
    public Boolean isReplay() { return (Boolean) get("is_replay"); }
    /** One of pending, delivered, failed. */
    public String status() { return (String) get("status"); }
    public Long attemptCount() { return (Long) get("attempt_count"); }
    /** While it is pending. */
    public String nextAttemptAt() { return (String) get("next_attempt_at"); }
    public Long lastStatusCode() { return (Long) get("last_status_code"); }
    public String lastError() { return (String) get("last_error"); }
    public String createdAt() { return (String) get("created_at"); }
    public String deliveredAt() { return (String) get("delivered_at"); }
    public List<Types.Attempt> attempts() { return list("attempts", value -> new Types.Attempt(object(value))); }
  }

  /** A page of objects. */
  public static final class DeliveryList extends Shape {
    public DeliveryList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Delivery> data() { return list("data", value -> new Types.Delivery(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** A drawdown and how far its money has come; `loan` is there once it is booked. */
  public static final class Drawdown extends Shape {
    public Drawdown(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of drawdown. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public Map<String, String> metadata() { return map("metadata", value -> (String) value); }
    public String externalId() { return (String) get("external_id"); }
    public String business() { return (String) get("business"); }
    public String creditLine() { return (String) get("credit_line"); }
    public String bankAccount() { return (String) get("bank_account"); }
    public String offer() { return (String) get("offer"); }
    public Types.Money amount() { return shape("amount", Types.Money::new); }
    public Long tenorDays() { return (Long) get("tenor_days"); }
    /** One of created, awaiting_funds, processing, paid_out, failed, expired. */
    public String status() { return (String) get("status"); }
    /** Why it failed, e.g. account_closed, name_mismatch. */
    public String failureCode() { return (String) get("failure_code"); }
    public String loan() { return (String) get("loan"); }
    public String createdDate() { return (String) get("created_date"); }
    public String createdAt() { return (String) get("created_at"); }
    public String finishedAt() { return (String) get("finished_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.DrawdownExpanded expanded() { return shape("expanded", Types.DrawdownExpanded::new); }
  }

  /** What to draw, and where it goes. */
  public static final class DrawdownBody extends Shape {
    public DrawdownBody() {}
    public DrawdownBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public DrawdownBody creditLine(String value) { return with("credit_line", value, this); }
    /** Needed. */
    public DrawdownBody amount(Types.PositiveMoney value) { return with("amount", value, this); }
    /** Only for products lent by the day; with instalments it is the product's own. */
    public DrawdownBody tenorDays(Long value) { return with("tenor_days", value, this); }
    /** One of the business's own accounts. Needed. */
    public DrawdownBody bankAccount(String value) { return with("bank_account", value, this); }
    /** The offer that led to it, for the campaign's figures. */
    public DrawdownBody offer(String value) { return with("offer", value, this); }
    /** One drawdown an order. */
    public DrawdownBody externalId(String value) { return with("external_id", value, this); }
    public DrawdownBody metadata(Map<String, String> value) { return with("metadata", value, this); }
  }

  /** What `expand[]` asked for; null where it is not to be had. */
  public static final class DrawdownExpanded extends Shape {
    public DrawdownExpanded(Map<String, Object> members) { super(members); }
    public Types.Business business() { return shape("business", Types.Business::new); }
    public Types.CreditLine creditLine() { return shape("credit_line", Types.CreditLine::new); }
    public Types.Offer offer() { return shape("offer", Types.Offer::new); }
    public Types.Loan loan() { return shape("loan", Types.Loan::new); }
  }

  /** A drawdown as its events show it. */
  public static final class DrawdownInEvent extends Shape {
    public DrawdownInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of drawdown. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String externalId() { return (String) get("external_id"); }
    public String failureCode() { return (String) get("failure_code"); }
    public String loan() { return (String) get("loan"); }
  }

  /** A page of objects. */
  public static final class DrawdownList extends Shape {
    public DrawdownList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Drawdown> data() { return list("data", value -> new Types.Drawdown(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** A session. Hand `url` and `client_secret` to the merchant's browser, and to nobody else. */
  public static final class EmbedSession extends Shape {
    public EmbedSession(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of embed_session. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String business() { return (String) get("business"); }
    public List<String> components() { return list("components", value -> (String) value); }
    /** One of zh-hans, en. */
    public String locale() { return (String) get("locale"); }
    public String returnUrl() { return (String) get("return_url"); }
    /** Exchanged once, by the frame. Null in a replay. */
    public String clientSecret() { return (String) get("client_secret"); }
    /** The frame, and the hosted page: open it top-level where nothing can be embedded. */
    public String url() { return (String) get("url"); }
    public String createdAt() { return (String) get("created_at"); }
    public String expiresAt() { return (String) get("expires_at"); }
  }

  /** Whom the frame is for and what it shows. Where it may be shown is registered, never said in a call. */
  public static final class EmbedSessionBody extends Shape {
    public EmbedSessionBody() {}
    public EmbedSessionBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public EmbedSessionBody business(String value) { return with("business", value, this); }
    /** Needed. */
    public EmbedSessionBody components(List<String> value) { return with("components", value, this); }
    /** One of zh-hans, en. */
    public EmbedSessionBody locale(String value) { return with("locale", value, this); }
    /** Where the hosted page leads back to; it must lie on one of the scene's allowed origins. */
    public EmbedSessionBody returnUrl(String value) { return with("return_url", value, this); }
  }

  /** Whose bank is emptied, and where its calendar begins again. */
  public static final class EmptyingBody extends Shape {
    public EmptyingBody() {}
    public EmptyingBody(Map<String, Object> members) { super(members); }
    /** Without it, the date the clock stands at. */
    public EmptyingBody frozenDate(String value) { return with("frozen_date", value, this); }
    /** Without it, the clock of the bank that the token is for. */
    public EmptyingBody testClock(String value) { return with("test_clock", value, this); }
  }

  /** An endpoint, without its secret. */
  public static final class Endpoint extends Shape {
    public Endpoint(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of webhook_endpoint. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String url() { return (String) get("url"); }
    public List<String> eventTypes() { return list("event_types", value -> (String) value); }
    /** One of standard, cloudevents. */
    public String format() { return (String) get("format"); }
    /** One of v1, v1a. */
    public String signing() { return (String) get("signing"); }
    /** With `v1a`: the key that signatures are checked with. */
    public String publicKey() { return (String) get("public_key"); }
    /** One of 2026-11-01. */
    public String apiVersion() { return (String) get("api_version"); }
    /** One of enabled, disabled. */
    public String status() { return (String) get("status"); }
    /** `gone`, `failing`, `asked` or `deleted`. */
    public String disabledReason() { return (String) get("disabled_reason"); }
    /** Since when no call has succeeded. */
    public String failingSinceAt() { return (String) get("failing_since_at"); }
    /** After failures in a row nothing is sent before then; one trial follows. */
    public String pausedUntilAt() { return (String) get("paused_until_at"); }
    public Map<String, String> metadata() { return map("metadata", value -> (String) value); }
    public String createdAt() { return (String) get("created_at"); }
  }

  /** Where to send events, which, in which form, and signed how. */
  public static final class EndpointBody extends Shape {
    public EndpointBody() {}
    public EndpointBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public EndpointBody url(String value) { return with("url", value, this); }
    /** Empty: every type. */
    public EndpointBody eventTypes(List<String> value) { return with("event_types", value, this); }
    /** `cloudevents`: CloudEvents 1.0, structured JSON. One of standard, cloudevents. */
    public EndpointBody format(String value) { return with("format", value, this); }
    /** `v1`: HMAC-SHA256 with a shared secret. `v1a`: Ed25519, checked with a public key. One of v1, v1a. */
    public EndpointBody signing(String value) { return with("signing", value, this); }
    /** What events are written in, for good. One of 2026-11-01. */
    public EndpointBody apiVersion(String value) { return with("api_version", value, this); }
    /** In a sandbox `sluice_fail`, as `500:3`, has the endpoint simulated: each message fails three times with that status, then arrives, and nothing is sent anywhere. */
    public EndpointBody metadata(Map<String, String> value) { return with("metadata", value, this); }
  }

  /** What to change of an endpoint; what is left out stays. */
  public static final class EndpointChanges extends Shape {
    public EndpointChanges() {}
    public EndpointChanges(Map<String, Object> members) { super(members); }
    public EndpointChanges url(String value) { return with("url", value, this); }
    /** Empty: every type. */
    public EndpointChanges eventTypes(List<String> value) { return with("event_types", value, this); }
    /** One of 2026-11-01. */
    public EndpointChanges apiVersion(String value) { return with("api_version", value, this); }
    /** One of enabled, disabled. */
    public EndpointChanges status(String value) { return with("status", value, this); }
    /** In a sandbox `sluice_fail`, as `500:3`, has the endpoint simulated: each message fails three times with that status, then arrives, and nothing is sent anywhere. */
    public EndpointChanges metadata(Map<String, String> value) { return with("metadata", value, this); }
  }

  /** A page of objects. */
  public static final class EndpointList extends Shape {
    public EndpointList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Endpoint> data() { return list("data", value -> new Types.Endpoint(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** Something that happened; a webhook carries the same body. */
  public static final class Event extends Shape {
    public Event(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of event. */
    public String object() { return (String) get("object"); }
    public String type() { return (String) get("type"); }
    public String timestamp() { return (String) get("timestamp"); }
    /** One of 2026-11-01. */
    public String apiVersion() { return (String) get("api_version"); }
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    /** The object it happened to. */
    public String subject() { return (String) get("subject"); }
    /** Counts the events of one subject, without gaps. */
    public Long sequence() { return (Long) get("sequence"); }
    /** The object as it then was, and which of its members changed. */
    public Map<String, Object> data() { return map("data", value -> value); }
  }

  /** A page of objects. */
  public static final class EventList extends Shape {
    public EventList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Event> data() { return list("data", value -> new Types.Event(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** Why the rail refuses. */
  public static final class FailBody extends Shape {
    public FailBody() {}
    public FailBody(Map<String, Object> members) { super(members); }
    public FailBody failureCode(String value) { return with("failure_code", value, this); }
  }

  /** One member that is wrong. */
  public static final class Fault extends Shape {
    public Fault(Map<String, Object> members) { super(members); }
    public String pointer() { return (String) get("pointer"); }
    public String code() { return (String) get("code"); }
    public String detail() { return (String) get("detail"); }
  }

  /** A registration number, and what becomes of its application. */
  public static final class FirmValue extends Shape {
    public FirmValue(Map<String, Object> members) { super(members); }
    public String registrationNo() { return (String) get("registration_no"); }
    /** One of approved, declined, in_review. */
    public String status() { return (String) get("status"); }
    public String text() { return (String) get("text"); }
  }

  /** How a loan in instalments is repaid: `count` times, every `period_every` `period_unit`s. */
  public static final class InstalmentTerms extends Shape {
    public InstalmentTerms(Map<String, Object> members) { super(members); }
    public Long count() { return (Long) get("count"); }
    /** One of day, week, month. */
    public String periodUnit() { return (String) get("period_unit"); }
    public Long periodEvery() { return (Long) get("period_every"); }
    /** The day of the month; null: that of the draw. */
    public Long anchorDay() { return (Long) get("anchor_day"); }
    public String dayCount() { return (String) get("day_count"); }
    /** First instalments without principal. */
    public Long gracePrincipalCount() { return (Long) get("grace_principal_count"); }
    /** First instalments without interest. */
    public Long graceInterestCount() { return (Long) get("grace_interest_count"); }
    /** One of none, next_workday. */
    public String dueDateRoll() { return (String) get("due_date_roll"); }
    /** What money above what is due does, unless the borrower chooses otherwise. One of keep_term, keep_instalment, next, hold. */
    public String prepayment() { return (String) get("prepayment"); }
    /** A share of the principal repaid early. */
    public String prepaymentFee() { return (String) get("prepayment_fee"); }
  }

  /** `invoices`: a VAT invoice, sold or bought; below zero when it is a red-letter one (红字). */
  public static final class InvoiceBody extends Shape {
    public InvoiceBody() {}
    public InvoiceBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public InvoiceBody recordNo(String value) { return with("record_no", value, this); }
    public InvoiceBody revision(Long value) { return with("revision", value, this); }
    /** Needed. */
    public InvoiceBody day(String value) { return with("day", value, this); }
    /** One of sale, purchase. Needed. */
    public InvoiceBody side(String value) { return with("side", value, this); }
    /** Needed. */
    public InvoiceBody gross(String value) { return with("gross", value, this); }
    /** Needed. */
    public InvoiceBody tax(String value) { return with("tax", value, this); }
    /** Needed. */
    public InvoiceBody isVoid(Boolean value) { return with("is_void", value, this); }
    public InvoiceBody partyRef(String value) { return with("party_ref", value, this); }
  }

  /** A line proposal as its events show it. */
  public static final class LineProposalInEvent extends Shape {
    public LineProposalInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of line_proposal. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String creditLine() { return (String) get("credit_line"); }
  }

  /** A loan (借据): one drawdown makes one loan. */
  public static final class Loan extends Shape {
    public Loan(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of loan. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String business() { return (String) get("business"); }
    public String creditLine() { return (String) get("credit_line"); }
    public String drawdown() { return (String) get("drawdown"); }
    /** One of disbursing, active, paid_off, cancelled, written_off, overdue. */
    public String status() { return (String) get("status"); }
    /** One of daily_interest, level_instalment, level_principal, interest_first, bullet. */
    public String repaymentMethod() { return (String) get("repayment_method"); }
    public Types.Money principal() { return shape("principal", Types.Money::new); }
    public Types.Outstanding outstanding() { return shape("outstanding", Types.Outstanding::new); }
    /** Null once nothing is to be paid. */
    public Types.NextPayment nextPayment() { return shape("next_payment", Types.NextPayment::new); }
    /** Paid too much: the borrower's own money. */
    public Types.Money creditBalance() { return shape("credit_balance", Types.Money::new); }
    public String annualRate() { return (String) get("annual_rate"); }
    public String dayCount() { return (String) get("day_count"); }
    public String overdueRate() { return (String) get("overdue_rate"); }
    public Long tenorDays() { return (Long) get("tenor_days"); }
    public String valueDate() { return (String) get("value_date"); }
    /** Of the last payment. */
    public String dueDate() { return (String) get("due_date"); }
    public Long instalmentCount() { return (Long) get("instalment_count"); }
    /** Counts up when instalments are drawn anew. */
    public Long scheduleVersion() { return (Long) get("schedule_version"); }
    public Long daysPastDue() { return (Long) get("days_past_due"); }
    public String closedDate() { return (String) get("closed_date"); }
    public String createdAt() { return (String) get("created_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.LoanExpanded expanded() { return shape("expanded", Types.LoanExpanded::new); }
  }

  /** What `expand[]` asked for; null where it is not to be had. */
  public static final class LoanExpanded extends Shape {
    public LoanExpanded(Map<String, Object> members) { super(members); }
    public Types.Business business() { return shape("business", Types.Business::new); }
    public Types.CreditLine creditLine() { return shape("credit_line", Types.CreditLine::new); }
    public Types.Drawdown drawdown() { return shape("drawdown", Types.Drawdown::new); }
  }

  /** A loan as its events show it. */
  public static final class LoanInEvent extends Shape {
    public LoanInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of loan. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String drawdown() { return (String) get("drawdown"); }
    public String dueDate() { return (String) get("due_date"); }
    public String nextDueDate() { return (String) get("next_due_date"); }
  }

  /** A page of objects. */
  public static final class LoanList extends Shape {
    public LoanList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Loan> data() { return list("data", value -> new Types.Loan(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** The token at hand: whose it is, at which bank, and what it may do. */
  public static final class Me extends Shape {
    public Me(Map<String, Object> members) { super(members); }
    /** One of me. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String scene() { return (String) get("scene"); }
    public String sceneCode() { return (String) get("scene_code"); }
    public String client() { return (String) get("client"); }
    /** Of 24. */
    public List<String> scopes() { return list("scopes", value -> (String) value); }
    /** The bank's. */
    public String businessDate() { return (String) get("business_date"); }
  }

  /** `meters`: what a meter counted since its last reading, in watt-hours or litres. */
  public static final class MeterReadingBody extends Shape {
    public MeterReadingBody() {}
    public MeterReadingBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public MeterReadingBody recordNo(String value) { return with("record_no", value, this); }
    public MeterReadingBody revision(Long value) { return with("revision", value, this); }
    /** Needed. */
    public MeterReadingBody day(String value) { return with("day", value, this); }
    /** One of electricity, water, gas. Needed. */
    public MeterReadingBody meter(String value) { return with("meter", value, this); }
    /** Needed. */
    public MeterReadingBody used(Long value) { return with("used", value, this); }
  }

  /** An amount in yuan as a string with at most two decimals, and its currency. */
  public static final class Money extends Shape {
    public Money(Map<String, Object> members) { super(members); }
    /** Yuan, e.g. 1234.50. */
    public String amount() { return (String) get("amount"); }
    /** One of CNY. */
    public String currency() { return (String) get("currency"); }
  }

  /** A row of a loan's log on the statement. */
  public static final class Movement extends Shape {
    public Movement(Map<String, Object> members) { super(members); }
    public String loan() { return (String) get("loan"); }
    /** One of disbursement, repayment, counter_receipt, reallocation, reversal, rate_change, extension, re_age, re_amortisation, pause, due_date_move, waiver, write_off, recovery, renewal, credit_refund, credit_use. */
    public String kind() { return (String) get("kind"); }
    public String bookingDate() { return (String) get("booking_date"); }
    public String valueDate() { return (String) get("value_date"); }
    /** What it adds to the debt. */
    public Types.Money principalChange() { return shape("principal_change", Types.Money::new); }
    public Types.Money interestPaid() { return shape("interest_paid", Types.Money::new); }
    public Types.Money penaltyPaid() { return shape("penalty_paid", Types.Money::new); }
    public Types.Money feePaid() { return shape("fee_paid", Types.Money::new); }
  }

  /** What to pay next: all that is due with its penalty, else the instalment that falls due first. */
  public static final class NextPayment extends Shape {
    public NextPayment(Map<String, Object> members) { super(members); }
    public Long number() { return (Long) get("number"); }
    public String dueDate() { return (String) get("due_date"); }
    public Types.Money amount() { return shape("amount", Types.Money::new); }
  }

  /** An offer. It is not a decision: applying for it is assessed. */
  public static final class Offer extends Shape {
    public Offer(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of offer. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String business() { return (String) get("business"); }
    public String product() { return (String) get("product"); }
    public Types.Money maxAmount() { return shape("max_amount", Types.Money::new); }
    /** One of created, delivered, viewed, applied, replaced, expired, withdrawn. */
    public String status() { return (String) get("status"); }
    public String offeredDate() { return (String) get("offered_date"); }
    /** The first day on which it no longer holds. */
    public String expiresDate() { return (String) get("expires_date"); }
    public String replaces() { return (String) get("replaces"); }
    public String application() { return (String) get("application"); }
    public String createdAt() { return (String) get("created_at"); }
    public String deliveredAt() { return (String) get("delivered_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.OfferExpanded expanded() { return shape("expanded", Types.OfferExpanded::new); }
  }

  /** What `expand[]` asked for; null where it is not to be had. */
  public static final class OfferExpanded extends Shape {
    public OfferExpanded(Map<String, Object> members) { super(members); }
    public Types.Business business() { return shape("business", Types.Business::new); }
    public Types.Application application() { return shape("application", Types.Application::new); }
  }

  /** A offer as its events show it. */
  public static final class OfferInEvent extends Shape {
    public OfferInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of offer. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String business() { return (String) get("business"); }
    public String product() { return (String) get("product"); }
    public Types.Money maxAmount() { return shape("max_amount", Types.Money::new); }
    public String expiresDate() { return (String) get("expires_date"); }
  }

  /** A page of objects. */
  public static final class OfferList extends Shape {
    public OfferList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Offer> data() { return list("data", value -> new Types.Offer(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** `orders`: an order, on the day it was placed. */
  public static final class OrderBody extends Shape {
    public OrderBody() {}
    public OrderBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public OrderBody recordNo(String value) { return with("record_no", value, this); }
    public OrderBody revision(Long value) { return with("revision", value, this); }
    /** Needed. */
    public OrderBody day(String value) { return with("day", value, this); }
    /** One of placed, delivered, cancelled, refunded. Needed. */
    public OrderBody state(String value) { return with("state", value, this); }
    /** Needed. */
    public OrderBody amount(String value) { return with("amount", value, this); }
    /** Needed. */
    public OrderBody refunded(String value) { return with("refunded", value, this); }
    public OrderBody promisedDay(String value) { return with("promised_day", value, this); }
    public OrderBody deliveredDay(String value) { return with("delivered_day", value, this); }
    public OrderBody partyRef(String value) { return with("party_ref", value, this); }
  }

  /** What is owed at the start of the bank's business date. */
  public static final class Outstanding extends Shape {
    public Outstanding(Map<String, Object> members) { super(members); }
    public String asOfDate() { return (String) get("as_of_date"); }
    public Types.Money principal() { return shape("principal", Types.Money::new); }
    public Types.Money interest() { return shape("interest", Types.Money::new); }
    /** Penalty and compound interest. */
    public Types.Money penalty() { return shape("penalty", Types.Money::new); }
    /** The compound interest in `penalty`. */
    public Types.Money compound() { return shape("compound", Types.Money::new); }
    /** What repaying it early costs. */
    public Types.Money fees() { return shape("fees", Types.Money::new); }
    /** What settles the loan. */
    public Types.Money total() { return shape("total", Types.Money::new); }
  }

  /** What a full repayment on a day takes. */
  public static final class Payoff extends Shape {
    public Payoff(Map<String, Object> members) { super(members); }
    /** One of payoff_quote. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String loan() { return (String) get("loan"); }
    public String onDate() { return (String) get("on_date"); }
    public Types.Money principal() { return shape("principal", Types.Money::new); }
    public Types.Money interest() { return shape("interest", Types.Money::new); }
    /** Penalty and compound interest. */
    public Types.Money penalty() { return shape("penalty", Types.Money::new); }
    /** The product's prepayment fee. */
    public Types.Money fees() { return shape("fees", Types.Money::new); }
    public Types.Money total() { return shape("total", Types.Money::new); }
  }

  /** On which day; without one, the bank's business date. */
  public static final class PayoffBody extends Shape {
    public PayoffBody() {}
    public PayoffBody(Map<String, Object> members) { super(members); }
    public PayoffBody onDate(String value) { return with("on_date", value, this); }
  }

  /** A representative, masked. */
  public static final class Person extends Shape {
    public Person(Map<String, Object> members) { super(members); }
    public String name() { return (String) get("name"); }
    public String idNumber() { return (String) get("id_number"); }
    public String phone() { return (String) get("phone"); }
    public List<String> warnings() { return list("warnings", value -> (String) value); }
  }

  /** The legal representative; the numbers are sealed in the bank's schema and only ever shown masked. */
  public static final class PersonBody extends Shape {
    public PersonBody() {}
    public PersonBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public PersonBody name(String value) { return with("name", value, this); }
    /** Needed. */
    public PersonBody idNumber(String value) { return with("id_number", value, this); }
    /** Needed. */
    public PersonBody phone(String value) { return with("phone", value, this); }
  }

  /** A representative's phone, and what its owner answers when asked for a consent. */
  public static final class PhoneValue extends Shape {
    public PhoneValue(Map<String, Object> members) { super(members); }
    public String phone() { return (String) get("phone"); }
    public String text() { return (String) get("text"); }
  }

  /** An amount above zero, in yuan as a string with at most two decimals, and its currency. */
  public static final class PositiveMoney extends Shape {
    public PositiveMoney() {}
    public PositiveMoney(Map<String, Object> members) { super(members); }
    /** Yuan, e.g. 1234.50. Needed. */
    public PositiveMoney amount(String value) { return with("amount", value, this); }
    /** One of CNY. Needed. */
    public PositiveMoney currency(String value) { return with("currency", value, this); }
  }

  /** An answer as it was given; it binds nobody, and no bureau was asked. */
  public static final class Prequalification extends Shape {
    public Prequalification(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of prequalification. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String business() { return (String) get("business"); }
    public String product() { return (String) get("product"); }
    public Long productVersion() { return (Long) get("product_version"); }
    /** As stated. */
    public Types.Money monthlySales() { return shape("monthly_sales", Types.Money::new); }
    /** One of eligible, ineligible, insufficient_data. */
    public String result() { return (String) get("result"); }
    public Types.Money maxAmount() { return shape("max_amount", Types.Money::new); }
    /** The all-in annual cost; null unless eligible. */
    public Types.CostRange costRange() { return shape("cost_range", Types.CostRange::new); }
    /** The weightiest first. */
    public List<Types.Reason> reasonCodes() { return list("reason_codes", value -> new Types.Reason(object(value))); }
    public String validUntil() { return (String) get("valid_until"); }
    public String createdAt() { return (String) get("created_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.ConsentExpanded expanded() { return shape("expanded", Types.ConsentExpanded::new); }
  }

  /** A business with its consented data, or facts alone: one of the two. */
  public static final class PrequalificationBody extends Shape {
    public PrequalificationBody() {}
    public PrequalificationBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public PrequalificationBody product(String value) { return with("product", value, this); }
    /** Needs the consents that the product asks for. */
    public PrequalificationBody business(String value) { return with("business", value, this); }
    public PrequalificationBody facts(Types.StatedFactsBody value) { return with("facts", value, this); }
  }

  /** A page of objects. */
  public static final class PrequalificationList extends Shape {
    public PrequalificationList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Prequalification> data() { return list("data", value -> new Types.Prequalification(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** A refusal (RFC 9457): `code` and `params` are for machines, `detail` is for people. */
  public static final class Problem extends Shape {
    public Problem(Map<String, Object> members) { super(members); }
    public String type() { return (String) get("type"); }
    public String title() { return (String) get("title"); }
    public Long status() { return (Long) get("status"); }
    public String detail() { return (String) get("detail"); }
    public String instance() { return (String) get("instance"); }
    public String code() { return (String) get("code"); }
    public String requestId() { return (String) get("request_id"); }
    public Boolean retryable() { return (Boolean) get("retryable"); }
    public List<Types.Fault> errors() { return list("errors", value -> new Types.Fault(object(value))); }
    public Map<String, Object> params() { return map("params", value -> value); }
  }

  /** A product as published: the cost first, then the terms (P-01). */
  public static final class Product extends Shape {
    public Product(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of product. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String name() { return (String) get("name"); }
    public Long version() { return (Long) get("version"); }
    /** The most a draw can cost a year. */
    public String allInCost() { return (String) get("all_in_cost"); }
    /** simple_365: simple interest on actual days; irr_months: 12 x the monthly internal rate; irr_days: 365 x the daily one. One of simple_365, irr_months, irr_days. */
    public String aprMethod() { return (String) get("apr_method"); }
    public String annualRate() { return (String) get("annual_rate"); }
    public String overdueRate() { return (String) get("overdue_rate"); }
    public Long dayBasis() { return (Long) get("day_basis"); }
    public Types.Money limitMin() { return shape("limit_min", Types.Money::new); }
    public Types.Money limitMax() { return shape("limit_max", Types.Money::new); }
    public Types.Money drawMin() { return shape("draw_min", Types.Money::new); }
    public Long tenorDaysMin() { return (Long) get("tenor_days_min"); }
    public Long tenorDaysMax() { return (Long) get("tenor_days_max"); }
    /** Overdue interest bears interest at the overdue rate. */
    public Boolean compounds() { return (Boolean) get("compounds"); }
    /** Without it the line is drawn once: a term loan. */
    public Boolean revolving() { return (Boolean) get("revolving"); }
    /** One of daily_interest, level_instalment, level_principal, interest_first, bullet. */
    public String repaymentMethod() { return (String) get("repayment_method"); }
    /** Null for a product lent by the day; the tenor of the others is theirs. */
    public Types.InstalmentTerms instalments() { return shape("instalments", Types.InstalmentTerms::new); }
    public List<String> purposes() { return list("purposes", value -> (String) value); }
    public String consentPurpose() { return (String) get("consent_purpose"); }
    public List<String> dataClasses() { return list("data_classes", value -> (String) value); }
    public String effectiveDate() { return (String) get("effective_date"); }
  }

  /** A product as its events show it. */
  public static final class ProductInEvent extends Shape {
    public ProductInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of product. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public Long version() { return (Long) get("version"); }
    public String effectiveDate() { return (String) get("effective_date"); }
  }

  /** A page of objects. */
  public static final class ProductList extends Shape {
    public ProductList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Product> data() { return list("data", value -> new Types.Product(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** The draw to reckon, and on which product. */
  public static final class ProductQuoteBody extends Shape {
    public ProductQuoteBody() {}
    public ProductQuoteBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public ProductQuoteBody amount(Types.PositiveMoney value) { return with("amount", value, this); }
    /** Only for products lent by the day; with instalments it is the product's own. */
    public ProductQuoteBody tenorDays(Long value) { return with("tenor_days", value, this); }
    /** Needed. */
    public ProductQuoteBody product(String value) { return with("product", value, this); }
  }

  /** What a draw costs; `all_in_cost` is a year's cost with every fee the borrower bears, said first. */
  public static final class Quote extends Shape {
    public Quote(Map<String, Object> members) { super(members); }
    /** One of quote. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String allInCost() { return (String) get("all_in_cost"); }
    /** The convention of `all_in_cost`, the one the cap is held against. simple_365: simple interest on actual days; irr_months: 12 x the monthly internal rate; irr_days: 365 x the daily one. One of simple_365, irr_months, irr_days. */
    public String aprMethod() { return (String) get("apr_method"); }
    public String nominalRate() { return (String) get("nominal_rate"); }
    public String nominalRate365() { return (String) get("nominal_rate_365"); }
    public String dayCount() { return (String) get("day_count"); }
    /** One of daily_interest, level_instalment, level_principal, interest_first, bullet. */
    public String repaymentMethod() { return (String) get("repayment_method"); }
    public Types.Money amount() { return shape("amount", Types.Money::new); }
    public Long tenorDays() { return (Long) get("tenor_days"); }
    /** To the due date after it was moved to a workday. */
    public Long days() { return (Long) get("days"); }
    public String drawDate() { return (String) get("draw_date"); }
    public String dueDate() { return (String) get("due_date"); }
    /** The official calendar is not out yet. */
    public Boolean dueDateIsProvisional() { return (Boolean) get("due_date_is_provisional"); }
    public List<Types.QuoteRow> schedule() { return list("schedule", value -> new Types.QuoteRow(object(value))); }
    public Types.Money interest() { return shape("interest", Types.Money::new); }
    public List<Types.QuoteFee> fees() { return list("fees", value -> new Types.QuoteFee(object(value))); }
    public Types.Money totalRepayable() { return shape("total_repayable", Types.Money::new); }
    public String validUntil() { return (String) get("valid_until"); }
  }

  /** The draw to reckon; without `tenor_days` where the product has instalments. */
  public static final class QuoteBody extends Shape {
    public QuoteBody() {}
    public QuoteBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public QuoteBody amount(Types.PositiveMoney value) { return with("amount", value, this); }
    /** Only for products lent by the day; with instalments it is the product's own. */
    public QuoteBody tenorDays(Long value) { return with("tenor_days", value, this); }
  }

  /** A fee on the draw, whoever bears it. */
  public static final class QuoteFee extends Shape {
    public QuoteFee(Map<String, Object> members) { super(members); }
    public String code() { return (String) get("code"); }
    public String name() { return (String) get("name"); }
    /** One of bank, scene, guarantor. */
    public String collector() { return (String) get("collector"); }
    /** One of bank, borrower. */
    public String payer() { return (String) get("payer"); }
    public Types.Money amount() { return shape("amount", Types.Money::new); }
  }

  /** One payment; `balance` is the principal left once it is made. */
  public static final class QuoteRow extends Shape {
    public QuoteRow(Map<String, Object> members) { super(members); }
    public Long number() { return (Long) get("number"); }
    public String dueDate() { return (String) get("due_date"); }
    public Types.Money principal() { return shape("principal", Types.Money::new); }
    public Types.Money interest() { return shape("interest", Types.Money::new); }
    public Types.Money total() { return shape("total", Types.Money::new); }
    public Types.Money balance() { return shape("balance", Types.Money::new); }
  }

  /** `ratings`: what a customer said. */
  public static final class RatingBody extends Shape {
    public RatingBody() {}
    public RatingBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public RatingBody recordNo(String value) { return with("record_no", value, this); }
    public RatingBody revision(Long value) { return with("revision", value, this); }
    /** Needed. */
    public RatingBody day(String value) { return with("day", value, this); }
    /** Needed. */
    public RatingBody stars(Long value) { return with("stars", value, this); }
    /** Needed. */
    public RatingBody isComplaint(Boolean value) { return with("is_complaint", value, this); }
  }

  /** A reason the merchant may be told, the weightiest first. */
  public static final class Reason extends Shape {
    public Reason(Map<String, Object> members) { super(members); }
    public String code() { return (String) get("code"); }
    public Long rank() { return (Long) get("rank"); }
    public String text() { return (String) get("text"); }
  }

  /** A reason that a borrower may be told, in the words to tell it in. */
  public static final class ReasonCode extends Shape {
    public ReasonCode(Map<String, Object> members) { super(members); }
    public String code() { return (String) get("code"); }
    public String text() { return (String) get("text"); }
  }

  /** A page of objects. */
  public static final class ReasonCodeList extends Shape {
    public ReasonCodeList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.ReasonCode> data() { return list("data", value -> new Types.ReasonCode(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** `receipts`: one receipt. `payer_ref` is a hash the scene makes, never a phone or a card. */
  public static final class ReceiptBody extends Shape {
    public ReceiptBody() {}
    public ReceiptBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public ReceiptBody receiptNo(String value) { return with("receipt_no", value, this); }
    /** Needed. */
    public ReceiptBody paidAt(String value) { return with("paid_at", value, this); }
    /** Needed. */
    public ReceiptBody amount(String value) { return with("amount", value, this); }
    /** One of sale, refund. Needed. */
    public ReceiptBody kind(String value) { return with("kind", value, this); }
    public ReceiptBody payerRef(String value) { return with("payer_ref", value, this); }
    /** One of merchant_code, personal_code, card, cash. Needed. */
    public ReceiptBody channel(String value) { return with("channel", value, this); }
  }

  /** A refund as its events show it. */
  public static final class RefundInEvent extends Shape {
    public RefundInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of refund. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String failureCode() { return (String) get("failure_code"); }
    public String repayment() { return (String) get("repayment"); }
    public String loan() { return (String) get("loan"); }
  }

  /** A repayment, what was asked for and, once it succeeded, how it was used. */
  public static final class Repayment extends Shape {
    public Repayment(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of repayment. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public Map<String, String> metadata() { return map("metadata", value -> (String) value); }
    public String externalId() { return (String) get("external_id"); }
    public String loan() { return (String) get("loan"); }
    /** One of scheduled, partial_prepay, full_prepay, counter_receipt. */
    public String type() { return (String) get("type"); }
    public Types.Money amount() { return shape("amount", Types.Money::new); }
    /** On instalments: what money above what is due does, where the borrower chose. */
    public String prepayment() { return (String) get("prepayment"); }
    public String bankAccount() { return (String) get("bank_account"); }
    /** One of processing, succeeded, failed, returned. */
    public String status() { return (String) get("status"); }
    public String failureCode() { return (String) get("failure_code"); }
    public Types.Allocation allocation() { return shape("allocation", Types.Allocation::new); }
    public String valueDate() { return (String) get("value_date"); }
    public String bookingDate() { return (String) get("booking_date"); }
    public String createdAt() { return (String) get("created_at"); }
    public String finishedAt() { return (String) get("finished_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.RepaymentExpanded expanded() { return shape("expanded", Types.RepaymentExpanded::new); }
  }

  /** What to collect: a sum, or a principal (its interest to date is added), or all that is owed. `scheduled` without a sum collects what is due today with its penalty, or the next instalment where nothing is; `full_prepay` collects the payoff quote. */
  public static final class RepaymentBody extends Shape {
    public RepaymentBody() {}
    public RepaymentBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public RepaymentBody loan(String value) { return with("loan", value, this); }
    /** One of scheduled, partial_prepay, full_prepay. Needed. */
    public RepaymentBody type(String value) { return with("type", value, this); }
    public RepaymentBody amount(Types.PositiveMoney value) { return with("amount", value, this); }
    /** Instead of `amount`. */
    public RepaymentBody principal(Types.PositiveMoney value) { return with("principal", value, this); }
    /** Of a partial prepayment on instalments: smaller ones, or fewer of them. Without it, as the product says. One of keep_term, keep_instalment. */
    public RepaymentBody prepayment(String value) { return with("prepayment", value, this); }
    /** Needed. */
    public RepaymentBody bankAccount(String value) { return with("bank_account", value, this); }
    public RepaymentBody externalId(String value) { return with("external_id", value, this); }
    public RepaymentBody metadata(Map<String, String> value) { return with("metadata", value, this); }
  }

  /** What `expand[]` asked for; null where it is not to be had. */
  public static final class RepaymentExpanded extends Shape {
    public RepaymentExpanded(Map<String, Object> members) { super(members); }
    public Types.Loan loan() { return shape("loan", Types.Loan::new); }
  }

  /** A repayment as its events show it. */
  public static final class RepaymentInEvent extends Shape {
    public RepaymentInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of repayment. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String externalId() { return (String) get("external_id"); }
    public String failureCode() { return (String) get("failure_code"); }
    public String loan() { return (String) get("loan"); }
  }

  /** A page of objects. */
  public static final class RepaymentList extends Shape {
    public RepaymentList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Repayment> data() { return list("data", value -> new Types.Repayment(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** What is sent again. */
  public static final class Replay extends Shape {
    public Replay(Map<String, Object> members) { super(members); }
    /** One of webhook_replay. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String endpoint() { return (String) get("endpoint"); }
    public Long eventCount() { return (Long) get("event_count"); }
  }

  /** Which events: by their ids, or what happened from one instant to before another. */
  public static final class ReplayBody extends Shape {
    public ReplayBody() {}
    public ReplayBody(Map<String, Object> members) { super(members); }
    /** Or `from` and `to`. */
    public ReplayBody eventIds(List<String> value) { return with("event_ids", value, this); }
    /** With `from` and `to`; empty: those the endpoint listens to. */
    public ReplayBody eventTypes(List<String> value) { return with("event_types", value, this); }
    public ReplayBody from(String value) { return with("from", value, this); }
    public ReplayBody to(String value) { return with("to", value, this); }
  }

  /** Where to begin again. */
  public static final class ResetBody extends Shape {
    public ResetBody() {}
    public ResetBody(Map<String, Object> members) { super(members); }
    /** Without it, the date the clock stands at. */
    public ResetBody frozenDate(String value) { return with("frozen_date", value, this); }
  }

  /** Why, in the merchant's words, and whether the data goes too; nothing is asked for. */
  public static final class RevokeBody extends Shape {
    public RevokeBody() {}
    public RevokeBody(Map<String, Object> members) { super(members); }
    public RevokeBody reason(String value) { return with("reason", value, this); }
    /** Erase what was sent under the consent and all that was made of it, unless another consent in force covers it. What a decision was made on stays in that decision's record. */
    public RevokeBody eraseData(Boolean value) { return with("erase_data", value, this); }
  }

  /** Why a line was refused. What it said is not kept. */
  public static final class RowError extends Shape {
    public RowError(Map<String, Object> members) { super(members); }
    /** Counts from 1; blank lines are not counted. */
    public Long line() { return (Long) get("line"); }
    public String code() { return (String) get("code"); }
    /** Empty when the line is no JSON object. */
    public String field() { return (String) get("field"); }
    /** The same as a JSON pointer (RFC 6901). */
    public String pointer() { return (String) get("pointer"); }
  }

  /** A page of objects. */
  public static final class RowErrorList extends Shape {
    public RowErrorList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.RowError> data() { return list("data", value -> new Types.RowError(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** One instalment, paid or to come; of a loan lent by the day the one payment still to come. `penalty` is penalty and compound interest to date, on the oldest instalment past due. `remaining` is `total` less what is paid. */
  public static final class ScheduleRow extends Shape {
    public ScheduleRow(Map<String, Object> members) { super(members); }
    public Long number() { return (Long) get("number"); }
    public String dueDate() { return (String) get("due_date"); }
    /** One of future, due, part_paid, paid, overdue, written_off. */
    public String status() { return (String) get("status"); }
    public Types.Money principal() { return shape("principal", Types.Money::new); }
    public Types.Money interest() { return shape("interest", Types.Money::new); }
    public Types.Money fees() { return shape("fees", Types.Money::new); }
    public Types.Money penalty() { return shape("penalty", Types.Money::new); }
    public Types.Money total() { return shape("total", Types.Money::new); }
    public Types.Money principalPaid() { return shape("principal_paid", Types.Money::new); }
    public Types.Money interestPaid() { return shape("interest_paid", Types.Money::new); }
    public Types.Money feesPaid() { return shape("fees_paid", Types.Money::new); }
    public Types.Money remaining() { return shape("remaining", Types.Money::new); }
  }

  /** A page of objects. */
  public static final class ScheduleRowList extends Shape {
    public ScheduleRowList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.ScheduleRow> data() { return list("data", value -> new Types.ScheduleRow(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** The endpoint with its secret: shown this once. */
  public static final class Secret extends Shape {
    public Secret(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of webhook_endpoint_secret. */
    public String object() { return (String) get("object"); }
    /** Null with `v1a`, which has a public key instead, and when the call is replayed. */
    public String secret() { return (String) get("secret"); }
    public Types.Endpoint endpoint() { return shape("endpoint", Types.Endpoint::new); }
  }

  /** A seed: the dates it lives from and to, and what it holds in the end. */
  public static final class Seed extends Shape {
    public Seed(Map<String, Object> members) { super(members); }
    /** One of pos_seasonal, ecommerce_growth, truck_fleet_stress, tax_sme_stable, portfolio_500_loans_24m. */
    public String seed() { return (String) get("seed"); }
    public String text() { return (String) get("text"); }
    public String firstDate() { return (String) get("first_date"); }
    public String lastDate() { return (String) get("last_date"); }
    public Long businesses() { return (Long) get("businesses"); }
    public Long loans() { return (Long) get("loans"); }
    public Long paidOff() { return (Long) get("paid_off"); }
    /** Loans with something due that is not paid. */
    public Long overdue() { return (Long) get("overdue"); }
  }

  /** What a bank is to hold. */
  public static final class SeedBody extends Shape {
    public SeedBody() {}
    public SeedBody(Map<String, Object> members) { super(members); }
    /** One of pos_seasonal, ecommerce_growth, truck_fleet_stress, tax_sme_stable, portfolio_500_loans_24m. Needed. */
    public SeedBody seed(String value) { return with("seed", value, this); }
    /** Without it, the clock of the bank that the token is for. */
    public SeedBody testClock(String value) { return with("test_clock", value, this); }
  }

  /** A request and where it stands; what a borrower wrote to the bank itself stays between the two. */
  public static final class ServiceRequest extends Shape {
    public ServiceRequest(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of service_request. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public Map<String, String> metadata() { return map("metadata", value -> (String) value); }
    /** What the borrower names on the telephone. */
    public String number() { return (String) get("number"); }
    public String business() { return (String) get("business"); }
    /** One of complaint, hardship, reschedule, correction, consent_copy. */
    public String type() { return (String) get("type"); }
    public String loan() { return (String) get("loan"); }
    public String consent() { return (String) get("consent"); }
    /** `borrower`: written on the bank's own pages; `text` and `answer` are null then. One of scene, borrower. */
    public String channel() { return (String) get("channel"); }
    public String text() { return (String) get("text"); }
    /** One of received, in_progress, resolved, rejected. */
    public String status() { return (String) get("status"); }
    /** The last day for an answer, where a rule sets one. */
    public String dueDate() { return (String) get("due_date"); }
    public String answer() { return (String) get("answer"); }
    public String createdAt() { return (String) get("created_at"); }
    public String answeredAt() { return (String) get("answered_at"); }
    /** What `expand[]` asked for; null where it is not to be had. */
    public Types.ServiceRequestExpanded expanded() { return shape("expanded", Types.ServiceRequestExpanded::new); }
  }

  /** What a business asks of the bank, in its own words. */
  public static final class ServiceRequestBody extends Shape {
    public ServiceRequestBody() {}
    public ServiceRequestBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public ServiceRequestBody business(String value) { return with("business", value, this); }
    /** One of complaint, hardship, reschedule, correction, consent_copy. Needed. */
    public ServiceRequestBody type(String value) { return with("type", value, this); }
    /** Needed for `hardship` and `reschedule`. */
    public ServiceRequestBody loan(String value) { return with("loan", value, this); }
    /** Which consent a copy is asked of. */
    public ServiceRequestBody consent(String value) { return with("consent", value, this); }
    /** Needed. */
    public ServiceRequestBody text(String value) { return with("text", value, this); }
    public ServiceRequestBody metadata(Map<String, String> value) { return with("metadata", value, this); }
  }

  /** What `expand[]` asked for; null where it is not to be had. */
  public static final class ServiceRequestExpanded extends Shape {
    public ServiceRequestExpanded(Map<String, Object> members) { super(members); }
    public Types.Business business() { return shape("business", Types.Business::new); }
    public Types.Loan loan() { return shape("loan", Types.Loan::new); }
  }

  /** A service request as its events show it. */
  public static final class ServiceRequestInEvent extends Shape {
    public ServiceRequestInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of service_request. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String number() { return (String) get("number"); }
    public String type() { return (String) get("type"); }
    public String business() { return (String) get("business"); }
    public String dueDate() { return (String) get("due_date"); }
  }

  /** A page of objects. */
  public static final class ServiceRequestList extends Shape {
    public ServiceRequestList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.ServiceRequest> data() { return list("data", value -> new Types.ServiceRequest(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** What a business says of itself before anybody knows who it is; nothing is looked up. */
  public static final class StatedFactsBody extends Shape {
    public StatedFactsBody() {}
    public StatedFactsBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public StatedFactsBody monthlySales(Types.PositiveMoney value) { return with("monthly_sales", value, this); }
    /** GB/T 2260. */
    public StatedFactsBody areaCode(String value) { return with("area_code", value, this); }
  }

  /** A line's month: `closing` is `opening` and what was drawn and charged, less what was paid. The days run from `from_date` up to, not including, `to_date`. */
  public static final class Statement extends Shape {
    public Statement(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of statement. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String creditLine() { return (String) get("credit_line"); }
    public String fromDate() { return (String) get("from_date"); }
    public String toDate() { return (String) get("to_date"); }
    public Types.Money opening() { return shape("opening", Types.Money::new); }
    public Types.Money drawn() { return shape("drawn", Types.Money::new); }
    public Types.Money interest() { return shape("interest", Types.Money::new); }
    public Types.Money penalty() { return shape("penalty", Types.Money::new); }
    public Types.Money fees() { return shape("fees", Types.Money::new); }
    public Types.Money paid() { return shape("paid", Types.Money::new); }
    /** What moved without money, a waiver for instance. */
    public Types.Money adjusted() { return shape("adjusted", Types.Money::new); }
    public Types.Money closing() { return shape("closing", Types.Money::new); }
    /** Of the closing balance. */
    public Types.Money principal() { return shape("principal", Types.Money::new); }
    public Types.Money creditLimit() { return shape("credit_limit", Types.Money::new); }
    /** The least to pay until `payment_due_date`. */
    public Types.Money minimumPayment() { return shape("minimum_payment", Types.Money::new); }
    public String paymentDueDate() { return (String) get("payment_due_date"); }
    public Types.Money previousMinimum() { return shape("previous_minimum", Types.Money::new); }
    public Types.Money paidInTime() { return shape("paid_in_time", Types.Money::new); }
    /** What is still missing of the minimum before. */
    public Types.Money short_() { return shape("short", Types.Money::new); }
    /** What the loans themselves have overdue. */
    public Types.Money pastDue() { return shape("past_due", Types.Money::new); }
    public Long daysPastDue() { return (Long) get("days_past_due"); }
    public Long drawCount() { return (Long) get("draw_count"); }
    public String sha256() { return (String) get("sha256"); }
    /** The same document by GM/T 0004. */
    public String sm3() { return (String) get("sm3"); }
    public String issuedAt() { return (String) get("issued_at"); }
  }

  /** A statement as its events show it. */
  public static final class StatementInEvent extends Shape {
    public StatementInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of statement. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String creditLine() { return (String) get("credit_line"); }
    public String business() { return (String) get("business"); }
    public String month() { return (String) get("month"); }
    public String paymentDueDate() { return (String) get("payment_due_date"); }
  }

  /** A page of objects. */
  public static final class StatementList extends Shape {
    public StatementList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Statement> data() { return list("data", value -> new Types.Statement(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** `tax_filings`: a tax filing, on the day it was filed. */
  public static final class TaxFilingBody extends Shape {
    public TaxFilingBody() {}
    public TaxFilingBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public TaxFilingBody recordNo(String value) { return with("record_no", value, this); }
    public TaxFilingBody revision(Long value) { return with("revision", value, this); }
    /** Needed. */
    public TaxFilingBody day(String value) { return with("day", value, this); }
    /** One of vat, income, other. Needed. */
    public TaxFilingBody tax(String value) { return with("tax", value, this); }
    /** Needed. */
    public TaxFilingBody declared(String value) { return with("declared", value, this); }
    /** Needed. */
    public TaxFilingBody paid(String value) { return with("paid", value, this); }
    /** Needed. */
    public TaxFilingBody isLate(Boolean value) { return with("is_late", value, this); }
    /** One of A, B, M, C, D. */
    public TaxFilingBody creditClass(String value) { return with("credit_class", value, this); }
  }

  /** A test clock as its events show it. */
  public static final class TestClockInEvent extends Shape {
    public TestClockInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of test_clock. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String frozenDate() { return (String) get("frozen_date"); }
  }

  /** One row of the loan's log; what was wrong is reversed by a later row, never changed. */
  public static final class Transaction extends Shape {
    public Transaction(Map<String, Object> members) { super(members); }
    public Long sequence() { return (Long) get("sequence"); }
    /** One of disbursement, repayment, counter_receipt, reallocation, reversal, rate_change, extension, re_age, re_amortisation, pause, due_date_move, waiver, write_off, recovery, renewal, credit_refund, credit_use. */
    public String kind() { return (String) get("kind"); }
    public String bookingDate() { return (String) get("booking_date"); }
    public String valueDate() { return (String) get("value_date"); }
    public Types.Money total() { return shape("total", Types.Money::new); }
    /** What it adds to the debt. */
    public Types.Money principalChange() { return shape("principal_change", Types.Money::new); }
    public Types.Money interestPaid() { return shape("interest_paid", Types.Money::new); }
    public Types.Money penaltyPaid() { return shape("penalty_paid", Types.Money::new); }
    public Types.Money compoundPaid() { return shape("compound_paid", Types.Money::new); }
    public Types.Money feePaid() { return shape("fee_paid", Types.Money::new); }
    public Types.Money excess() { return shape("excess", Types.Money::new); }
    public String createdAt() { return (String) get("created_at"); }
  }

  /** A page of objects. */
  public static final class TransactionList extends Shape {
    public TransactionList(Map<String, Object> members) { super(members); }
    /** One of list. */
    public String object() { return (String) get("object"); }
    public List<Types.Transaction> data() { return list("data", value -> new Types.Transaction(object(value))); }
    public Boolean hasMore() { return (Boolean) get("has_more"); }
    /** Give it as `after` for the next page. */
    public String nextCursor() { return (String) get("next_cursor"); }
  }

  /** `telematics`: a truck's trip, in metres and minutes; never where. */
  public static final class TripBody extends Shape {
    public TripBody() {}
    public TripBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public TripBody recordNo(String value) { return with("record_no", value, this); }
    public TripBody revision(Long value) { return with("revision", value, this); }
    /** Needed. */
    public TripBody day(String value) { return with("day", value, this); }
    /** Needed. */
    public TripBody metres(Long value) { return with("metres", value, this); }
    /** Needed. */
    public TripBody loadedMetres(Long value) { return with("loaded_metres", value, this); }
    /** Needed. */
    public TripBody minutes(Long value) { return with("minutes", value, this); }
    public TripBody partyRef(String value) { return with("party_ref", value, this); }
  }

  /** The values that make a sandbox bank answer in a known way, as the guide publishes them. */
  public static final class Values extends Shape {
    public Values(Map<String, Object> members) { super(members); }
    /** One of sandbox_values. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public List<Types.FirmValue> registrationNumbers() { return list("registration_numbers", value -> new Types.FirmValue(object(value))); }
    public List<Types.AccountValue> accountEndings() { return list("account_endings", value -> new Types.AccountValue(object(value))); }
    public List<Types.PhoneValue> phones() { return list("phones", value -> new Types.PhoneValue(object(value))); }
    public List<Types.Seed> seeds() { return list("seeds", value -> new Types.Seed(object(value))); }
  }

  /** `waybills`: a freight document (运单), on the day it was booked. */
  public static final class WaybillBody extends Shape {
    public WaybillBody() {}
    public WaybillBody(Map<String, Object> members) { super(members); }
    /** Needed. */
    public WaybillBody recordNo(String value) { return with("record_no", value, this); }
    public WaybillBody revision(Long value) { return with("revision", value, this); }
    /** Needed. */
    public WaybillBody day(String value) { return with("day", value, this); }
    /** One of booked, delivered, cancelled. Needed. */
    public WaybillBody state(String value) { return with("state", value, this); }
    /** Needed. */
    public WaybillBody freight(String value) { return with("freight", value, this); }
    /** Needed. */
    public WaybillBody kilograms(Long value) { return with("kilograms", value, this); }
    public WaybillBody deliveredDay(String value) { return with("delivered_day", value, this); }
    public WaybillBody partyRef(String value) { return with("party_ref", value, this); }
  }

  /** A webhook endpoint as its events show it. */
  public static final class WebhookEndpointInEvent extends Shape {
    public WebhookEndpointInEvent(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of webhook_endpoint. */
    public String object() { return (String) get("object"); }
    public String status() { return (String) get("status"); }
    public String disabledReason() { return (String) get("disabled_reason"); }
  }

  /** A statement with its movements and the document that was hashed. */
  public static final class WholeStatement extends Shape {
    public WholeStatement(Map<String, Object> members) { super(members); }
    public String id() { return (String) get("id"); }
    /** One of statement. */
    public String object() { return (String) get("object"); }
    /** False: nothing here is real money. */
    public Boolean livemode() { return (Boolean) get("livemode"); }
    public String bank() { return (String) get("bank"); }
    public String creditLine() { return (String) get("credit_line"); }
    public String fromDate() { return (String) get("from_date"); }
    public String toDate() { return (String) get("to_date"); }
    public Types.Money opening() { return shape("opening", Types.Money::new); }
    public Types.Money drawn() { return shape("drawn", Types.Money::new); }
    public Types.Money interest() { return shape("interest", Types.Money::new); }
    public Types.Money penalty() { return shape("penalty", Types.Money::new); }
    public Types.Money fees() { return shape("fees", Types.Money::new); }
    public Types.Money paid() { return shape("paid", Types.Money::new); }
    /** What moved without money, a waiver for instance. */
    public Types.Money adjusted() { return shape("adjusted", Types.Money::new); }
    public Types.Money closing() { return shape("closing", Types.Money::new); }
    /** Of the closing balance. */
    public Types.Money principal() { return shape("principal", Types.Money::new); }
    public Types.Money creditLimit() { return shape("credit_limit", Types.Money::new); }
    /** The least to pay until `payment_due_date`. */
    public Types.Money minimumPayment() { return shape("minimum_payment", Types.Money::new); }
    public String paymentDueDate() { return (String) get("payment_due_date"); }
    public Types.Money previousMinimum() { return shape("previous_minimum", Types.Money::new); }
    public Types.Money paidInTime() { return shape("paid_in_time", Types.Money::new); }
    /** What is still missing of the minimum before. */
    public Types.Money short_() { return shape("short", Types.Money::new); }
    /** What the loans themselves have overdue. */
    public Types.Money pastDue() { return shape("past_due", Types.Money::new); }
    public Long daysPastDue() { return (Long) get("days_past_due"); }
    public Long drawCount() { return (Long) get("draw_count"); }
    public String sha256() { return (String) get("sha256"); }
    /** The same document by GM/T 0004. */
    public String sm3() { return (String) get("sm3"); }
    public String issuedAt() { return (String) get("issued_at"); }
    public List<Types.Movement> movements() { return list("movements", value -> new Types.Movement(object(value))); }
    /** The JSON text whose hashes `sha256` and `sm3` are. */
    public String document() { return (String) get("document"); }
  }

  /** Why; nothing is asked for. */
  public static final class WithdrawBody extends Shape {
    public WithdrawBody() {}
    public WithdrawBody(Map<String, Object> members) { super(members); }
    public WithdrawBody reason(String value) { return with("reason", value, this); }
  }

  /** What list_businesses may be asked with. */
  public static final class ListBusinessesQuery extends Shape {
    public ListBusinessesQuery() {}
    public ListBusinessesQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListBusinessesQuery after(String value) { return with("after", value, this); }
    /** Made at this instant or later. */
    public ListBusinessesQuery createdAtGte(String value) { return with("created_at[gte]", value, this); }
    /** Made before this instant. */
    public ListBusinessesQuery createdAtLt(String value) { return with("created_at[lt]", value, this); }
    /** The scene's own id of it. */
    public ListBusinessesQuery externalId(String value) { return with("external_id", value, this); }
    public ListBusinessesQuery limit(Long value) { return with("limit", value, this); }
  }

  /** What list_business_consents may be asked with. */
  public static final class ListBusinessConsentsQuery extends Shape {
    public ListBusinessConsentsQuery() {}
    public ListBusinessConsentsQuery(Map<String, Object> members) { super(members); }
    /** Needed. */
    public ListBusinessConsentsQuery business(String value) { return with("business", value, this); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public ListBusinessConsentsQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What get_consent may be asked with. */
  public static final class GetConsentQuery extends Shape {
    public GetConsentQuery() {}
    public GetConsentQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetConsentQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What send_batch_of_data may be asked with. */
  public static final class SendBatchOfDataQuery extends Shape {
    public SendBatchOfDataQuery() {}
    public SendBatchOfDataQuery(Map<String, Object> members) { super(members); }
    /** Needed. */
    public SendBatchOfDataQuery business(String value) { return with("business", value, this); }
    /** One of receipts, invoices, orders, ratings, tax_filings, meters, telematics, waybills. */
    public SendBatchOfDataQuery cluster(String value) { return with("cluster", value, this); }
    /** Needed. */
    public SendBatchOfDataQuery consent(String value) { return with("consent", value, this); }
    /** The day after the last. */
    public SendBatchOfDataQuery periodEndDate(String value) { return with("period_end_date", value, this); }
    /** The first day; give both ends or none. */
    public SendBatchOfDataQuery periodStartDate(String value) { return with("period_start_date", value, this); }
    /** One of 1. */
    public SendBatchOfDataQuery schemaVersion(String value) { return with("schema_version", value, this); }
  }

  /** What list_batch_errors may be asked with. */
  public static final class ListBatchErrorsQuery extends Shape {
    public ListBatchErrorsQuery() {}
    public ListBatchErrorsQuery(Map<String, Object> members) { super(members); }
    public ListBatchErrorsQuery after(Long value) { return with("after", value, this); }
    public ListBatchErrorsQuery limit(Long value) { return with("limit", value, this); }
  }

  /** What list_prequalifications may be asked with. */
  public static final class ListPrequalificationsQuery extends Shape {
    public ListPrequalificationsQuery() {}
    public ListPrequalificationsQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListPrequalificationsQuery after(String value) { return with("after", value, this); }
    public ListPrequalificationsQuery business(String value) { return with("business", value, this); }
    /** Made at this instant or later. */
    public ListPrequalificationsQuery createdAtGte(String value) { return with("created_at[gte]", value, this); }
    /** Made before this instant. */
    public ListPrequalificationsQuery createdAtLt(String value) { return with("created_at[lt]", value, this); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public ListPrequalificationsQuery expand(List<String> value) { return with("expand[]", value, this); }
    public ListPrequalificationsQuery limit(Long value) { return with("limit", value, this); }
  }

  /** What get_prequalification may be asked with. */
  public static final class GetPrequalificationQuery extends Shape {
    public GetPrequalificationQuery() {}
    public GetPrequalificationQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetPrequalificationQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What list_offers may be asked with. */
  public static final class ListOffersQuery extends Shape {
    public ListOffersQuery() {}
    public ListOffersQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListOffersQuery after(String value) { return with("after", value, this); }
    public ListOffersQuery business(String value) { return with("business", value, this); }
    /** Made at this instant or later. */
    public ListOffersQuery createdAtGte(String value) { return with("created_at[gte]", value, this); }
    /** Made before this instant. */
    public ListOffersQuery createdAtLt(String value) { return with("created_at[lt]", value, this); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public ListOffersQuery expand(List<String> value) { return with("expand[]", value, this); }
    public ListOffersQuery limit(Long value) { return with("limit", value, this); }
  }

  /** What get_offer may be asked with. */
  public static final class GetOfferQuery extends Shape {
    public GetOfferQuery() {}
    public GetOfferQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetOfferQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What list_applications may be asked with. */
  public static final class ListApplicationsQuery extends Shape {
    public ListApplicationsQuery() {}
    public ListApplicationsQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListApplicationsQuery after(String value) { return with("after", value, this); }
    public ListApplicationsQuery business(String value) { return with("business", value, this); }
    /** Made at this instant or later. */
    public ListApplicationsQuery createdAtGte(String value) { return with("created_at[gte]", value, this); }
    /** Made before this instant. */
    public ListApplicationsQuery createdAtLt(String value) { return with("created_at[lt]", value, this); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public ListApplicationsQuery expand(List<String> value) { return with("expand[]", value, this); }
    /** The scene's own id of it. */
    public ListApplicationsQuery externalId(String value) { return with("external_id", value, this); }
    public ListApplicationsQuery limit(Long value) { return with("limit", value, this); }
    /** One of draft, submitted, in_review, approved, contracted, declined, withdrawn, expired. */
    public ListApplicationsQuery status(String value) { return with("status", value, this); }
  }

  /** What get_application may be asked with. */
  public static final class GetApplicationQuery extends Shape {
    public GetApplicationQuery() {}
    public GetApplicationQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetApplicationQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What get_agreement may be asked with. */
  public static final class GetAgreementQuery extends Shape {
    public GetAgreementQuery() {}
    public GetAgreementQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetAgreementQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What list_credit_lines may be asked with. */
  public static final class ListCreditLinesQuery extends Shape {
    public ListCreditLinesQuery() {}
    public ListCreditLinesQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListCreditLinesQuery after(String value) { return with("after", value, this); }
    public ListCreditLinesQuery business(String value) { return with("business", value, this); }
    /** Made at this instant or later. */
    public ListCreditLinesQuery createdAtGte(String value) { return with("created_at[gte]", value, this); }
    /** Made before this instant. */
    public ListCreditLinesQuery createdAtLt(String value) { return with("created_at[lt]", value, this); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public ListCreditLinesQuery expand(List<String> value) { return with("expand[]", value, this); }
    public ListCreditLinesQuery limit(Long value) { return with("limit", value, this); }
  }

  /** What get_credit_line may be asked with. */
  public static final class GetCreditLineQuery extends Shape {
    public GetCreditLineQuery() {}
    public GetCreditLineQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetCreditLineQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What list_credit_line_statements may be asked with. */
  public static final class ListCreditLineStatementsQuery extends Shape {
    public ListCreditLineStatementsQuery() {}
    public ListCreditLineStatementsQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListCreditLineStatementsQuery after(String value) { return with("after", value, this); }
    public ListCreditLineStatementsQuery limit(Long value) { return with("limit", value, this); }
  }

  /** What list_drawdowns may be asked with. */
  public static final class ListDrawdownsQuery extends Shape {
    public ListDrawdownsQuery() {}
    public ListDrawdownsQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListDrawdownsQuery after(String value) { return with("after", value, this); }
    public ListDrawdownsQuery business(String value) { return with("business", value, this); }
    /** Made at this instant or later. */
    public ListDrawdownsQuery createdAtGte(String value) { return with("created_at[gte]", value, this); }
    /** Made before this instant. */
    public ListDrawdownsQuery createdAtLt(String value) { return with("created_at[lt]", value, this); }
    public ListDrawdownsQuery creditLine(String value) { return with("credit_line", value, this); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public ListDrawdownsQuery expand(List<String> value) { return with("expand[]", value, this); }
    /** The scene's own id of it. */
    public ListDrawdownsQuery externalId(String value) { return with("external_id", value, this); }
    public ListDrawdownsQuery limit(Long value) { return with("limit", value, this); }
  }

  /** What get_drawdown may be asked with. */
  public static final class GetDrawdownQuery extends Shape {
    public GetDrawdownQuery() {}
    public GetDrawdownQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetDrawdownQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What list_loans may be asked with. */
  public static final class ListLoansQuery extends Shape {
    public ListLoansQuery() {}
    public ListLoansQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListLoansQuery after(String value) { return with("after", value, this); }
    public ListLoansQuery business(String value) { return with("business", value, this); }
    /** Made at this instant or later. */
    public ListLoansQuery createdAtGte(String value) { return with("created_at[gte]", value, this); }
    /** Made before this instant. */
    public ListLoansQuery createdAtLt(String value) { return with("created_at[lt]", value, this); }
    public ListLoansQuery creditLine(String value) { return with("credit_line", value, this); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public ListLoansQuery expand(List<String> value) { return with("expand[]", value, this); }
    public ListLoansQuery limit(Long value) { return with("limit", value, this); }
  }

  /** What get_loan may be asked with. */
  public static final class GetLoanQuery extends Shape {
    public GetLoanQuery() {}
    public GetLoanQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetLoanQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What list_repayments may be asked with. */
  public static final class ListRepaymentsQuery extends Shape {
    public ListRepaymentsQuery() {}
    public ListRepaymentsQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListRepaymentsQuery after(String value) { return with("after", value, this); }
    /** Made at this instant or later. */
    public ListRepaymentsQuery createdAtGte(String value) { return with("created_at[gte]", value, this); }
    /** Made before this instant. */
    public ListRepaymentsQuery createdAtLt(String value) { return with("created_at[lt]", value, this); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public ListRepaymentsQuery expand(List<String> value) { return with("expand[]", value, this); }
    /** The scene's own id of it. */
    public ListRepaymentsQuery externalId(String value) { return with("external_id", value, this); }
    public ListRepaymentsQuery limit(Long value) { return with("limit", value, this); }
    public ListRepaymentsQuery loan(String value) { return with("loan", value, this); }
  }

  /** What get_repayment may be asked with. */
  public static final class GetRepaymentQuery extends Shape {
    public GetRepaymentQuery() {}
    public GetRepaymentQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetRepaymentQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What list_service_requests may be asked with. */
  public static final class ListServiceRequestsQuery extends Shape {
    public ListServiceRequestsQuery() {}
    public ListServiceRequestsQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListServiceRequestsQuery after(String value) { return with("after", value, this); }
    public ListServiceRequestsQuery business(String value) { return with("business", value, this); }
    /** Made at this instant or later. */
    public ListServiceRequestsQuery createdAtGte(String value) { return with("created_at[gte]", value, this); }
    /** Made before this instant. */
    public ListServiceRequestsQuery createdAtLt(String value) { return with("created_at[lt]", value, this); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public ListServiceRequestsQuery expand(List<String> value) { return with("expand[]", value, this); }
    public ListServiceRequestsQuery limit(Long value) { return with("limit", value, this); }
    /** One of received, in_progress, resolved, rejected. */
    public ListServiceRequestsQuery status(String value) { return with("status", value, this); }
    /** One of complaint, hardship, reschedule, correction, consent_copy. */
    public ListServiceRequestsQuery type(String value) { return with("type", value, this); }
  }

  /** What get_service_request may be asked with. */
  public static final class GetServiceRequestQuery extends Shape {
    public GetServiceRequestQuery() {}
    public GetServiceRequestQuery(Map<String, Object> members) { super(members); }
    /** What is named by its id and is to be answered beside it, under `expanded`. */
    public GetServiceRequestQuery expand(List<String> value) { return with("expand[]", value, this); }
  }

  /** What list_events may be asked with. */
  public static final class ListEventsQuery extends Shape {
    public ListEventsQuery() {}
    public ListEventsQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListEventsQuery after(String value) { return with("after", value, this); }
    public ListEventsQuery limit(Long value) { return with("limit", value, this); }
    public ListEventsQuery type(String value) { return with("type", value, this); }
  }

  /** What list_webhook_deliveries may be asked with. */
  public static final class ListWebhookDeliveriesQuery extends Shape {
    public ListWebhookDeliveriesQuery() {}
    public ListWebhookDeliveriesQuery(Map<String, Object> members) { super(members); }
    /** The last id of the page before. */
    public ListWebhookDeliveriesQuery after(String value) { return with("after", value, this); }
    public ListWebhookDeliveriesQuery endpoint(String value) { return with("endpoint", value, this); }
    public ListWebhookDeliveriesQuery event(String value) { return with("event", value, this); }
    public ListWebhookDeliveriesQuery eventType(String value) { return with("event_type", value, this); }
    public ListWebhookDeliveriesQuery limit(Long value) { return with("limit", value, this); }
    /** One of pending, delivered, failed. */
    public ListWebhookDeliveriesQuery status(String value) { return with("status", value, this); }
  }
}
