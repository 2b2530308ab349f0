"""What must hold after a drill: nothing paid twice, nothing promised and lost, the rail and the books agree.

It reads the tables themselves, as somebody would who trusts none of the code that wrote them, once the demo
has ended: `python -m testkit.drill_proof STATE_DIR`.
"""

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql

from kernel.ids import parse_id
from sluice.stack import servers
from sluice.stack.places import Places
from testkit.story.__main__ import DIARY

COUNTS: Final = {
    "every draw that was paid out has one loan, one booking, one payment": """
SELECT count(*) FILTER (WHERE bad), count(*) FROM (
  SELECT d.status = 'paid_out' AND (
           (SELECT count(*) FROM loans_loan l WHERE l.drawdown_id = d.id) <> 1
        OR (SELECT count(*) FROM loans_loantransaction t
             WHERE t.loan_id = d.loan_id AND t.kind = 'disbursement') <> 1
        OR (SELECT count(*) FROM payment_rails_paymentinstruction i
              JOIN payment_rails_railmessage m USING (message_id)
             WHERE i.id = d.instruction_id AND i.state = 'succeeded' AND m.state = 'settled'
               AND m.amount = d.amount AND m.direction = 'pay') <> 1) AS bad
    FROM drawdowns_drawdown d) checked""",
    "every draw that failed moved no money and holds no limit": """
SELECT count(*) FILTER (WHERE m.state = 'settled' OR l.outstanding > 0), count(*)
  FROM drawdowns_drawdown d
  LEFT JOIN payment_rails_paymentinstruction i ON i.id = d.instruction_id
  LEFT JOIN payment_rails_railmessage m USING (message_id)
  LEFT JOIN loans_loan l ON l.drawdown_id = d.id
 WHERE d.status IN ('failed', 'expired')""",
    "every collection that succeeded is booked once": """
SELECT count(*) FILTER (WHERE (SELECT count(*) FROM payment_rails_paymentinstruction i
              JOIN payment_rails_railmessage m USING (message_id)
              JOIN loans_loantransaction t ON t.reference = i.subject
             WHERE i.id = r.instruction_id AND m.state = 'settled' AND m.amount = r.amount) <> 1), count(*)
  FROM repayments_repayment r WHERE r.status = 'succeeded' AND r.instruction_id IS NOT NULL""",
    "no order of a scene is financed twice": """
SELECT count(*) FILTER (WHERE times > 1), count(*) FROM (
  SELECT count(*) AS times FROM drawdowns_drawdown
   WHERE external_id IS NOT NULL AND status NOT IN ('failed', 'expired')
   GROUP BY scene_id, external_id) orders""",
    "nothing is still on its way": """
SELECT (SELECT count(*) FROM drawdowns_drawdown WHERE status IN ('created', 'awaiting_funds', 'processing'))
     + (SELECT count(*) FROM repayments_repayment WHERE status = 'processing')
     + (SELECT count(*) FROM applications_application WHERE status = 'submitted')
     + (SELECT count(*) FROM payment_rails_paymentinstruction WHERE finished_at IS NULL),
       (SELECT count(*) FROM payment_rails_paymentinstruction)""",
    "every business day ended once, in order": """
SELECT count(*) - count(DISTINCT business_date) + count(*) FILTER (WHERE status <> 'finished')
     + greatest(0, max(business_date) - min(business_date) + 1 - count(*)), count(*)
  FROM day_end_dayendrun""",
    "every step of every day-end is done, once, in its order": """
SELECT count(*) FILTER (WHERE s.status <> 'done' OR s.finished_at IS NULL OR s.place <> s.position
                           OR s.finished_at < s.earlier), count(*)
  FROM (SELECT x.status, x.finished_at, x.position,
               row_number() OVER w AS place, lag(x.finished_at) OVER w AS earlier
          FROM day_end_dayendstep x
        WINDOW w AS (PARTITION BY x.run_id ORDER BY x.position)) s""",
    "every day-end moved the date by one day": """
SELECT count(*) FILTER (WHERE (s.figures ->> 'business_date')::date <> r.business_date + 1)
     + coalesce(abs((SELECT business_date FROM clock_businessclock) - max(r.business_date) - 1), 0), count(*)
  FROM day_end_dayendstep s JOIN day_end_dayendrun r ON r.id = s.run_id
 WHERE s.name = 'roll_date'""",
    "interest of every day is posted once, as its step says": """
SELECT count(*) FILTER (WHERE (s.figures ->> 'entries')::int <> e.posted
              OR e.amount <> (s.figures ->> 'interest_minor')::numeric
                           + (s.figures ->> 'penalty_minor')::numeric),
       count(*)
  FROM day_end_dayendstep s
  JOIN day_end_dayendrun r ON r.id = s.run_id,
       LATERAL (SELECT count(DISTINCT e.id) AS posted, coalesce(sum(p.amount), 0) AS amount
                  FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id AND p.side = 'debit'
                 WHERE e.kind IN ('day_end.interest_accrual', 'day_end.penalty_accrual')
                   AND e.booking_date = r.business_date) e
 WHERE s.name = 'accrue_interest'""",
    "nobody was told twice of the same due date": """
SELECT count(*) FILTER (WHERE times > 1), count(*) FROM (
  SELECT count(*) AS times FROM outbox_event e
   WHERE e.type IN ('loan.due_soon', 'loan.overdue')
   GROUP BY e.type, e.subject, e.data #>> '{object,next_due_date}') told""",
}
SUMS: Final = """
SELECT (SELECT coalesce(sum(amount), 0) FROM payment_rails_railmessage
         WHERE state = 'settled' AND direction = %(direction)s),
       (SELECT coalesce(sum(p.amount), 0) FROM ledger_posting p
          JOIN ledger_entry e ON e.id = p.entry_id JOIN ledger_account a ON a.id = p.account_id
         WHERE a.code = '1003' AND e.kind = %(kind)s AND e.state = 'posted'),
       (SELECT count(*) FROM payment_rails_railmessage
         WHERE state = 'settled' AND direction = %(direction)s),
       (SELECT count(*) FROM ledger_entry WHERE kind = %(kind)s AND state = 'posted')
"""
MOVEMENTS: Final = (("pay", "loan.paying_out"), ("collect", "loan.repayment"))
PROMISES: Final = {
    "biz": ("enterprises_enterprise", ()),
    "acc": ("enterprises_bankaccount", ()),
    "cns": ("consents_consent", ()),
    "bat": ("batches_databatch", ("completed",)),
    "app": ("applications_application", ("approved", "contracted", "declined", "in_review", "expired")),
    "agr": ("applications_agreement", ()),
    "drw": ("drawdowns_drawdown", ("paid_out", "failed", "expired")),
    "rpy": ("repayments_repayment", ("succeeded", "failed")),
}
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must hold at one bank, and what was found."""

    invariant: str
    ok: bool
    detail: str

    def line(self) -> str:
        """Return the finding for people."""
        return f"{'ok' if self.ok else 'FAILED':<7} {self.invariant:<76} {self.detail}"


# Banks that have business of their own; the one that sandboxes are made from has none.
BANKS: Final = """
SELECT id, schema_name FROM public.banks_bank AS bank
WHERE EXISTS (SELECT FROM public.scenes_contract AS contract WHERE contract.bank_id = bank.id)
ORDER BY schema_name
"""


def prove(places: Places) -> list[Finding]:
    """Start the drilled stack's PostgreSQL once more and check every bank."""
    findings: list[Finding] = []
    with servers.stack(places) as held:
        servers.start_database(held)
        with psycopg.connect(held.env["DATABASE_URL"], autocommit=True) as connection:
            promised = promises(places.state / "story" / DIARY)
            rows = connection.execute(BANKS)
            for bank_id, schema in rows.fetchall():
                path = sql.SQL("SET search_path TO {}").format(sql.Identifier(schema))
                connection.execute(path)
                found = [*counted(connection), *summed(connection), *kept(connection, promised[bank_id])]
                findings += [Finding(f"{schema}: {one.invariant}", one.ok, one.detail) for one in found]
    return findings


def counted(connection: Connection) -> Iterator[Finding]:
    """Count what breaks each rule."""
    for invariant, statement in COUNTS.items():
        wrong, checked = connection.execute(statement.encode()).fetchone() or (1, 0)
        yield Finding(invariant, wrong == 0, f"{checked} checked, {wrong} wrong")


def summed(connection: Connection) -> Iterator[Finding]:
    """Compare what the rail remembers with what the settlement account 1003 was posted."""
    for direction, kind in MOVEMENTS:
        row = connection.execute(SUMS.encode(), {"direction": direction, "kind": kind}).fetchone()
        rail, books, messages, entries = row or (0, 1, 0, 1)
        yield Finding(
            f"the rail's own memory of '{direction}' equals 1003",
            rail == books and messages == entries > 0,
            f"rail {rail / 100:,.2f} in {messages} messages, books {books / 100:,.2f} in {entries} entries",
        )


def promises(diary: Path) -> defaultdict[UUID, list[tuple[str, UUID]]]:
    """Return what the doors answered the scenes with success, by bank."""
    promised: defaultdict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    for line in diary.read_text(encoding="utf-8").splitlines():
        noted = json.loads(line)
        prefix = str(noted["id"]).partition("_")[0]
        if prefix in PROMISES:
            bank_id = parse_id("bnk", noted["bank_id"])
            promised[bank_id].append((prefix, parse_id(prefix, noted["id"])))
    return promised


def kept(connection: Connection, promised: list[tuple[str, UUID]]) -> Iterator[Finding]:
    """Look for every thing that was promised, and its end; nobody else's merchant is there."""
    own = sum(kind == "biz" for kind, _ in promised)
    known = (connection.execute("SELECT count(*) FROM enterprises_enterprise").fetchone() or (None,))[0]
    yield Finding("the bank knows the merchants of its own scene only", known == own, f"{known} of {own}")
    for prefix, (table, ends) in PROMISES.items():
        wanted = {one for kind, one in promised if kind == prefix}
        if not wanted:
            continue
        statement = sql.SQL("SELECT id FROM {} WHERE id = ANY(%(ids)s)").format(sql.Identifier(table))
        if ends:
            statement += sql.SQL(" AND status = ANY(%(ends)s)")
        rows = connection.execute(statement, {"ids": list(wanted), "ends": list(ends)})
        missing = wanted - {found for (found,) in rows.fetchall()}
        named = " ".join(str(one) for one in sorted(missing)[:3])
        ending = " and has come to its end" if ends else ""
        yield Finding(
            f"what was promised is there{ending}: {table.partition('_')[2]}",
            not missing,
            f"{len(wanted)} promised, {len(missing)} missing {named}".strip(),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Prove a stack that has ended; return 0 when everything holds."""
    parser = argparse.ArgumentParser(prog="drill_proof", description=__doc__)
    parser.add_argument("state", type=Path)
    options = parser.parse_args(arguments)
    os.environ.pop("DATABASE_URL", None)  # the stack's own server, nobody else's
    findings = prove(Places(options.state))
    for finding in findings:
        sys.stdout.write(finding.line() + "\n")
    return 0 if findings and all(finding.ok for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
