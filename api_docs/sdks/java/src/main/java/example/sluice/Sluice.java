// Made from api_docs/openapi/scene.yaml by ./sluice generate openapi: change that, never this.
package example.sluice;

import java.util.List;
import java.util.Map;

/** The API of one bank: a method for each call of the reference. */
public final class Sluice extends Transport {
  public static final String API_VERSION = "2026-11-01";

  public Sluice(Settings settings) {
    super(settings);
  }

  /** The same client at another bank: bnk_…, or the resource of a test clock. */
  public Sluice at(String bank) {
    return new Sluice(settings().at(bank));
  }

  /** Describe the token. Say whose the token is, for which bank and with which scopes. */
  public Types.Me describeToken() {
    return new Types.Me(send(new Call("GET", "/v1/me")));
  }

  /** List reason codes. List every reason a decision may give, by code; texts are in the language of `Accept-Language`. */
  public Types.ReasonCodeList listReasonCodes() {
    return new Types.ReasonCodeList(send(new Call("GET", "/v1/reason_codes")));
  }

  /** List banks. List the banks this scene has a contract with. */
  public Types.BankList listBanks() {
    return new Types.BankList(send(new Call("GET", "/v1/banks")));
  }

  /** Get a bank's status. Of the token's bank; another bank's is asked for with that bank's token. */
  public Types.BankStatus getBankStatus(String bankId) {
    return new Types.BankStatus(send(new Call("GET", "/v1/banks/" + part(bankId) + "/status")));
  }

  /** List products. List what the bank has on offer today. */
  public Types.ProductList listProducts() {
    return new Types.ProductList(send(new Call("GET", "/v1/products")));
  }

  /** Get a product. Return the version of a product in force today. */
  public Types.Product getProduct(String code) {
    return new Types.Product(send(new Call("GET", "/v1/products/" + part(code))));
  }

  /** Quote a draw on a product. Nothing is stored and nobody is bound. */
  public Types.Quote quoteDrawOnProduct(Types.ProductQuoteBody body) {
    return quoteDrawOnProduct(body, newKey());
  }

  /** Quote a draw on a product. Nothing is stored and nobody is bound. */
  public Types.Quote quoteDrawOnProduct(Types.ProductQuoteBody body, String idempotencyKey) {
    return new Types.Quote(send(new Call("POST", "/v1/quotes").body(body).key(idempotencyKey)));
  }

  /** Calculate a repayment schedule. Every row and the totals from the terms alone, exact to the smallest unit. Nothing is stored and nobody is bound; a document has at most 256 KiB. */
  public Types.CalculatedScheduleAnswer calculateRepaymentSchedule(Types.CalculatedScheduleRequest body) {
    return calculateRepaymentSchedule(body, newKey());
  }

  /** Calculate a repayment schedule. Every row and the totals from the terms alone, exact to the smallest unit. Nothing is stored and nobody is bound; a document has at most 256 KiB. */
  public Types.CalculatedScheduleAnswer calculateRepaymentSchedule(Types.CalculatedScheduleRequest body, String idempotencyKey) {
    return new Types.CalculatedScheduleAnswer(send(new Call("POST", "/v1/calculator/schedules").body(body).key(idempotencyKey)));
  }

  /** Calculate the annual cost of cash flows. What advances, payments and every party's fees cost in a year, by convention. Nothing is stored and nobody is bound; a document has at most 256 KiB. */
  public Types.CalculatedCostAnswer calculateAnnualCostOfCashFlows(Types.CalculatedCostRequest body) {
    return calculateAnnualCostOfCashFlows(body, newKey());
  }

  /** Calculate the annual cost of cash flows. What advances, payments and every party's fees cost in a year, by convention. Nothing is stored and nobody is bound; a document has at most 256 KiB. */
  public Types.CalculatedCostAnswer calculateAnnualCostOfCashFlows(Types.CalculatedCostRequest body, String idempotencyKey) {
    return new Types.CalculatedCostAnswer(send(new Call("POST", "/v1/calculator/apr").body(body).key(idempotencyKey)));
  }

  /** Calculate what a payment pays. How a payment falls on instalments in the order of a policy. Nothing is stored and nobody is bound; a document has at most 256 KiB. */
  public Types.CalculatedAllocationAnswer calculateWhatPaymentPays(Types.CalculatedAllocationRequest body) {
    return calculateWhatPaymentPays(body, newKey());
  }

  /** Calculate what a payment pays. How a payment falls on instalments in the order of a policy. Nothing is stored and nobody is bound; a document has at most 256 KiB. */
  public Types.CalculatedAllocationAnswer calculateWhatPaymentPays(Types.CalculatedAllocationRequest body, String idempotencyKey) {
    return new Types.CalculatedAllocationAnswer(send(new Call("POST", "/v1/calculator/allocations").body(body).key(idempotencyKey)));
  }

  /** List businesses. List the businesses this scene introduced. */
  public Types.BusinessList listBusinesses() {
    return listBusinesses(null);
  }

  /** List businesses. List the businesses this scene introduced. */
  public Types.BusinessList listBusinesses(Types.ListBusinessesQuery query) {
    return new Types.BusinessList(send(new Call("GET", "/v1/businesses").query(query)));
  }

  /** Introduce a business. The same business twice is the same object; other particulars for it are refused. */
  public Types.Business introduceBusiness(Types.BusinessBody body) {
    return introduceBusiness(body, newKey());
  }

  /** Introduce a business. The same business twice is the same object; other particulars for it are refused. */
  public Types.Business introduceBusiness(Types.BusinessBody body, String idempotencyKey) {
    return new Types.Business(send(new Call("POST", "/v1/businesses").body(body).key(idempotencyKey)));
  }

  /** Get a business. Return one business of this scene. */
  public Types.Business getBusiness(String businessId) {
    return new Types.Business(send(new Call("GET", "/v1/businesses/" + part(businessId))));
  }

  /** Correct a business. For what was typed wrong: never the credit code or the representative, and of a business that another scene introduced too only your own `external_id`. `If-Match` says which state was read. */
  public Types.Business correctBusiness(String businessId, String ifMatch, Types.BusinessChanges body) {
    return correctBusiness(businessId, ifMatch, body, newKey());
  }

  /** Correct a business. For what was typed wrong: never the credit code or the representative, and of a business that another scene introduced too only your own `external_id`. `If-Match` says which state was read. */
  public Types.Business correctBusiness(String businessId, String ifMatch, Types.BusinessChanges body, String idempotencyKey) {
    return new Types.Business(send(new Call("PATCH", "/v1/businesses/" + part(businessId)).body(body).ifMatch(ifMatch).key(idempotencyKey)));
  }

  /** List bank accounts. List a business's accounts, oldest first. */
  public Types.BankAccountList listBankAccounts(String businessId) {
    return new Types.BankAccountList(send(new Call("GET", "/v1/businesses/" + part(businessId) + "/bank_accounts")));
  }

  /** Add a bank account. Add an account; the number is answered masked. */
  public Types.BankAccount addBankAccount(String businessId, Types.BankAccountBody body) {
    return addBankAccount(businessId, body, newKey());
  }

  /** Add a bank account. Add an account; the number is answered masked. */
  public Types.BankAccount addBankAccount(String businessId, Types.BankAccountBody body, String idempotencyKey) {
    return new Types.BankAccount(send(new Call("POST", "/v1/businesses/" + part(businessId) + "/bank_accounts").body(body).key(idempotencyKey)));
  }

  /** List a business's consents. List the consents a business gave through this scene, newest first. */
  public Types.ConsentList listBusinessConsents(Types.ListBusinessConsentsQuery query) {
    return new Types.ConsentList(send(new Call("GET", "/v1/consents").query(query)));
  }

  /** Record a consent. A newer consent for the same purpose and classes replaces the one before. */
  public Types.Consent recordConsent(Types.ConsentBody body) {
    return recordConsent(body, newKey());
  }

  /** Record a consent. A newer consent for the same purpose and classes replaces the one before. */
  public Types.Consent recordConsent(Types.ConsentBody body, String idempotencyKey) {
    return new Types.Consent(send(new Call("POST", "/v1/consents").body(body).key(idempotencyKey)));
  }

  /** Get a consent. Return one consent of this scene. */
  public Types.Consent getConsent(String consentId) {
    return getConsent(consentId, null);
  }

  /** Get a consent. Return one consent of this scene. */
  public Types.Consent getConsent(String consentId, Types.GetConsentQuery query) {
    return new Types.Consent(send(new Call("GET", "/v1/consents/" + part(consentId)).query(query)));
  }

  /** Revoke a consent. One call, at any time; the next use of the data is refused. A debt that exists stays. A second call changes nothing, but for `erase_data`, which may be asked for afterwards. */
  public Types.Consent revokeConsent(String consentId, Types.RevokeBody body) {
    return revokeConsent(consentId, body, newKey());
  }

  /** Revoke a consent. One call, at any time; the next use of the data is refused. A debt that exists stays. A second call changes nothing, but for `erase_data`, which may be asked for afterwards. */
  public Types.Consent revokeConsent(String consentId, Types.RevokeBody body, String idempotencyKey) {
    return new Types.Consent(send(new Call("POST", "/v1/consents/" + part(consentId) + "/revoke").body(body).key(idempotencyKey)));
  }

  /** Send a batch of data. The body is NDJSON: one row of the cluster a line, at most 256 MB, with its length declared. A row that breaks a rule is counted and named, the others are written; all of them become visible at once. The same row again is a duplicate. What may break off is better sent as an upload. */
  public Types.DataBatch sendBatchOfData(Types.SendBatchOfDataQuery query, Iterable<? extends Shape> lines) {
    return sendBatchOfData(query, lines, newKey());
  }

  /** Send a batch of data. The body is NDJSON: one row of the cluster a line, at most 256 MB, with its length declared. A row that breaks a rule is counted and named, the others are written; all of them become visible at once. The same row again is a duplicate. What may break off is better sent as an upload. */
  public Types.DataBatch sendBatchOfData(Types.SendBatchOfDataQuery query, Iterable<? extends Shape> lines, String idempotencyKey) {
    return new Types.DataBatch(send(new Call("POST", "/v1/data_batches").query(query).lines(lines).key(idempotencyKey)));
  }

  /** Open an upload of a batch. The batch takes its bytes in several calls, each going on where the one before ended, and is taken in when it is completed. An upload that nobody completes in three days is deleted. */
  public Types.DataBatch openUploadOfBatch(Types.BatchBody body) {
    return openUploadOfBatch(body, newKey());
  }

  /** Open an upload of a batch. The batch takes its bytes in several calls, each going on where the one before ended, and is taken in when it is completed. An upload that nobody completes in three days is deleted. */
  public Types.DataBatch openUploadOfBatch(Types.BatchBody body, String idempotencyKey) {
    return new Types.DataBatch(send(new Call("POST", "/v1/data_batches/open").body(body).key(idempotencyKey)));
  }

  /** Get a batch. Return one batch of this scene. */
  public Types.DataBatch getBatch(String batchId) {
    return new Types.DataBatch(send(new Call("GET", "/v1/data_batches/" + part(batchId))));
  }

  /** Send bytes of an upload. `Upload-Offset` says at which byte of the whole this body begins (0 if absent). What arrives is kept, also when the connection breaks: ask for the batch and go on from its `byte_count`. Lines may be cut anywhere. */
  public Types.DataBatch sendBytesOfUpload(String batchId, byte[] lines, long offset) {
    return new Types.DataBatch(send(new Call("PATCH", "/v1/data_batches/" + part(batchId)).lines(lines).offset(offset)));
  }

  /** Complete an upload. Takes in all rows at once, or none. `byte_count` is how many bytes were sent. */
  public Types.DataBatch completeUpload(String batchId, Types.CompletionBody body) {
    return completeUpload(batchId, body, newKey());
  }

  /** Complete an upload. Takes in all rows at once, or none. `byte_count` is how many bytes were sent. */
  public Types.DataBatch completeUpload(String batchId, Types.CompletionBody body, String idempotencyKey) {
    return new Types.DataBatch(send(new Call("POST", "/v1/data_batches/" + part(batchId) + "/complete").body(body).key(idempotencyKey)));
  }

  /** List a batch's errors. In the order of the lines; the first ten thousand are kept. */
  public Types.RowErrorList listBatchErrors(String batchId) {
    return listBatchErrors(batchId, null);
  }

  /** List a batch's errors. In the order of the lines; the first ten thousand are kept. */
  public Types.RowErrorList listBatchErrors(String batchId, Types.ListBatchErrorsQuery query) {
    return new Types.RowErrorList(send(new Call("GET", "/v1/data_batches/" + part(batchId) + "/errors").query(query)));
  }

  /** List prequalifications. List the answers this scene was given, newest first. */
  public Types.PrequalificationList listPrequalifications() {
    return listPrequalifications(null);
  }

  /** List prequalifications. List the answers this scene was given, newest first. */
  public Types.PrequalificationList listPrequalifications(Types.ListPrequalificationsQuery query) {
    return new Types.PrequalificationList(send(new Call("GET", "/v1/prequalifications").query(query)));
  }

  /** Prequalify. What the bank would lend as things stand: never a bureau inquiry, never a decision, and no mark on anybody. Of a business, by the strategy in force on the data it consented to; of `facts` alone, by the product's policy (sandbox: monthly sales from 50,000 on, 1.5 times; less is `insufficient_data`). */
  public Types.Prequalification prequalify(Types.PrequalificationBody body) {
    return prequalify(body, newKey());
  }

  /** Prequalify. What the bank would lend as things stand: never a bureau inquiry, never a decision, and no mark on anybody. Of a business, by the strategy in force on the data it consented to; of `facts` alone, by the product's policy (sandbox: monthly sales from 50,000 on, 1.5 times; less is `insufficient_data`). */
  public Types.Prequalification prequalify(Types.PrequalificationBody body, String idempotencyKey) {
    return new Types.Prequalification(send(new Call("POST", "/v1/prequalifications").body(body).key(idempotencyKey)));
  }

  /** Get a prequalification. Return one answer this scene was given. */
  public Types.Prequalification getPrequalification(String prequalificationId) {
    return getPrequalification(prequalificationId, null);
  }

  /** Get a prequalification. Return one answer this scene was given. */
  public Types.Prequalification getPrequalification(String prequalificationId, Types.GetPrequalificationQuery query) {
    return new Types.Prequalification(send(new Call("GET", "/v1/prequalifications/" + part(prequalificationId)).query(query)));
  }

  /** List offers. List the offers made through this scene, newest first. */
  public Types.OfferList listOffers() {
    return listOffers(null);
  }

  /** List offers. List the offers made through this scene, newest first. */
  public Types.OfferList listOffers(Types.ListOffersQuery query) {
    return new Types.OfferList(send(new Call("GET", "/v1/offers").query(query)));
  }

  /** Get an offer. Return one offer of this scene. */
  public Types.Offer getOffer(String offerId) {
    return getOffer(offerId, null);
  }

  /** Get an offer. Return one offer of this scene. */
  public Types.Offer getOffer(String offerId, Types.GetOfferQuery query) {
    return new Types.Offer(send(new Call("GET", "/v1/offers/" + part(offerId)).query(query)));
  }

  /** Mark an offer delivered. Note that the merchant was shown the offer; a second note changes nothing. */
  public Types.Offer markOfferDelivered(String offerId) {
    return markOfferDelivered(offerId, newKey());
  }

  /** Mark an offer delivered. Note that the merchant was shown the offer; a second note changes nothing. */
  public Types.Offer markOfferDelivered(String offerId, String idempotencyKey) {
    return new Types.Offer(send(new Call("POST", "/v1/offers/" + part(offerId) + "/mark_delivered").key(idempotencyKey)));
  }

  /** Quote a draw on an offer. Reckon a draw on the product of an offer. */
  public Types.Quote quoteDrawOnOffer(String offerId, Types.QuoteBody body) {
    return quoteDrawOnOffer(offerId, body, newKey());
  }

  /** Quote a draw on an offer. Reckon a draw on the product of an offer. */
  public Types.Quote quoteDrawOnOffer(String offerId, Types.QuoteBody body, String idempotencyKey) {
    return new Types.Quote(send(new Call("POST", "/v1/offers/" + part(offerId) + "/quotes").body(body).key(idempotencyKey)));
  }

  /** List applications. List this scene's applications and drafts, newest first. */
  public Types.ApplicationList listApplications() {
    return listApplications(null);
  }

  /** List applications. List this scene's applications and drafts, newest first. */
  public Types.ApplicationList listApplications(Types.ListApplicationsQuery query) {
    return new Types.ApplicationList(send(new Call("GET", "/v1/applications").query(query)));
  }

  /** Submit an application. Answered as `submitted`; the assessment runs right after and its outcome is in `GET /v1/applications/{id}/decision` and in an event, normally within a second. With `submit: false` answered as `draft`: change it with PATCH, then submit it. */
  public Types.Application submitApplication(Types.ApplicationBody body) {
    return submitApplication(body, newKey());
  }

  /** Submit an application. Answered as `submitted`; the assessment runs right after and its outcome is in `GET /v1/applications/{id}/decision` and in an event, normally within a second. With `submit: false` answered as `draft`: change it with PATCH, then submit it. */
  public Types.Application submitApplication(Types.ApplicationBody body, String idempotencyKey) {
    return new Types.Application(send(new Call("POST", "/v1/applications").body(body).key(idempotencyKey)));
  }

  /** Get an application. Return one application of this scene. */
  public Types.Application getApplication(String applicationId) {
    return getApplication(applicationId, null);
  }

  /** Get an application. Return one application of this scene. */
  public Types.Application getApplication(String applicationId, Types.GetApplicationQuery query) {
    return new Types.Application(send(new Call("GET", "/v1/applications/" + part(applicationId)).query(query)));
  }

  /** Change a draft. A draft may be changed until it is submitted. `If-Match` says which state of it was read: 412 `etag_mismatch` when it has changed since, and nothing is lost. */
  public Types.Application changeDraft(String applicationId, String ifMatch, Types.ApplicationChanges body) {
    return changeDraft(applicationId, ifMatch, body, newKey());
  }

  /** Change a draft. A draft may be changed until it is submitted. `If-Match` says which state of it was read: 412 `etag_mismatch` when it has changed since, and nothing is lost. */
  public Types.Application changeDraft(String applicationId, String ifMatch, Types.ApplicationChanges body, String idempotencyKey) {
    return new Types.Application(send(new Call("PATCH", "/v1/applications/" + part(applicationId)).body(body).ifMatch(ifMatch).key(idempotencyKey)));
  }

  /** Get an application's decision. A declined credit is 200 with `outcome: declined`; 409 while nothing is decided. */
  public Types.Decision getApplicationDecision(String applicationId) {
    return new Types.Decision(send(new Call("GET", "/v1/applications/" + part(applicationId) + "/decision")));
  }

  /** Submit a draft. The draft becomes an application of the same id; refused, it stays a draft. */
  public Types.Application submitDraft(String applicationId) {
    return submitDraft(applicationId, newKey());
  }

  /** Submit a draft. The draft becomes an application of the same id; refused, it stays a draft. */
  public Types.Application submitDraft(String applicationId, String idempotencyKey) {
    return new Types.Application(send(new Call("POST", "/v1/applications/" + part(applicationId) + "/submit").key(idempotencyKey)));
  }

  /** Withdraw an application. Close an application the merchant no longer wants. */
  public Types.Application withdrawApplication(String applicationId, Types.WithdrawBody body) {
    return withdrawApplication(applicationId, body, newKey());
  }

  /** Withdraw an application. Close an application the merchant no longer wants. */
  public Types.Application withdrawApplication(String applicationId, Types.WithdrawBody body, String idempotencyKey) {
    return new Types.Application(send(new Call("POST", "/v1/applications/" + part(applicationId) + "/withdraw").body(body).key(idempotencyKey)));
  }

  /** Prepare an agreement. Made on the first call, the same on later ones. Give the borrower the `signing_url`. */
  public Types.Agreement prepareAgreement(String applicationId) {
    return prepareAgreement(applicationId, newKey());
  }

  /** Prepare an agreement. Made on the first call, the same on later ones. Give the borrower the `signing_url`. */
  public Types.Agreement prepareAgreement(String applicationId, String idempotencyKey) {
    return new Types.Agreement(send(new Call("POST", "/v1/applications/" + part(applicationId) + "/agreements").key(idempotencyKey)));
  }

  /** Get an agreement. Return one agreement of this scene. */
  public Types.Agreement getAgreement(String agreementId) {
    return getAgreement(agreementId, null);
  }

  /** Get an agreement. Return one agreement of this scene. */
  public Types.Agreement getAgreement(String agreementId, Types.GetAgreementQuery query) {
    return new Types.Agreement(send(new Call("GET", "/v1/agreements/" + part(agreementId)).query(query)));
  }

  /** List credit lines. List the lines opened through this scene, newest first. */
  public Types.CreditLineList listCreditLines() {
    return listCreditLines(null);
  }

  /** List credit lines. List the lines opened through this scene, newest first. */
  public Types.CreditLineList listCreditLines(Types.ListCreditLinesQuery query) {
    return new Types.CreditLineList(send(new Call("GET", "/v1/credit_lines").query(query)));
  }

  /** Get a credit line. Return one line of this scene. */
  public Types.CreditLine getCreditLine(String lineId) {
    return getCreditLine(lineId, null);
  }

  /** Get a credit line. Return one line of this scene. */
  public Types.CreditLine getCreditLine(String lineId, Types.GetCreditLineQuery query) {
    return new Types.CreditLine(send(new Call("GET", "/v1/credit_lines/" + part(lineId)).query(query)));
  }

  /** List a credit line's statements. List the statements of one line of this scene, newest first. */
  public Types.StatementList listCreditLineStatements(String lineId) {
    return listCreditLineStatements(lineId, null);
  }

  /** List a credit line's statements. List the statements of one line of this scene, newest first. */
  public Types.StatementList listCreditLineStatements(String lineId, Types.ListCreditLineStatementsQuery query) {
    return new Types.StatementList(send(new Call("GET", "/v1/credit_lines/" + part(lineId) + "/statements").query(query)));
  }

  /** Get a statement. Return one statement as it was issued, with the document that was hashed. */
  public Types.WholeStatement getStatement(String lineId, String statementId) {
    return new Types.WholeStatement(send(new Call("GET", "/v1/credit_lines/" + part(lineId) + "/statements/" + part(statementId))));
  }

  /** List drawdowns. List this scene's drawdowns, newest first. */
  public Types.DrawdownList listDrawdowns() {
    return listDrawdowns(null);
  }

  /** List drawdowns. List this scene's drawdowns, newest first. */
  public Types.DrawdownList listDrawdowns(Types.ListDrawdownsQuery query) {
    return new Types.DrawdownList(send(new Call("GET", "/v1/drawdowns").query(query)));
  }

  /** Draw down. Answered as `created`, the limit held; the payment follows at once and its outcome comes as `drawdown.paid_out` or `drawdown.failed`. An unknown outcome is never sent again. A line that does not revolve is drawn once. */
  public Types.Drawdown drawDown(Types.DrawdownBody body) {
    return drawDown(body, newKey());
  }

  /** Draw down. Answered as `created`, the limit held; the payment follows at once and its outcome comes as `drawdown.paid_out` or `drawdown.failed`. An unknown outcome is never sent again. A line that does not revolve is drawn once. */
  public Types.Drawdown drawDown(Types.DrawdownBody body, String idempotencyKey) {
    return new Types.Drawdown(send(new Call("POST", "/v1/drawdowns").body(body).key(idempotencyKey).movesMoney()));
  }

  /** Get a drawdown. Return one drawdown of this scene. */
  public Types.Drawdown getDrawdown(String drawdownId) {
    return getDrawdown(drawdownId, null);
  }

  /** Get a drawdown. Return one drawdown of this scene. */
  public Types.Drawdown getDrawdown(String drawdownId, Types.GetDrawdownQuery query) {
    return new Types.Drawdown(send(new Call("GET", "/v1/drawdowns/" + part(drawdownId)).query(query)));
  }

  /** List loans. List the loans drawn through this scene, newest first. */
  public Types.LoanList listLoans() {
    return listLoans(null);
  }

  /** List loans. List the loans drawn through this scene, newest first. */
  public Types.LoanList listLoans(Types.ListLoansQuery query) {
    return new Types.LoanList(send(new Call("GET", "/v1/loans").query(query)));
  }

  /** Get a loan. Return one loan with what it owes today. */
  public Types.Loan getLoan(String loanId) {
    return getLoan(loanId, null);
  }

  /** Get a loan. Return one loan with what it owes today. */
  public Types.Loan getLoan(String loanId, Types.GetLoanQuery query) {
    return new Types.Loan(send(new Call("GET", "/v1/loans/" + part(loanId)).query(query)));
  }

  /** Get a loan's schedule. List every instalment with its state today; of a loan lent by the day what is still to be paid. */
  public Types.ScheduleRowList getLoanSchedule(String loanId) {
    return new Types.ScheduleRowList(send(new Call("GET", "/v1/loans/" + part(loanId) + "/schedule")));
  }

  /** List a loan's transactions. List the loan's log in the order it was written; how the bank accrues is not in it. */
  public Types.TransactionList listLoanTransactions(String loanId) {
    return new Types.TransactionList(send(new Call("GET", "/v1/loans/" + part(loanId) + "/transactions")));
  }

  /** Quote a full repayment. Nothing is stored: repaying in full on that day takes exactly this. */
  public Types.Payoff quoteFullRepayment(String loanId, Types.PayoffBody body) {
    return quoteFullRepayment(loanId, body, newKey());
  }

  /** Quote a full repayment. Nothing is stored: repaying in full on that day takes exactly this. */
  public Types.Payoff quoteFullRepayment(String loanId, Types.PayoffBody body, String idempotencyKey) {
    return new Types.Payoff(send(new Call("POST", "/v1/loans/" + part(loanId) + "/payoff_quotes").body(body).key(idempotencyKey)));
  }

  /** List repayments. List the repayments of this scene's loans, newest first. */
  public Types.RepaymentList listRepayments() {
    return listRepayments(null);
  }

  /** List repayments. List the repayments of this scene's loans, newest first. */
  public Types.RepaymentList listRepayments(Types.ListRepaymentsQuery query) {
    return new Types.RepaymentList(send(new Call("GET", "/v1/repayments").query(query)));
  }

  /** Collect a repayment. Answered as `processing`; the outcome comes as `repayment.succeeded` or `.failed`. */
  public Types.Repayment collectRepayment(Types.RepaymentBody body) {
    return collectRepayment(body, newKey());
  }

  /** Collect a repayment. Answered as `processing`; the outcome comes as `repayment.succeeded` or `.failed`. */
  public Types.Repayment collectRepayment(Types.RepaymentBody body, String idempotencyKey) {
    return new Types.Repayment(send(new Call("POST", "/v1/repayments").body(body).key(idempotencyKey).movesMoney()));
  }

  /** Get a repayment. Return one repayment of this scene. */
  public Types.Repayment getRepayment(String repaymentId) {
    return getRepayment(repaymentId, null);
  }

  /** Get a repayment. Return one repayment of this scene. */
  public Types.Repayment getRepayment(String repaymentId, Types.GetRepaymentQuery query) {
    return new Types.Repayment(send(new Call("GET", "/v1/repayments/" + part(repaymentId)).query(query)));
  }

  /** List service requests. List the requests of this scene's businesses, newest first. */
  public Types.ServiceRequestList listServiceRequests() {
    return listServiceRequests(null);
  }

  /** List service requests. List the requests of this scene's businesses, newest first. */
  public Types.ServiceRequestList listServiceRequests(Types.ListServiceRequestsQuery query) {
    return new Types.ServiceRequestList(send(new Call("GET", "/v1/service_requests").query(query)));
  }

  /** Make a service request. Passed to people of the bank, whoever it lends to at present. A complaint has a day by which it is answered; every step is told by `service_request.updated`. A request changes no loan by itself. */
  public Types.ServiceRequest makeServiceRequest(Types.ServiceRequestBody body) {
    return makeServiceRequest(body, newKey());
  }

  /** Make a service request. Passed to people of the bank, whoever it lends to at present. A complaint has a day by which it is answered; every step is told by `service_request.updated`. A request changes no loan by itself. */
  public Types.ServiceRequest makeServiceRequest(Types.ServiceRequestBody body, String idempotencyKey) {
    return new Types.ServiceRequest(send(new Call("POST", "/v1/service_requests").body(body).key(idempotencyKey)));
  }

  /** Get a service request. Return one request of this scene's businesses. */
  public Types.ServiceRequest getServiceRequest(String requestId) {
    return getServiceRequest(requestId, null);
  }

  /** Get a service request. Return one request of this scene's businesses. */
  public Types.ServiceRequest getServiceRequest(String requestId, Types.GetServiceRequestQuery query) {
    return new Types.ServiceRequest(send(new Call("GET", "/v1/service_requests/" + part(requestId)).query(query)));
  }

  /** Open an embed session. Half an hour, one business, and never more than the token itself may do. Call it from your server when the merchant opens the page, and again when the frame says `session_expired`. */
  public Types.EmbedSession openEmbedSession(Types.EmbedSessionBody body) {
    return openEmbedSession(body, newKey());
  }

  /** Open an embed session. Half an hour, one business, and never more than the token itself may do. Call it from your server when the merchant opens the page, and again when the frame says `session_expired`. */
  public Types.EmbedSession openEmbedSession(Types.EmbedSessionBody body, String idempotencyKey) {
    return new Types.EmbedSession(send(new Call("POST", "/v1/embed_sessions").body(body).key(idempotencyKey)));
  }

  /** List events. Oldest first: follow `next_cursor` and nothing is missed, webhooks or not. */
  public Types.EventList listEvents() {
    return listEvents(null);
  }

  /** List events. Oldest first: follow `next_cursor` and nothing is missed, webhooks or not. */
  public Types.EventList listEvents(Types.ListEventsQuery query) {
    return new Types.EventList(send(new Call("GET", "/v1/events").query(query)));
  }

  /** Get an event. Return one event of this scene. */
  public Types.Event getEvent(String eventId) {
    return new Types.Event(send(new Call("GET", "/v1/events/" + part(eventId))));
  }

  /** List webhook endpoints. List this scene's endpoints, oldest first. */
  public Types.EndpointList listWebhookEndpoints() {
    return new Types.EndpointList(send(new Call("GET", "/v1/webhook_endpoints")));
  }

  /** Register a webhook endpoint. The secret is answered once. Only public https addresses are called, never redirects. */
  public Types.Secret registerWebhookEndpoint(Types.EndpointBody body) {
    return registerWebhookEndpoint(body, newKey());
  }

  /** Register a webhook endpoint. The secret is answered once. Only public https addresses are called, never redirects. */
  public Types.Secret registerWebhookEndpoint(Types.EndpointBody body, String idempotencyKey) {
    return new Types.Secret(send(new Call("POST", "/v1/webhook_endpoints").body(body).key(idempotencyKey)));
  }

  /** Get a webhook endpoint. Return one endpoint of this scene. */
  public Types.Endpoint getWebhookEndpoint(String endpointId) {
    return new Types.Endpoint(send(new Call("GET", "/v1/webhook_endpoints/" + part(endpointId))));
  }

  /** Change a webhook endpoint. Another address, or enabling, begins with a clean record; replay what it missed. */
  public Types.Endpoint changeWebhookEndpoint(String endpointId, Types.EndpointChanges body) {
    return new Types.Endpoint(send(new Call("PATCH", "/v1/webhook_endpoints/" + part(endpointId)).body(body)));
  }

  /** Delete a webhook endpoint. Nothing more is sent; the endpoint stays visible, disabled, beside its deliveries. */
  public Types.Endpoint deleteWebhookEndpoint(String endpointId) {
    return new Types.Endpoint(send(new Call("DELETE", "/v1/webhook_endpoints/" + part(endpointId))));
  }

  /** Rotate a webhook secret. The secret or key before signs beside the new one for 24 hours. */
  public Types.Secret rotateWebhookSecret(String endpointId) {
    return rotateWebhookSecret(endpointId, newKey());
  }

  /** Rotate a webhook secret. The secret or key before signs beside the new one for 24 hours. */
  public Types.Secret rotateWebhookSecret(String endpointId, String idempotencyKey) {
    return new Types.Secret(send(new Call("POST", "/v1/webhook_endpoints/" + part(endpointId) + "/rotate_secret").key(idempotencyKey)));
  }

  /** Ping a webhook endpoint. Emits `webhook_endpoint.ping`, which goes to every endpoint that listens to it. */
  public Types.Endpoint pingWebhookEndpoint(String endpointId) {
    return pingWebhookEndpoint(endpointId, newKey());
  }

  /** Ping a webhook endpoint. Emits `webhook_endpoint.ping`, which goes to every endpoint that listens to it. */
  public Types.Endpoint pingWebhookEndpoint(String endpointId, String idempotencyKey) {
    return new Types.Endpoint(send(new Call("POST", "/v1/webhook_endpoints/" + part(endpointId) + "/ping").key(idempotencyKey)));
  }

  /** Replay events. Sends events again with their own ids, marked by the header `Sluice-Replay: true` and in the log. Up to 100 by id, up to 10000 by time. */
  public Types.Replay replayEvents(String endpointId, Types.ReplayBody body) {
    return replayEvents(endpointId, body, newKey());
  }

  /** Replay events. Sends events again with their own ids, marked by the header `Sluice-Replay: true` and in the log. Up to 100 by id, up to 10000 by time. */
  public Types.Replay replayEvents(String endpointId, Types.ReplayBody body, String idempotencyKey) {
    return new Types.Replay(send(new Call("POST", "/v1/webhook_endpoints/" + part(endpointId) + "/replay").body(body).key(idempotencyKey)));
  }

  /** List webhook deliveries. Newest first. */
  public Types.DeliveryList listWebhookDeliveries() {
    return listWebhookDeliveries(null);
  }

  /** List webhook deliveries. Newest first. */
  public Types.DeliveryList listWebhookDeliveries(Types.ListWebhookDeliveriesQuery query) {
    return new Types.DeliveryList(send(new Call("GET", "/v1/webhook_deliveries").query(query)));
  }

  /** Get a webhook delivery. Return one delivery and its attempts. */
  public Types.DeliveryDetail getWebhookDelivery(String deliveryId) {
    return new Types.DeliveryDetail(send(new Call("GET", "/v1/webhook_deliveries/" + part(deliveryId))));
  }

  /** List test clocks. List this scene's clocks, oldest first. */
  public Types.ClockList listTestClocks() {
    return new Types.ClockList(send(new Call("GET", "/v1/test_clocks")));
  }

  /** Begin a test clock. Makes a whole bank of your own, empty, funded, with this scene on its list. Its calendar stands still until you advance it. Instants are those of the machine; dates are the clock's. With an `Idempotency-Key` the same call returns the same clock. */
  public Types.Clock beginTestClock(Types.ClockBody body) {
    return beginTestClock(body, newKey());
  }

  /** Begin a test clock. Makes a whole bank of your own, empty, funded, with this scene on its list. Its calendar stands still until you advance it. Instants are those of the machine; dates are the clock's. With an `Idempotency-Key` the same call returns the same clock. */
  public Types.Clock beginTestClock(Types.ClockBody body, String idempotencyKey) {
    return new Types.Clock(send(new Call("POST", "/v1/test_clocks").body(body).key(idempotencyKey)));
  }

  /** Get a test clock. Return one clock of this scene. */
  public Types.Clock getTestClock(String clockId) {
    return new Types.Clock(send(new Call("GET", "/v1/test_clocks/" + part(clockId))));
  }

  /** Delete a test clock. Its bank goes with it, books and all; tokens for that bank stop working. */
  public Types.ClockGone deleteTestClock(String clockId) {
    return new Types.ClockGone(send(new Call("DELETE", "/v1/test_clocks/" + part(clockId))));
  }

  /** Advance a test clock. Answered as `advancing`; the workers then end one business day after another, for at most ten years. Every webhook is emitted in order; the last is `test_clock.ready`. Poll the clock to see how far it is. */
  public Types.Clock advanceTestClock(String clockId, Types.AdvanceBody body) {
    return advanceTestClock(clockId, body, newKey());
  }

  /** Advance a test clock. Answered as `advancing`; the workers then end one business day after another, for at most ten years. Every webhook is emitted in order; the last is `test_clock.ready`. Poll the clock to see how far it is. */
  public Types.Clock advanceTestClock(String clockId, Types.AdvanceBody body, String idempotencyKey) {
    return new Types.Clock(send(new Call("POST", "/v1/test_clocks/" + part(clockId) + "/advance").body(body).key(idempotencyKey)));
  }

  /** Reset a test clock. The bank is made anew under its id, empty: its `resource` and your webhook endpoints stay, everything else in it is gone, idempotency keys too. */
  public Types.Clock resetTestClock(String clockId, Types.ResetBody body) {
    return resetTestClock(clockId, body, newKey());
  }

  /** Reset a test clock. The bank is made anew under its id, empty: its `resource` and your webhook endpoints stay, everything else in it is gone, idempotency keys too. */
  public Types.Clock resetTestClock(String clockId, Types.ResetBody body, String idempotencyKey) {
    return new Types.Clock(send(new Call("POST", "/v1/test_clocks/" + part(clockId) + "/reset").body(body).key(idempotencyKey)));
  }

  /** Fill a test clock's bank. The bank is made anew and filled by the real operations: firms with their data, decisions by the bank's strategy, draws, repayments and day-ends. Answered as `advancing`; poll the clock, whose date moves from the seed's first to its last, or wait for `test_clock.ready`. The same seed always leaves the same figures. */
  public Types.Clock fillTestClockBank(Types.SeedBody body) {
    return fillTestClockBank(body, newKey());
  }

  /** Fill a test clock's bank. The bank is made anew and filled by the real operations: firms with their data, decisions by the bank's strategy, draws, repayments and day-ends. Answered as `advancing`; poll the clock, whose date moves from the seed's first to its last, or wait for `test_clock.ready`. The same seed always leaves the same figures. */
  public Types.Clock fillTestClockBank(Types.SeedBody body, String idempotencyKey) {
    return new Types.Clock(send(new Call("POST", "/v1/test_helpers/seed").body(body).key(idempotencyKey)));
  }

  /** Empty a test clock's bank. The same as resetting its clock: all in it is gone but your webhook endpoints. */
  public Types.Clock emptyTestClockBank(Types.EmptyingBody body) {
    return emptyTestClockBank(body, newKey());
  }

  /** Empty a test clock's bank. The same as resetting its clock: all in it is gone but your webhook endpoints. */
  public Types.Clock emptyTestClockBank(Types.EmptyingBody body, String idempotencyKey) {
    return new Types.Clock(send(new Call("POST", "/v1/test_helpers/reset").body(body).key(idempotencyKey)));
  }

  /** List the sandbox's values. The tables of the sandbox's guide; texts in the language of `Accept-Language`. */
  public Types.Values listSandboxValues() {
    return new Types.Values(send(new Call("GET", "/v1/test_helpers/values")));
  }

  /** Approve a referred application. As the bank's reviewer would, for the amount asked. */
  public Types.Application approveReferredApplication(String applicationId) {
    return approveReferredApplication(applicationId, newKey());
  }

  /** Approve a referred application. As the bank's reviewer would, for the amount asked. */
  public Types.Application approveReferredApplication(String applicationId, String idempotencyKey) {
    return new Types.Application(send(new Call("POST", "/v1/test_helpers/applications/" + part(applicationId) + "/approve").key(idempotencyKey)));
  }

  /** Decline a referred application. As the bank's reviewer would. */
  public Types.Application declineReferredApplication(String applicationId) {
    return declineReferredApplication(applicationId, newKey());
  }

  /** Decline a referred application. As the bank's reviewer would. */
  public Types.Application declineReferredApplication(String applicationId, String idempotencyKey) {
    return new Types.Application(send(new Call("POST", "/v1/test_helpers/applications/" + part(applicationId) + "/decline").key(idempotencyKey)));
  }

  /** Sign an approved application's agreement. As the borrower would on the bank's page, the costs read: the credit line is open then. */
  public Types.Agreement signApprovedApplicationAgreement(String applicationId) {
    return signApprovedApplicationAgreement(applicationId, newKey());
  }

  /** Sign an approved application's agreement. As the borrower would on the bank's page, the costs read: the credit line is open then. */
  public Types.Agreement signApprovedApplicationAgreement(String applicationId, String idempotencyKey) {
    return new Types.Agreement(send(new Call("POST", "/v1/test_helpers/applications/" + part(applicationId) + "/sign").key(idempotencyKey)));
  }

  /** Settle a drawdown. The rail pays out what it left open, today. */
  public Types.Drawdown settleDrawdown(String drawdownId) {
    return settleDrawdown(drawdownId, newKey());
  }

  /** Settle a drawdown. The rail pays out what it left open, today. */
  public Types.Drawdown settleDrawdown(String drawdownId, String idempotencyKey) {
    return new Types.Drawdown(send(new Call("POST", "/v1/test_helpers/drawdowns/" + part(drawdownId) + "/settle").key(idempotencyKey)));
  }

  /** Fail a drawdown. The rail refuses what it left open. */
  public Types.Drawdown failDrawdown(String drawdownId, Types.FailBody body) {
    return failDrawdown(drawdownId, body, newKey());
  }

  /** Fail a drawdown. The rail refuses what it left open. */
  public Types.Drawdown failDrawdown(String drawdownId, Types.FailBody body, String idempotencyKey) {
    return new Types.Drawdown(send(new Call("POST", "/v1/test_helpers/drawdowns/" + part(drawdownId) + "/fail").body(body).key(idempotencyKey)));
  }

  /** Settle a repayment. The rail has collected what it left open, today. */
  public Types.Repayment settleRepayment(String repaymentId) {
    return settleRepayment(repaymentId, newKey());
  }

  /** Settle a repayment. The rail has collected what it left open, today. */
  public Types.Repayment settleRepayment(String repaymentId, String idempotencyKey) {
    return new Types.Repayment(send(new Call("POST", "/v1/test_helpers/repayments/" + part(repaymentId) + "/settle").key(idempotencyKey)));
  }

  /** Fail a repayment. The rail refuses to collect what it left open. */
  public Types.Repayment failRepayment(String repaymentId, Types.FailBody body) {
    return failRepayment(repaymentId, body, newKey());
  }

  /** Fail a repayment. The rail refuses to collect what it left open. */
  public Types.Repayment failRepayment(String repaymentId, Types.FailBody body, String idempotencyKey) {
    return new Types.Repayment(send(new Call("POST", "/v1/test_helpers/repayments/" + part(repaymentId) + "/fail").body(body).key(idempotencyKey)));
  }

  /** Return a repayment. The rail takes a collected payment back: the debt stands again. */
  public Types.Repayment returnRepayment(String repaymentId) {
    return returnRepayment(repaymentId, newKey());
  }

  /** Return a repayment. The rail takes a collected payment back: the debt stands again. */
  public Types.Repayment returnRepayment(String repaymentId, String idempotencyKey) {
    return new Types.Repayment(send(new Call("POST", "/v1/test_helpers/repayments/" + part(repaymentId) + "/return").key(idempotencyKey)));
  }

  /** Expire a consent. Its time runs out now. */
  public Types.Consent expireConsent(String consentId) {
    return expireConsent(consentId, newKey());
  }

  /** Expire a consent. Its time runs out now. */
  public Types.Consent expireConsent(String consentId, String idempotencyKey) {
    return new Types.Consent(send(new Call("POST", "/v1/test_helpers/consents/" + part(consentId) + "/expire").key(idempotencyKey)));
  }
}
