"""What the bank sees: streams with a consent only, as they were known, in few reads; and what follows."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from lending.applications.facts import observed_facts
from lending.applications.observed import ask_and_observe, observe
from openbanking.consents import operations as consents
from openbanking.receipts import queries as receipts
from openbanking.streams import operations as streams
from openbanking.streams import queries as stream_queries
from plumbing.clock.queries import business_date
from risk.features.definitions import STREAMS
from risk.features.facts import CATALOGUE, FactValue, coerce
from risk.features.wanted import Wanted
from risk.strategies.operations import draft_strategy, first_document
from testkit.applicants import TEXT_SHA256, Applicant, Takings, admit, list_scene
from testkit.clock import NOON

STARTS = date(2020, 1, 1)
WANTED = (  # with how many reads it costs
    (frozenset({"receipts.median_daily_90d", "receipts.growth_90d", "receipts.history_days"}), 1),
    (frozenset({"receipts.weighted_daily_90d", "scene.weight"}), 1),
    (frozenset({"forecast.receipts_60d_low"}), 1),
    (frozenset({"invoices.state", "receipts.state"}), 2),
    (frozenset({"invoices.buyers_365d", "taxes.paid_365d", "orders.count_90d"}), 3),
)


def admitted() -> Applicant:
    scene_id = list_scene(now=NOON, listed_from=STARTS)
    return admit(now=NOON, business_date=business_date(), scene_id=scene_id, takings=Takings(days=120))


def consent_to(shop: Applicant, *classes: str) -> Any:
    return consents.grant_consent(
        enterprise_id=shop.enterprise_id,
        scene_id=shop.scene_id,
        purpose="credit_assessment",
        data_classes=classes,
        recipient="qinglan",
        text_version="2026-11",
        text_sha256=TEXT_SHA256,
        expires_at=NOON + timedelta(days=400),
        evidence={"channel": "test"},
        now=NOON,
    )


def invoices(shop: Applicant, consent_id: Any, **changes: Any) -> None:
    rows = [
        {
            "record_no": f"I{ago}",
            "day": (business_date() - timedelta(days=ago)).isoformat(),
            "side": "sale",
            "gross": "1000.00",
            "tax": "90.00",
            "is_void": False,
            "party_ref": f"buyer-{ago % 4:04d}",
        }
        for ago in range(1, 81, 2)
    ]
    whose = {"enterprise_id": shop.enterprise_id, "scene_id": shop.scene_id, "consent_id": consent_id}
    streams.ingest_records(**{**whose, "stream": "invoices", "rows": rows, "now": NOON, **changes})


def seen(
    shop: Applicant, *, days: int = 0, purpose: str = "credit_assessment", wanted: Wanted = None
) -> dict[str, FactValue]:
    observed = observe(
        enterprise_id=shop.enterprise_id,
        scene_id=shop.scene_id,
        purpose=purpose,
        as_of_date=business_date(),
        now=NOON + timedelta(days=days),
        wanted=wanted,
    )
    return observed_facts(observed, as_of_date=business_date(), wanted=wanted)


def reads(asked: CaptureQueriesContext) -> int:
    """Count the questions about data; the bank's own date is asked by these tests."""
    return sum("businessclock" not in query["sql"] for query in asked)


def test_the_figures_features_are_made_of_are_those_the_streams_keep() -> None:
    kept = {"receipts": receipts.KNOWN_COLUMNS, **stream_queries.lineage()}
    assert {code: stream.columns for code, stream in STREAMS.items()} == {
        code: kept[code] for code in STREAMS
    }
    assert set(kept) - set(STREAMS) == {"waybills"}  # taken in; no feature is made of them yet


def test_only_streams_with_a_consent_are_read_and_each_once(qinglan: str) -> None:
    shop = admitted()
    invoices(shop, consent_to(shop, "invoices", "taxes").id)
    with CaptureQueriesContext(connection) as asked:
        facts = seen(shop)
    assert reads(asked) == 3  # consents with receipts and their batches, invoices, taxes
    assert facts["invoices.sales_90d"] == Decimal("40000.00")
    assert (facts["invoices.buyers_365d"], facts["invoices.top_buyer_share_365d"]) == (2, Decimal("0.5"))
    assert [facts[f"{code}.state"] for code in ("invoices", "taxes", "orders")] == [
        "known",
        "no_data",
        "no_consent",
    ]
    for name, value in facts.items():
        assert coerce(name, CATALOGUE[name].type, value) == value


def test_without_any_consent_nothing_is_read(qinglan: str) -> None:
    shop = admitted()
    with CaptureQueriesContext(connection) as asked:
        facts = seen(shop, purpose="marketing")
    assert reads(asked) == 1
    assert {name for name, value in facts.items() if value is not None} == {
        f"{code}.state" for code in STREAMS
    }


def test_an_honest_shop_keeps_what_its_evidence_backs(qinglan: str) -> None:
    facts = seen(admitted())
    assert facts["receipts.weighted_daily_90d"] == facts["receipts.evidenced_daily_90d"]
    assert facts["receipts.evidenced_daily_90d"] == facts["receipts.credited_daily_90d"]
    assert (facts["fraud.evidence_weight"], facts["receipts.personal_share_90d"]) == (1, 0)
    assert facts["scene.authenticity"] == Decimal("0.993333")  # three sales of 450 were paid back
    low, high = facts["forecast.receipts_30d_low"], facts["forecast.receipts_30d_high"]
    assert isinstance(low, Decimal)
    assert isinstance(high, Decimal)
    assert low < 30 * 5 * 292 < high


def test_a_day_before_the_data_came_nothing_was_known(qinglan: str) -> None:
    shop = admitted()
    consent = consent_to(shop, "invoices")
    invoices(shop, consent.id, now=NOON + timedelta(days=2))
    assert seen(shop, days=1)["invoices.state"] == "no_data"
    assert seen(shop, days=2)["invoices.state"] == "known"


def test_what_is_wanted_is_what_it_is_among_all_and_nothing_else_is_read(qinglan: str) -> None:
    shop = admitted()
    invoices(shop, consent_to(shop, "invoices", "taxes").id)
    everything = seen(shop)
    for wanted, count in WANTED:
        with CaptureQueriesContext(connection) as asked:
            found = seen(shop, wanted=wanted)
        assert found == {name: everything[name] for name in wanted}
        assert reads(asked) == count, wanted
    for name, value in everything.items():
        assert seen(shop, wanted=frozenset({name})) == {name: value}


def test_what_a_decision_asks_and_what_is_known_come_in_one_trip_until_it_asks_for_more(qinglan: str) -> None:
    shop = admitted()

    def looked(subject: str) -> tuple[int, frozenset[str]]:
        with CaptureQueriesContext(connection) as trips:
            asking, observed = ask_and_observe(
                subject=subject,
                borrower=f"of {subject}",
                enterprise_id=shop.enterprise_id,
                scene_id=shop.scene_id,
                purpose="credit_assessment",
                as_of_date=on_date,
                now=NOON,
            )
        facts = observed_facts(observed, as_of_date=on_date, wanted=asking.wanted)
        assert facts == {name: value for name, value in everything.items() if name in asking.wanted}
        return len(trips), asking.wanted

    on_date = business_date()
    everything = seen(shop)
    _, narrow = looked("first")
    assert looked("second") == (1, narrow)
    document = first_document()
    document["facts"] |= {"receipts.weighted_daily_90d": "money", "scene.weight": "ratio"}
    draft_strategy(document=document, note="to be tried", drafted_by="li", now=NOON)
    more, wide = looked("third")
    assert (more > 1, narrow < wide) == (True, True)
    assert looked("fourth") == (1, wide)
