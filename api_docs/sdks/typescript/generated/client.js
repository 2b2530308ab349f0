// Made from api_docs/openapi/scene.yaml by ./sluice generate openapi: change that, never this.
import { Transport, part } from "../lib/transport.js";

export const API_VERSION = "2026-11-01";

export class Sluice extends Transport {
  /** Describe the token. */
  describeToken(query, options) {
    return this.send({ method: "GET", path: "/v1/me" }, options);
  }

  /** List reason codes. */
  listReasonCodes(query, options) {
    return this.send({ method: "GET", path: "/v1/reason_codes" }, options);
  }

  /** List banks. */
  listBanks(query, options) {
    return this.send({ method: "GET", path: "/v1/banks" }, options);
  }

  /** Get a bank's status. */
  getBankStatus(bankId, query, options) {
    return this.send({ method: "GET", path: `/v1/banks/${part(bankId)}/status` }, options);
  }

  /** List products. */
  listProducts(query, options) {
    return this.send({ method: "GET", path: "/v1/products" }, options);
  }

  /** Get a product. */
  getProduct(code, query, options) {
    return this.send({ method: "GET", path: `/v1/products/${part(code)}` }, options);
  }

  /** Quote a draw on a product. */
  quoteDrawOnProduct(body, options) {
    return this.send({ method: "POST", path: "/v1/quotes", body, keyed: true }, options);
  }

  /** Calculate a repayment schedule. */
  calculateRepaymentSchedule(body, options) {
    return this.send({ method: "POST", path: "/v1/calculator/schedules", body, keyed: true }, options);
  }

  /** Calculate the annual cost of cash flows. */
  calculateAnnualCostOfCashFlows(body, options) {
    return this.send({ method: "POST", path: "/v1/calculator/apr", body, keyed: true }, options);
  }

  /** Calculate what a payment pays. */
  calculateWhatPaymentPays(body, options) {
    return this.send({ method: "POST", path: "/v1/calculator/allocations", body, keyed: true }, options);
  }

  /** List businesses. */
  listBusinesses(query, options) {
    return this.send({ method: "GET", path: "/v1/businesses", query }, options);
  }

  /** Introduce a business. */
  introduceBusiness(body, options) {
    return this.send({ method: "POST", path: "/v1/businesses", body, keyed: true }, options);
  }

  /** Get a business. */
  getBusiness(businessId, query, options) {
    return this.send({ method: "GET", path: `/v1/businesses/${part(businessId)}` }, options);
  }

  /** Correct a business. */
  correctBusiness(businessId, ifMatch, body, options) {
    return this.send({ method: "PATCH", path: `/v1/businesses/${part(businessId)}`, body, ifMatch, keyed: true }, options);
  }

  /** List bank accounts. */
  listBankAccounts(businessId, query, options) {
    return this.send({ method: "GET", path: `/v1/businesses/${part(businessId)}/bank_accounts` }, options);
  }

  /** Add a bank account. */
  addBankAccount(businessId, body, options) {
    return this.send({ method: "POST", path: `/v1/businesses/${part(businessId)}/bank_accounts`, body, keyed: true }, options);
  }

  /** List a business's consents. */
  listBusinessConsents(query, options) {
    return this.send({ method: "GET", path: "/v1/consents", query }, options);
  }

  /** Record a consent. */
  recordConsent(body, options) {
    return this.send({ method: "POST", path: "/v1/consents", body, keyed: true }, options);
  }

  /** Get a consent. */
  getConsent(consentId, query, options) {
    return this.send({ method: "GET", path: `/v1/consents/${part(consentId)}`, query }, options);
  }

  /** Revoke a consent. */
  revokeConsent(consentId, body, options) {
    return this.send({ method: "POST", path: `/v1/consents/${part(consentId)}/revoke`, body, keyed: true }, options);
  }

  /** Send a batch of data. */
  sendBatchOfData(query, lines, options) {
    return this.send({ method: "POST", path: "/v1/data_batches", query, lines, keyed: true }, options);
  }

  /** Open an upload of a batch. */
  openUploadOfBatch(body, options) {
    return this.send({ method: "POST", path: "/v1/data_batches/open", body, keyed: true }, options);
  }

  /** Get a batch. */
  getBatch(batchId, query, options) {
    return this.send({ method: "GET", path: `/v1/data_batches/${part(batchId)}` }, options);
  }

  /** Send bytes of an upload. */
  sendBytesOfUpload(batchId, lines, offset, options) {
    return this.send({ method: "PATCH", path: `/v1/data_batches/${part(batchId)}`, lines, offset }, options);
  }

  /** Complete an upload. */
  completeUpload(batchId, body, options) {
    return this.send({ method: "POST", path: `/v1/data_batches/${part(batchId)}/complete`, body, keyed: true }, options);
  }

  /** List a batch's errors. */
  listBatchErrors(batchId, query, options) {
    return this.send({ method: "GET", path: `/v1/data_batches/${part(batchId)}/errors`, query }, options);
  }

  /** List prequalifications. */
  listPrequalifications(query, options) {
    return this.send({ method: "GET", path: "/v1/prequalifications", query }, options);
  }

  /** Prequalify. */
  prequalify(body, options) {
    return this.send({ method: "POST", path: "/v1/prequalifications", body, keyed: true }, options);
  }

  /** Get a prequalification. */
  getPrequalification(prequalificationId, query, options) {
    return this.send({ method: "GET", path: `/v1/prequalifications/${part(prequalificationId)}`, query }, options);
  }

  /** List offers. */
  listOffers(query, options) {
    return this.send({ method: "GET", path: "/v1/offers", query }, options);
  }

  /** Get an offer. */
  getOffer(offerId, query, options) {
    return this.send({ method: "GET", path: `/v1/offers/${part(offerId)}`, query }, options);
  }

  /** Mark an offer delivered. */
  markOfferDelivered(offerId, options) {
    return this.send({ method: "POST", path: `/v1/offers/${part(offerId)}/mark_delivered`, keyed: true }, options);
  }

  /** Quote a draw on an offer. */
  quoteDrawOnOffer(offerId, body, options) {
    return this.send({ method: "POST", path: `/v1/offers/${part(offerId)}/quotes`, body, keyed: true }, options);
  }

  /** List applications. */
  listApplications(query, options) {
    return this.send({ method: "GET", path: "/v1/applications", query }, options);
  }

  /** Submit an application. */
  submitApplication(body, options) {
    return this.send({ method: "POST", path: "/v1/applications", body, keyed: true }, options);
  }

  /** Get an application. */
  getApplication(applicationId, query, options) {
    return this.send({ method: "GET", path: `/v1/applications/${part(applicationId)}`, query }, options);
  }

  /** Change a draft. */
  changeDraft(applicationId, ifMatch, body, options) {
    return this.send({ method: "PATCH", path: `/v1/applications/${part(applicationId)}`, body, ifMatch, keyed: true }, options);
  }

  /** Get an application's decision. */
  getApplicationDecision(applicationId, query, options) {
    return this.send({ method: "GET", path: `/v1/applications/${part(applicationId)}/decision` }, options);
  }

  /** Submit a draft. */
  submitDraft(applicationId, options) {
    return this.send({ method: "POST", path: `/v1/applications/${part(applicationId)}/submit`, keyed: true }, options);
  }

  /** Withdraw an application. */
  withdrawApplication(applicationId, body, options) {
    return this.send({ method: "POST", path: `/v1/applications/${part(applicationId)}/withdraw`, body, keyed: true }, options);
  }

  /** Prepare an agreement. */
  prepareAgreement(applicationId, options) {
    return this.send({ method: "POST", path: `/v1/applications/${part(applicationId)}/agreements`, keyed: true }, options);
  }

  /** Get an agreement. */
  getAgreement(agreementId, query, options) {
    return this.send({ method: "GET", path: `/v1/agreements/${part(agreementId)}`, query }, options);
  }

  /** List credit lines. */
  listCreditLines(query, options) {
    return this.send({ method: "GET", path: "/v1/credit_lines", query }, options);
  }

  /** Get a credit line. */
  getCreditLine(lineId, query, options) {
    return this.send({ method: "GET", path: `/v1/credit_lines/${part(lineId)}`, query }, options);
  }

  /** List a credit line's statements. */
  listCreditLineStatements(lineId, query, options) {
    return this.send({ method: "GET", path: `/v1/credit_lines/${part(lineId)}/statements`, query }, options);
  }

  /** Get a statement. */
  getStatement(lineId, statementId, query, options) {
    return this.send({ method: "GET", path: `/v1/credit_lines/${part(lineId)}/statements/${part(statementId)}` }, options);
  }

  /** List drawdowns. */
  listDrawdowns(query, options) {
    return this.send({ method: "GET", path: "/v1/drawdowns", query }, options);
  }

  /** Draw down. */
  drawDown(body, options) {
    return this.send({ method: "POST", path: "/v1/drawdowns", body, keyed: true, movesMoney: true }, options);
  }

  /** Get a drawdown. */
  getDrawdown(drawdownId, query, options) {
    return this.send({ method: "GET", path: `/v1/drawdowns/${part(drawdownId)}`, query }, options);
  }

  /** List loans. */
  listLoans(query, options) {
    return this.send({ method: "GET", path: "/v1/loans", query }, options);
  }

  /** Get a loan. */
  getLoan(loanId, query, options) {
    return this.send({ method: "GET", path: `/v1/loans/${part(loanId)}`, query }, options);
  }

  /** Get a loan's schedule. */
  getLoanSchedule(loanId, query, options) {
    return this.send({ method: "GET", path: `/v1/loans/${part(loanId)}/schedule` }, options);
  }

  /** List a loan's transactions. */
  listLoanTransactions(loanId, query, options) {
    return this.send({ method: "GET", path: `/v1/loans/${part(loanId)}/transactions` }, options);
  }

  /** Quote a full repayment. */
  quoteFullRepayment(loanId, body, options) {
    return this.send({ method: "POST", path: `/v1/loans/${part(loanId)}/payoff_quotes`, body, keyed: true }, options);
  }

  /** List repayments. */
  listRepayments(query, options) {
    return this.send({ method: "GET", path: "/v1/repayments", query }, options);
  }

  /** Collect a repayment. */
  collectRepayment(body, options) {
    return this.send({ method: "POST", path: "/v1/repayments", body, keyed: true, movesMoney: true }, options);
  }

  /** Get a repayment. */
  getRepayment(repaymentId, query, options) {
    return this.send({ method: "GET", path: `/v1/repayments/${part(repaymentId)}`, query }, options);
  }

  /** List service requests. */
  listServiceRequests(query, options) {
    return this.send({ method: "GET", path: "/v1/service_requests", query }, options);
  }

  /** Make a service request. */
  makeServiceRequest(body, options) {
    return this.send({ method: "POST", path: "/v1/service_requests", body, keyed: true }, options);
  }

  /** Get a service request. */
  getServiceRequest(requestId, query, options) {
    return this.send({ method: "GET", path: `/v1/service_requests/${part(requestId)}`, query }, options);
  }

  /** Open an embed session. */
  openEmbedSession(body, options) {
    return this.send({ method: "POST", path: "/v1/embed_sessions", body, keyed: true }, options);
  }

  /** List events. */
  listEvents(query, options) {
    return this.send({ method: "GET", path: "/v1/events", query }, options);
  }

  /** Get an event. */
  getEvent(eventId, query, options) {
    return this.send({ method: "GET", path: `/v1/events/${part(eventId)}` }, options);
  }

  /** List webhook endpoints. */
  listWebhookEndpoints(query, options) {
    return this.send({ method: "GET", path: "/v1/webhook_endpoints" }, options);
  }

  /** Register a webhook endpoint. */
  registerWebhookEndpoint(body, options) {
    return this.send({ method: "POST", path: "/v1/webhook_endpoints", body, keyed: true }, options);
  }

  /** Get a webhook endpoint. */
  getWebhookEndpoint(endpointId, query, options) {
    return this.send({ method: "GET", path: `/v1/webhook_endpoints/${part(endpointId)}` }, options);
  }

  /** Change a webhook endpoint. */
  changeWebhookEndpoint(endpointId, body, options) {
    return this.send({ method: "PATCH", path: `/v1/webhook_endpoints/${part(endpointId)}`, body }, options);
  }

  /** Delete a webhook endpoint. */
  deleteWebhookEndpoint(endpointId, options) {
    return this.send({ method: "DELETE", path: `/v1/webhook_endpoints/${part(endpointId)}` }, options);
  }

  /** Rotate a webhook secret. */
  rotateWebhookSecret(endpointId, options) {
    return this.send({ method: "POST", path: `/v1/webhook_endpoints/${part(endpointId)}/rotate_secret`, keyed: true }, options);
  }

  /** Ping a webhook endpoint. */
  pingWebhookEndpoint(endpointId, options) {
    return this.send({ method: "POST", path: `/v1/webhook_endpoints/${part(endpointId)}/ping`, keyed: true }, options);
  }

  /** Replay events. */
  replayEvents(endpointId, body, options) {
    return this.send({ method: "POST", path: `/v1/webhook_endpoints/${part(endpointId)}/replay`, body, keyed: true }, options);
  }

  /** List webhook deliveries. */
  listWebhookDeliveries(query, options) {
    return this.send({ method: "GET", path: "/v1/webhook_deliveries", query }, options);
  }

  /** Get a webhook delivery. */
  getWebhookDelivery(deliveryId, query, options) {
    return this.send({ method: "GET", path: `/v1/webhook_deliveries/${part(deliveryId)}` }, options);
  }

  /** List test clocks. */
  listTestClocks(query, options) {
    return this.send({ method: "GET", path: "/v1/test_clocks" }, options);
  }

  /** Begin a test clock. */
  beginTestClock(body, options) {
    return this.send({ method: "POST", path: "/v1/test_clocks", body, keyed: true }, options);
  }

  /** Get a test clock. */
  getTestClock(clockId, query, options) {
    return this.send({ method: "GET", path: `/v1/test_clocks/${part(clockId)}` }, options);
  }

  /** Delete a test clock. */
  deleteTestClock(clockId, options) {
    return this.send({ method: "DELETE", path: `/v1/test_clocks/${part(clockId)}` }, options);
  }

  /** Advance a test clock. */
  advanceTestClock(clockId, body, options) {
    return this.send({ method: "POST", path: `/v1/test_clocks/${part(clockId)}/advance`, body, keyed: true }, options);
  }

  /** Reset a test clock. */
  resetTestClock(clockId, body, options) {
    return this.send({ method: "POST", path: `/v1/test_clocks/${part(clockId)}/reset`, body, keyed: true }, options);
  }

  /** Fill a test clock's bank. */
  fillTestClockBank(body, options) {
    return this.send({ method: "POST", path: "/v1/test_helpers/seed", body, keyed: true }, options);
  }

  /** Empty a test clock's bank. */
  emptyTestClockBank(body, options) {
    return this.send({ method: "POST", path: "/v1/test_helpers/reset", body, keyed: true }, options);
  }

  /** List the sandbox's values. */
  listSandboxValues(query, options) {
    return this.send({ method: "GET", path: "/v1/test_helpers/values" }, options);
  }

  /** Approve a referred application. */
  approveReferredApplication(applicationId, options) {
    return this.send({ method: "POST", path: `/v1/test_helpers/applications/${part(applicationId)}/approve`, keyed: true }, options);
  }

  /** Decline a referred application. */
  declineReferredApplication(applicationId, options) {
    return this.send({ method: "POST", path: `/v1/test_helpers/applications/${part(applicationId)}/decline`, keyed: true }, options);
  }

  /** Sign an approved application's agreement. */
  signApprovedApplicationAgreement(applicationId, options) {
    return this.send({ method: "POST", path: `/v1/test_helpers/applications/${part(applicationId)}/sign`, keyed: true }, options);
  }

  /** Settle a drawdown. */
  settleDrawdown(drawdownId, options) {
    return this.send({ method: "POST", path: `/v1/test_helpers/drawdowns/${part(drawdownId)}/settle`, keyed: true }, options);
  }

  /** Fail a drawdown. */
  failDrawdown(drawdownId, body, options) {
    return this.send({ method: "POST", path: `/v1/test_helpers/drawdowns/${part(drawdownId)}/fail`, body, keyed: true }, options);
  }

  /** Settle a repayment. */
  settleRepayment(repaymentId, options) {
    return this.send({ method: "POST", path: `/v1/test_helpers/repayments/${part(repaymentId)}/settle`, keyed: true }, options);
  }

  /** Fail a repayment. */
  failRepayment(repaymentId, body, options) {
    return this.send({ method: "POST", path: `/v1/test_helpers/repayments/${part(repaymentId)}/fail`, body, keyed: true }, options);
  }

  /** Return a repayment. */
  returnRepayment(repaymentId, options) {
    return this.send({ method: "POST", path: `/v1/test_helpers/repayments/${part(repaymentId)}/return`, keyed: true }, options);
  }

  /** Expire a consent. */
  expireConsent(consentId, options) {
    return this.send({ method: "POST", path: `/v1/test_helpers/consents/${part(consentId)}/expire`, keyed: true }, options);
  }
}
