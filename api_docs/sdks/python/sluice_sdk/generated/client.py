"""The API of one bank: a method for each call of the reference.

Made from api_docs/openapi/scene.yaml by ./sluice generate openapi: change that, never this.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Unpack

from sluice_sdk.generated import types as t
from sluice_sdk.transport import Transport, part

API_VERSION = "2026-11-01"


class Sluice(Transport):
    """The API of one bank; answers are dictionaries with the members of the reference."""

    def describe_token(self) -> t.Me:
        """Describe the token. Say whose the token is, for which bank and with which scopes."""
        answer: t.Me = self.send("GET", "/v1/me")
        return answer

    def list_reason_codes(self) -> t.ReasonCodeList:
        """List reason codes. List every reason a decision may give, by code; texts are in the language of `Accept-Language`."""
        answer: t.ReasonCodeList = self.send("GET", "/v1/reason_codes")
        return answer

    def list_banks(self) -> t.BankList:
        """List banks. List the banks this scene has a contract with."""
        answer: t.BankList = self.send("GET", "/v1/banks")
        return answer

    def get_bank_status(self, bank_id: str) -> t.BankStatus:
        """Get a bank's status. Of the token's bank; another bank's is asked for with that bank's token."""
        answer: t.BankStatus = self.send("GET", f"/v1/banks/{part(bank_id)}/status")
        return answer

    def list_products(self) -> t.ProductList:
        """List products. List what the bank has on offer today."""
        answer: t.ProductList = self.send("GET", "/v1/products")
        return answer

    def get_product(self, code: str) -> t.Product:
        """Get a product. Return the version of a product in force today."""
        answer: t.Product = self.send("GET", f"/v1/products/{part(code)}")
        return answer

    def quote_draw_on_product(self, *, idempotency_key: str | None = None, **body: Unpack[t.ProductQuoteBody]) -> t.Quote:
        """Quote a draw on a product. Nothing is stored and nobody is bound."""
        answer: t.Quote = self.send("POST", "/v1/quotes", body=body, key=self.key(idempotency_key))
        return answer

    def calculate_repayment_schedule(self, *, idempotency_key: str | None = None, **body: Unpack[t.CalculatedScheduleRequest]) -> t.CalculatedScheduleAnswer:
        """Calculate a repayment schedule. Every row and the totals from the terms alone, exact to the smallest unit. Nothing is stored and nobody is bound; a document has at most 256 KiB."""
        answer: t.CalculatedScheduleAnswer = self.send("POST", "/v1/calculator/schedules", body=body, key=self.key(idempotency_key))
        return answer

    def calculate_annual_cost_of_cash_flows(self, *, idempotency_key: str | None = None, **body: Unpack[t.CalculatedCostRequest]) -> t.CalculatedCostAnswer:
        """Calculate the annual cost of cash flows. What advances, payments and every party's fees cost in a year, by convention. Nothing is stored and nobody is bound; a document has at most 256 KiB."""
        answer: t.CalculatedCostAnswer = self.send("POST", "/v1/calculator/apr", body=body, key=self.key(idempotency_key))
        return answer

    def calculate_what_payment_pays(self, *, idempotency_key: str | None = None, **body: Unpack[t.CalculatedAllocationRequest]) -> t.CalculatedAllocationAnswer:
        """Calculate what a payment pays. How a payment falls on instalments in the order of a policy. Nothing is stored and nobody is bound; a document has at most 256 KiB."""
        answer: t.CalculatedAllocationAnswer = self.send("POST", "/v1/calculator/allocations", body=body, key=self.key(idempotency_key))
        return answer

    def list_businesses(self, *, after: str | None = None, created_at_gte: str | None = None, created_at_lt: str | None = None, external_id: str | None = None, limit: int | None = None) -> t.BusinessList:
        """List businesses. List the businesses this scene introduced."""
        answer: t.BusinessList = self.send("GET", "/v1/businesses", query={"after": after, "created_at[gte]": created_at_gte, "created_at[lt]": created_at_lt, "external_id": external_id, "limit": limit})
        return answer

    def introduce_business(self, *, idempotency_key: str | None = None, **body: Unpack[t.BusinessBody]) -> t.Business:
        """Introduce a business. The same business twice is the same object; other particulars for it are refused."""
        answer: t.Business = self.send("POST", "/v1/businesses", body=body, key=self.key(idempotency_key))
        return answer

    def get_business(self, business_id: str) -> t.Business:
        """Get a business. Return one business of this scene."""
        answer: t.Business = self.send("GET", f"/v1/businesses/{part(business_id)}")
        return answer

    def correct_business(self, business_id: str, *, if_match: str, idempotency_key: str | None = None, **body: Unpack[t.BusinessChanges]) -> t.Business:
        """Correct a business. For what was typed wrong: never the credit code or the representative, and of a business that another scene introduced too only your own `external_id`. `If-Match` says which state was read."""
        answer: t.Business = self.send("PATCH", f"/v1/businesses/{part(business_id)}", body=body, key=self.key(idempotency_key), if_match=if_match)
        return answer

    def list_bank_accounts(self, business_id: str) -> t.BankAccountList:
        """List bank accounts. List a business's accounts, oldest first."""
        answer: t.BankAccountList = self.send("GET", f"/v1/businesses/{part(business_id)}/bank_accounts")
        return answer

    def add_bank_account(self, business_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.BankAccountBody]) -> t.BankAccount:
        """Add a bank account. Add an account; the number is answered masked."""
        answer: t.BankAccount = self.send("POST", f"/v1/businesses/{part(business_id)}/bank_accounts", body=body, key=self.key(idempotency_key))
        return answer

    def list_business_consents(self, *, business: str, expand: list[Literal["business"]] | None = None) -> t.ConsentList:
        """List a business's consents. List the consents a business gave through this scene, newest first."""
        answer: t.ConsentList = self.send("GET", "/v1/consents", query={"business": business, "expand[]": expand})
        return answer

    def record_consent(self, *, idempotency_key: str | None = None, **body: Unpack[t.ConsentBody]) -> t.Consent:
        """Record a consent. A newer consent for the same purpose and classes replaces the one before."""
        answer: t.Consent = self.send("POST", "/v1/consents", body=body, key=self.key(idempotency_key))
        return answer

    def get_consent(self, consent_id: str, *, expand: list[Literal["business"]] | None = None) -> t.Consent:
        """Get a consent. Return one consent of this scene."""
        answer: t.Consent = self.send("GET", f"/v1/consents/{part(consent_id)}", query={"expand[]": expand})
        return answer

    def revoke_consent(self, consent_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.RevokeBody]) -> t.Consent:
        """Revoke a consent. One call, at any time; the next use of the data is refused. A debt that exists stays. A second call changes nothing, but for `erase_data`, which may be asked for afterwards."""
        answer: t.Consent = self.send("POST", f"/v1/consents/{part(consent_id)}/revoke", body=body, key=self.key(idempotency_key))
        return answer

    def send_batch_of_data(self, lines: Iterable[t.DataRow] | bytes, *, business: str, consent: str, cluster: Literal["receipts", "invoices", "orders", "ratings", "tax_filings", "meters", "telematics", "waybills"] | None = None, period_end_date: str | None = None, period_start_date: str | None = None, schema_version: Literal["1"] | None = None, idempotency_key: str | None = None) -> t.DataBatch:
        """Send a batch of data. The body is NDJSON: one row of the cluster a line, at most 256 MB, with its length declared. A row that breaks a rule is counted and named, the others are written; all of them become visible at once. The same row again is a duplicate. What may break off is better sent as an upload."""
        answer: t.DataBatch = self.send("POST", "/v1/data_batches", query={"business": business, "cluster": cluster, "consent": consent, "period_end_date": period_end_date, "period_start_date": period_start_date, "schema_version": schema_version}, lines=lines, key=self.key(idempotency_key))
        return answer

    def open_upload_of_batch(self, *, idempotency_key: str | None = None, **body: Unpack[t.BatchBody]) -> t.DataBatch:
        """Open an upload of a batch. The batch takes its bytes in several calls, each going on where the one before ended, and is taken in when it is completed. An upload that nobody completes in three days is deleted."""
        answer: t.DataBatch = self.send("POST", "/v1/data_batches/open", body=body, key=self.key(idempotency_key))
        return answer

    def get_batch(self, batch_id: str) -> t.DataBatch:
        """Get a batch. Return one batch of this scene."""
        answer: t.DataBatch = self.send("GET", f"/v1/data_batches/{part(batch_id)}")
        return answer

    def send_bytes_of_upload(self, batch_id: str, lines: bytes, *, offset: int) -> t.DataBatch:
        """Send bytes of an upload. `Upload-Offset` says at which byte of the whole this body begins (0 if absent). What arrives is kept, also when the connection breaks: ask for the batch and go on from its `byte_count`. Lines may be cut anywhere."""
        answer: t.DataBatch = self.send("PATCH", f"/v1/data_batches/{part(batch_id)}", lines=lines, offset=offset)
        return answer

    def complete_upload(self, batch_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.CompletionBody]) -> t.DataBatch:
        """Complete an upload. Takes in all rows at once, or none. `byte_count` is how many bytes were sent."""
        answer: t.DataBatch = self.send("POST", f"/v1/data_batches/{part(batch_id)}/complete", body=body, key=self.key(idempotency_key))
        return answer

    def list_batch_errors(self, batch_id: str, *, after: int | None = None, limit: int | None = None) -> t.RowErrorList:
        """List a batch's errors. In the order of the lines; the first ten thousand are kept."""
        answer: t.RowErrorList = self.send("GET", f"/v1/data_batches/{part(batch_id)}/errors", query={"after": after, "limit": limit})
        return answer

    def list_prequalifications(self, *, after: str | None = None, business: str | None = None, created_at_gte: str | None = None, created_at_lt: str | None = None, expand: list[Literal["business"]] | None = None, limit: int | None = None) -> t.PrequalificationList:
        """List prequalifications. List the answers this scene was given, newest first."""
        answer: t.PrequalificationList = self.send("GET", "/v1/prequalifications", query={"after": after, "business": business, "created_at[gte]": created_at_gte, "created_at[lt]": created_at_lt, "expand[]": expand, "limit": limit})
        return answer

    def prequalify(self, *, idempotency_key: str | None = None, **body: Unpack[t.PrequalificationBody]) -> t.Prequalification:
        """Prequalify. What the bank would lend as things stand: never a bureau inquiry, never a decision, and no mark on anybody. Of a business, by the strategy in force on the data it consented to; of `facts` alone, by the product's policy (sandbox: monthly sales from 50,000 on, 1.5 times; less is `insufficient_data`)."""
        answer: t.Prequalification = self.send("POST", "/v1/prequalifications", body=body, key=self.key(idempotency_key))
        return answer

    def get_prequalification(self, prequalification_id: str, *, expand: list[Literal["business"]] | None = None) -> t.Prequalification:
        """Get a prequalification. Return one answer this scene was given."""
        answer: t.Prequalification = self.send("GET", f"/v1/prequalifications/{part(prequalification_id)}", query={"expand[]": expand})
        return answer

    def list_offers(self, *, after: str | None = None, business: str | None = None, created_at_gte: str | None = None, created_at_lt: str | None = None, expand: list[Literal["business", "application"]] | None = None, limit: int | None = None) -> t.OfferList:
        """List offers. List the offers made through this scene, newest first."""
        answer: t.OfferList = self.send("GET", "/v1/offers", query={"after": after, "business": business, "created_at[gte]": created_at_gte, "created_at[lt]": created_at_lt, "expand[]": expand, "limit": limit})
        return answer

    def get_offer(self, offer_id: str, *, expand: list[Literal["business", "application"]] | None = None) -> t.Offer:
        """Get an offer. Return one offer of this scene."""
        answer: t.Offer = self.send("GET", f"/v1/offers/{part(offer_id)}", query={"expand[]": expand})
        return answer

    def mark_offer_delivered(self, offer_id: str, *, idempotency_key: str | None = None) -> t.Offer:
        """Mark an offer delivered. Note that the merchant was shown the offer; a second note changes nothing."""
        answer: t.Offer = self.send("POST", f"/v1/offers/{part(offer_id)}/mark_delivered", key=self.key(idempotency_key))
        return answer

    def quote_draw_on_offer(self, offer_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.QuoteBody]) -> t.Quote:
        """Quote a draw on an offer. Reckon a draw on the product of an offer."""
        answer: t.Quote = self.send("POST", f"/v1/offers/{part(offer_id)}/quotes", body=body, key=self.key(idempotency_key))
        return answer

    def list_applications(self, *, after: str | None = None, business: str | None = None, created_at_gte: str | None = None, created_at_lt: str | None = None, expand: list[Literal["business", "offer"]] | None = None, external_id: str | None = None, limit: int | None = None, status: Literal["draft", "submitted", "in_review", "approved", "contracted", "declined", "withdrawn", "expired"] | None = None) -> t.ApplicationList:
        """List applications. List this scene's applications and drafts, newest first."""
        answer: t.ApplicationList = self.send("GET", "/v1/applications", query={"after": after, "business": business, "created_at[gte]": created_at_gte, "created_at[lt]": created_at_lt, "expand[]": expand, "external_id": external_id, "limit": limit, "status": status})
        return answer

    def submit_application(self, *, idempotency_key: str | None = None, **body: Unpack[t.ApplicationBody]) -> t.Application:
        """Submit an application. Answered as `submitted`; the assessment runs right after and its outcome is in `GET /v1/applications/{id}/decision` and in an event, normally within a second. With `submit: false` answered as `draft`: change it with PATCH, then submit it."""
        answer: t.Application = self.send("POST", "/v1/applications", body=body, key=self.key(idempotency_key))
        return answer

    def get_application(self, application_id: str, *, expand: list[Literal["business", "offer"]] | None = None) -> t.Application:
        """Get an application. Return one application of this scene."""
        answer: t.Application = self.send("GET", f"/v1/applications/{part(application_id)}", query={"expand[]": expand})
        return answer

    def change_draft(self, application_id: str, *, if_match: str, idempotency_key: str | None = None, **body: Unpack[t.ApplicationChanges]) -> t.Application:
        """Change a draft. A draft may be changed until it is submitted. `If-Match` says which state of it was read: 412 `etag_mismatch` when it has changed since, and nothing is lost."""
        answer: t.Application = self.send("PATCH", f"/v1/applications/{part(application_id)}", body=body, key=self.key(idempotency_key), if_match=if_match)
        return answer

    def get_application_decision(self, application_id: str) -> t.Decision:
        """Get an application's decision. A declined credit is 200 with `outcome: declined`; 409 while nothing is decided."""
        answer: t.Decision = self.send("GET", f"/v1/applications/{part(application_id)}/decision")
        return answer

    def submit_draft(self, application_id: str, *, idempotency_key: str | None = None) -> t.Application:
        """Submit a draft. The draft becomes an application of the same id; refused, it stays a draft."""
        answer: t.Application = self.send("POST", f"/v1/applications/{part(application_id)}/submit", key=self.key(idempotency_key))
        return answer

    def withdraw_application(self, application_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.WithdrawBody]) -> t.Application:
        """Withdraw an application. Close an application the merchant no longer wants."""
        answer: t.Application = self.send("POST", f"/v1/applications/{part(application_id)}/withdraw", body=body, key=self.key(idempotency_key))
        return answer

    def prepare_agreement(self, application_id: str, *, idempotency_key: str | None = None) -> t.Agreement:
        """Prepare an agreement. Made on the first call, the same on later ones. Give the borrower the `signing_url`."""
        answer: t.Agreement = self.send("POST", f"/v1/applications/{part(application_id)}/agreements", key=self.key(idempotency_key))
        return answer

    def get_agreement(self, agreement_id: str, *, expand: list[Literal["application", "credit_line"]] | None = None) -> t.Agreement:
        """Get an agreement. Return one agreement of this scene."""
        answer: t.Agreement = self.send("GET", f"/v1/agreements/{part(agreement_id)}", query={"expand[]": expand})
        return answer

    def list_credit_lines(self, *, after: str | None = None, business: str | None = None, created_at_gte: str | None = None, created_at_lt: str | None = None, expand: list[Literal["business", "application", "agreement"]] | None = None, limit: int | None = None) -> t.CreditLineList:
        """List credit lines. List the lines opened through this scene, newest first."""
        answer: t.CreditLineList = self.send("GET", "/v1/credit_lines", query={"after": after, "business": business, "created_at[gte]": created_at_gte, "created_at[lt]": created_at_lt, "expand[]": expand, "limit": limit})
        return answer

    def get_credit_line(self, line_id: str, *, expand: list[Literal["business", "application", "agreement"]] | None = None) -> t.CreditLine:
        """Get a credit line. Return one line of this scene."""
        answer: t.CreditLine = self.send("GET", f"/v1/credit_lines/{part(line_id)}", query={"expand[]": expand})
        return answer

    def list_credit_line_statements(self, line_id: str, *, after: str | None = None, limit: int | None = None) -> t.StatementList:
        """List a credit line's statements. List the statements of one line of this scene, newest first."""
        answer: t.StatementList = self.send("GET", f"/v1/credit_lines/{part(line_id)}/statements", query={"after": after, "limit": limit})
        return answer

    def get_statement(self, line_id: str, statement_id: str) -> t.WholeStatement:
        """Get a statement. Return one statement as it was issued, with the document that was hashed."""
        answer: t.WholeStatement = self.send("GET", f"/v1/credit_lines/{part(line_id)}/statements/{part(statement_id)}")
        return answer

    def list_drawdowns(self, *, after: str | None = None, business: str | None = None, created_at_gte: str | None = None, created_at_lt: str | None = None, credit_line: str | None = None, expand: list[Literal["business", "credit_line", "offer", "loan"]] | None = None, external_id: str | None = None, limit: int | None = None) -> t.DrawdownList:
        """List drawdowns. List this scene's drawdowns, newest first."""
        answer: t.DrawdownList = self.send("GET", "/v1/drawdowns", query={"after": after, "business": business, "created_at[gte]": created_at_gte, "created_at[lt]": created_at_lt, "credit_line": credit_line, "expand[]": expand, "external_id": external_id, "limit": limit})
        return answer

    def draw_down(self, *, idempotency_key: str | None = None, **body: Unpack[t.DrawdownBody]) -> t.Drawdown:
        """Draw down. Answered as `created`, the limit held; the payment follows at once and its outcome comes as `drawdown.paid_out` or `drawdown.failed`. An unknown outcome is never sent again. A line that does not revolve is drawn once."""
        answer: t.Drawdown = self.send("POST", "/v1/drawdowns", body=body, key=self.key(idempotency_key), moves_money=True)
        return answer

    def get_drawdown(self, drawdown_id: str, *, expand: list[Literal["business", "credit_line", "offer", "loan"]] | None = None) -> t.Drawdown:
        """Get a drawdown. Return one drawdown of this scene."""
        answer: t.Drawdown = self.send("GET", f"/v1/drawdowns/{part(drawdown_id)}", query={"expand[]": expand})
        return answer

    def list_loans(self, *, after: str | None = None, business: str | None = None, created_at_gte: str | None = None, created_at_lt: str | None = None, credit_line: str | None = None, expand: list[Literal["business", "credit_line", "drawdown"]] | None = None, limit: int | None = None) -> t.LoanList:
        """List loans. List the loans drawn through this scene, newest first."""
        answer: t.LoanList = self.send("GET", "/v1/loans", query={"after": after, "business": business, "created_at[gte]": created_at_gte, "created_at[lt]": created_at_lt, "credit_line": credit_line, "expand[]": expand, "limit": limit})
        return answer

    def get_loan(self, loan_id: str, *, expand: list[Literal["business", "credit_line", "drawdown"]] | None = None) -> t.Loan:
        """Get a loan. Return one loan with what it owes today."""
        answer: t.Loan = self.send("GET", f"/v1/loans/{part(loan_id)}", query={"expand[]": expand})
        return answer

    def get_loan_schedule(self, loan_id: str) -> t.ScheduleRowList:
        """Get a loan's schedule. List every instalment with its state today; of a loan lent by the day what is still to be paid."""
        answer: t.ScheduleRowList = self.send("GET", f"/v1/loans/{part(loan_id)}/schedule")
        return answer

    def list_loan_transactions(self, loan_id: str) -> t.TransactionList:
        """List a loan's transactions. List the loan's log in the order it was written; how the bank accrues is not in it."""
        answer: t.TransactionList = self.send("GET", f"/v1/loans/{part(loan_id)}/transactions")
        return answer

    def quote_full_repayment(self, loan_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.PayoffBody]) -> t.Payoff:
        """Quote a full repayment. Nothing is stored: repaying in full on that day takes exactly this."""
        answer: t.Payoff = self.send("POST", f"/v1/loans/{part(loan_id)}/payoff_quotes", body=body, key=self.key(idempotency_key))
        return answer

    def list_repayments(self, *, after: str | None = None, created_at_gte: str | None = None, created_at_lt: str | None = None, expand: list[Literal["loan"]] | None = None, external_id: str | None = None, limit: int | None = None, loan: str | None = None) -> t.RepaymentList:
        """List repayments. List the repayments of this scene's loans, newest first."""
        answer: t.RepaymentList = self.send("GET", "/v1/repayments", query={"after": after, "created_at[gte]": created_at_gte, "created_at[lt]": created_at_lt, "expand[]": expand, "external_id": external_id, "limit": limit, "loan": loan})
        return answer

    def collect_repayment(self, *, idempotency_key: str | None = None, **body: Unpack[t.RepaymentBody]) -> t.Repayment:
        """Collect a repayment. Answered as `processing`; the outcome comes as `repayment.succeeded` or `.failed`."""
        answer: t.Repayment = self.send("POST", "/v1/repayments", body=body, key=self.key(idempotency_key), moves_money=True)
        return answer

    def get_repayment(self, repayment_id: str, *, expand: list[Literal["loan"]] | None = None) -> t.Repayment:
        """Get a repayment. Return one repayment of this scene."""
        answer: t.Repayment = self.send("GET", f"/v1/repayments/{part(repayment_id)}", query={"expand[]": expand})
        return answer

    def list_service_requests(self, *, after: str | None = None, business: str | None = None, created_at_gte: str | None = None, created_at_lt: str | None = None, expand: list[Literal["business", "loan"]] | None = None, limit: int | None = None, status: Literal["received", "in_progress", "resolved", "rejected"] | None = None, type: Literal["complaint", "hardship", "reschedule", "correction", "consent_copy"] | None = None) -> t.ServiceRequestList:
        """List service requests. List the requests of this scene's businesses, newest first."""
        answer: t.ServiceRequestList = self.send("GET", "/v1/service_requests", query={"after": after, "business": business, "created_at[gte]": created_at_gte, "created_at[lt]": created_at_lt, "expand[]": expand, "limit": limit, "status": status, "type": type})
        return answer

    def make_service_request(self, *, idempotency_key: str | None = None, **body: Unpack[t.ServiceRequestBody]) -> t.ServiceRequest:
        """Make a service request. Passed to people of the bank, whoever it lends to at present. A complaint has a day by which it is answered; every step is told by `service_request.updated`. A request changes no loan by itself."""
        answer: t.ServiceRequest = self.send("POST", "/v1/service_requests", body=body, key=self.key(idempotency_key))
        return answer

    def get_service_request(self, request_id: str, *, expand: list[Literal["business", "loan"]] | None = None) -> t.ServiceRequest:
        """Get a service request. Return one request of this scene's businesses."""
        answer: t.ServiceRequest = self.send("GET", f"/v1/service_requests/{part(request_id)}", query={"expand[]": expand})
        return answer

    def open_embed_session(self, *, idempotency_key: str | None = None, **body: Unpack[t.EmbedSessionBody]) -> t.EmbedSession:
        """Open an embed session. Half an hour, one business, and never more than the token itself may do. Call it from your server when the merchant opens the page, and again when the frame says `session_expired`."""
        answer: t.EmbedSession = self.send("POST", "/v1/embed_sessions", body=body, key=self.key(idempotency_key))
        return answer

    def list_events(self, *, after: str | None = None, limit: int | None = None, type: str | None = None) -> t.EventList:
        """List events. Oldest first: follow `next_cursor` and nothing is missed, webhooks or not."""
        answer: t.EventList = self.send("GET", "/v1/events", query={"after": after, "limit": limit, "type": type})
        return answer

    def get_event(self, event_id: str) -> t.Event:
        """Get an event. Return one event of this scene."""
        answer: t.Event = self.send("GET", f"/v1/events/{part(event_id)}")
        return answer

    def list_webhook_endpoints(self) -> t.EndpointList:
        """List webhook endpoints. List this scene's endpoints, oldest first."""
        answer: t.EndpointList = self.send("GET", "/v1/webhook_endpoints")
        return answer

    def register_webhook_endpoint(self, *, idempotency_key: str | None = None, **body: Unpack[t.EndpointBody]) -> t.Secret:
        """Register a webhook endpoint. The secret is answered once. Only public https addresses are called, never redirects."""
        answer: t.Secret = self.send("POST", "/v1/webhook_endpoints", body=body, key=self.key(idempotency_key))
        return answer

    def get_webhook_endpoint(self, endpoint_id: str) -> t.Endpoint:
        """Get a webhook endpoint. Return one endpoint of this scene."""
        answer: t.Endpoint = self.send("GET", f"/v1/webhook_endpoints/{part(endpoint_id)}")
        return answer

    def change_webhook_endpoint(self, endpoint_id: str, **body: Unpack[t.EndpointChanges]) -> t.Endpoint:
        """Change a webhook endpoint. Another address, or enabling, begins with a clean record; replay what it missed."""
        answer: t.Endpoint = self.send("PATCH", f"/v1/webhook_endpoints/{part(endpoint_id)}", body=body)
        return answer

    def delete_webhook_endpoint(self, endpoint_id: str) -> t.Endpoint:
        """Delete a webhook endpoint. Nothing more is sent; the endpoint stays visible, disabled, beside its deliveries."""
        answer: t.Endpoint = self.send("DELETE", f"/v1/webhook_endpoints/{part(endpoint_id)}")
        return answer

    def rotate_webhook_secret(self, endpoint_id: str, *, idempotency_key: str | None = None) -> t.Secret:
        """Rotate a webhook secret. The secret or key before signs beside the new one for 24 hours."""
        answer: t.Secret = self.send("POST", f"/v1/webhook_endpoints/{part(endpoint_id)}/rotate_secret", key=self.key(idempotency_key))
        return answer

    def ping_webhook_endpoint(self, endpoint_id: str, *, idempotency_key: str | None = None) -> t.Endpoint:
        """Ping a webhook endpoint. Emits `webhook_endpoint.ping`, which goes to every endpoint that listens to it."""
        answer: t.Endpoint = self.send("POST", f"/v1/webhook_endpoints/{part(endpoint_id)}/ping", key=self.key(idempotency_key))
        return answer

    def replay_events(self, endpoint_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.ReplayBody]) -> t.Replay:
        """Replay events. Sends events again with their own ids, marked by the header `Sluice-Replay: true` and in the log. Up to 100 by id, up to 10000 by time."""
        answer: t.Replay = self.send("POST", f"/v1/webhook_endpoints/{part(endpoint_id)}/replay", body=body, key=self.key(idempotency_key))
        return answer

    def list_webhook_deliveries(self, *, after: str | None = None, endpoint: str | None = None, event: str | None = None, event_type: t.EventType | None = None, limit: int | None = None, status: Literal["pending", "delivered", "failed"] | None = None) -> t.DeliveryList:
        """List webhook deliveries. Newest first."""
        answer: t.DeliveryList = self.send("GET", "/v1/webhook_deliveries", query={"after": after, "endpoint": endpoint, "event": event, "event_type": event_type, "limit": limit, "status": status})
        return answer

    def get_webhook_delivery(self, delivery_id: str) -> t.DeliveryDetail:
        """Get a webhook delivery. Return one delivery and its attempts."""
        answer: t.DeliveryDetail = self.send("GET", f"/v1/webhook_deliveries/{part(delivery_id)}")
        return answer

    def list_test_clocks(self) -> t.ClockList:
        """List test clocks. List this scene's clocks, oldest first."""
        answer: t.ClockList = self.send("GET", "/v1/test_clocks")
        return answer

    def begin_test_clock(self, *, idempotency_key: str | None = None, **body: Unpack[t.ClockBody]) -> t.Clock:
        """Begin a test clock. Makes a whole bank of your own, empty, funded, with this scene on its list. Its calendar stands still until you advance it. Instants are those of the machine; dates are the clock's. With an `Idempotency-Key` the same call returns the same clock."""
        answer: t.Clock = self.send("POST", "/v1/test_clocks", body=body, key=self.key(idempotency_key))
        return answer

    def get_test_clock(self, clock_id: str) -> t.Clock:
        """Get a test clock. Return one clock of this scene."""
        answer: t.Clock = self.send("GET", f"/v1/test_clocks/{part(clock_id)}")
        return answer

    def delete_test_clock(self, clock_id: str) -> t.ClockGone:
        """Delete a test clock. Its bank goes with it, books and all; tokens for that bank stop working."""
        answer: t.ClockGone = self.send("DELETE", f"/v1/test_clocks/{part(clock_id)}")
        return answer

    def advance_test_clock(self, clock_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.AdvanceBody]) -> t.Clock:
        """Advance a test clock. Answered as `advancing`; the workers then end one business day after another, for at most ten years. Every webhook is emitted in order; the last is `test_clock.ready`. Poll the clock to see how far it is."""
        answer: t.Clock = self.send("POST", f"/v1/test_clocks/{part(clock_id)}/advance", body=body, key=self.key(idempotency_key))
        return answer

    def reset_test_clock(self, clock_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.ResetBody]) -> t.Clock:
        """Reset a test clock. The bank is made anew under its id, empty: its `resource` and your webhook endpoints stay, everything else in it is gone, idempotency keys too."""
        answer: t.Clock = self.send("POST", f"/v1/test_clocks/{part(clock_id)}/reset", body=body, key=self.key(idempotency_key))
        return answer

    def fill_test_clock_bank(self, *, idempotency_key: str | None = None, **body: Unpack[t.SeedBody]) -> t.Clock:
        """Fill a test clock's bank. The bank is made anew and filled by the real operations: firms with their data, decisions by the bank's strategy, draws, repayments and day-ends. Answered as `advancing`; poll the clock, whose date moves from the seed's first to its last, or wait for `test_clock.ready`. The same seed always leaves the same figures."""
        answer: t.Clock = self.send("POST", "/v1/test_helpers/seed", body=body, key=self.key(idempotency_key))
        return answer

    def empty_test_clock_bank(self, *, idempotency_key: str | None = None, **body: Unpack[t.EmptyingBody]) -> t.Clock:
        """Empty a test clock's bank. The same as resetting its clock: all in it is gone but your webhook endpoints."""
        answer: t.Clock = self.send("POST", "/v1/test_helpers/reset", body=body, key=self.key(idempotency_key))
        return answer

    def list_sandbox_values(self) -> t.Values:
        """List the sandbox's values. The tables of the sandbox's guide; texts in the language of `Accept-Language`."""
        answer: t.Values = self.send("GET", "/v1/test_helpers/values")
        return answer

    def approve_referred_application(self, application_id: str, *, idempotency_key: str | None = None) -> t.Application:
        """Approve a referred application. As the bank's reviewer would, for the amount asked."""
        answer: t.Application = self.send("POST", f"/v1/test_helpers/applications/{part(application_id)}/approve", key=self.key(idempotency_key))
        return answer

    def decline_referred_application(self, application_id: str, *, idempotency_key: str | None = None) -> t.Application:
        """Decline a referred application. As the bank's reviewer would."""
        answer: t.Application = self.send("POST", f"/v1/test_helpers/applications/{part(application_id)}/decline", key=self.key(idempotency_key))
        return answer

    def sign_approved_application_agreement(self, application_id: str, *, idempotency_key: str | None = None) -> t.Agreement:
        """Sign an approved application's agreement. As the borrower would on the bank's page, the costs read: the credit line is open then."""
        answer: t.Agreement = self.send("POST", f"/v1/test_helpers/applications/{part(application_id)}/sign", key=self.key(idempotency_key))
        return answer

    def settle_drawdown(self, drawdown_id: str, *, idempotency_key: str | None = None) -> t.Drawdown:
        """Settle a drawdown. The rail pays out what it left open, today."""
        answer: t.Drawdown = self.send("POST", f"/v1/test_helpers/drawdowns/{part(drawdown_id)}/settle", key=self.key(idempotency_key))
        return answer

    def fail_drawdown(self, drawdown_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.FailBody]) -> t.Drawdown:
        """Fail a drawdown. The rail refuses what it left open."""
        answer: t.Drawdown = self.send("POST", f"/v1/test_helpers/drawdowns/{part(drawdown_id)}/fail", body=body, key=self.key(idempotency_key))
        return answer

    def settle_repayment(self, repayment_id: str, *, idempotency_key: str | None = None) -> t.Repayment:
        """Settle a repayment. The rail has collected what it left open, today."""
        answer: t.Repayment = self.send("POST", f"/v1/test_helpers/repayments/{part(repayment_id)}/settle", key=self.key(idempotency_key))
        return answer

    def fail_repayment(self, repayment_id: str, *, idempotency_key: str | None = None, **body: Unpack[t.FailBody]) -> t.Repayment:
        """Fail a repayment. The rail refuses to collect what it left open."""
        answer: t.Repayment = self.send("POST", f"/v1/test_helpers/repayments/{part(repayment_id)}/fail", body=body, key=self.key(idempotency_key))
        return answer

    def return_repayment(self, repayment_id: str, *, idempotency_key: str | None = None) -> t.Repayment:
        """Return a repayment. The rail takes a collected payment back: the debt stands again."""
        answer: t.Repayment = self.send("POST", f"/v1/test_helpers/repayments/{part(repayment_id)}/return", key=self.key(idempotency_key))
        return answer

    def expire_consent(self, consent_id: str, *, idempotency_key: str | None = None) -> t.Consent:
        """Expire a consent. Its time runs out now."""
        answer: t.Consent = self.send("POST", f"/v1/test_helpers/consents/{part(consent_id)}/expire", key=self.key(idempotency_key))
        return answer
