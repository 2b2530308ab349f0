"""What the bank knows about risk: entries found by a word or a rule, one with its versions, one written anew.

An entry only grows: to renew it, or to let it end tomorrow, is to write its next version (S4-11, S4-12).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext

from interfaces.bank.frame import actor_of, framed
from interfaces.bank.strategy_form import parsed
from interfaces.bank.strategy_shown import words
from interfaces.door import StaffView, now
from interfaces.pages import FieldInvalid, Form, shown
from interfaces.problems import problem, wants_json, wire
from kernel.periods import Period
from kernel.refusals import Refusal
from plumbing.clock.queries import business_date
from risk.knowledge.operations import EntryDraft, linkable, write_entry
from risk.knowledge.queries import EntryView, get_entry, search, versions
from risk.strategies.queries import strategies

PATH: Final = "/knowledge"
FILTERS: Final = ("q", "rule", "tag", "owner", "status")
STATES: Final = ("live", "expired")
LIFE_DAYS: Final = 365
TESTED_DAYS: Final = 365
ROWS: Final = 50


class Knowledge(StaffView):
    """Every entry by its last version, newest first."""

    capability = "strategy.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        wanted = {name: request.GET.get(name, "").strip()[:80].replace("\x00", "") for name in FILTERS}
        if wanted["status"] and wanted["status"] not in STATES:
            raise FieldInvalid(field="status", given=wanted["status"][:40])
        today = business_date()
        text = wanted.pop("q")
        found = search(text=text, **wanted, on_date=today, limit=ROWS)
        context = framed(
            request, "strategy", rows=found, wanted=wanted | {"q": text}, states=STATES, **form_parts(today)
        )
        return shown(request, "bank/knowledge.html", context, {"entries": [_body(row) for row in found]})


class KnowledgeEntry(StaffView):
    """One entry: what is known, on what, what its condition did, and every version before."""

    capability = "strategy.view"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show it."""
        today = business_date()
        entry = get_entry(code, on_date=today)
        earlier = versions(code, on_date=today)
        context = framed(
            request,
            "strategy",
            entry=entry,
            versions=earlier,
            condition=words(entry.condition),
            rule=json.dumps(entry.rule(on_hit="refer", reason=""), ensure_ascii=False, indent=1),
            **form_parts(today, fields_of(entry)),
        )
        body = {**_body(entry), "versions": [_body(row) for row in earlier]}
        return shown(request, "bank/knowledge_entry.html", context, body)


class KnowledgeWriting(StaffView):
    """Writes the next version of an entry, with what its condition did over a period of past decisions."""

    capability = "strategy.draft"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write it; a refusal gives back the form as it was filled in."""
        today = business_date()
        try:
            form = Form(request)
            with transaction.atomic():
                entry = write_entry(
                    draft=draft_of(form),
                    tested_over=period_of(form),
                    written_by=actor_of(request),
                    on_date=today,
                    now=now(),
                )
        except Refusal as refusal:
            if wants_json(request):
                return problem(refusal, request)
            fields = {name: str(value) for name, value in request.POST.items()}
            context = framed(request, "strategy", refusal=refusal.said(gettext), **form_parts(today, fields))
            answer = shown(request, "bank/knowledge_write.html", context)
            answer.status_code = 422
            return answer
        if wants_json(request):
            return JsonResponse(wire(_body(entry)), status=201, json_dumps_params={"ensure_ascii": False})
        return HttpResponseRedirect(f"{PATH}/entries/{entry.code}")


def draft_of(form: Form) -> EntryDraft:
    """Return what was filled in; the room judges it."""
    strategy_sha256, _, rule_code = form.text("rule", "").partition(" ")
    condition, tags = form.text("condition", "", longest=4000), form.text("tags", "").replace("，", ",")
    return EntryDraft(
        code=form.text("code"),
        title_en=form.text("title_en"),
        title_zh=form.text("title_zh"),
        text_en=form.text("text_en", longest=4000),
        text_zh=form.text("text_zh", longest=4000),
        evidence=tuple(_evidence(form.text("evidence", longest=4000))),
        owner=form.text("owner", longest=120),
        expires_date=form.day("expires_date"),
        tags=tuple(tag.strip() for tag in tags.split(",") if tag.strip()),
        strategy_sha256=strategy_sha256,
        rule_code=rule_code,
        condition=parsed(condition, "condition") if condition else None,
        heard_at=_moment(form, "heard_at"),
    )


def period_of(form: Form) -> Period:
    """Return the past decisions to test on; refuses a period without a day."""
    start, end = form.day("tested_from"), form.day("tested_to")
    if end <= start:
        raise FieldInvalid(field="tested_to", given=end)
    return Period(start, end)


def _evidence(text: str) -> Iterator[dict[str, str]]:
    """Yield a row for each line: a title, then an address."""
    for line in text.splitlines():
        if line.strip():
            title, _, url = line.strip().rpartition(" ")
            yield {"title": title.strip(), "url": url}


def _moment(form: Form, name: str) -> datetime | None:
    text = form.text(name, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FieldInvalid(field=name, given=text[:40]) from None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def form_parts(today: date, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what the form shows: its fields, and the rules of signed strategies that one may link."""
    begun = {
        "expires_date": (today + timedelta(days=LIFE_DAYS)).isoformat(),
        "tested_from": (today - timedelta(days=TESTED_DAYS)).isoformat(),
        "tested_to": (today + timedelta(days=1)).isoformat(),
    }
    choices = [
        (f"{view.sha256} {code}", f"{view.code} v{view.version} · {code}")
        for view in strategies()
        for code, _ in linkable(view.document)
    ]
    return {
        "fields": begun | dict(fields or {}),
        "rules": choices,
        "first_end": today + timedelta(days=1),
    }


def fields_of(entry: EntryView) -> dict[str, str]:
    """Return an entry as the form for its next version; a linked rule's own condition is not repeated."""
    linked = next(
        (
            held
            for view in strategies()
            if view.sha256 == entry.strategy_sha256
            for code, held in linkable(view.document)
            if code == entry.rule_code
        ),
        None,
    )
    own = entry.condition is not None and entry.condition != linked
    return {
        "code": entry.code,
        "title_en": entry.title_en,
        "title_zh": entry.title_zh,
        "text_en": entry.text_en,
        "text_zh": entry.text_zh,
        "evidence": "\n".join(f"{row['title']} {row['url']}" for row in entry.evidence),
        "owner": entry.owner,
        "tags": ", ".join(entry.tags),
        "rule": f"{entry.strategy_sha256} {entry.rule_code}" if entry.rule_code else "",
        "condition": json.dumps(entry.condition, ensure_ascii=False) if own else "",
    }


def _body(entry: EntryView) -> dict[str, Any]:
    return {
        "code": entry.code,
        "version": entry.version,
        "status": entry.status,
        "title_en": entry.title_en,
        "title_zh": entry.title_zh,
        "text_en": entry.text_en,
        "text_zh": entry.text_zh,
        "tags": entry.tags,
        "evidence": entry.evidence,
        "strategy_sha256": entry.strategy_sha256,
        "rule_code": entry.rule_code,
        "condition": entry.condition,
        "backtest": entry.backtest,
        "owner": entry.owner,
        "expires_date": entry.expires_date,
        "heard_at": entry.heard_at,
        "recorded_at": entry.recorded_at,
    }
