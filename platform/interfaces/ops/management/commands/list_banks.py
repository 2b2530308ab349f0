"""List the banks."""

from typing import Any

from django.core.management.base import BaseCommand

from plumbing.schemas import public_schema
from tenants.banks.queries import banks, hosts


class Command(BaseCommand):
    """Says which banks there are, whether they are open, and where they are reached."""

    help = "List the banks with their status and hosts."

    def handle(self, *args: Any, **options: Any) -> None:
        """List them."""
        with public_schema():
            for bank in banks():
                where = ", ".join(hosts(schema_name=bank.schema_name))
                self.stdout.write(f"{bank.schema_name:<16} {bank.status:<10} {bank.name_zh}  {where}")
