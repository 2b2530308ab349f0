"""Creating a bank, step by step; a creation that died half-way is taken up where it stopped.

Each step is a transaction of its own and may be repeated without harm: between a step and the note that it is
done, anything may die.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from interfaces.door import in_bank, now
from interfaces.middleware import BankFromHostMiddleware
from interfaces.ops.migrations import migrate_schema, one_at_a_time
from kernel.money import Money
from ledger.chart import operations as chart
from ledger.journal import operations as journal
from lending.prequalifications import operations as prequalifications
from lending.products import operations as products
from plumbing.clock import operations as clock
from plumbing.schemas import public_schema
from regulation import operations as regulation
from regulation.packs import RuleDraft
from risk.classification import operations as classification
from risk.scoring import operations as models
from risk.strategies import operations as strategies
from staff import operations as staff
from tenants.banks import operations as banks
from tenants.banks.queries import BankView
from tenants.reference import operations as reference
from tenants.reference.queries import published_fixings, published_rules, published_years


@dataclass(frozen=True, slots=True)
class BankOrder:
    """What a new bank is to be."""

    schema: str
    name_zh: str
    name_en: str
    kind: str
    hosts: tuple[str, ...]
    area_prefixes: tuple[str, ...]
    tier1_capital: Money
    first_business_date: date
    team_password: str = field(repr=False)
    annual_rate: str = "0.108000"  # of its first product, on a year of 360 days
    brand: dict[str, Any] = field(default_factory=dict)

    def person(self, local: str) -> str:
        """Return the address of one of the bank's first people."""
        return f"{local}@{self.schema}.example"


@dataclass(frozen=True, slots=True)
class StepDone:
    """One step behind us: how long it took, or that an earlier run had done it."""

    position: int
    count: int
    name: str
    milliseconds: int
    skipped: bool


Progress = Callable[[StepDone], None]
Step = tuple[str, Callable[[BankOrder, datetime], None]]


def create_bank(order: BankOrder, *, progress: Progress = lambda step: None) -> BankView:
    """Create a bank and open it for business, or finish a creation that stopped; return the bank.

    Raises what the failing step raised, after noting it beside the step.
    """
    take_steps(order, STEPS, progress=progress)
    with public_schema(), transaction.atomic():
        bank = banks.mark_ready(schema=order.schema, now=now())
    BankFromHostMiddleware.forget_hosts()
    return bank


def take_steps(order: BankOrder, steps: tuple[Step, ...], *, progress: Progress = lambda step: None) -> None:
    """Take the steps that were not taken before, noting each; the bank is not open yet."""
    with public_schema():
        with transaction.atomic():
            reference.publish_pack(now=now())
        with transaction.atomic():
            _register(order, now())
        with transaction.atomic():
            done = banks.plan_setup(schema=order.schema, names=[name for name, _ in steps])
    with one_at_a_time():
        for position, (name, step) in enumerate(steps, start=1):
            took = 0 if name in done else _take(name, step, order)
            progress(StepDone(position, len(steps), name, took, name in done))


def _take(name: str, step: Callable[[BankOrder, datetime], None], order: BankOrder) -> int:
    """Take one step and note it; return its milliseconds."""
    with public_schema(), transaction.atomic():
        banks.begin_step(schema=order.schema, name=name, now=now())
    started = time.monotonic()
    try:
        step(order, now())
    except Exception as error:
        with public_schema(), transaction.atomic():
            banks.fail_step(schema=order.schema, name=name, error=f"{type(error).__name__}: {error}")
        raise
    milliseconds = round((time.monotonic() - started) * 1000)
    with public_schema(), transaction.atomic():
        banks.finish_step(schema=order.schema, name=name, milliseconds=milliseconds, now=now())
    return milliseconds


def _register(order: BankOrder, instant: datetime) -> None:
    banks.register_bank(
        schema=order.schema,
        name_zh=order.name_zh,
        name_en=order.name_en,
        kind=order.kind,
        area_prefixes=order.area_prefixes,
        tier1_capital=order.tier1_capital,
        brand=order.brand,
        hosts=order.hosts,
        now=instant,
    )


def _create_schema(order: BankOrder, instant: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connection.ops.quote_name(order.schema)}")
    migrate_schema(order.schema)


def _seed_people(order: BankOrder, instant: datetime) -> None:
    with in_bank(order.schema), transaction.atomic():
        staff.seed_team(bank_name=order.name_zh, password=order.team_password, now=instant)


def _adopt_rules(order: BankOrder, instant: datetime) -> None:
    with public_schema(), transaction.atomic():
        rules, years, fixings = published_rules(), published_years(), published_fixings()
    with in_bank(order.schema), transaction.atomic():
        regulation.adopt_pack(
            rules=[_in_own_area(rule, order.area_prefixes) for rule in rules],
            holidays=years,
            fixings=fixings,
            adopted_by=order.person("risk"),
            now=instant,
        )


def _in_own_area(rule: RuleDraft, area_prefixes: tuple[str, ...]) -> RuleDraft:
    """Return R-05 with the bank's own area in it: the pack says that there is one, the bank says which."""
    if rule.code != "R-05":
        return rule
    return replace(rule, parameters={**rule.parameters, "area_prefixes": list(area_prefixes)})


def _seed_chart(order: BankOrder, instant: datetime) -> None:
    with in_bank(order.schema), transaction.atomic():
        chart.seed_chart(opened_date=order.first_business_date)
        journal.open_period(month=order.first_business_date.replace(day=1))


def _seed_product(order: BankOrder, instant: datetime) -> None:
    with in_bank(order.schema), transaction.atomic():
        products.seed_first_product(
            drafted_by=order.person("product"),
            published_by=order.person("risk"),
            on_date=order.first_business_date,
            annual_rate=order.annual_rate,
            now=instant,
        )
        products.seed_term_product(
            drafted_by=order.person("product"),
            published_by=order.person("risk"),
            on_date=order.first_business_date,
            now=instant,
        )
        prequalifications.seed_first_policy(
            product_code=products.FIRST_PRODUCT,
            proposed_by=order.person("product"),
            approved_by=order.person("risk"),
            on_date=order.first_business_date,
            now=instant,
        )


def _seed_strategy(order: BankOrder, instant: datetime) -> None:
    with in_bank(order.schema), transaction.atomic():
        models.seed_first_card(
            developed_by=order.person("risk"), checked_by=order.person("risk.checker"), now=instant
        )
        strategies.seed_first_strategy(
            signed_by=(order.person("risk"), order.person("risk.checker")),
            effective_from=order.first_business_date,
            now=instant,
        )
        classification.seed_first_policy(
            signed_by=(order.person("risk"), order.person("risk.checker")),
            effective_from=order.first_business_date,
            now=instant,
        )


def _start_clock(order: BankOrder, instant: datetime) -> None:
    with in_bank(order.schema), transaction.atomic():
        clock.start(business_date=order.first_business_date)


STEPS: Final[tuple[Step, ...]] = (
    ("schema", _create_schema),
    ("people", _seed_people),
    ("rules", _adopt_rules),
    ("chart", _seed_chart),
    ("product", _seed_product),
    ("strategy", _seed_strategy),
    ("clock", _start_clock),
)
