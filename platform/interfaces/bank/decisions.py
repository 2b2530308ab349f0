"""Decisions: the search, one decision with every rule that judged it, and running it again (4.3, 4.11)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy

from interfaces.bank.business import after_of
from interfaces.bank.frame import framed
from interfaces.bank.trace import cap_rows, fact_name, reason_text, trace_stages, value_text
from interfaces.door import StaffView
from interfaces.pages import FieldInvalid, refused, shown
from interfaces.problems import wants_json
from kernel.ids import MalformedId, parse_id, public_id
from kernel.money import Money
from kernel.refusals import Refusal
from lending.applications import queries as applications
from risk.decisions.models import Outcome, Role
from risk.decisions.queries import (
    DecisionRow,
    DecisionView,
    ReasonView,
    Search,
    companions,
    decisions_page,
    get_decision,
    replay,
    seal_of,
    unsealed_count,
    what_would_change,
)
from risk.features.facts import CATALOGUE, FactType, Source
from risk.rules.reasons import REASONS

ROWS: Final = 50
LONGEST: Final = 80
SAME: Final = gettext_lazy("Run again: the same to the byte.")
SOURCES: Final = {
    Source.SCENE: gettext_lazy("Scene data"),
    Source.REGISTRY: gettext_lazy("Registries, courts and bureau"),
    Source.BANK: gettext_lazy("The bank's own records"),
    Source.REQUEST: gettext_lazy("What was asked for"),
    Source.RULE: gettext_lazy("Rules in force"),
}
_DAY: Final = timedelta(days=1)


class Decisions(StaffView):
    """Every decision, newest first; by subject, verdict, reason and days."""

    capability = "decision.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Find them; what runs beside others (shadows, replays) only when it is asked for."""
        wanted = {name: _text(request, name) for name in ("q", "verdict", "reason", "role", "from", "until")}
        if is_id("dec", wanted["q"]):
            return HttpResponseRedirect(f"/decisions/{wanted['q']}")
        found = decisions_page(_search(request, wanted), after=after_of(request, "dec"), limit=ROWS)
        after = found[-1].public_id if len(found) == ROWS else None
        context = framed(
            request,
            "decisions",
            rows=found,
            wanted=wanted,
            after=after,
            verdicts=Outcome.values,
            roles=Role.values,
            reasons=sorted((reason_text(code), code) for code in REASONS),
        )
        body = {"decisions": [_line(row) for row in found], "after": after}
        return shown(request, "bank/decisions.html", context, body)


def _text(request: HttpRequest, name: str) -> str:
    value = request.GET.get(name, "").strip()
    if len(value) > LONGEST or "\x00" in value:
        raise FieldInvalid(field=name, given=value[:40])
    return value


def _search(request: HttpRequest, wanted: Mapping[str, str]) -> Search:
    """Return what is looked for; the last day is counted, as people say it."""
    until = _day(wanted, "until")
    subject = wanted["q"] or None
    is_borrower = subject is not None and subject.startswith("biz_")
    return Search(
        subject=None if is_borrower else subject,
        borrower=subject if is_borrower else None,
        verdict=wanted["verdict"] or None,
        role=wanted["role"] or None,
        reason=wanted["reason"] or None,
        from_date=_day(wanted, "from"),
        to_date=None if until is None else until + _DAY,
    )


def _day(wanted: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(wanted[name]) if wanted[name] else None
    except ValueError:
        raise FieldInvalid(field=name, given=wanted[name][:40]) from None


def _line(row: DecisionRow) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "subject": row.subject,
        "borrower": row.borrower,
        "date": row.on_date,
        "role": row.role,
        "strategy": f"{row.strategy_code} v{row.strategy_version}",
        "verdict": row.verdict,
        "limit": row.limit,
        "annual_rate": row.annual_rate,
        "grade": row.grade,
        "reasons": row.reasons,
    }


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact as it was: its name for people, its value as text, whether it was known."""

    name: str
    text: str
    known: bool


@dataclass(frozen=True, slots=True)
class FactGroup:
    """The facts of one class of source, and how many of them were not known."""

    source: str
    lines: tuple[FactLine, ...]
    unknown_count: int


def fact_groups(facts: Mapping[str, Any]) -> tuple[FactGroup, ...]:
    """Return what a decision knew, by class of source (S4-13); what was not known stands last."""
    return tuple(_groups(facts))


def _groups(facts: Mapping[str, Any]) -> Iterator[FactGroup]:
    for source in Source:
        names = [name for name in facts if name in CATALOGUE and CATALOGUE[name].source is source]
        if not names:
            continue
        lines = [_fact_line(name, facts[name]) for name in names]
        lines.sort(key=lambda line: not line.known)
        yield FactGroup(str(SOURCES[source]), tuple(lines), sum(not line.known for line in lines))


def _fact_line(name: str, value: Any) -> FactLine:
    is_money = value is not None and CATALOGUE[name].type is FactType.MONEY
    text = format(Money.parse(value), ",") if is_money else value_text(value)
    return FactLine(fact_name(name), text, value is not None)


class Decision(StaffView):
    """One decision: what was known, what judged it, what came of it, and what would have changed it."""

    capability = "decision.view"

    def get(self, request: HttpRequest, decision_id: UUID) -> HttpResponse:
        """Show it."""
        found = get_decision(decision_id)
        context = framed(
            request,
            "decisions",
            **decision_parts(found),
            seal=seal_of(found.id),
            waiting=unsealed_count(),
            advice=what_would_change(found.id) if found.verdict == Outcome.DECLINE else None,
            beside=companions(found.id),
            leader=None if found.beside_id is None else public_id("dec", found.beside_id),
        )
        return shown(request, "bank/decision.html", context, _whole(found))


def decision_parts(decision: DecisionView) -> dict[str, Any]:
    """Return what every page that shows a decision shows of it."""
    return {
        "decision": decision,
        "caps": cap_rows(decision),
        "stages": trace_stages(decision.trace),
        "facts": fact_groups(decision.facts),
        "subject_url": subject_url(decision.subject),
        "borrower_url": f"/customers/{decision.borrower}" if is_id("biz", decision.borrower) else "",
    }


def subject_url(subject: str) -> str:
    """Return the page of what was decided on; empty where there is none."""
    page = {"app": "/applications", "lin": "/lines"}.get(subject[:3])
    return f"{page}/{subject}" if page and is_id(subject[:3], subject) else ""


def is_id(prefix: str, text: str) -> bool:
    """Tell whether a text is a public id of a kind."""
    try:
        parse_id(prefix, text)
    except MalformedId:
        return False
    return True


def _whole(decision: DecisionView) -> dict[str, Any]:
    return {
        "id": decision.public_id,
        "subject": decision.subject,
        "verdict": decision.verdict,
        "limit": decision.limit,
        "annual_rate": decision.annual_rate,
        "pd": decision.pd,
        "grade": decision.grade,
        "reasons": [_reason(reason) for reason in decision.reasons],
        "facts": decision.facts,
        "trace": decision.trace,
        "strategy": {
            "code": decision.strategy_code,
            "version": decision.strategy_version,
            "sha256": decision.strategy_sha256,
        },
        "deviations": decision.deviations,
        "sha256": decision.sha256,
    }


def _reason(reason: ReasonView) -> dict[str, Any]:
    return {"code": reason.code, "rank": reason.rank, "text_en": reason.text_en, "text_zh": reason.text_zh}


class DecisionReplay(StaffView):
    """Runs a decision again from what was stored and compares it to the byte."""

    capability = "decision.replay"

    def post(self, request: HttpRequest, decision_id: UUID) -> HttpResponse:
        """Run it; nothing is written."""
        return _run_again(request, decision_id, to=f"/decisions/{public_id('dec', decision_id)}")


class ApplicationReplay(StaffView):
    """Runs the decision of an application again."""

    capability = "decision.replay"

    def post(self, request: HttpRequest, application_id: UUID) -> HttpResponse:
        """Run it; refuses an application that is not decided yet."""
        to = f"/applications/{public_id('app', application_id)}"
        try:
            found = applications.get_application(application_id=application_id, scene_id=None)
            if found.decision_id is None:
                raise applications.DecisionPending(application_id=public_id("app", application_id))
        except Refusal as refusal:
            return refused(request, refusal, to)
        return _run_again(request, found.decision_id, to=to)


def _run_again(request: HttpRequest, decision_id: UUID, *, to: str) -> HttpResponse:
    view = replay(decision_id)
    if wants_json(request):
        body = {
            "identical": view.identical,
            "differences": view.differences,
            "sha256": {"stored": view.stored_sha256, "replayed": view.replayed_sha256},
        }
        return shown(request, "", {}, body)
    if view.identical:
        messages.success(request, str(SAME))
    else:
        said = gettext("Run again, it differs: {parts}.")
        messages.error(request, said.format(parts=", ".join(view.differences) or view.replayed_sha256))
    return HttpResponseRedirect(to)
