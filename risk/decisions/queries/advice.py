"""What would have changed a stored decline, from its own documents: the same answer every time."""

from uuid import UUID

from kernel.refusals import Kind, Refusal
from risk.decisions.counterfactual import Counterfactual, counterfactual
from risk.decisions.queries.replays import strategy_of
from risk.decisions.queries.stored import stored_decisions, stored_facts
from risk.decisions.queries.views import DecisionUnknown


class NotDeclined(Refusal):
    """Only a decline asks what would have changed it."""

    code = "decisions.not_declined"
    kind = Kind.CONFLICT
    message = "The decision {decision_id} is no decline."


def what_would_change(decision_id: UUID) -> Counterfactual:
    """Return what the borrower could change to turn a decline; raises `DecisionUnknown`, `NotDeclined`."""
    row = next(stored_decisions("d.id = %(wanted)s", wanted=decision_id), None)
    if row is None:
        raise DecisionUnknown(decision_id=decision_id)
    if row.verdict != "decline":
        raise NotDeclined(decision_id=decision_id)
    strategy = strategy_of(row)
    return counterfactual(strategy, stored_facts(strategy, row.facts))
