"""Create a bank, or finish a creation that stopped half-way."""

import json
import os
import time
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interfaces.ops.bank_setup import BankOrder, StepDone, create_bank
from kernel.money import Money
from kernel.refusals import Refusal
from tenants.banks.models import Bank


class Command(BaseCommand):
    """Creates schema, people, rules, books, the first product and strategy, and opens the bank."""

    help = "Create a bank in under a minute. Run again with the same arguments, it goes on where it stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what a bank is made of."""
        parser.add_argument("schema")
        parser.add_argument("--name-zh", required=True)
        parser.add_argument("--name-en", required=True)
        parser.add_argument("--kind", choices=Bank.Kind.values, required=True)
        parser.add_argument("--host", action="append", required=True, help="May be given more than once.")
        parser.add_argument("--area", action="append", required=True, help="Area code prefix, e.g. 3310.")
        parser.add_argument("--tier1", required=True, help="Net tier-1 capital in yuan.")
        parser.add_argument("--first-business-date", type=date.fromisoformat, required=True)
        parser.add_argument("--annual-rate", default="0.108000", help="Of its first product, on 360 days.")
        parser.add_argument("--brand", default="{}", help="JSON: primary, letter, phone.")
        parser.add_argument(
            "--team-password", default="", help="Better in the environment: SLUICE_TEAM_PASSWORD."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the bank."""
        password = options["team_password"] or os.environ.get("SLUICE_TEAM_PASSWORD", "")
        if len(password) < 8:
            raise CommandError("Set SLUICE_TEAM_PASSWORD to at least 8 characters.")
        started = time.monotonic()
        try:
            order = BankOrder(
                schema=options["schema"],
                name_zh=options["name_zh"],
                name_en=options["name_en"],
                kind=options["kind"],
                hosts=tuple(options["host"]),
                area_prefixes=tuple(options["area"]),
                tier1_capital=Money.parse(options["tier1"]),
                first_business_date=options["first_business_date"],
                team_password=password,
                annual_rate=options["annual_rate"],
                brand=json.loads(options["brand"]),
            )
            bank = create_bank(order, progress=self._say)
        except Refusal as refusal:
            raise CommandError(refusal.text()) from refusal
        self.stdout.write(f"{bank.name_zh} is open for business, {time.monotonic() - started:.1f} s")

    def _say(self, step: StepDone) -> None:
        took = "done before" if step.skipped else f"{step.milliseconds / 1000:.2f} s"
        self.stdout.write(f"[{step.position}/{step.count}] {step.name:<10} {took}")
        self.stdout.flush()
