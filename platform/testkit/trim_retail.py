"""Makes the trimmed retail file from the full one: `python -m testkit.trim_retail FULL.csv.gz`.

The full data set is Online Retail of the UCI Machine Learning Repository (CC BY 4.0); see `data/README.md`.
"""

import csv
import gzip
import hashlib
import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

TRIMMED: Final = Path(__file__).with_name("data") / "uci_online_retail_receipts.csv.gz"
COLUMNS: Final = ("receipt_no", "paid_at_local", "kind", "amount_gbp", "payer_ref")


@dataclass(slots=True)
class _Invoice:
    paid_at: str
    amount_gbp: Decimal
    customer: str


def payer_ref(customer: str) -> str:
    """Return 24 hex digits that stand for a customer number, or nothing for none."""
    if not customer:
        return ""
    return hashlib.sha256(f"uci-online-retail/{customer.removesuffix('.0')}".encode()).hexdigest()[:24]


def fold(lines: Iterable[dict[str, str]]) -> list[tuple[str, ...]]:
    """Fold invoice lines into receipts: sums by invoice number; credit notes and negative sums are refunds.

    Dropped: invoices that sum to nothing (samples and write-offs without a price) and bad-debt adjustments
    (numbers that begin with A).
    """
    invoices: dict[str, _Invoice] = {}
    for line in lines:
        amount = int(line["Quantity"]) * Decimal(line["UnitPrice"])
        invoice = invoices.get(line["InvoiceNo"])
        if invoice is None:
            invoices[line["InvoiceNo"]] = _Invoice(line["InvoiceDate"], amount, line["CustomerID"])
        else:
            invoice.amount_gbp += amount
            invoice.paid_at = min(invoice.paid_at, line["InvoiceDate"])
    rows = []
    for number, invoice in invoices.items():
        if number.startswith("A"):
            continue
        amount = abs(invoice.amount_gbp).quantize(Decimal("0.01"))
        if amount == 0:
            continue
        kind = "refund" if number.startswith("C") or invoice.amount_gbp < 0 else "sale"
        rows.append((number, invoice.paid_at, kind, str(amount), payer_ref(invoice.customer)))
    return sorted(rows, key=lambda row: (row[1], row[0]))


def write(rows: list[tuple[str, ...]], path: Path) -> None:
    """Write the receipts so that the same rows make the same bytes (no name, no time in the header)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())


if __name__ == "__main__":
    with gzip.open(sys.argv[1], "rt", encoding="utf-8", newline="") as full:
        write(fold(csv.DictReader(full)), TRIMMED)
