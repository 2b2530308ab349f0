"""The one way a decision gets into its table: one statement, bytes made once for hash and row alike."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection

from kernel.ids import new_id
from risk.decisions.queries import DecisionView, view_of
from risk.decisions.record import Setting, columns, decision_sha256
from risk.rules.canonical import canonical
from risk.strategies.queries import RunnableStrategy

_INSERT: Final = """
    INSERT INTO decisions_decision (
        id, subject, borrower, on_date, decided_at, role, beside_id, strategy_version_id, strategy_draft_id,
        strategy_code, strategy_sha256, assignment, deviations, facts, result, verdict, "limit", annual_rate,
        pd, grade, reasons, sha256
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb,
              %s::jsonb, %s::jsonb, %s, %s, %s, %s, %s, %s::text[], %s)
"""


def write(
    setting: Setting, signed: RunnableStrategy, *, facts: Mapping[str, Any], result: Mapping[str, Any]
) -> DecisionView:
    """Insert a decision and return it; the searchable columns repeat the result."""
    decision_id: UUID = new_id()
    sheet, ran, repeated = canonical(facts), canonical(result), columns(result)
    sha256 = decision_sha256(setting, facts=sheet, result=ran)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            (
                decision_id,
                setting.subject,
                setting.borrower,
                setting.on_date,
                setting.decided_at,
                setting.role,
                setting.beside,
                None if signed.is_draft else signed.id,
                signed.id if signed.is_draft else None,
                signed.code,
                setting.strategy_sha256,
                canonical(setting.assignment).decode(),
                canonical(setting.deviations).decode(),
                sheet.decode(),
                ran.decode(),
                *repeated.values(),
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
