"""Which strategy held on a day, one version by its id, and drafts; compiled where it is to be run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from kernel.refusals import Kind, Refusal
from risk.rules.canonical import sha256_of
from risk.strategies.document import Strategy, read_document
from risk.strategies.models import StrategyDraft, StrategyVersion

FIRST_STRATEGY: Final = "receipts_revolving"
_COMPILED: Final[dict[str, Strategy]] = {}
_COMPILED_MOST: Final = 256


class StrategyMissing(Refusal):
    """The bank has signed no strategy for that day: nothing is decided (R-01)."""

    code = "strategies.strategy_missing"
    kind = Kind.UNAVAILABLE
    message = "No signed strategy {strategy} is in force on {on_date}."


class StrategyUnknown(Refusal):
    """There is no such version."""

    code = "strategies.strategy_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no strategy version {strategy_version_id}."


class StrategyUnreadable(Refusal):
    """A published document that is not what was signed, or that this engine cannot run."""

    code = "strategies.strategy_unreadable"
    kind = Kind.UNAVAILABLE
    message = "Strategy {strategy} version {version} cannot be run: {problem}"


class DraftUnknown(Refusal):
    """There is no such draft."""

    code = "strategies.draft_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no draft {draft_id}."


@dataclass(frozen=True, slots=True)
class StrategyView:
    """One published version; `impact` is what was measured when it was published."""

    id: UUID
    code: str
    version: int
    document: Mapping[str, Any]
    sha256: str
    effective_from: date
    signed_by: tuple[str, str]
    published_at: datetime
    rolls_back_to_id: UUID | None
    impact: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DraftView:
    """One draft."""

    id: UUID
    code: str
    document: Mapping[str, Any]
    sha256: str
    note: str
    drafted_by: str
    drafted_at: datetime


@dataclass(frozen=True, slots=True)
class RunnableStrategy:
    """One published version or draft (its version is 0), compiled."""

    id: UUID
    code: str
    version: int
    sha256: str
    strategy: Strategy

    @property
    def is_draft(self) -> bool:
        """Tell whether nobody has signed it yet."""
        return self.version == 0


def strategy_in_force(on_date: date, *, code: str = FIRST_STRATEGY) -> StrategyView:
    """Return the newest version effective on the day; raises `StrategyMissing`."""
    row = _in_force(on_date, code).first()
    if row is None:
        raise StrategyMissing(strategy=code, on_date=on_date)
    return strategy_view(row)


def get_strategy(strategy_version_id: UUID) -> StrategyView:
    """Return one version; raises `StrategyUnknown`."""
    row = StrategyVersion.objects.filter(id=strategy_version_id).first()
    if row is None:
        raise StrategyUnknown(strategy_version_id=strategy_version_id)
    return strategy_view(row)


def strategies() -> tuple[StrategyView, ...]:
    """Return every version, newest first."""
    return tuple(strategy_view(row) for row in StrategyVersion.objects.order_by("code", "-version"))


def get_draft(draft_id: UUID) -> DraftView:
    """Return one draft; raises `DraftUnknown`."""
    row = StrategyDraft.objects.filter(id=draft_id).first()
    if row is None:
        raise DraftUnknown(draft_id=draft_id)
    return draft_view(row)


def get_document(document_id: UUID) -> StrategyView | DraftView:
    """Return a version or a draft, whichever has the id; raises `StrategyUnknown`."""
    row = StrategyDraft.objects.filter(id=document_id).first()
    return get_strategy(document_id) if row is None else draft_view(row)


def strategy_view(row: StrategyVersion) -> StrategyView:
    """Return the frozen view of a version."""
    return StrategyView(
        id=row.id,
        code=row.code,
        version=row.version,
        document=row.document,
        sha256=row.sha256,
        effective_from=row.effective_from,
        signed_by=(row.signed_by_first, row.signed_by_second),
        published_at=row.published_at,
        rolls_back_to_id=row.rolls_back_to_id,
        impact=row.impact,
    )


def draft_view(row: StrategyDraft) -> DraftView:
    """Return the frozen view of a draft."""
    return DraftView(row.id, row.code, row.document, row.sha256, row.note, row.drafted_by, row.drafted_at)


def strategy_to_run(on_date: date, *, code: str = FIRST_STRATEGY) -> RunnableStrategy:
    """Return the version in force on the day, compiled; its document is read once a process."""
    row = _in_force(on_date, code).defer("document").first()
    if row is None:
        raise StrategyMissing(strategy=code, on_date=on_date)
    return _runnable(row)


def strategy_to_replay(strategy_version_id: UUID) -> RunnableStrategy:
    """Return one version, compiled; raises `StrategyUnknown`."""
    row = StrategyVersion.objects.filter(id=strategy_version_id).defer("document").first()
    if row is None:
        raise StrategyUnknown(strategy_version_id=strategy_version_id)
    return _runnable(row)


def draft_to_run(draft_id: UUID) -> RunnableStrategy:
    """Return a draft, compiled; raises `DraftUnknown`."""
    row = StrategyDraft.objects.filter(id=draft_id).defer("document").first()
    if row is None:
        raise DraftUnknown(draft_id=draft_id)
    return RunnableStrategy(row.id, row.code, 0, row.sha256, _compiled(row.sha256, lambda: draft_view(row)))


def compile_strategy(view: StrategyView | DraftView) -> Strategy:
    """Return the strategy behind a kept document; refuses one that was changed or that we cannot run."""
    version = view.version if isinstance(view, StrategyView) else 0
    if sha256_of(view.document) != view.sha256:
        raise StrategyUnreadable(strategy=view.code, version=version, problem="it was changed")
    read = read_document(view.document)
    if not isinstance(read, Strategy):
        raise StrategyUnreadable(strategy=view.code, version=version, problem=read[0].problem)
    return read


def runnable(strategy_version_id: UUID, code: str, version: int, sha256: str) -> RunnableStrategy:
    """Return a version whose row was read elsewhere, compiled."""
    strategy = _compiled(sha256, lambda: get_strategy(strategy_version_id))
    return RunnableStrategy(strategy_version_id, code, version, sha256, strategy)


def _in_force(on_date: date, code: str) -> QuerySet[StrategyVersion]:
    return StrategyVersion.objects.filter(code=code, effective_from__lte=on_date).order_by(
        "-effective_from", "-version"
    )


def _runnable(row: StrategyVersion) -> RunnableStrategy:
    strategy = _compiled(row.sha256, lambda: strategy_view(row))
    return RunnableStrategy(row.id, row.code, row.version, row.sha256, strategy)


def _compiled(sha256: str, read: Callable[[], StrategyView | DraftView]) -> Strategy:
    """Compile at most once a process; kept by the document's hash, so no bank's data is shared."""
    strategy = _COMPILED.get(sha256)
    if strategy is None:
        if len(_COMPILED) >= _COMPILED_MOST:  # drafts come and go: the oldest makes room
            _COMPILED.pop(next(iter(_COMPILED)))
        strategy = _COMPILED[sha256] = compile_strategy(read())
    return strategy
