"""Preparing the bank that sandboxes are copies of: made once by the usual steps, migrated with all others."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from interfaces.door import in_bank
from interfaces.ops import bank_setup
from interfaces.ops.bank_setup import BankOrder, Progress, Step
from interfaces.ops.migrations import is_up_to_date, migrate_schema
from interfaces.sandbox_banks import TEMPLATE, is_prepared
from ledger.chart import operations as chart
from lending.products import operations as products
from plumbing.cloning import operations as cloning
from plumbing.schemas import public_schema, schema_exists
from tenants.banks.queries import ready_schemas
from tenants.sandboxes.operations import FIRST_DATE, TIER1

LONG_MONTHS: Final = 24
EVERYWHERE: Final = tuple("123456789")  # the first digits of area codes
ORDER: Final = BankOrder(
    schema=TEMPLATE,
    name_zh="沙箱模板",
    name_en="Template of sandboxes",
    kind="rural_commercial",
    hosts=(),
    area_prefixes=EVERYWHERE,
    tier1_capital=TIER1,
    first_business_date=FIRST_DATE,
    team_password="",
)


def prepare_template(*, progress: Progress = lambda step: None) -> bool:
    """Make the template, or finish one that stopped; False when it was there. It never opens for business."""
    if is_prepared():
        return False
    bank_setup.take_steps(ORDER, STEPS, progress=progress)
    return True


def _create_schema(order: BankOrder, instant: datetime) -> None:
    """Copy the shape of a bank that is up to date, a tenth of the work of migrating; migrate what is left."""
    with public_schema():
        models = ready_schemas()
    model = next((schema for schema in models if is_up_to_date(schema)), None)
    if model is not None and not schema_exists(order.schema):
        with public_schema(), transaction.atomic():
            cloning.replay(script=cloning.script_of(source=model, with_rows=False), schema=order.schema)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connection.ops.quote_name(order.schema)}")
    migrate_schema(order.schema)


def _seed_chart(order: BankOrder, instant: datetime) -> None:
    """Open the accounts, and no month: each copy begins its books in its own."""
    with in_bank(order.schema), transaction.atomic():
        chart.seed_chart(opened_date=order.first_business_date)


def _seed_long_product(order: BankOrder, instant: datetime) -> None:
    with in_bank(order.schema), transaction.atomic():
        products.seed_term_product(
            drafted_by=order.person("product"),
            published_by=order.person("risk"),
            on_date=order.first_business_date,
            months=LONG_MONTHS,
            now=instant,
        )


_OF_ANY_BANK: Final = dict(bank_setup.STEPS)
STEPS: Final[tuple[Step, ...]] = (
    ("schema", _create_schema),
    ("rules", _OF_ANY_BANK["rules"]),
    ("chart", _seed_chart),
    ("product", _OF_ANY_BANK["product"]),
    ("long_product", _seed_long_product),
    ("strategy", _OF_ANY_BANK["strategy"]),
)
