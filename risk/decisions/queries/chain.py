"""The chain over a bank's decisions, verified: whoever altered, removed or slipped in one is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from risk.decisions.models import DecisionSeal
from risk.decisions.queries.stored import StoredDecision, columns_sql, stored, stored_decisions
from risk.decisions.record import NO_LINK, columns, decision_sha256, link_sha256
from risk.rules.canonical import canonical

BATCH: Final = 1_000
FINDINGS_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """One thing wrong: the link's number, the decision that it names, and what is wrong with it."""

    number: int
    decision_id: UUID
    problem: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """The chain from its first link: how many hold, the newest link's hash, and what is not sealed yet."""

    count: int
    head_sha256: str
    findings: tuple[ChainFinding, ...]
    unsealed_count: int

    @property
    def intact(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class SealView:
    """The link that covers one decision, and what is wrong with it or with the decision (empty: nothing)."""

    number: int
    sha256: str
    previous_sha256: str
    sealed_at: datetime
    problem: str


def seal_of(decision_id: UUID) -> SealView | None:
    """Return a decision's link, checked against the one before and the decision as it stands; or None."""
    seal = DecisionSeal.objects.filter(decision=decision_id).first()
    if seal is None:
        return None
    before = DecisionSeal.objects.filter(number=seal.number - 1).values_list("sha256", flat=True).first()
    link = (seal.number, seal.decision, seal.decision_sha256, seal.previous_sha256, seal.sha256)
    row = next(stored_decisions("d.id = %(wanted)s", wanted=decision_id), None)
    problem = _wrong(link, row, seal.number, before or NO_LINK)
    return SealView(seal.number, seal.sha256, seal.previous_sha256, seal.sealed_at, problem)


def chain_head() -> tuple[int, str]:
    """Return the newest link's number and hash; 0 and zeros before the first."""
    last = DecisionSeal.objects.order_by("-number").first()
    return (0, NO_LINK) if last is None else (last.number, last.sha256)


def verify_chain() -> ChainReport:
    """Check every link against the one before and against its decision as it stands now."""
    findings: list[ChainFinding] = []
    number, previous = 0, NO_LINK
    for link, row in _links():
        wrong = _wrong(link, row, number + 1, previous)
        if wrong and len(findings) < FINDINGS_KEPT:
            findings.append(ChainFinding(link[0], link[1], wrong))
        number, previous = link[0], link[4]
    return ChainReport(number, previous, tuple(findings), unsealed_count())


def unsealed_count() -> int:
    """Return how many decisions no link covers yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM decisions_decision d "
            "WHERE NOT EXISTS (SELECT FROM decisions_decisionseal s WHERE s.decision = d.id)"
        )
        return int(cursor.fetchone()[0])


def _links() -> Iterator[tuple[tuple[Any, ...], StoredDecision | None]]:
    """Yield each link (number, decision, its hash, the link before, the link) with its decision, if any."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.number, s.decision, s.decision_sha256, s.previous_sha256, s.sha256, "
                f"{columns_sql()} FROM decisions_decisionseal s "
                "LEFT JOIN decisions_decision d ON d.id = s.decision "
                "WHERE s.number > %s ORDER BY s.number LIMIT %s",
                [after, BATCH],
            )
            rows = cursor.fetchall()
        for row in rows:
            yield row[:5], None if row[5] is None else stored(row[5:])
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


def _wrong(link: tuple[Any, ...], row: StoredDecision | None, number: int, previous: str) -> str:
    """Return what is wrong with a link, or nothing."""
    found_number, decision, decision_hash, found_previous, sha256 = link
    if found_number != number:
        return f"links {number} to {found_number - 1} are missing"
    if found_previous != previous:
        return "it does not follow the link before"
    if sha256 != link_sha256(
        number=number, decision=decision, decision_hash=decision_hash, previous=previous
    ):
        return "the link was altered"
    if row is None:
        return "the decision is gone"
    if row.sha256 != decision_hash:
        return "the decision's hash is not the sealed one"
    content = decision_sha256(row.setting, facts=canonical(row.facts), result=canonical(row.result))
    if content != decision_hash:
        return "the decision was altered"
    repeated = (row.verdict, row.limit, row.annual_rate, row.pd, row.grade, row.reasons)
    if repeated != tuple(columns(row.result).values()):
        return "a column of the decision was altered"
    return ""
