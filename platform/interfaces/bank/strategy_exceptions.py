"""What two people may sign beside a strategy: snoozes, a challenger's share, exploration, the policy."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from interfaces.bank.frame import actor_of
from interfaces.bank.strategies import PATH
from interfaces.door import StaffView, now
from interfaces.pages import FieldInvalid, Form, act
from kernel.ids import public_id
from risk.strategies import operations as strategies
from risk.strategies.queries import ProposalView

Propose = Callable[..., ProposalView]


class Exceptions(StaffView):
    """Asks for one of them, as the first of two."""

    capability = "strategy.sign"

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Propose it."""
        form, actor = Form(request), actor_of(request)

        def work() -> Mapping[str, Any]:
            asked = _KINDS.get(kind)
            if asked is None:
                raise FieldInvalid(field="kind", given=kind[:40])
            propose = asked(form)
            proposal = propose(reason=form.text("reason"), proposed_by=actor, now=now())
            return {"id": public_id("prp", proposal.id), "kind": kind}

        return act(request, work, to=PATH, status=201)


def _snooze(form: Form) -> Propose:
    return partial(
        strategies.propose_snooze,
        strategy_code=form.text("strategy_code"),
        rule=form.text("rule"),
        subject=form.text("subject"),
        effective_from=form.day("effective_from"),
        effective_to=form.day("effective_to"),
    )


def _split(form: Form) -> Propose:
    return partial(
        strategies.propose_split,
        strategy_code=form.text("strategy_code"),
        challenger_code=form.text("challenger_code"),
        share=form.number("share_percent") / 100,
        effective_from=form.day("effective_from"),
        effective_to=None,
    )


def _exploration(form: Form) -> Propose:
    return partial(
        strategies.propose_exploration,
        strategy_code=form.text("strategy_code"),
        share=form.number("share_percent") / 100,
        pd_up_to=form.number("pd_up_to"),
        limit_max=form.money("limit_max"),
        month_amount_max=form.money("month_amount_max"),
        effective_from=form.day("effective_from"),
        effective_to=None,
    )


def _policy(form: Form) -> Propose:
    return partial(
        strategies.propose_policy,
        hit_share_max=form.number("hit_share_percent") / 100,
        portfolio_days=form.count("portfolio_days"),
        portfolio_count_min=form.count("portfolio_count_min"),
        snooze_days_max=form.count("snooze_days_max"),
        effective_from=form.day("effective_from"),
    )


_KINDS: Final[Mapping[str, Callable[[Form], Propose]]] = {
    "snooze": _snooze,
    "split": _split,
    "exploration": _exploration,
    "policy": _policy,
}
