"""The one way a decision gets into its table: one call, bytes made once for hash and row alike."""

from collections.abc import Mapping
from typing import Any, Final

from kernel.ids import new_id
from plumbing.arrays import text_array
from plumbing.trip import call
from risk.decisions.queries import DecisionView, view_of
from risk.decisions.record import Setting, decision_sha256, instant
from risk.rules.canonical import canonical, canonical_own
from risk.strategies.queries import RunnableStrategy

_WRITE: Final = "decisions_write"  # sql/write.sql
_NOTHING: Final = b"{}"


def write(
    setting: Setting, signed: RunnableStrategy, *, facts: Mapping[str, Any], result: Mapping[str, Any]
) -> DecisionView:
    """Insert a decision and return it; the searchable columns repeat the result (`record.columns`)."""
    sheet, ran = canonical_own(facts), canonical_own(result)
    decided = view_of(
        result,
        id=new_id(),
        subject=setting.subject,
        on_date=setting.on_date,
        decided_at=setting.decided_at,
        facts=facts,
        strategy_code=signed.code,
        strategy_version=signed.version,
        strategy_version_id=None if signed.is_draft else signed.id,
        strategy_sha256=signed.sha256,
        sha256=decision_sha256(setting, facts=sheet, result=ran),
        borrower=setting.borrower,
        role=setting.role,
        beside_id=setting.beside,
        assignment=setting.assignment,
        deviations=setting.deviations,
    )
    document_ids = (None, str(signed.id)) if signed.is_draft else (str(signed.id), None)
    call(
        _WRITE,
        (
            str(decided.id),
            *_set(setting),
            *document_ids,
            signed.code,
            setting.strategy_sha256,
            canonical(setting.assignment) if setting.assignment else _NOTHING,
            canonical(setting.deviations) if setting.deviations else _NOTHING,
            sheet,
            ran,
            decided.verdict,
            None if decided.limit is None else str(decided.limit.minor),
            result["annual_rate"],
            result["pd"],
            decided.grade,
            text_array(result["reasons"]),
            decided.sha256,
        ),
    )
    return decided


def _set(setting: Setting) -> tuple[str | None, ...]:
    """Return subject, borrower, day, instant, role, and the decision beside which it ran."""
    return (
        setting.subject,
        setting.borrower,
        setting.on_date.isoformat(),
        instant(setting.decided_at),
        setting.role,
        None if setting.beside is None else str(setting.beside),
    )
