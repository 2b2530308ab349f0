"""What a screen of the frame is made from, and what it is: the borrower's visit, and what is shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kernel.refusals import Kind, Refusal
from openbanking.embed_sessions.queries import SessionView
from openbanking.partners.queries import PartnerNotListed, require_listed
from parties.enterprises.queries import BankAccountNotFound, bank_accounts
from parties.enterprises.views import BankAccountView, EnterpriseView
from tenants.banks.models import Bank
from tenants.banks.queries import BankView
from tenants.scenes.queries import SceneView


class FieldMissing(Refusal):
    """Something on the page was left open."""

    code = "frame.field_missing"
    kind = Kind.INVALID
    message = "Fill in everything on the page first."


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is there, at which bank, through which scene, and when."""

    session: SessionView
    bank: BankView
    scene: SceneView
    enterprise: EnterpriseView
    now: datetime
    business_date: date
    language: str

    @property
    def lender(self) -> str:
        """The bank's name, which comes before every other."""
        return self.bank.name(self.language)

    @property
    def scene_name(self) -> str:
        """The scene's name."""
        return self.scene.name_en if self.language.startswith("en") else self.scene.name_zh

    @property
    def takes_new_business(self) -> bool:
        """Whether the bank lends anew through this scene today (R-09, J12)."""
        if self.bank.status != Bank.Status.ACTIVE:
            return False
        try:
            require_listed(scene_id=self.scene.id, on_date=self.business_date)
        except PartnerNotListed:
            return False
        return True

    @property
    def accounts(self) -> tuple[BankAccountView, ...]:
        """The borrower's own accounts, masked."""
        return bank_accounts(enterprise_id=self.enterprise.id)

    def account(self, bank_account_id: UUID) -> BankAccountView:
        """Return one of the borrower's accounts; raises `BankAccountNotFound`."""
        for account in self.accounts:
            if account.id == bank_account_id:
                return account
        raise BankAccountNotFound(bank_account_id=bank_account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What is shown: a template with its context; `told` goes to the page around it, as ids and no more.

    `step` of the four (0: none of them); `poll_ms` is when to look again, if something is on its way.
    """

    name: str
    step: int = 0
    context: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[tuple[str, str], ...] = ()
    poll_ms: int | None = None
