"""Reading decisions, and running them again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from risk.decisions.flow import fact_sheet, read_facts, run
from risk.decisions.models import Decision
from risk.features.facts import FactValue, decode
from risk.rules.canonical import canonical, sha256_of
from risk.rules.reasons import REASONS
from risk.strategies.document import Strategy
from risk.strategies.queries import RunnableStrategy, strategy_to_replay

BATCH: Final = 500


class DecisionUnknown(Refusal):
    """There is no such decision."""

    code = "decisions.decision_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no decision {decision_id}."


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason, in order of weight; `borrower_safe` says whether the borrower texts may be shown."""

    code: str
    rank: int
    text_en: str
    text_zh: str
    borrower_safe: bool
    borrower_en: str
    borrower_zh: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision as other rooms see it; `limit` and `annual_rate` only on an approval."""

    id: UUID
    subject: str
    on_date: date
    decided_at: datetime
    verdict: str
    limit: Money | None
    annual_rate: Decimal | None
    asked: Money | None
    counter_offer: bool
    proposed_limit: Money | None
    proposed_rate: Decimal | None
    pd: Decimal | None
    grade: str
    reasons: tuple[ReasonView, ...]
    binding_cap: str
    caps: tuple[Mapping[str, Any], ...]
    trace: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Any]
    strategy_code: str
    strategy_version: int
    strategy_version_id: UUID
    strategy_sha256: str
    sha256: str

    @property
    def public_id(self) -> str:
        """The id that other systems see."""
        return public_id("dec", self.id)


@dataclass(frozen=True, slots=True)
class ReplayView:
    """A decision run again from its two stored documents."""

    decision_id: UUID
    identical: bool
    stored_sha256: str
    replayed_sha256: str
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Every decision run again."""

    count: int
    mismatches: tuple[ReplayView, ...]


def get_decision(decision_id: UUID) -> DecisionView:
    """Return one decision; raises `DecisionUnknown`."""
    row = _rows().filter(id=decision_id).first()
    if row is None:
        raise DecisionUnknown(decision_id=decision_id)
    version = row.strategy_version
    return decision_view(row, strategy_code=version.code, strategy_version=version.version)


def replay(decision_id: UUID) -> ReplayView:
    """Run one decision again and compare it to the byte; raises `DecisionUnknown`."""
    row = Decision.objects.filter(id=decision_id).first()
    if row is None:
        raise DecisionUnknown(decision_id=decision_id)
    return _replayed(row, strategy_to_replay(row.strategy_version_id))


def replay_all(*, since: datetime | None = None) -> ReplayReport:
    """Run every decision again (since a moment, when given); 0 mismatches is the only good answer."""
    rows = Decision.objects.order_by("id")
    if since is not None:
        rows = rows.filter(decided_at__gte=since)
    strategies: dict[UUID, RunnableStrategy] = {}
    count, mismatches = 0, []
    for row in rows.iterator(chunk_size=BATCH):
        version = row.strategy_version_id
        if version not in strategies:
            strategies[version] = strategy_to_replay(version)
        view = _replayed(row, strategies[version])
        count += 1
        if not view.identical:
            mismatches.append(view)
    return ReplayReport(count, tuple(mismatches))


def decision_sha256(
    *, strategy_sha256: str, subject: str, on_date: date, facts: Mapping[str, Any], result: Mapping[str, Any]
) -> str:
    """Return a decision's hash: over the strategy's hash, the subject, the day, facts and result."""
    return sha256_of(
        {
            "strategy": strategy_sha256,
            "subject": subject,
            "on_date": on_date.isoformat(),
            "facts": dict(facts),
            "result": dict(result),
        }
    )


def stored_facts(strategy: Strategy, sheet: Mapping[str, Any]) -> dict[str, FactValue]:
    """Return the facts that a strategy reads, from a stored sheet."""
    return read_facts(
        strategy, {name: decode(name, kind, sheet.get(name)) for name, kind in strategy.types.items()}
    )


def reason_views(codes: Iterable[str]) -> tuple[ReasonView, ...]:
    """Return the registered texts of reason codes, ranked as given."""
    return tuple(
        ReasonView(
            code,
            rank,
            REASONS[code].text_en,
            REASONS[code].text_zh,
            REASONS[code].disclosed,
            REASONS[code].borrower_en,
            REASONS[code].borrower_zh,
        )
        for rank, code in enumerate(codes, start=1)
    )


def _rows() -> QuerySet[Decision]:
    return Decision.objects.select_related("strategy_version").defer("strategy_version__document")


def _replayed(row: Decision, signed: RunnableStrategy) -> ReplayView:
    facts = stored_facts(signed.strategy, row.facts)
    result = run(signed.strategy, facts)
    replayed = decision_sha256(
        strategy_sha256=signed.sha256,
        subject=row.subject,
        on_date=row.on_date,
        facts=fact_sheet(facts),
        result=result,
    )
    differences = tuple(name for name in result if canonical(result[name]) != canonical(row.result.get(name)))
    identical = replayed == row.sha256 and not differences and _columns_agree(row, signed.sha256)
    return ReplayView(row.id, identical, row.sha256, replayed, differences)


def _columns_agree(row: Decision, strategy_sha256: str) -> bool:
    """Return whether the searchable columns still repeat the record."""
    result = row.result
    repeated = (row.strategy_sha256, row.verdict, row.limit, row.annual_rate, row.pd, row.grade)
    return repeated == (
        strategy_sha256,
        result["verdict"],
        _money(result["limit"]),
        _decimal(result["annual_rate"]),
        _decimal(result["pd"]),
        result["grade"],
    )


def decision_view(row: Decision, *, strategy_code: str, strategy_version: int) -> DecisionView:
    """Return the frozen view of a decision."""
    result = row.result
    return DecisionView(
        id=row.id,
        subject=row.subject,
        on_date=row.on_date,
        decided_at=row.decided_at,
        verdict=row.verdict,
        limit=_money(result["limit"]),
        annual_rate=_decimal(result["annual_rate"]),
        asked=_money(result["asked"]),
        counter_offer=result["counter_offer"],
        proposed_limit=_money(result["proposed_limit"]),
        proposed_rate=_decimal(result["proposed_rate"]),
        pd=_decimal(result["pd"]),
        grade=result["grade"],
        reasons=reason_views(result["reasons"]),
        binding_cap=result["binding_cap"],
        caps=tuple(result["caps"]),
        trace=tuple(result["trace"]),
        facts=row.facts,
        strategy_code=strategy_code,
        strategy_version=strategy_version,
        strategy_version_id=row.strategy_version_id,
        strategy_sha256=row.strategy_sha256,
        sha256=row.sha256,
    )


def _money(text: str | None) -> Money | None:
    return None if text is None else Money.parse(text)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
