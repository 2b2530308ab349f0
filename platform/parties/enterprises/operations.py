"""Verbs: introduce an enterprise, correct it, give it an account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from parties.enterprises.identifiers import (
    AccountKind,
    check_account_number,
    check_area_code,
    check_id_number,
    check_industry,
    check_phone,
    check_registration_no,
)
from parties.enterprises.models import BankAccount, Enterprise, EnterpriseKind, EnterpriseScene, Person
from parties.enterprises.queries import EnterpriseNotFound, account_view, enterprise_view
from parties.enterprises.views import BankAccountView, EnterpriseView, PersonDraft
from plumbing.audit import operations as audit
from plumbing.crypto import blind_index
from plumbing.sql import in_transaction

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
KIND_BY_PREFIX: Final = {
    "91": EnterpriseKind.FIRM,
    "92": EnterpriseKind.INDIVIDUAL,
    "93": EnterpriseKind.COOPERATIVE,
}


class IdentityConflict(Refusal):
    """The same credit code or identity number was given before with other particulars."""

    code = "enterprises.identity_conflict"
    kind = Kind.CONFLICT
    message = "This enterprise is known here with another {field}."


class DuplicateExternalId(Refusal):
    """The scene already uses this external id for another enterprise."""

    code = "enterprises.duplicate_external_id"
    kind = Kind.CONFLICT
    message = "The external id {external_id} already stands for another enterprise."


class AlreadyIntroduced(Refusal):
    """The scene already introduced this enterprise, under another external id."""

    code = "enterprises.already_introduced"
    kind = Kind.CONFLICT
    message = "This enterprise was already introduced as {external_id}."


class SharedEnterprise(Refusal):
    """Another scene introduced this enterprise too: one of them alone does not change what both rely on."""

    code = "enterprises.shared"
    kind = Kind.CONFLICT
    message = "Only the bank can correct the {field} of this enterprise."


class ParticularsMissing(Refusal):
    """A name or an id is empty or too long."""

    code = "enterprises.particulars_invalid"
    kind = Kind.INVALID
    message = "The {field} is missing or too long."


class OpenedInFuture(Refusal):
    """An enterprise cannot have opened after today."""

    code = "enterprises.opened_in_future"
    kind = Kind.INVALID
    message = "The opening date {opened_date} lies in the future."


@dataclass(frozen=True, slots=True)
class _Particulars:
    registration_no: str
    legal_name: str
    industry: str
    area_code: str
    opened_date: date


def _text(value: str, *, field: str, longest: int) -> str:
    text = value.strip()
    if not 0 < len(text) <= longest:
        raise ParticularsMissing(field=field)
    return text


@in_transaction
def register_enterprise(
    *,
    scene_id: UUID,
    external_id: str,
    legal_name: str,
    registration_no: str,
    industry: str,
    area_code: str,
    opened_date: date,
    representative: PersonDraft | None,
    now: datetime,
) -> EnterpriseView:
    """Introduce an enterprise by a scene and return it as that scene sees it.

    The same credit code from another scene links to the same enterprise; the same call twice returns the
    same enterprise; other particulars are refused (`identity_conflict`, `duplicate_external_id`,
    `already_introduced`) and nothing is written.
    """
    particulars = _Particulars(
        registration_no=check_registration_no(registration_no),
        legal_name=_text(legal_name, field="legal name", longest=200),
        industry=check_industry(industry),
        area_code=check_area_code(area_code),
        opened_date=opened_date,
    )
    external_id = _text(external_id, field="external id", longest=100)
    today = now.astimezone(SHANGHAI).date()
    _opened(opened_date, today=today)
    _check_link_free(scene_id, external_id, particulars.registration_no)
    person = None if representative is None else _person(representative, today=today, now=now)
    enterprise = _enterprise(particulars, person=person, now=now)
    link = _link(enterprise, scene_id=scene_id, external_id=external_id, now=now)
    return enterprise_view(enterprise, external_id=link.external_id)


def _check_link_free(scene_id: UUID, external_id: str, registration_no: str) -> None:
    links = EnterpriseScene.objects.filter(scene_id=scene_id).select_related("enterprise")
    by_external = links.filter(external_id=external_id).first()
    if by_external is not None and by_external.enterprise.registration_no != registration_no:
        raise DuplicateExternalId(external_id=external_id)
    by_enterprise = links.filter(enterprise__registration_no=registration_no).first()
    if by_enterprise is not None and by_enterprise.external_id != external_id:
        raise AlreadyIntroduced(external_id=by_enterprise.external_id)


def _person(draft: PersonDraft, *, today: date, now: datetime) -> Person:
    """Return the person with this identity number; one row a number, even under concurrent calls."""
    name = _text(draft.name, field="representative's name", longest=100)
    resident, phone = check_id_number(draft.id_number, on_date=today), check_phone(draft.phone)
    index = blind_index(resident.number)
    new = Person(
        name=name,
        id_number=resident.number,
        id_number_index=index,
        phone=phone,
        phone_index=blind_index(phone),
        warnings=[str(warning) for warning in resident.warnings],
        created_at=now,
    )
    # ON CONFLICT DO NOTHING waits for a rival transaction, so the row read next is settled.
    Person.objects.bulk_create([new], ignore_conflicts=True)
    person = Person.objects.select_for_update().get(id_number_index=index)
    if person.name != name:
        raise IdentityConflict(field="representative")
    if person.phone != phone:
        raise IdentityConflict(field="representative's phone")
    return person


def _enterprise(particulars: _Particulars, *, person: Person | None, now: datetime) -> Enterprise:
    new = Enterprise(
        registration_no=particulars.registration_no,
        legal_name=particulars.legal_name,
        kind=KIND_BY_PREFIX.get(particulars.registration_no[:2], EnterpriseKind.OTHER),
        industry=particulars.industry,
        area_code=particulars.area_code,
        opened_date=particulars.opened_date,
        representative=person,
        created_at=now,
    )
    Enterprise.objects.bulk_create([new], ignore_conflicts=True)
    enterprise = Enterprise.objects.select_for_update().get(registration_no=particulars.registration_no)
    for field in ("legal_name", "industry", "area_code", "opened_date"):
        if getattr(enterprise, field) != getattr(particulars, field):
            raise IdentityConflict(field=field)
    if person is not None and enterprise.representative_id is None:
        enterprise.representative = person
        Enterprise.objects.filter(pk=enterprise.pk).update(representative=person)
    if person is not None and enterprise.representative_id != person.pk:
        raise IdentityConflict(field="representative")
    return enterprise


def _link(enterprise: Enterprise, *, scene_id: UUID, external_id: str, now: datetime) -> EnterpriseScene:
    new = EnterpriseScene(enterprise=enterprise, scene_id=scene_id, external_id=external_id, created_at=now)
    EnterpriseScene.objects.bulk_create([new], ignore_conflicts=True)
    link = EnterpriseScene.objects.filter(scene_id=scene_id, enterprise=enterprise).first()
    if link is None:  # a rival took the external id for another enterprise meanwhile
        raise DuplicateExternalId(external_id=external_id)
    if link.external_id != external_id:
        raise AlreadyIntroduced(external_id=link.external_id)
    return link


@in_transaction
def hold_enterprise(*, enterprise_id: UUID, scene_id: UUID) -> EnterpriseView:
    """Return an enterprise as a scene sees it, which until the transaction ends nobody else can change."""
    enterprise, link = _held(enterprise_id, scene_id)
    return enterprise_view(enterprise, external_id=link.external_id)


@in_transaction
def correct_enterprise(
    *, enterprise_id: UUID, scene_id: UUID, changes: Mapping[str, Any], corrected_by: str, now: datetime
) -> EnterpriseView:
    """Correct what is named in `changes` and leave the rest; what it was before is in the audit trail.

    A scene corrects its own external id, and of an enterprise that it alone introduced the legal name,
    industry, area and day of opening. The credit code and the representative are who it is: never.
    """
    enterprise, link = _held(enterprise_id, scene_id)
    wanted = _checked(changes, today=now.astimezone(SHANGHAI).date())
    external_id = wanted.pop("external_id", link.external_id)
    if external_id != link.external_id:
        _check_link_free(scene_id, external_id, "")
    before = {name: getattr(enterprise, name) for name in wanted}
    differing = {name: value for name, value in wanted.items() if value != before[name]}
    if differing and enterprise.scenes.exclude(scene_id=scene_id).exists():
        raise SharedEnterprise(field=min(differing))
    for name, value in differing.items():
        setattr(enterprise, name, value)
    enterprise.save(update_fields=list(differing))
    detail: dict[str, object] = {name: [str(before[name]), str(value)] for name, value in differing.items()}
    if external_id != link.external_id:
        detail["external_id"] = [link.external_id, external_id]
        link.external_id = external_id
        link.save(update_fields=["external_id"])
    if detail:
        subject = public_id("biz", enterprise.pk)
        audit.record(actor=corrected_by, action="business.correct", subject=subject, detail=detail, now=now)
    return enterprise_view(enterprise, external_id=external_id)


def _held(enterprise_id: UUID, scene_id: UUID) -> tuple[Enterprise, EnterpriseScene]:
    enterprise = Enterprise.objects.select_for_update().filter(pk=enterprise_id).first()
    link = EnterpriseScene.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id).first()
    if enterprise is None or link is None:
        raise EnterpriseNotFound(enterprise_id=enterprise_id)
    return enterprise, link


def _checked(changes: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    checks: dict[str, Callable[[Any], Any]] = {
        "external_id": lambda text: _text(text, field="external id", longest=100),
        "legal_name": lambda text: _text(text, field="legal name", longest=200),
        "industry": check_industry,
        "area_code": check_area_code,
        "opened_date": lambda day: _opened(day, today=today),
    }
    return {name: checks[name](value) for name, value in changes.items()}


def _opened(day: date, *, today: date) -> date:
    if day > today:
        raise OpenedInFuture(opened_date=day)
    return day


@in_transaction
def add_bank_account(
    *,
    enterprise_id: UUID,
    account_number: str,
    bank_name: str,
    holder_name: str,
    now: datetime,
    kind: str = AccountKind.CARD,
) -> BankAccountView:
    """Add an account and return it masked; the same number again returns the same account."""
    number = check_account_number(account_number, kind=AccountKind(kind))
    bank_name = _text(bank_name, field="bank name", longest=100)
    holder_name = _text(holder_name, field="holder name", longest=200)
    enterprise = Enterprise.objects.select_for_update().filter(pk=enterprise_id).first()
    if enterprise is None:
        raise EnterpriseNotFound(enterprise_id=enterprise_id)
    account, created = BankAccount.objects.get_or_create(
        enterprise=enterprise,
        account_number_index=blind_index(number),
        defaults={
            "kind": AccountKind(kind),
            "account_number": number,
            "bank_name": bank_name,
            "holder_name": holder_name,
            "created_at": now,
        },
    )
    if not created and (account.bank_name, account.holder_name) != (bank_name, holder_name):
        raise IdentityConflict(field="account holder or bank")
    return account_view(account)
