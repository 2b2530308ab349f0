"""Proves the books of every bank: the ledger's invariants, sub-ledger against ledger, decisions replayed."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.db import transaction

from ledger.proofs import queries as ledger_proofs
from lending import proofs as lending_proofs
from plumbing.clock import queries as clock
from plumbing.schemas import bank_schema
from risk.decisions import queries as decisions
from sluice.handover import hand_over
from tenants.banks import queries as banks


class Finding(Protocol):
    """What a room's proof says about one invariant."""

    @property
    def invariant(self) -> str:
        """Return the invariant's name."""

    @property
    def ok(self) -> bool:
        """Tell whether it holds."""

    @property
    def detail(self) -> str:
        """Return what was compared."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the proof."""

    invariant: str
    ok: bool
    detail: str


def main(arguments: list[str]) -> int:
    """Prove every bank and return 1, naming the banks, when one invariant is broken."""
    parser = argparse.ArgumentParser(prog="./sluice audit")
    parser.add_argument("bank", nargs="*", help="only these banks' schemas")
    parser.add_argument(
        "--export", metavar="DIR", type=Path, help="write each bank's sealed journal and its verifier there"
    )
    asked = parser.parse_args(arguments)
    chosen = asked.bank
    broken = []
    proved = 0
    for schema, name in known():
        if chosen and schema not in chosen:
            continue
        proved += 1
        if not prove(schema, name):
            broken.append(schema)
        if asked.export is not None:
            with bank_schema(schema), transaction.atomic():
                write(f"  wrote   {hand_over(asked.export, schema=schema, name=name)}")
    if broken:
        write(f"\nFAILED: the books of {', '.join(broken)} do not prove")
        return 1
    if chosen and proved < len(set(chosen)):
        write("\nFAILED: there is no such bank")
        return 1
    write(f"\nthe books of {proved} bank{'' if proved == 1 else 's'} prove")
    return 0


def known() -> list[tuple[str, str]]:
    """Return the schema and the name of every bank that is ready."""
    return [(bank.schema_name, bank.name_en) for bank in banks.banks() if bank.ready_at]


def prove(schema: str, name: str) -> bool:
    """Prove one bank, write a line per invariant, and tell whether all hold."""
    write(f"\n{name} ({schema})")
    good = True
    with bank_schema(schema), transaction.atomic():
        for proof in (ledger_proofs.check_books, sub_ledgers, replayed):
            good = written(proof) and good
    return good


def written(proof: Callable[[], Iterable[Finding]]) -> bool:
    """Run one proof and write what it found; a proof that cannot run has not proved anything."""
    begun = time.monotonic()
    good = True
    try:
        with transaction.atomic():
            findings = list(proof())
    except Exception as problem:  # every other invariant still gets its line
        findings = [Line(proof.__name__, ok=False, detail=f"{type(problem).__name__}: {problem}")]
    for finding in findings:
        good = good and finding.ok
        write(f"  {'ok' if finding.ok else 'FAILED':<7} {finding.invariant:<72} {finding.detail}")
    write(f"          {time.monotonic() - begun:.2f} s")
    return good


def sub_ledgers() -> Iterable[Finding]:
    """Compare loans, lines and instructions with the ledger."""
    return lending_proofs.check_loans(business_date=clock.business_date())


def replayed() -> list[Finding]:
    """Replay every decision and compare it with what was recorded."""
    report = decisions.replay_all()
    detail = f"{report.count} decisions, {report.mismatch_count} differ"
    return [Line("decisions replay to the same hash", report.identical, detail), chained()]


def chained() -> Line:
    """Verify the chain over the decisions; what is wrong names its decision."""
    chain = decisions.verify_chain()
    wrong = "; ".join(f"{one.decision_id}: {one.problem}" for one in chain.findings[:5])
    detail = (
        wrong or f"{chain.count} links, head {chain.head_sha256[:16]}, {chain.unsealed_count} not sealed yet"
    )
    return Line("decisions are chained as they were sealed", chain.intact, detail)


def write(text: str) -> None:
    """Write a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
