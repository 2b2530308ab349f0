"""Who acts in the journeys beside the scene: bank staff and operators at their doors, workers, the rail."""

import json
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.test import Client
from psycopg import sql

from connectors.payment_rails import operations as rails
from connectors.payment_rails.models import RailMessage
from interfaces.door import now
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.world import Merchant, account_body, collect
from plumbing.schemas import bank_schema, public_schema
from tenants.access.operations import add_operator
from testkit.banks import TEAM_PASSWORD
from testkit.servicing import balance, broken

OPERATOR = "operator@sluice.example"


class Person:
    """Somebody who signed in at a host, asking for data as the pages' own scripts do."""

    def __init__(self, host: str, sign_in: str, email: str) -> None:
        self.browser = Client(headers={"host": host, "accept": "application/json"})
        self.post(sign_in, email=email, password=TEAM_PASSWORD)

    def post(self, path: str, status: int | None = None, **form: str) -> Any:
        answer = self.browser.post(path, form)
        assert answer.status_code == (status or answer.status_code), answer.content
        assert status or answer.status_code < 300, answer.content
        return json.loads(answer.content)

    def get(self, path: str) -> Any:
        answer = self.browser.get(path)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def page(self, path: str) -> str:
        answer = self.browser.get(path, headers={"accept": "text/html", "accept-language": "en"})
        assert answer.status_code == 200, answer.content
        return answer.content.decode()


def staff(bank: str, person: str) -> Person:
    """Return one of a bank's team, signed in at the bank's own host."""
    return Person(f"{bank}.localhost", "/sign-in", f"{person}@{bank}.example")


def operator() -> Person:
    """Return an operator of the platform, signed in at the console."""
    with public_schema(), transaction.atomic():
        add_operator(email=OPERATOR, name="运营", password=TEAM_PASSWORD, now=now())
    return Person("ops.localhost", "/ops/sign-in", OPERATOR)


def top_up(bank: str, amount: str) -> None:
    """Let the accountant put money into the settlement account, and the clock's sweep notice."""
    staff(bank, "accounts").post("/accounting/funding", amount=amount)
    sweep(bank)


def sweep(bank: str) -> None:
    work("jobs.sweep", schema=bank)


def pass_days(bank: str, until: date) -> None:
    """Let a worker end the bank's days until the books are open for `until`."""
    reached = work("jobs.day_end", schema=bank, until_date=until.isoformat())
    assert reached == {"business_date": until.isoformat(), "failed_step": None}


def impatient(bank: str, *, funding_wait_seconds: int = 1800) -> None:
    """Let the bank ask its rail again at once instead of after minutes."""
    with bank_schema(bank), transaction.atomic():
        rails.set_profile(
            enquiry_delays_seconds=(0,), sending_timeout_seconds=0, funding_wait_seconds=funding_wait_seconds
        )


def add_account(shop: Merchant, ending: str) -> str:
    """Give a merchant another account, whose ending tells the rail what to do."""
    path = f"/businesses/{shop.business}/bank_accounts"
    return str(shop.caller.post(path, account_body(int(ending) + 100, ending))["id"])


def repay(shop: Merchant, loan: str, **what: Any) -> Any:
    """Ask for a repayment, let a worker collect it, and return how it ended."""
    asked = shop.caller.post("/repayments", {"loan": loan, "bank_account": shop.account, **what})
    collect(shop.caller.bank, asked["id"])
    return shop.caller.get(f"/repayments/{asked['id']}")


def told(caller: Caller, subject: str | None = None) -> list[str]:
    """Return the types of the events the scene can read, oldest first, once the outbox is relayed."""
    work("jobs.relay_outbox", schema=caller.bank)
    events = caller.get("/events?limit=100")["data"]
    return [event["type"] for event in events if subject in {None, event["subject"]}]


def rail_memory(bank: str) -> list[tuple[str, str, int]]:
    """Return what the rail remembers of a bank: direction, state and how often it was sent each message."""
    with bank_schema(bank):
        rows = RailMessage.objects.order_by("message_id")
        return list(rows.values_list("direction", "state", "send_count"))


def balance_at(bank: str, code: str) -> str:
    with bank_schema(bank):
        return balance(code)


def books_hold(bank: str) -> bool:
    """Tell whether every invariant of a bank's books holds; pytest shows what does not."""
    with bank_schema(bank), transaction.atomic():
        assert broken() == []
    return True


def rows_of(bank: str) -> dict[str, int]:
    """Count the rows of every table of a bank."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [bank])
        names = [name for (name,) in cursor.fetchall()]
        counts = {}
        for name in names:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(bank, name)))
            counts[name] = int(cursor.fetchone()[0])
    assert counts, f"there is no bank {bank}"
    return counts
