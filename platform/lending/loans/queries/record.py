"""How a borrower has paid this bank so far."""

from dataclasses import dataclass
from uuid import UUID

from lending.loans.models import Loan
from lending.loans.states import LoanStatus


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """Loans settled, and whether any is overdue now."""

    settled_count: int
    overdue_now: bool


def payment_record(*, enterprise_id: UUID) -> PaymentRecord:
    """Return how an enterprise has paid its loans at this bank."""
    owned = Loan.objects.filter(enterprise_id=enterprise_id)
    return PaymentRecord(
        settled_count=owned.filter(status=LoanStatus.PAID_OFF).count(),
        overdue_now=owned.filter(overdue_since_date__isnull=False).exists(),
    )
