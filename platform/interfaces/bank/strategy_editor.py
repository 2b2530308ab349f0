"""The editor without code: a working copy of a document, checked at every step, kept as a draft."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from interfaces.bank.frame import actor_of, framed
from interfaces.bank.strategies import document_path
from interfaces.bank.strategy_form import read_form
from interfaces.bank.strategy_shown import sections
from interfaces.door import StaffView, now
from interfaces.pages import Form, act, refused, shown
from interfaces.problems import wants_json
from kernel.ids import public_id
from kernel.refusals import Refusal
from risk.scoring.queries import require_usable
from risk.strategies import operations as strategies
from risk.strategies.document import Problem, Strategy, read_document
from risk.strategies.queries import get_document

SAVE = "save"
CHECK = "check"


class StrategyEditor(StaffView):
    """Edits a copy of a version or a draft; nothing is kept until it is saved as a draft."""

    capability = "strategy.draft"

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """Show the document as a form."""
        source = get_document(document_id)
        document = dict(source.document)
        return self._shown(request, document_id, document, _judged(document))

    def post(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """Take what was typed: check it, do one act on a list, or keep it as a draft."""
        try:
            asked = request.POST.get("act", "")
            fields = {name: str(value) for name, value in request.POST.items()}
            document = read_form(fields | {"act": "" if asked in (SAVE, CHECK) else asked})
        except Refusal as refusal:
            return refused(request, refusal, f"{document_path(document_id)}/edit")
        judged = _judged(document)
        if asked == SAVE and not judged["problems"]:
            return self._saved(request, document)
        if request.headers.get("HX-Target") == "problems":
            return render(request, "bank/strategy_problems.html", judged)
        return self._shown(request, document_id, document, judged)

    def _saved(self, request: HttpRequest, document: Mapping[str, Any]) -> HttpResponse:
        form, kept = Form(request), []

        def work() -> Mapping[str, Any]:
            draft = strategies.draft_strategy(
                document=document, note=form.text("note", ""), drafted_by=actor_of(request), now=now()
            )
            kept.append(draft.id)
            return {"id": public_id("stg", draft.id), "sha256": draft.sha256}

        answer = act(request, work, to=request.path, status=201)
        if kept and isinstance(answer, HttpResponseRedirect):
            return HttpResponseRedirect(document_path(kept[0]))
        return answer

    def _shown(
        self, request: HttpRequest, document_id: UUID, document: dict[str, Any], judged: dict[str, Any]
    ) -> HttpResponse:
        if wants_json(request):
            body = {
                part: [{"path": one.path, "problem": one.problem} for one in found]
                for part, found in judged.items()
            }
            return JsonResponse(body, status=422 if judged["problems"] else 200)
        context = framed(
            request,
            "strategy",
            code=document.get("code", ""),
            document_id=document_id,
            base=json.dumps(document, ensure_ascii=False),
            sections=sections(document),
            **judged,
        )
        return shown(request, "bank/strategy_edit.html", context)


def _judged(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that the static check has to say."""
    read = read_document(document)
    if isinstance(read, Strategy):
        return {"problems": (), "warnings": (*read.warnings, *_of_governance(document))}
    return {"problems": read, "warnings": ()}


def _of_governance(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what would stop a publication though a draft may have it: a card that may not decide yet."""
    try:
        require_usable(document["pd"]["card"])
    except Refusal as refusal:
        return (Problem("pd.card", refusal.said(gettext)),)
    return ()
