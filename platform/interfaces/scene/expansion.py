"""`expand[]`: what an answer names by its id, beside the id (`api.md`, section 1). One step deep.

A named thing is looked up by the very call that answers its id, with the same token: what that call would
refuse, for its scope or because the scene does not have it at this bank, is refused or left out here too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.urls import resolve
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.gate import ScopeInsufficient
from interfaces.scene.calls import call_of
from interfaces.scene.parsing import ParametersInvalid
from kernel.refusals import Kind, Refusal

PARAMETER: Final = "expand[]"
MEMBER: Final = "expanded"
# The address that answers the id in a member of this name.
ADDRESSES: Final[Mapping[str, str]] = {
    "agreement": "/v1/agreements/{agreement_id}",
    "application": "/v1/applications/{application_id}",
    "business": "/v1/businesses/{business_id}",
    "credit_line": "/v1/credit_lines/{line_id}",
    "drawdown": "/v1/drawdowns/{drawdown_id}",
    "loan": "/v1/loans/{loan_id}",
    "offer": "/v1/offers/{offer_id}",
}


def asked_for(request: Request, allowed: Sequence[str]) -> tuple[str, ...]:
    """Return the members to expand; refuses those the call does not have, and one named twice."""
    names = tuple(request.query_params.getlist(PARAMETER))
    wrong = sorted({name for name in names if name not in allowed or names.count(name) > 1})
    if wrong:
        known = ", ".join(allowed) or "nothing"
        raise ParametersInvalid(
            [
                {
                    "pointer": f"/{PARAMETER}",
                    "code": "parameter_invalid",
                    "detail": f"Each once, out of: {known}.",
                }
            ]
        )
    return names


def expanded(answer: Answer, names: Sequence[str], request: Request, context: SceneContext) -> Answer:
    """Return an answer whose objects carry, under `expanded`, what they name; null if it is not to be had."""
    if not names:
        return answer
    body, found = dict(answer.body), dict[tuple[str, str], Any]()
    rows = body["data"] if body.get("object") == "list" else [body]
    for row in rows:
        row[MEMBER] = {name: _one(name, row.get(name), found, request, context) for name in names}
    return replace(answer, body=body)


def _one(
    name: str,
    value: str | None,
    found: dict[tuple[str, str], Any],
    request: Request,
    context: SceneContext,
) -> Any:
    """Return a named thing as its own call answers it, looked up once however often it is named."""
    if value is None:
        return None
    if (name, value) not in found:
        found[name, value] = _answered(name, value, request, context)
    return found[name, value]


def _answered(name: str, value: str, request: Request, context: SceneContext) -> Any:
    prefix, _, rest = ADDRESSES[name].partition("{")
    parameter = rest.rstrip("}")
    view = resolve(prefix + value, urlconf="interfaces.scene.urls").func.view_class()  # type: ignore[attr-defined]
    promise = call_of(view, "GET")
    if promise is not None and promise.scope not in context.scopes:
        raise ScopeInsufficient(scope=promise.scope)
    try:
        view.context = context
        return view.handle_get(request, context, **{parameter: value}).body
    except Refusal as refusal:
        if refusal.kind is Kind.NOT_FOUND:
            return None
        raise
