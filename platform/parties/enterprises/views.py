"""What leaves the room: frozen views, C2 fields masked (D-09)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A representative as the scene sends him or her; numbers in clear, only on their way in."""

    name: str
    id_number: str
    phone: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A representative, masked: 632127********0005, 138****1234."""

    id: UUID
    name: str
    id_number_masked: str
    phone_masked: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BankAccountView:
    """An account, masked to its last four digits."""

    id: UUID
    enterprise_id: UUID
    kind: str
    account_number_masked: str
    bank_name: str
    holder_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PayableAccount:
    """An account in clear, for the payment rail alone; never for a page, a log or an answer (C2)."""

    id: UUID
    enterprise_id: UUID
    account_number: str
    bank_name: str
    holder_name: str


@dataclass(frozen=True, slots=True)
class EnterpriseView:
    """An enterprise as one scene introduced it; `external_id` is empty when the bank itself asks."""

    id: UUID
    registration_no: str
    legal_name: str
    kind: str
    industry: str
    area_code: str
    opened_date: date
    external_id: str
    representative: PersonView | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EnterprisePage:
    """One page of enterprises, newest first; `next_after` is the last id when there are more."""

    rows: tuple[EnterpriseView, ...]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class EnterpriseTies:
    """What ties an enterprise to others: its representative; phone and accounts by blind index, no number."""

    registration_no: str
    representative_id: UUID | None
    phone_index: str
    account_indexes: tuple[str, ...]
