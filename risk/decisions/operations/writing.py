"""The one way a decision gets into its table: one call, bytes made once for hash and row alike."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from kernel.ids import new_id
from plumbing.arrays import text_array
from plumbing.trip import call
from risk.decisions.queries import DecisionView, view_of
from risk.decisions.record import Setting, columns, decision_sha256, instant
from risk.rules.canonical import canonical
from risk.strategies.queries import RunnableStrategy

_WRITE: Final = "decisions_write"  # sql/write.sql


def write(
    setting: Setting, signed: RunnableStrategy, *, facts: Mapping[str, Any], result: Mapping[str, Any]
) -> DecisionView:
    """Insert a decision and return it; the searchable columns repeat the result."""
    decision_id: UUID = new_id()
    sheet, ran, repeated = canonical(facts), canonical(result), columns(result)
    sha256 = decision_sha256(setting, facts=sheet, result=ran)
    document_ids = (None, str(signed.id)) if signed.is_draft else (str(signed.id), None)
    call(
        _WRITE,
        (
            str(decision_id),
            *_set(setting),
            *document_ids,
            signed.code,
            setting.strategy_sha256,
            canonical(setting.assignment).decode(),
            canonical(setting.deviations).decode(),
            sheet.decode(),
            ran.decode(),
            repeated["verdict"],
            _text(repeated["limit"]),
            _text(repeated["annual_rate"]),
            _text(repeated["pd"]),
            repeated["grade"],
            text_array(repeated["reasons"]),
            sha256,
        ),
    )
    return view_of(
        result,
        id=decision_id,
        subject=setting.subject,
        on_date=setting.on_date,
        decided_at=setting.decided_at,
        facts=facts,
        strategy_code=signed.code,
        strategy_version=signed.version,
        strategy_version_id=None if signed.is_draft else signed.id,
        strategy_sha256=signed.sha256,
        sha256=sha256,
        borrower=setting.borrower,
        role=setting.role,
        beside_id=setting.beside,
        assignment=setting.assignment,
        deviations=setting.deviations,
    )


def _set(setting: Setting) -> tuple[str | None, ...]:
    """Return subject, borrower, day, instant, role, and the decision beside which it ran."""
    return (
        setting.subject,
        setting.borrower,
        setting.on_date.isoformat(),
        instant(setting.decided_at),
        setting.role,
        _text(setting.beside),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
