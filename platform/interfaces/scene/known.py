"""Whose ids a call may name: those of this scene at the token's bank; any other does not exist for it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from interfaces.door import SceneContext
from interfaces.scene.calls import Shape
from interfaces.scene.fields import IdField
from kernel.refusals import Refusal
from lending.applications import queries as applications
from lending.credit_lines import queries as lines
from lending.drawdowns import queries as drawdowns
from lending.loans import queries as loans
from lending.prequalifications import queries as prequalifications
from lending.repayments import queries as repayments
from lending.service_requests import queries as service_requests
from marketing.campaigns import queries as offers
from openbanking.batches import queries as batches
from parties.enterprises import queries as enterprises
from plumbing.outbox import queries as outbox


@dataclass(frozen=True, slots=True)
class Known:
    """How to look one kind of thing up, and what is said of one that is not there."""

    find: Callable[[UUID, SceneContext], Any]
    missing: type[Refusal]


KNOWN: Final[Mapping[str, Known]] = {
    "app": Known(
        lambda key, context: applications.application_or_draft(application_id=key, scene_id=context.scene_id),
        applications.ApplicationNotFound,
    ),
    "bat": Known(
        lambda key, context: batches.get_batch(batch_id=key, scene_id=context.scene_id),
        batches.BatchNotFound,
    ),
    "biz": Known(
        lambda key, context: enterprises.get_enterprise(enterprise_id=key, scene_id=context.scene_id),
        enterprises.EnterpriseNotFound,
    ),
    "drw": Known(
        lambda key, context: drawdowns.get_drawdown(drawdown_id=key, scene_id=context.scene_id),
        drawdowns.DrawdownNotFound,
    ),
    "lin": Known(
        lambda key, context: lines.get_line(line_id=key, scene_id=context.scene_id), lines.LineNotFound
    ),
    "lon": Known(
        lambda key, context: loans.get_loan(loan_id=key, scene_id=context.scene_id), loans.LoanNotFound
    ),
    "ofr": Known(
        lambda key, context: offers.get_offer(offer_id=key, scene_id=context.scene_id), offers.OfferNotFound
    ),
    "pql": Known(
        lambda key, context: prequalifications.get_prequalification(
            prequalification_id=key, scene_id=context.scene_id
        ),
        prequalifications.PrequalificationNotFound,
    ),
    "rpy": Known(
        lambda key, context: repayments.get_repayment(repayment_id=key, scene_id=context.scene_id),
        repayments.RepaymentNotFound,
    ),
    "srq": Known(
        lambda key, context: service_requests.get_request(request_id=key, scene_id=context.scene_id),
        service_requests.RequestNotFound,
    ),
    "whe": Known(
        lambda key, context: outbox.get_endpoint(endpoint_id=key, scene_id=context.scene_id),
        outbox.EndpointUnknown,
    ),
}


def named_in(query: Shape | None) -> Iterator[tuple[str, Known]]:
    """Yield the members of a query that name a thing which is looked up here."""
    fields = {} if query is None else query().fields
    for name, field in fields.items():
        if isinstance(field, IdField) and field.prefix in KNOWN:
            yield name, KNOWN[field.prefix]


def require_known(query: Shape, members: Mapping[str, Any], context: SceneContext) -> None:
    """Refuse a query that filters by, or pages after, what this scene does not have at this bank."""
    for name, known in named_in(query):
        if name in members:
            known.find(members[name], context)
