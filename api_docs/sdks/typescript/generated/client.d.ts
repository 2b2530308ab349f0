// Made from api_docs/openapi/scene.yaml by ./sluice generate openapi: change that, never this.
import type * as T from "./types.js";
import type { CallOptions, Lines } from "../lib/transport.js";
import { Transport } from "../lib/transport.js";

export declare const API_VERSION: "2026-11-01";

/** The API of one bank: a method for each call of the reference. */
export declare class Sluice extends Transport {
  /** Describe the token. Say whose the token is, for which bank and with which scopes. */
  describeToken(query?: Record<string, never>, options?: CallOptions): Promise<T.Me>;
  /** List reason codes. List every reason a decision may give, by code; texts are in the language of `Accept-Language`. */
  listReasonCodes(query?: Record<string, never>, options?: CallOptions): Promise<T.ReasonCodeList>;
  /** List banks. List the banks this scene has a contract with. */
  listBanks(query?: Record<string, never>, options?: CallOptions): Promise<T.BankList>;
  /** Get a bank's status. Of the token's bank; another bank's is asked for with that bank's token. */
  getBankStatus(bankId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.BankStatus>;
  /** List products. List what the bank has on offer today. */
  listProducts(query?: Record<string, never>, options?: CallOptions): Promise<T.ProductList>;
  /** Get a product. Return the version of a product in force today. */
  getProduct(code: string, query?: Record<string, never>, options?: CallOptions): Promise<T.Product>;
  /** Quote a draw on a product. Nothing is stored and nobody is bound. */
  quoteDrawOnProduct(body: T.ProductQuoteBody, options?: CallOptions): Promise<T.Quote>;
  /** Calculate a repayment schedule. Every row and the totals from the terms alone, exact to the smallest unit. Nothing is stored and nobody is bound; a document has at most 256 KiB. */
  calculateRepaymentSchedule(body: T.CalculatedScheduleRequest, options?: CallOptions): Promise<T.CalculatedScheduleAnswer>;
  /** Calculate the annual cost of cash flows. What advances, payments and every party's fees cost in a year, by convention. Nothing is stored and nobody is bound; a document has at most 256 KiB. */
  calculateAnnualCostOfCashFlows(body: T.CalculatedCostRequest, options?: CallOptions): Promise<T.CalculatedCostAnswer>;
  /** Calculate what a payment pays. How a payment falls on instalments in the order of a policy. Nothing is stored and nobody is bound; a document has at most 256 KiB. */
  calculateWhatPaymentPays(body: T.CalculatedAllocationRequest, options?: CallOptions): Promise<T.CalculatedAllocationAnswer>;
  /** List businesses. List the businesses this scene introduced. */
  listBusinesses(query?: { after?: string; "created_at[gte]"?: string; "created_at[lt]"?: string; external_id?: string; limit?: number }, options?: CallOptions): Promise<T.BusinessList>;
  /** Introduce a business. The same business twice is the same object; other particulars for it are refused. */
  introduceBusiness(body: T.BusinessBody, options?: CallOptions): Promise<T.Business>;
  /** Get a business. Return one business of this scene. */
  getBusiness(businessId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.Business>;
  /** Correct a business. For what was typed wrong: never the credit code or the representative, and of a business that another scene introduced too only your own `external_id`. `If-Match` says which state was read. */
  correctBusiness(businessId: string, ifMatch: string, body: T.BusinessChanges, options?: CallOptions): Promise<T.Business>;
  /** List bank accounts. List a business's accounts, oldest first. */
  listBankAccounts(businessId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.BankAccountList>;
  /** Add a bank account. Add an account; the number is answered masked. */
  addBankAccount(businessId: string, body: T.BankAccountBody, options?: CallOptions): Promise<T.BankAccount>;
  /** List a business's consents. List the consents a business gave through this scene, newest first. */
  listBusinessConsents(query: { business: string; "expand[]"?: Array<"business"> }, options?: CallOptions): Promise<T.ConsentList>;
  /** Record a consent. A newer consent for the same purpose and classes replaces the one before. */
  recordConsent(body: T.ConsentBody, options?: CallOptions): Promise<T.Consent>;
  /** Get a consent. Return one consent of this scene. */
  getConsent(consentId: string, query?: { "expand[]"?: Array<"business"> }, options?: CallOptions): Promise<T.Consent>;
  /** Revoke a consent. One call, at any time; the next use of the data is refused. A debt that exists stays. A second call changes nothing, but for `erase_data`, which may be asked for afterwards. */
  revokeConsent(consentId: string, body: T.RevokeBody, options?: CallOptions): Promise<T.Consent>;
  /** Send a batch of data. The body is NDJSON: one row of the cluster a line, at most 256 MB, with its length declared. A row that breaks a rule is counted and named, the others are written; all of them become visible at once. The same row again is a duplicate. What may break off is better sent as an upload. */
  sendBatchOfData(query: { business: string; cluster?: "receipts" | "invoices" | "orders" | "ratings" | "tax_filings" | "meters" | "telematics" | "waybills"; consent: string; period_end_date?: string; period_start_date?: string; schema_version?: "1" }, lines: Lines, options?: CallOptions): Promise<T.DataBatch>;
  /** Open an upload of a batch. The batch takes its bytes in several calls, each going on where the one before ended, and is taken in when it is completed. An upload that nobody completes in three days is deleted. */
  openUploadOfBatch(body: T.BatchBody, options?: CallOptions): Promise<T.DataBatch>;
  /** Get a batch. Return one batch of this scene. */
  getBatch(batchId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.DataBatch>;
  /** Send bytes of an upload. `Upload-Offset` says at which byte of the whole this body begins (0 if absent). What arrives is kept, also when the connection breaks: ask for the batch and go on from its `byte_count`. Lines may be cut anywhere. */
  sendBytesOfUpload(batchId: string, lines: string | Uint8Array, offset: number, options?: CallOptions): Promise<T.DataBatch>;
  /** Complete an upload. Takes in all rows at once, or none. `byte_count` is how many bytes were sent. */
  completeUpload(batchId: string, body: T.CompletionBody, options?: CallOptions): Promise<T.DataBatch>;
  /** List a batch's errors. In the order of the lines; the first ten thousand are kept. */
  listBatchErrors(batchId: string, query?: { after?: number; limit?: number }, options?: CallOptions): Promise<T.RowErrorList>;
  /** List prequalifications. List the answers this scene was given, newest first. */
  listPrequalifications(query?: { after?: string; business?: string; "created_at[gte]"?: string; "created_at[lt]"?: string; "expand[]"?: Array<"business">; limit?: number }, options?: CallOptions): Promise<T.PrequalificationList>;
  /** Prequalify. What the bank would lend as things stand: never a bureau inquiry, never a decision, and no mark on anybody. Of a business, by the strategy in force on the data it consented to; of `facts` alone, by the product's policy (sandbox: monthly sales from 50,000 on, 1.5 times; less is `insufficient_data`). */
  prequalify(body: T.PrequalificationBody, options?: CallOptions): Promise<T.Prequalification>;
  /** Get a prequalification. Return one answer this scene was given. */
  getPrequalification(prequalificationId: string, query?: { "expand[]"?: Array<"business"> }, options?: CallOptions): Promise<T.Prequalification>;
  /** List offers. List the offers made through this scene, newest first. */
  listOffers(query?: { after?: string; business?: string; "created_at[gte]"?: string; "created_at[lt]"?: string; "expand[]"?: Array<"business" | "application">; limit?: number }, options?: CallOptions): Promise<T.OfferList>;
  /** Get an offer. Return one offer of this scene. */
  getOffer(offerId: string, query?: { "expand[]"?: Array<"business" | "application"> }, options?: CallOptions): Promise<T.Offer>;
  /** Mark an offer delivered. Note that the merchant was shown the offer; a second note changes nothing. */
  markOfferDelivered(offerId: string, options?: CallOptions): Promise<T.Offer>;
  /** Quote a draw on an offer. Reckon a draw on the product of an offer. */
  quoteDrawOnOffer(offerId: string, body: T.QuoteBody, options?: CallOptions): Promise<T.Quote>;
  /** List applications. List this scene's applications and drafts, newest first. */
  listApplications(query?: { after?: string; business?: string; "created_at[gte]"?: string; "created_at[lt]"?: string; "expand[]"?: Array<"business" | "offer">; external_id?: string; limit?: number; status?: "draft" | "submitted" | "in_review" | "approved" | "contracted" | "declined" | "withdrawn" | "expired" }, options?: CallOptions): Promise<T.ApplicationList>;
  /** Submit an application. Answered as `submitted`; the assessment runs right after and its outcome is in `GET /v1/applications/{id}/decision` and in an event, normally within a second. With `submit: false` answered as `draft`: change it with PATCH, then submit it. */
  submitApplication(body: T.ApplicationBody, options?: CallOptions): Promise<T.Application>;
  /** Get an application. Return one application of this scene. */
  getApplication(applicationId: string, query?: { "expand[]"?: Array<"business" | "offer"> }, options?: CallOptions): Promise<T.Application>;
  /** Change a draft. A draft may be changed until it is submitted. `If-Match` says which state of it was read: 412 `etag_mismatch` when it has changed since, and nothing is lost. */
  changeDraft(applicationId: string, ifMatch: string, body: T.ApplicationChanges, options?: CallOptions): Promise<T.Application>;
  /** Get an application's decision. A declined credit is 200 with `outcome: declined`; 409 while nothing is decided. */
  getApplicationDecision(applicationId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.Decision>;
  /** Submit a draft. The draft becomes an application of the same id; refused, it stays a draft. */
  submitDraft(applicationId: string, options?: CallOptions): Promise<T.Application>;
  /** Withdraw an application. Close an application the merchant no longer wants. */
  withdrawApplication(applicationId: string, body: T.WithdrawBody, options?: CallOptions): Promise<T.Application>;
  /** Prepare an agreement. Made on the first call, the same on later ones. Give the borrower the `signing_url`. */
  prepareAgreement(applicationId: string, options?: CallOptions): Promise<T.Agreement>;
  /** Get an agreement. Return one agreement of this scene. */
  getAgreement(agreementId: string, query?: { "expand[]"?: Array<"application" | "credit_line"> }, options?: CallOptions): Promise<T.Agreement>;
  /** List credit lines. List the lines opened through this scene, newest first. */
  listCreditLines(query?: { after?: string; business?: string; "created_at[gte]"?: string; "created_at[lt]"?: string; "expand[]"?: Array<"business" | "application" | "agreement">; limit?: number }, options?: CallOptions): Promise<T.CreditLineList>;
  /** Get a credit line. Return one line of this scene. */
  getCreditLine(lineId: string, query?: { "expand[]"?: Array<"business" | "application" | "agreement"> }, options?: CallOptions): Promise<T.CreditLine>;
  /** List a credit line's statements. List the statements of one line of this scene, newest first. */
  listCreditLineStatements(lineId: string, query?: { after?: string; limit?: number }, options?: CallOptions): Promise<T.StatementList>;
  /** Get a statement. Return one statement as it was issued, with the document that was hashed. */
  getStatement(lineId: string, statementId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.WholeStatement>;
  /** List drawdowns. List this scene's drawdowns, newest first. */
  listDrawdowns(query?: { after?: string; business?: string; "created_at[gte]"?: string; "created_at[lt]"?: string; credit_line?: string; "expand[]"?: Array<"business" | "credit_line" | "offer" | "loan">; external_id?: string; limit?: number }, options?: CallOptions): Promise<T.DrawdownList>;
  /** Draw down. Answered as `created`, the limit held; the payment follows at once and its outcome comes as `drawdown.paid_out` or `drawdown.failed`. An unknown outcome is never sent again. A line that does not revolve is drawn once. */
  drawDown(body: T.DrawdownBody, options?: CallOptions): Promise<T.Drawdown>;
  /** Get a drawdown. Return one drawdown of this scene. */
  getDrawdown(drawdownId: string, query?: { "expand[]"?: Array<"business" | "credit_line" | "offer" | "loan"> }, options?: CallOptions): Promise<T.Drawdown>;
  /** List loans. List the loans drawn through this scene, newest first. */
  listLoans(query?: { after?: string; business?: string; "created_at[gte]"?: string; "created_at[lt]"?: string; credit_line?: string; "expand[]"?: Array<"business" | "credit_line" | "drawdown">; limit?: number }, options?: CallOptions): Promise<T.LoanList>;
  /** Get a loan. Return one loan with what it owes today. */
  getLoan(loanId: string, query?: { "expand[]"?: Array<"business" | "credit_line" | "drawdown"> }, options?: CallOptions): Promise<T.Loan>;
  /** Get a loan's schedule. List every instalment with its state today; of a loan lent by the day what is still to be paid. */
  getLoanSchedule(loanId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.ScheduleRowList>;
  /** List a loan's transactions. List the loan's log in the order it was written; how the bank accrues is not in it. */
  listLoanTransactions(loanId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.TransactionList>;
  /** Quote a full repayment. Nothing is stored: repaying in full on that day takes exactly this. */
  quoteFullRepayment(loanId: string, body: T.PayoffBody, options?: CallOptions): Promise<T.Payoff>;
  /** List repayments. List the repayments of this scene's loans, newest first. */
  listRepayments(query?: { after?: string; "created_at[gte]"?: string; "created_at[lt]"?: string; "expand[]"?: Array<"loan">; external_id?: string; limit?: number; loan?: string }, options?: CallOptions): Promise<T.RepaymentList>;
  /** Collect a repayment. Answered as `processing`; the outcome comes as `repayment.succeeded` or `.failed`. */
  collectRepayment(body: T.RepaymentBody, options?: CallOptions): Promise<T.Repayment>;
  /** Get a repayment. Return one repayment of this scene. */
  getRepayment(repaymentId: string, query?: { "expand[]"?: Array<"loan"> }, options?: CallOptions): Promise<T.Repayment>;
  /** List service requests. List the requests of this scene's businesses, newest first. */
  listServiceRequests(query?: { after?: string; business?: string; "created_at[gte]"?: string; "created_at[lt]"?: string; "expand[]"?: Array<"business" | "loan">; limit?: number; status?: "received" | "in_progress" | "resolved" | "rejected"; type?: "complaint" | "hardship" | "reschedule" | "correction" | "consent_copy" }, options?: CallOptions): Promise<T.ServiceRequestList>;
  /** Make a service request. Passed to people of the bank, whoever it lends to at present. A complaint has a day by which it is answered; every step is told by `service_request.updated`. A request changes no loan by itself. */
  makeServiceRequest(body: T.ServiceRequestBody, options?: CallOptions): Promise<T.ServiceRequest>;
  /** Get a service request. Return one request of this scene's businesses. */
  getServiceRequest(requestId: string, query?: { "expand[]"?: Array<"business" | "loan"> }, options?: CallOptions): Promise<T.ServiceRequest>;
  /** Open an embed session. Half an hour, one business, and never more than the token itself may do. Call it from your server when the merchant opens the page, and again when the frame says `session_expired`. */
  openEmbedSession(body: T.EmbedSessionBody, options?: CallOptions): Promise<T.EmbedSession>;
  /** List events. Oldest first: follow `next_cursor` and nothing is missed, webhooks or not. */
  listEvents(query?: { after?: string; limit?: number; type?: string }, options?: CallOptions): Promise<T.EventList>;
  /** Get an event. Return one event of this scene. */
  getEvent(eventId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.Event>;
  /** List webhook endpoints. List this scene's endpoints, oldest first. */
  listWebhookEndpoints(query?: Record<string, never>, options?: CallOptions): Promise<T.EndpointList>;
  /** Register a webhook endpoint. The secret is answered once. Only public https addresses are called, never redirects. */
  registerWebhookEndpoint(body: T.EndpointBody, options?: CallOptions): Promise<T.Secret>;
  /** Get a webhook endpoint. Return one endpoint of this scene. */
  getWebhookEndpoint(endpointId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.Endpoint>;
  /** Change a webhook endpoint. Another address, or enabling, begins with a clean record; replay what it missed. */
  changeWebhookEndpoint(endpointId: string, body: T.EndpointChanges, options?: CallOptions): Promise<T.Endpoint>;
  /** Delete a webhook endpoint. Nothing more is sent; the endpoint stays visible, disabled, beside its deliveries. */
  deleteWebhookEndpoint(endpointId: string, options?: CallOptions): Promise<T.Endpoint>;
  /** Rotate a webhook secret. The secret or key before signs beside the new one for 24 hours. */
  rotateWebhookSecret(endpointId: string, options?: CallOptions): Promise<T.Secret>;
  /** Ping a webhook endpoint. Emits `webhook_endpoint.ping`, which goes to every endpoint that listens to it. */
  pingWebhookEndpoint(endpointId: string, options?: CallOptions): Promise<T.Endpoint>;
  /** Replay events. Sends events again with their own ids, marked by the header `Sluice-Replay: true` and in the log. Up to 100 by id, up to 10000 by time. */
  replayEvents(endpointId: string, body: T.ReplayBody, options?: CallOptions): Promise<T.Replay>;
  /** List webhook deliveries. Newest first. */
  listWebhookDeliveries(query?: { after?: string; endpoint?: string; event?: string; event_type?: T.EventType; limit?: number; status?: "pending" | "delivered" | "failed" }, options?: CallOptions): Promise<T.DeliveryList>;
  /** Get a webhook delivery. Return one delivery and its attempts. */
  getWebhookDelivery(deliveryId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.DeliveryDetail>;
  /** List test clocks. List this scene's clocks, oldest first. */
  listTestClocks(query?: Record<string, never>, options?: CallOptions): Promise<T.ClockList>;
  /** Begin a test clock. Makes a whole bank of your own, empty, funded, with this scene on its list. Its calendar stands still until you advance it. Instants are those of the machine; dates are the clock's. With an `Idempotency-Key` the same call returns the same clock. */
  beginTestClock(body: T.ClockBody, options?: CallOptions): Promise<T.Clock>;
  /** Get a test clock. Return one clock of this scene. */
  getTestClock(clockId: string, query?: Record<string, never>, options?: CallOptions): Promise<T.Clock>;
  /** Delete a test clock. Its bank goes with it, books and all; tokens for that bank stop working. */
  deleteTestClock(clockId: string, options?: CallOptions): Promise<T.ClockGone>;
  /** Advance a test clock. Answered as `advancing`; the workers then end one business day after another, for at most ten years. Every webhook is emitted in order; the last is `test_clock.ready`. Poll the clock to see how far it is. */
  advanceTestClock(clockId: string, body: T.AdvanceBody, options?: CallOptions): Promise<T.Clock>;
  /** Reset a test clock. The bank is made anew under its id, empty: its `resource` and your webhook endpoints stay, everything else in it is gone, idempotency keys too. */
  resetTestClock(clockId: string, body: T.ResetBody, options?: CallOptions): Promise<T.Clock>;
  /** Fill a test clock's bank. The bank is made anew and filled by the real operations: firms with their data, decisions by the bank's strategy, draws, repayments and day-ends. Answered as `advancing`; poll the clock, whose date moves from the seed's first to its last, or wait for `test_clock.ready`. The same seed always leaves the same figures. */
  fillTestClockBank(body: T.SeedBody, options?: CallOptions): Promise<T.Clock>;
  /** Empty a test clock's bank. The same as resetting its clock: all in it is gone but your webhook endpoints. */
  emptyTestClockBank(body: T.EmptyingBody, options?: CallOptions): Promise<T.Clock>;
  /** List the sandbox's values. The tables of the sandbox's guide; texts in the language of `Accept-Language`. */
  listSandboxValues(query?: Record<string, never>, options?: CallOptions): Promise<T.Values>;
  /** Approve a referred application. As the bank's reviewer would, for the amount asked. */
  approveReferredApplication(applicationId: string, options?: CallOptions): Promise<T.Application>;
  /** Decline a referred application. As the bank's reviewer would. */
  declineReferredApplication(applicationId: string, options?: CallOptions): Promise<T.Application>;
  /** Sign an approved application's agreement. As the borrower would on the bank's page, the costs read: the credit line is open then. */
  signApprovedApplicationAgreement(applicationId: string, options?: CallOptions): Promise<T.Agreement>;
  /** Settle a drawdown. The rail pays out what it left open, today. */
  settleDrawdown(drawdownId: string, options?: CallOptions): Promise<T.Drawdown>;
  /** Fail a drawdown. The rail refuses what it left open. */
  failDrawdown(drawdownId: string, body: T.FailBody, options?: CallOptions): Promise<T.Drawdown>;
  /** Settle a repayment. The rail has collected what it left open, today. */
  settleRepayment(repaymentId: string, options?: CallOptions): Promise<T.Repayment>;
  /** Fail a repayment. The rail refuses to collect what it left open. */
  failRepayment(repaymentId: string, body: T.FailBody, options?: CallOptions): Promise<T.Repayment>;
  /** Return a repayment. The rail takes a collected payment back: the debt stands again. */
  returnRepayment(repaymentId: string, options?: CallOptions): Promise<T.Repayment>;
  /** Expire a consent. Its time runs out now. */
  expireConsent(consentId: string, options?: CallOptions): Promise<T.Consent>;
}
