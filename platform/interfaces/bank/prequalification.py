"""What the bank says to facts nobody has shown yet: the policy of each product, signed by two people."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from interfaces.bank.frame import actor_of, framed
from interfaces.door import StaffView, now
from interfaces.pages import Form, act, shown
from kernel.money import Money, Rounding, round_minor
from lending.prequalifications.operations import decide_policy, propose_policy
from lending.prequalifications.queries import (
    AdoptedPolicy,
    PolicyView,
    policies,
    policy_on,
    waiting_policies,
)
from lending.products.queries import products_on_offer
from plumbing.clock.queries import business_date

PAGE: Final = "/prequalification"
REASON_LENGTH_MAX: Final = 300


def told(policy: PolicyView) -> dict[str, Any]:
    """Return a policy as JSON says it."""
    return {
        "product": policy.product_code,
        "effective_date": policy.effective_date,
        "monthly_sales_min": policy.monthly_sales_min,
        "multiple": policy.multiple,
    }


def example(policy: PolicyView) -> Money:
    """Return up to how much a business hears that sells the least: before the product's own limits."""
    return Money(round_minor(policy.multiple * policy.monthly_sales_min.minor, Rounding.DOWN))


class Prequalification(StaffView):
    """The policies in force, those to come, and what waits for a second person."""

    capability = "product.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        language = get_language() or ""
        today, adopted, waiting = business_date(), policies(), waiting_policies()
        offered = products_on_offer(on_date=today)
        names = {one.code: one.name_en if language.startswith("en") else one.name_zh for one in offered}
        rows = [self._row(product, today, adopted) for product in offered]
        proposals = [
            {
                "proposal": one,
                "before": policy_on(product_code=one.policy.product_code, on_date=one.policy.effective_date),
                "name": names.get(one.policy.product_code, one.policy.product_code),
            }
            for one in waiting
        ]
        context = framed(
            request,
            "prequalification",
            rows=rows,
            proposals=proposals,
            history=[
                {"adopted": one, "name": names.get(one.policy.product_code, one.policy.product_code)}
                for one in adopted
            ],
            person=actor_of(request),
            products=offered,
        )
        body = {
            "policies": [told(row["policy"]) for row in rows if row["policy"] is not None],
            "coming": [told(one.policy) for row in rows for one in row["coming"]],
            "waiting": [
                {"id": str(one.id), "reason": one.reason, "proposed_by": one.proposed_by} | told(one.policy)
                for one in waiting
            ],
        }
        return shown(request, "bank/prequalification.html", context, body)

    def _row(self, product: Any, today: date, adopted: tuple[AdoptedPolicy, ...]) -> dict[str, Any]:
        policy = policy_on(product_code=product.code, on_date=today)
        own = [one for one in adopted if one.policy.product_code == product.code]
        return {
            "product": product,
            "policy": policy,
            "example": None if policy is None else min(example(policy), product.limit_max),
            "coming": [one for one in own if one.policy.effective_date > today],
        }


class PolicyProposing(StaffView):
    """A policy, put down by one person."""

    capability = "product.publish"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Propose it."""
        form = Form(request)

        def propose() -> Mapping[str, Any]:
            proposal_id = propose_policy(
                product_code=form.text("product", longest=40),
                effective_date=form.day("effective_date"),
                monthly_sales_min=form.money("monthly_sales_min"),
                multiple=form.number("multiple"),
                reason=form.text("reason", longest=REASON_LENGTH_MAX),
                proposed_by=actor_of(request),
                business_date=business_date(),
                now=now(),
            )
            return {"id": str(proposal_id)}

        return act(request, propose, to=PAGE, status=201)


class PolicyDeciding(StaffView):
    """The second person's word on a proposed policy, or the first one's taking it back."""

    capability = "product.publish"
    approves = True

    def post(self, request: HttpRequest, proposal_id: UUID) -> HttpResponse:
        """Adopt it, or reject it."""

        def decide() -> Mapping[str, Any]:
            decide_policy(
                proposal_id=proposal_id,
                person=actor_of(request),
                approves=self.approves,
                business_date=business_date(),
                now=now(),
            )
            return {"id": str(proposal_id), "adopted": self.approves}

        return act(request, decide, to=PAGE)
