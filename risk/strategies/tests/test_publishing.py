"""Drafted, proposed by one, approved by another; rolled back in one step; exceptions signed by two."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kernel.ids import new_id
from kernel.money import Money
from regulation.operations import set_own_cost_cap
from risk.rules.canonical import sha256_of
from risk.scoring.operations import move_model
from risk.scoring.queries import CardNotUsable, CardUnregistered, models_registered
from risk.strategies import operations, queries
from risk.strategies.impact import WHOLE, Impact, RuleHits, changed_rules
from risk.strategies.models import Proposal, ProposalVerdict, RuleSnooze, StrategyDraft, StrategyVersion

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
DAY = date(2026, 11, 10)
CODE = queries.FIRST_STRATEGY
MAKER, CHECKER = "maker@bank.example", "checker@bank.example"


def document(minimum: str = "8000.00") -> dict[str, Any]:
    changed = operations.first_document()
    changed["limit"]["minimum"] = minimum
    return changed


def draft(minimum: str = "8000.00") -> queries.DraftView:
    return operations.draft_strategy(document=document(minimum), note="try", drafted_by=MAKER, now=NOW)


def proposed(view: queries.DraftView, effective_from: date = DAY) -> queries.ProposalView:
    return operations.propose_publication(
        draft_id=view.id, effective_from=effective_from, reason="better", proposed_by=MAKER, now=NOW
    )


def approve(proposal: queries.ProposalView, by: str = CHECKER, **more: Any) -> queries.StrategyView:
    view = queries.get_draft(UUID(proposal.payload["draft"]))
    impact = more.pop("impact", Impact(view.sha256, 0))
    return operations.approve_publication(proposal_id=proposal.id, impact=impact, approved_by=by, now=NOW)


def test_a_draft_becomes_a_version_by_two_people(qinglan: str) -> None:
    view = draft()
    assert [row.status for row in queries.version_rows(on_date=DAY)] == ["draft", "in_force"]
    proposal = proposed(view)
    assert [row.status for row in queries.version_rows(on_date=DAY)] == ["proposed", "in_force"]
    assert queries.proposals() == (proposal,)

    published = approve(proposal)

    assert (published.version, published.signed_by) == (2, (MAKER, CHECKER))
    assert published.document == view.document
    assert queries.strategy_in_force(DAY) == published
    assert queries.proposals() == ()
    assert [row.status for row in queries.version_rows(on_date=DAY)] == ["in_force", "superseded"]


def test_a_later_version_is_scheduled_and_nothing_comes_before_it(qinglan: str) -> None:
    approve(proposed(draft(), DAY + timedelta(days=5)))
    with pytest.raises(operations.EffectiveTooEarly):
        proposed(draft("9000.00"))

    assert [row.status for row in queries.version_rows(on_date=DAY, code=CODE)] == [
        "draft",
        "scheduled",
        "in_force",
    ]


@pytest.mark.parametrize("by", [MAKER, f" {MAKER.upper()} ", "", " "])
def test_who_proposes_does_not_approve(qinglan: str, by: str) -> None:
    proposal = proposed(draft())

    with pytest.raises(operations.SamePerson), transaction.atomic():
        approve(proposal, by=by)
    with pytest.raises(operations.SamePerson), transaction.atomic():
        operations.reject_proposal(proposal_id=proposal.id, reason="no", rejected_by=by, now=NOW)
    assert StrategyVersion.objects.count() == 1
    assert ProposalVerdict.objects.count() == 0


def test_a_proposal_is_decided_once(qinglan: str) -> None:
    proposal = proposed(draft())
    operations.reject_proposal(proposal_id=proposal.id, reason="no", rejected_by=CHECKER, now=NOW)

    with pytest.raises(operations.ProposalDecided):
        approve(proposal)
    assert StrategyVersion.objects.count() == 1
    assert [row.status for row in queries.version_rows(on_date=DAY)] == ["rejected", "in_force"]


def test_a_rate_above_the_banks_own_cap_is_not_proposed(qinglan: str) -> None:
    kept = draft()
    dearest = max(Decimal(rate) for rate in document()["price"]["rates"].values())
    set_own_cost_cap(annual_cost_cap=dearest, effective_from=DAY, adopted_by=CHECKER, reason="board", now=NOW)
    with pytest.raises(operations.RateAboveCap, match=f"cap of {dearest}"):  # 360 days of it, on 365
        proposed(kept)
    assert not Proposal.objects.exists()
    proposed(kept, effective_from=DAY - timedelta(days=1))
    assert Proposal.objects.count() == 1


def test_what_cannot_be_published_is_not_drafted_or_proposed(qinglan: str) -> None:
    broken, dear = document(), document()
    del broken["price"]
    dear["price"]["rates"]["D"] = "0.237000"
    with pytest.raises(operations.StrategyInvalid):
        operations.draft_strategy(document=broken, note="", drafted_by=MAKER, now=NOW)
    with pytest.raises(operations.ProposalInvalid):
        operations.draft_strategy(document=document(), note="", drafted_by=" ", now=NOW)
    assert StrategyDraft.objects.count() == 0
    kept = operations.draft_strategy(document=dear, note="", drafted_by=MAKER, now=NOW)
    with pytest.raises(operations.RateAboveCap):
        proposed(kept)
    with pytest.raises(operations.ProposalInvalid):
        operations.propose_publication(
            draft_id=draft().id, effective_from=DAY, reason=" ", proposed_by=MAKER, now=NOW
        )
    with pytest.raises(queries.DraftUnknown):
        operations.propose_publication(
            draft_id=new_id(), effective_from=DAY, reason="x", proposed_by=MAKER, now=NOW
        )
    assert Proposal.objects.count() == 0


def test_a_card_decides_only_while_two_people_stand_for_it(qinglan: str) -> None:
    """R-01: a changed card is not the registered one; a retired one comes back by no way."""
    changed = document()
    changed["pd"]["card"]["scale"]["base"] += 1
    other = operations.draft_strategy(document=changed, note="", drafted_by=MAKER, now=NOW)  # to be tried
    with pytest.raises(CardUnregistered):
        proposed(other)
    first, view = queries.strategy_in_force(DAY), draft()
    proposal = proposed(view)
    later = approve(proposed(draft("9000.00"), DAY))
    [model] = models_registered()
    move_model(model_version_id=model.id, status="retired", by=CHECKER, note="worn out", now=NOW)

    with pytest.raises(CardNotUsable, match="sba_card_v1 as retired"), transaction.atomic():
        approve(proposal)
    with pytest.raises(CardNotUsable), transaction.atomic():
        operations.propose_rollback(
            version_id=first.id, on_date=DAY, reason="back", proposed_by=MAKER, now=NOW
        )

    assert queries.strategy_in_force(DAY) == later
    assert StrategyVersion.objects.count() == 2
    assert queries.proposals() == (proposal,)


def test_a_card_written_by_hand_is_stood_for_by_who_signs_the_strategy(qinglan: str) -> None:
    by_hand = document()
    card = by_hand["pd"]["card"]
    by_hand["pd"]["card"] = {
        "code": "experts",
        "scale": card["scale"],
        "characteristics": card["characteristics"],
    }

    view = operations.draft_strategy(document=by_hand, note="", drafted_by=MAKER, now=NOW)

    assert approve(proposed(view)).document == by_hand


def test_a_roll_back_is_a_new_version_equal_to_an_older_one(qinglan: str) -> None:
    first = queries.strategy_in_force(DAY)
    approve(proposed(draft(), DAY + timedelta(days=3)))

    proposal = operations.propose_rollback(
        version_id=first.id, on_date=DAY, reason="too strict", proposed_by=CHECKER, now=NOW
    )
    # In an emergency nothing measured stops it.
    worst = Impact(first.sha256, 100, whole=RuleHits(WHOLE, 99, 100))
    back = approve(proposal, by=MAKER, impact=worst)

    assert (back.version, back.sha256, back.rolls_back_to_id) == (3, first.sha256, first.id)
    assert back.effective_from == DAY + timedelta(days=3)
    assert queries.strategy_in_force(DAY + timedelta(days=3)) == back
    with pytest.raises(operations.RollbackPointless):
        operations.propose_rollback(
            version_id=back.id, on_date=DAY, reason="again", proposed_by=MAKER, now=NOW
        )
    with pytest.raises(queries.StrategyUnknown):
        operations.propose_rollback(
            version_id=new_id(), on_date=DAY, reason="again", proposed_by=MAKER, now=NOW
        )


def test_a_rule_that_hits_too_much_is_stopped_with_the_figure(qinglan: str) -> None:
    view = draft()
    proposal = proposed(view)
    hits = Impact(view.sha256, 100, (RuleHits("strict", 96, 100),))

    with (
        pytest.raises(operations.BlastRadius, match=r"strict would hit 96 of 100 .*96\.0%.*50\.0%"),
        transaction.atomic(),
    ):
        approve(proposal, impact=hits)
    with pytest.raises(operations.ImpactMissing), transaction.atomic():
        approve(proposal, impact=Impact("0" * 64, 0))
    assert StrategyVersion.objects.count() == 1

    few = Impact(view.sha256, 29, (RuleHits("strict", 29, 29),))  # too few to prove anything
    assert approve(proposal, impact=few).version == 2


def test_the_bound_is_the_banks_own_and_signed_by_two(qinglan: str) -> None:
    asked = {"portfolio_days": 30, "portfolio_count_min": 10, "snooze_days_max": 5}
    with pytest.raises(operations.ProposalInvalid):
        operations.propose_policy(
            hit_share_max=Decimal(0), effective_from=DAY, reason="x", proposed_by=MAKER, now=NOW, **asked
        )
    proposal = operations.propose_policy(
        hit_share_max=Decimal("0.20"), effective_from=DAY, reason="x", proposed_by=MAKER, now=NOW, **asked
    )
    operations.approve_policy(proposal_id=proposal.id, approved_by=CHECKER, now=NOW)

    assert queries.publishing_policy(DAY) == queries.PolicyView(Decimal("0.200000"), 30, 10, 5)
    assert queries.publishing_policy(DAY - timedelta(days=1)) == queries.PolicyView()
    view = draft()
    with pytest.raises(operations.BlastRadius, match=r"20\.0%"):
        approve(proposed(view), impact=Impact(view.sha256, 10, (RuleHits("a", 3, 10),)))


def snooze(**changes: Any) -> queries.ProposalView:
    asked = {
        "strategy_code": CODE,
        "rule": "refunds",
        "subject": "ent_1",
        "effective_from": DAY,
        "effective_to": DAY + timedelta(days=10),
        "reason": "a fair",
    }
    return operations.propose_snooze(**(asked | changes), proposed_by=MAKER, now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "no_such"},
        {"subject": " "},
        {"effective_to": DAY},
        {"effective_to": DAY + timedelta(days=91)},
        {"reason": ""},
    ],
)
def test_a_snooze_without_rule_subject_end_or_reason_is_refused(qinglan: str, changes: Any) -> None:
    with pytest.raises(operations.ProposalInvalid):
        snooze(**changes)
    assert Proposal.objects.count() == RuleSnooze.objects.count() == 0


def test_a_snooze_is_signed_by_two_and_ends(qinglan: str) -> None:
    proposal = snooze()
    with pytest.raises(operations.SamePerson), transaction.atomic():
        operations.approve_snooze(proposal_id=proposal.id, approved_by=MAKER, now=NOW)
    assert queries.snoozes(on_date=DAY) == ()
    with pytest.raises(queries.ProposalUnknown), transaction.atomic():
        operations.approve_policy(proposal_id=proposal.id, approved_by=CHECKER, now=NOW)  # of another kind

    operations.approve_snooze(proposal_id=proposal.id, approved_by=CHECKER, now=NOW)

    [view] = queries.snoozes(on_date=DAY)
    assert (view.terms["rule"], view.signed_by, view.reason) == ("refunds", (MAKER, CHECKER), "a fair")
    assert queries.snoozes(on_date=DAY + timedelta(days=10)) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"share": Decimal("0.06")},
        {"share": Decimal("0.01")},
        {"pd_up_to": Decimal("0.08")},
        {"limit_max": Money(0)},
    ],
)
def test_an_exploration_budget_outside_its_bounds_is_refused(qinglan: str, changes: Any) -> None:
    asked = {
        "share": Decimal("0.05"),
        "pd_up_to": Decimal("0.15"),
        "limit_max": Money.parse("5000.00"),
        "month_amount_max": Money.parse("9000.00"),
    }
    with pytest.raises(operations.ProposalInvalid):
        operations.propose_exploration(
            strategy_code=CODE,
            effective_from=DAY,
            effective_to=None,
            reason="learn",
            proposed_by=MAKER,
            now=NOW,
            **(asked | changes),
        )
    assert Proposal.objects.count() == 0


@pytest.mark.parametrize("changes", [{"share": Decimal("0.995")}, {"challenger_code": CODE}])
def test_a_split_outside_its_bounds_is_refused(qinglan: str, changes: Any) -> None:
    asked = {"challenger_code": "other", "share": Decimal("0.10")}
    with pytest.raises(operations.ProposalInvalid):
        operations.propose_split(
            strategy_code=CODE,
            effective_from=DAY,
            effective_to=None,
            reason="x",
            proposed_by=MAKER,
            now=NOW,
            **(asked | changes),
        )
    assert Proposal.objects.count() == 0


def test_a_challenger_must_be_in_force(qinglan: str) -> None:
    with pytest.raises(queries.StrategyMissing):
        operations.propose_split(
            strategy_code=CODE,
            challenger_code="other",
            share=Decimal("0.10"),
            effective_from=DAY,
            effective_to=None,
            reason="x",
            proposed_by=MAKER,
            now=NOW,
        )
    assert Proposal.objects.count() == 0


def test_a_shadow_ends(qinglan: str) -> None:
    view = draft()
    with pytest.raises(operations.ProposalInvalid):
        operations.assign_shadow(
            draft_id=view.id, effective_from=DAY, effective_to=DAY, assigned_by=MAKER, now=NOW
        )
    assert queries.shadows() == ()
    shadow = operations.assign_shadow(
        draft_id=view.id, effective_from=DAY, effective_to=DAY + timedelta(days=9), assigned_by=MAKER, now=NOW
    )
    assert queries.shadows(on_date=DAY) == (shadow,)
    operations.stop_shadow(assignment_id=shadow.id, stopped_by=MAKER, now=NOW)
    operations.stop_shadow(assignment_id=shadow.id, stopped_by=MAKER, now=NOW)
    assert queries.shadows(on_date=DAY) == ()
    with pytest.raises(queries.ShadowUnknown):
        operations.stop_shadow(assignment_id=new_id(), stopped_by=MAKER, now=NOW)
    with pytest.raises(queries.ShadowUnknown):
        queries.get_shadow(new_id())
    assert queries.get_shadow(shadow.id) in queries.shadows()


def test_changed_rules_are_those_with_another_text() -> None:
    old, new = operations.first_document(), operations.first_document()
    new["admit"]["rules"][1]["require"]["value"] = 200
    new["admit"]["rules"].append(dict(new["admit"]["rules"][0], code="fresh"))

    assert changed_rules(new, old) == (("admit", "history"), ("admit", "fresh"))
    assert len(changed_rules(new, None)) == len(new["admit"]["rules"])


def test_the_database_keeps_what_was_signed(qinglan: str) -> None:
    proposal = snooze()
    operations.approve_snooze(proposal_id=proposal.id, approved_by=CHECKER, now=NOW)
    with pytest.raises(IntegrityError, match="proposal_two_people"), transaction.atomic():
        ProposalVerdict.objects.create(
            proposal_id=snooze().id,
            is_approval=True,
            proposed_by="a",
            decided_by="a",
            decided_at=NOW,
        )
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        RuleSnooze.objects.update(effective_to=DAY + timedelta(days=900))
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        Proposal.objects.update(payload={})
    draft()
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        StrategyDraft.objects.update(document={})
    assert sha256_of(StrategyDraft.objects.get().document) == StrategyDraft.objects.get().sha256
