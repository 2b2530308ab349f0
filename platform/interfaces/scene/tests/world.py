"""What the tests of the API say again and again: bodies, and the road from a business to a loan."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from interfaces.door import now
from interfaces.scene.tests.caller import Caller, work
from kernel.ids import parse_id
from lending.applications import operations as applications
from lending.applications import queries
from plumbing.schemas import bank_schema
from testkit.banks import FIRST_BUSINESS_DATE
from testkit.identities import card_number, credit_code, mobile_number, resident_number
from testkit.servicing import fund

AREAS = {"qinglan": "331002", "lian": "450302"}
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def yuan(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


def business_body(number: int = 1, bank: str = "qinglan", **changes: Any) -> dict[str, Any]:
    area = AREAS[bank]
    born = FIRST_BUSINESS_DATE.replace(year=1990) + timedelta(days=number)
    return {
        "external_id": f"shop-{number}",
        "legal_name": f"示例商户{number}",
        "registration_no": credit_code(number, area_code=area),
        "industry": "H6210",
        "area_code": area,
        "opened_date": "2021-04-01",
        "representative": {
            "name": "示例店主",
            "id_number": resident_number(area_code="330106", born=born),
            "phone": mobile_number(number),
        },
        **changes,
    }


def account_body(number: int = 1, ending: str = "0000") -> dict[str, Any]:
    return {
        "account_number": card_number(number, ending=ending),
        "bank_name": "示例银行",
        "holder_name": f"示例商户{number}",
    }


def consent_body(business: str, **changes: Any) -> dict[str, Any]:
    return {
        "business": business,
        "purpose": "credit_assessment",
        "data_classes": ["receipts"],
        "recipient": "青澜农商银行",
        "text_version": "receipts-2026-10",
        "text_sha256": SHA256,
        "expires_at": (now() + timedelta(days=400)).isoformat(),
        "evidence": {"channel": "scene_page", "confirmed": True},
        **changes,
    }


def receipt_lines(days: int = 200, a_day: int = 5, sale: str = "292.00") -> bytes:
    lines = []
    for offset in range(days, 0, -1):
        day = FIRST_BUSINESS_DATE - timedelta(days=offset)
        for nth in range(a_day):
            lines.append(
                f'{{"receipt_no":"R{offset}-{nth}","paid_at":"{day}T1{nth}:00:00+08:00","amount":"{sale}",'
                f'"kind":"sale","payer_ref":"payer-{offset:05d}-{nth}","channel":"merchant_code"}}'
            )
    return "\n".join(lines).encode()


@dataclass
class Merchant:
    """A business on its way."""

    caller: Caller
    business: str
    account: str
    consent: str

    def apply_body(self, amount: str = "50000.00", **changes: Any) -> dict[str, Any]:
        return {
            "business": self.business,
            "product": "receipts_revolving",
            "amount": yuan(amount),
            "tenor_days": 90,
            "purpose": "working_capital",
            **changes,
        }

    def apply(self, amount: str = "50000.00", status: int = 201, **changes: Any) -> Any:
        return self.caller.post("/applications", self.apply_body(amount, **changes), status=status)

    def decided(self, amount: str = "50000.00") -> Any:
        application = self.apply(amount)
        assess(self.caller.bank, application["id"])
        return self.caller.get(f"/applications/{application['id']}")

    def line(self, amount: str = "50000.00") -> Any:
        """Apply, be approved, sign on the bank's page."""
        application = self.decided(amount)
        assert application["status"] == "approved", application
        agreement = self.caller.post(f"/applications/{application['id']}/agreements")
        sign(self.caller.bank, agreement)
        line = self.caller.get(f"/agreements/{agreement['id']}")["credit_line"]
        return self.caller.get(f"/credit_lines/{line}")

    def draw_body(self, line: str, amount: str, **changes: Any) -> dict[str, Any]:
        return {
            "credit_line": line,
            "amount": yuan(amount),
            "tenor_days": 90,
            "bank_account": self.account,
            **changes,
        }

    def loan(self, line: str, amount: str, **changes: Any) -> Any:
        return self.loan_of(self.draw_body(line, amount, **changes))

    def loan_of(self, body: dict[str, Any]) -> Any:
        drawdown = self.caller.post("/drawdowns", body)
        disburse(self.caller.bank, drawdown["id"])
        paid = self.caller.get(f"/drawdowns/{drawdown['id']}")
        assert paid["status"] == "paid_out", paid
        return self.caller.get(f"/loans/{paid['loan']}")


def merchant(caller: Caller, number: int = 1, *, receipts: bytes | None = None) -> Merchant:
    """Introduce a business with its account, its consent and its receipts."""
    business = caller.post("/businesses", business_body(number, caller.bank))["id"]
    account = caller.post(f"/businesses/{business}/bank_accounts", account_body(number))["id"]
    consent = caller.post("/consents", consent_body(business))["id"]
    path = f"/v1/data_batches?business={business}&consent={consent}"
    sent = caller.send("POST", path, receipts or receipt_lines(), "application/x-ndjson")
    assert sent.status_code == 201, sent.content
    return Merchant(caller, business, account, consent)


def assess(bank: str, application: str) -> None:
    work("jobs.assess", schema=bank, application_id=str(parse_id("app", application)))


def disburse(bank: str, drawdown: str) -> None:
    work("jobs.disburse", schema=bank, drawdown_id=str(parse_id("drw", drawdown)))


def collect(bank: str, repayment: str) -> None:
    work("jobs.collect", schema=bank, repayment_id=str(parse_id("rpy", repayment)))


def sign(bank: str, agreement: dict[str, Any]) -> None:
    """Read the disclosure long enough, then sign on the bank's host."""
    with bank_schema(bank), transaction.atomic():
        applications.show_agreement(
            agreement_id=parse_id("agr", agreement["id"]), now=now() - timedelta(minutes=1)
        )
        found = queries.get_agreement(agreement_id=parse_id("agr", agreement["id"]), scene_id=None)
    host = agreement["signing_url"].split("/")[2]
    browser = Client(headers={"host": host, "accept": "application/json"})
    answer = browser.post(f"/sign/{found.signing_token}", {"confirmed": "on"})
    assert answer.status_code == 200, answer.content


def fund_bank(bank: str, amount: str) -> None:
    with bank_schema(bank), transaction.atomic():
        fund(amount, now=now())
