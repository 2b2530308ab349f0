"""The portal's navigation, and what every page of it knows: the scene, who is there, the scene's banks."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from interfaces.door import in_bank
from kernel.ids import parse_id, public_id
from plumbing.schemas import BankSchemaMissing
from tenants.banks.queries import BankUnknown, BankView, banks
from tenants.scenes.queries import SceneView, contracts, get_scene
from tenants.teams.models import TeamMember

NAVIGATION: Final = (
    ("/portal/", _("Get started"), "start", "portal.view"),
    ("/portal/overview", _("Overview"), "overview", "portal.view"),
    ("/portal/keys", _("API keys"), "keys", "portal.view"),
    ("/portal/requests", _("Request log"), "requests", "portal.view"),
    ("/portal/endpoints", _("Webhooks"), "endpoints", "portal.view"),
    ("/portal/deliveries", _("Deliveries"), "deliveries", "portal.view"),
    ("/portal/clocks", _("Test clocks"), "clocks", "portal.view"),
    ("/portal/embed", _("Embed studio"), "embed", "portal.view"),
    ("/portal/data", _("Data freshness"), "data", "portal.view"),
    ("/portal/settlements", _("Settlements"), "settlements", "portal.money"),
    ("/portal/go-live", _("Go-live checklist"), "go-live", "portal.view"),
    ("/portal/team", _("Team"), "team", "portal.view"),
    ("/portal/audit", _("Audit log"), "audit", "portal.audit"),
)
LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class OwnBank:
    """A bank that the scene has, or had, a contract with, and that is open."""

    bank: BankView

    @property
    def public_id(self) -> str:
        """The id both sides use."""
        return public_id("bnk", self.bank.id)

    @property
    def name(self) -> str:
        """The bank's name in the reader's language."""
        return self.bank.name(get_language() or "")

    @property
    def is_own_sandbox(self) -> bool:
        """Whether a test clock of the scene moves it."""
        return self.bank.owner_scene_id is not None


def person_of(request: HttpRequest) -> TeamMember:
    """Return who acts; the door has let somebody of a scene in."""
    person: Any = request.user
    if not isinstance(person, TeamMember):
        raise TypeError("the door lets nobody else in")
    return person


def scene_id_of(request: HttpRequest) -> UUID:
    """Return the scene whose people are here."""
    return person_of(request).scene_id


def scene_of(request: HttpRequest) -> SceneView:
    """Return the scene whose people are here."""
    return get_scene(scene_id=scene_id_of(request))


def own_banks(scene_id: UUID) -> tuple[OwnBank, ...]:
    """Return the open banks of a scene's contracts: those of the platform first, then its own sandboxes."""
    signed = {one.bank_id for one in contracts(scene_id=scene_id)}
    known = [OwnBank(bank) for bank in banks(ids=signed) if bank.ready_at]
    return tuple(sorted(known, key=lambda one: (one.is_own_sandbox, one.bank.created_at)))


def chosen(request: HttpRequest, known: tuple[OwnBank, ...]) -> OwnBank | None:
    """Return the bank that a page is about, the first unless one is named; raises `BankUnknown`."""
    given = str(request.GET.get("bank") or request.POST.get("bank") or "")
    if not given:
        return known[0] if known else None
    wanted = parse_id("bnk", given)
    for one in known:
        if one.bank.id == wanted:
            return one
    raise BankUnknown


def bank_of_page(request: HttpRequest) -> OwnBank:
    """Return the bank that a page is about; raises `BankUnknown`, also when there is none."""
    own = chosen(request, own_banks(scene_id_of(request)))
    if own is None:
        raise BankUnknown
    return own


def each(known: tuple[OwnBank, ...]) -> Iterator[OwnBank]:
    """Yield each bank, inside its schema; one that is being made anew is left out."""
    for one in known:
        with suppress(BankSchemaMissing), in_bank(one.bank.schema_name):
            yield one


@contextmanager
def inside(own: OwnBank) -> Iterator[None]:
    """Work in a bank of the scene; one that is being made anew is not there. Raises `BankUnknown`."""
    try:
        with in_bank(own.bank.schema_name):
            yield
    except BankSchemaMissing:
        raise BankUnknown from None


def framed(request: HttpRequest, section: str, **context: Any) -> dict[str, Any]:
    """Return a page's context with the portal's frame around it; links one may not follow are not shown."""
    person = person_of(request)
    english = (get_language() or "").startswith("en")
    name = person.scene.name_en if english else person.scene.name_zh
    return {
        "navigation": [(url, label, at) for url, label, at, need in NAVIGATION if person.can(need)],
        "section": section,
        "home_url": "/portal/",
        "sign_out_url": "/portal/sign-out",
        "bank_name": name,
        "brand": {"letter": name[:1]},
        **context,
    }
