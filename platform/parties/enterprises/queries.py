"""Reads: enterprises and accounts as frozen views."""

from datetime import date, datetime
from uuid import UUID

from kernel.refusals import Kind, Refusal
from parties.enterprises.models import BankAccount, Enterprise, EnterpriseScene, Person
from parties.enterprises.views import (
    BankAccountView,
    EnterprisePage,
    EnterpriseTies,
    EnterpriseView,
    PayableAccount,
    PersonView,
)
from plumbing.crypto import blind_index, mask_account, mask_id, mask_phone


class EnterpriseNotFound(Refusal):
    """There is no such enterprise, or this scene did not introduce it: the answer is the same."""

    code = "enterprises.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no such enterprise."


class BankAccountNotFound(Refusal):
    """There is no such account, or it is not this enterprise's: the answer is the same."""

    code = "enterprises.bank_account_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no such bank account."


def person_view(person: Person) -> PersonView:
    """Return the person masked."""
    return PersonView(
        id=person.pk,
        name=person.name,
        id_number_masked=mask_id(person.id_number),
        phone_masked=mask_phone(person.phone),
        warnings=tuple(person.warnings),
    )


def enterprise_view(enterprise: Enterprise, *, external_id: str) -> EnterpriseView:
    """Return the enterprise with the id one scene gave it."""
    person = enterprise.representative
    return EnterpriseView(
        id=enterprise.pk,
        registration_no=enterprise.registration_no,
        legal_name=enterprise.legal_name,
        kind=enterprise.kind,
        industry=enterprise.industry,
        area_code=enterprise.area_code,
        opened_date=enterprise.opened_date,
        external_id=external_id,
        representative=None if person is None else person_view(person),
        created_at=enterprise.created_at,
    )


def account_view(account: BankAccount) -> BankAccountView:
    """Return the account masked."""
    return BankAccountView(
        id=account.pk,
        enterprise_id=account.enterprise_id,
        kind=account.kind,
        account_number_masked=mask_account(account.account_number),
        bank_name=account.bank_name,
        holder_name=account.holder_name,
        created_at=account.created_at,
    )


def get_enterprise(*, enterprise_id: UUID, scene_id: UUID | None) -> EnterpriseView:
    """Return an enterprise; a scene sees only those it introduced itself, the bank (None) all."""
    found = Enterprise.objects.select_related("representative").filter(pk=enterprise_id).first()
    if found is None:
        raise EnterpriseNotFound(enterprise_id=enterprise_id)
    if scene_id is None:
        return enterprise_view(found, external_id="")
    link = EnterpriseScene.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id).first()
    if link is None:
        raise EnterpriseNotFound(enterprise_id=enterprise_id)
    return enterprise_view(found, external_id=link.external_id)


def enterprises_page(
    *,
    scene_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
    search: str = "",
    ids: tuple[UUID, ...] | None = None,
    external_id: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> EnterprisePage:
    """Return enterprises, newest first: a scene's, or all for the bank; `search` in name or credit code.

    `since` and `before` bound the instant they were made, half-open; an external id is a scene's own.
    """
    rows = Enterprise.objects.select_related("representative").order_by("-id")
    external_ids: dict[UUID, str] = {}
    if scene_id is not None:
        own = {} if external_id is None else {"scenes__external_id": external_id}
        rows = rows.filter(scenes__scene_id=scene_id, **own)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    if after is not None:
        rows = rows.filter(id__lt=after)
    if ids is not None:
        rows = rows.filter(id__in=ids)
    if search:
        rows = rows.filter(legal_name__icontains=search) | rows.filter(registration_no__startswith=search)
    found = list(rows[: limit + 1])
    page = found[:limit]
    if scene_id is not None:
        links = EnterpriseScene.objects.filter(scene_id=scene_id, enterprise__in=page)
        external_ids = {link.enterprise_id: link.external_id for link in links}
    return EnterprisePage(
        rows=tuple(enterprise_view(row, external_id=external_ids.get(row.pk, "")) for row in page),
        next_after=page[-1].pk if len(found) > limit else None,
    )


def scenes_of(*, enterprise_id: UUID) -> tuple[UUID, ...]:
    """Return the scenes that introduced an enterprise, first come first."""
    links = EnterpriseScene.objects.filter(enterprise_id=enterprise_id).order_by("created_at", "id")
    return tuple(links.values_list("scene_id", flat=True))


def get_bank_account(*, bank_account_id: UUID, enterprise_id: UUID | None = None) -> BankAccountView:
    """Return an account masked; with `enterprise_id` only if it is that enterprise's."""
    return account_view(_account(bank_account_id, enterprise_id))


def payable_account(*, bank_account_id: UUID, enterprise_id: UUID | None = None) -> PayableAccount:
    """Return an account in clear for the payment rail; the caller may not store or show the number."""
    account = _account(bank_account_id, enterprise_id)
    return PayableAccount(
        id=account.pk,
        enterprise_id=account.enterprise_id,
        account_number=account.account_number,
        bank_name=account.bank_name,
        holder_name=account.holder_name,
    )


def bank_accounts(*, enterprise_id: UUID) -> tuple[BankAccountView, ...]:
    """Return an enterprise's accounts, masked, oldest first."""
    return tuple(
        account_view(row) for row in BankAccount.objects.filter(enterprise=enterprise_id).order_by("id")
    )


def _account(bank_account_id: UUID, enterprise_id: UUID | None) -> BankAccount:
    rows = BankAccount.objects.filter(pk=bank_account_id)
    if enterprise_id is not None:
        rows = rows.filter(enterprise_id=enterprise_id)
    found = rows.first()
    if found is None:
        raise BankAccountNotFound(bank_account_id=bank_account_id)
    return found


def is_representative(*, enterprise_id: UUID, id_number: str) -> bool:
    """Return whether an identity number is that of who represents an enterprise; found by its blind index."""
    index = blind_index(id_number.strip().upper())
    return Person.objects.filter(enterprises__pk=enterprise_id, id_number_index=index).exists()


def representative_birth_date(*, enterprise_id: UUID) -> date | None:
    """Return the representative's date of birth, from the identity number, for facts; None without one."""
    person = Person.objects.filter(enterprises__pk=enterprise_id).first()
    return None if person is None else date.fromisoformat(person.id_number[6:14])


def ties_of(*, enterprise_id: UUID) -> EnterpriseTies:
    """Return what ties an enterprise to others, by blind indexes (D-09)."""
    found = Enterprise.objects.select_related("representative").filter(pk=enterprise_id).first()
    if found is None:
        raise EnterpriseNotFound(enterprise_id=enterprise_id)
    accounts = BankAccount.objects.filter(enterprise=found).order_by("id")
    return EnterpriseTies(
        registration_no=found.registration_no,
        representative_id=found.representative_id,
        phone_index="" if found.representative is None else found.representative.phone_index,
        account_indexes=tuple(accounts.values_list("account_number_index", flat=True)),
    )
