"""The application in four steps: identify; authorise and apply; confirm the costs; sign and draw (J3).

Which screen is shown follows from what is there: a page that is reloaded, or opened again tomorrow with
another session, goes on where it stopped. Every act is the room's own operation, the same as behind the API.
"""

from abc import abstractmethod
from typing import Final
from uuid import UUID

from django.urls import URLPattern, path

from interfaces.borrower import consenting, drawing
from interfaces.borrower.frame import Acting, FrameView
from interfaces.borrower.page import page_of
from interfaces.borrower.signing import CONSENT_ENDED, ConfirmationMissing, seal_of
from interfaces.borrower.tile import open_offer
from interfaces.borrower.visit import FieldMissing, Screen, Visit
from interfaces.door import enqueue
from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.applications import operations as applications
from lending.applications import queries
from lending.applications.document import Lender
from lending.applications.states import ApplicationStatus
from lending.applications.views import AgreementView, ApplicationView
from lending.products.queries import ProductNotFound, current_product, products_on_offer, quote
from lending.products.terms import ProductView
from openbanking.batches.queries import batches
from openbanking.embed_sessions import operations as sessions
from openbanking.embed_sessions.components import Component
from plumbing.sql import savepoint

LATER_MS: Final = 15_000
ENDED: Final = (ApplicationStatus.WITHDRAWN, ApplicationStatus.EXPIRED, ApplicationStatus.DECLINED)


class NotIdentified(Refusal):
    """Only the person who represents the business acts for it."""

    code = "frame.not_identified"
    kind = Kind.FORBIDDEN
    message = "Show first who you are."


class IdentityWrong(Refusal):
    """The number is not that of who represents the business."""

    code = "frame.identity_wrong"
    message = "This is not the identity number of the person who represents the business."


class NothingToSign(Refusal):
    """There is no agreement that waits for this."""

    code = "frame.nothing_to_sign"
    kind = Kind.CONFLICT
    message = "There is nothing to sign at present."


class CostsUnconfirmed(Refusal):
    """The costs come before the signature (P-03)."""

    code = "frame.costs_unconfirmed"
    message = "Confirm the costs before you sign."


def latest(visit: Visit) -> ApplicationView | None:
    """Return the borrower's newest application through this scene."""
    found = queries.applications_page(scene_id=visit.scene.id, enterprise_id=visit.enterprise.id, limit=1)
    return found[0] if found else None


def product_for(visit: Visit, code: str) -> ProductView:
    """Return the product applied for: the offer's, or the one that was chosen, or the bank's first."""
    offer = open_offer(visit)
    wanted = offer.product_code if offer is not None else code
    if wanted:
        return current_product(code=wanted, on_date=visit.business_date)
    found = products_on_offer(on_date=visit.business_date)
    if not found:
        raise ProductNotFound(product="")
    return found[0]


class Application(FrameView):
    """Where the application stands."""

    component = Component.APPLICATION
    new_business = True

    def screen(self, visit: Visit, asked: dict[str, str]) -> Screen:
        """Return the screen that comes next."""
        found = latest(visit)
        again = found is None or (found.status in ENDED and self._begins_again(visit, found, asked))
        done = found is not None and found.status == ApplicationStatus.CONTRACTED
        if not done and not visit.takes_new_business:
            return Screen(name="closed")
        if found is None or again:
            return _beginning(visit, asked)
        told = public_id("app", found.id)
        if found.status == ApplicationStatus.SUBMITTED:
            return Screen(
                name="waiting", step=2, told=(("application_submitted", told),), poll_ms=drawing.SOON_MS
            )
        if found.status == ApplicationStatus.IN_REVIEW:
            return Screen(name="review", step=2, told=_decided(told), poll_ms=LATER_MS)
        if found.status in ENDED:
            return _ended(found, told)
        if visit.session.identified_at is None:
            return _identity(visit)
        return drawing.screen(visit, found) if done else _agreeing(visit, found, told)

    def _begins_again(self, visit: Visit, found: ApplicationView, asked: dict[str, str]) -> bool:
        """Return whether an ended application is history: of an earlier visit, or a new one is asked for."""
        return bool(asked.get("again")) or (found.closed_at or visit.now) < visit.session.created_at


def _identity(visit: Visit) -> Screen:
    return Screen(
        name="identity",
        step=1,
        context={"words": consenting.wording(visit, consenting.IDENTITY)},
        told=(("step", "identify"),),
    )


def _beginning(visit: Visit, asked: dict[str, str]) -> Screen:
    if visit.session.identified_at is None:
        return _identity(visit)
    product = product_for(visit, asked.get("product", ""))
    context = {"product": product, "words": consenting.missing(visit, consenting.uses_of(product))}
    if context["words"]:
        return Screen(name="consents", step=2, context=context, told=(("step", "authorise"),))
    sent = {(one.scene_id, one.cluster) for one in batches(enterprise_id=visit.enterprise.id)}
    if "receipts" in product.data_classes and (visit.scene.id, "receipts") not in sent:
        return Screen(name="gathering", step=2, poll_ms=drawing.SOON_MS, told=(("step", "gathering"),))
    offer = open_offer(visit)
    choice = () if offer is not None else products_on_offer(on_date=visit.business_date)
    amount = None if offer is None else min(offer.max_amount, product.limit_max)
    context |= {"offer": offer, "choice": choice, "amount": amount, "tenors": drawing.tenors_of(product)}
    return Screen(name="apply", step=2, context=context, told=(("step", "apply"),))


def _decided(told: str) -> tuple[tuple[str, str], ...]:
    """Return what the page hears of a decision: a bank may be quicker than a page that asks now and then."""
    return ("application_submitted", told), ("decision", told)


def _ended(found: ApplicationView, told: str) -> Screen:
    if found.status != ApplicationStatus.DECLINED:
        return Screen(name="withdrawn", context={"application": found}, told=(("exit", told),))
    reasons = queries.get_decision(application_id=found.id, scene_id=found.scene_id).reasons
    return Screen(name="declined", context={"reasons": reasons}, told=_decided(told))


def _agreeing(visit: Visit, found: ApplicationView, told: str) -> Screen:
    """Prepare the agreement and show it: the costs first, the signature once they are confirmed."""
    agreement = applications.prepare_agreement(
        application_id=found.id,
        lender=Lender(name_zh=visit.bank.name_zh, name_en=visit.bank.name_en),
        now=visit.now,
        business_date=visit.business_date,
    )
    agreement = applications.show_agreement(agreement_id=agreement.id, now=visit.now)
    seconds = queries.reading_seconds(visit.business_date)
    page = page_of(
        agreement,
        scene_name=visit.scene_name,
        language=visit.language,
        reading_seconds=seconds,
        now=visit.now,
    )
    confirmed = visit.session.confirmed_agreement_id == agreement.id
    return Screen(
        name="sign" if confirmed else "costs",
        step=4 if confirmed else 3,
        context={"page": page, "application": found, "agreement": agreement},
        told=(*_decided(told), ("step", "sign" if confirmed else "costs")),
    )


def pending_agreement(visit: Visit) -> AgreementView:
    """Return the agreement that waits for the borrower."""
    found = latest(visit)
    if found is None or found.status != ApplicationStatus.APPROVED:
        raise NothingToSign
    for agreement in queries.agreements_of(application_id=found.id):
        if agreement.status == "pending":
            return agreement
    raise NothingToSign


class Step(Acting, Application):
    """A step that only the person who represents the business takes."""

    def act(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Let the person act whom we know."""
        if visit.session.identified_at is None:
            raise NotIdentified
        return self.take(visit, sent)

    @abstractmethod
    def take(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Take the step."""


class Identity(Acting, Application):
    """Step 1: who is there. The consent to check it comes with it, and is asked for first."""

    def act(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Record the consent, then compare; a wrong number is counted."""
        if not sent.get("id_number"):
            raise FieldMissing
        consenting.grant(visit, consenting.IDENTITY, sent)
        told = sessions.answer_identity(
            session_id=visit.session.id, id_number=sent["id_number"], now=visit.now
        )
        return None if told.identified_at is not None else IdentityWrong()


class Consent(Step):
    """Step 2: one consent, by itself."""

    def take(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Record it, if the product needs it."""
        use = (sent.get("purpose", ""), sent.get("data_class", ""))
        if use not in consenting.uses_of(product_for(visit, sent.get("product", ""))):
            raise FieldMissing
        consenting.grant(visit, use, sent)
        return None


class Submission(Step):
    """Step 2: the application itself; decided at once, by the bank."""

    def take(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Submit it and have it assessed once it is committed."""
        offer, product = open_offer(visit), product_for(visit, sent.get("product", ""))
        found = applications.submit_application(
            scene_id=visit.scene.id,
            enterprise_id=visit.enterprise.id,
            product_code=product.code,
            amount=amount_in(sent),
            tenor_days=days_in(sent),
            purpose=sent.get("purpose", ""),
            offer_id=None if offer is None else offer.id,
            external_id=None,
            now=visit.now,
            business_date=visit.business_date,
        )
        enqueue("jobs.assess", schema=visit.bank.schema_name, application_id=str(found.id))
        return None


class Quote(FrameView):
    """What a draw would cost in all, while the borrower still turns it over."""

    component = Component.APPLICATION

    def screen(self, visit: Visit, asked: dict[str, str]) -> Screen:
        """Reckon it; nothing is kept."""
        product = product_for(visit, asked.get("product", ""))
        reckoned = quote(
            product=product,
            amount=amount_in(asked),
            tenor_days=days_in(asked),
            draw_date=visit.business_date,
        )
        return Screen(name="quote", context={"quote": reckoned, "product": product})


class Confirmation(Step):
    """Step 3: the costs are read for as long as the rule demands, and confirmed (P-03)."""

    def take(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Take the borrower's word."""
        if sent.get("confirmed") not in consenting.TICKED:
            raise ConfirmationMissing
        agreement = applications.confirm_disclosure(
            agreement_id=pending_agreement(visit).id, now=visit.now, business_date=visit.business_date
        )
        sessions.note_confirmation(session_id=visit.session.id, agreement_id=agreement.id)
        return None


class Signature(Step):
    """Step 4: the seal, and with it the line; a consent that has ended closes the application (J3)."""

    def take(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Seal the document and hand the seal in."""
        agreement = pending_agreement(visit)
        if visit.session.confirmed_agreement_id != agreement.id:
            raise CostsUnconfirmed
        try:
            with savepoint():
                applications.sign_agreement(
                    agreement_id=agreement.id,
                    evidence=seal_of(agreement, visit.now),
                    now=visit.now,
                    business_date=visit.business_date,
                )
        except CONSENT_ENDED as ended:
            applications.withdraw_application(
                application_id=agreement.application_id, scene_id=None, reason="consent_ended", now=visit.now
            )
            return ended
        return None


class Refusing(Acting, Application):
    """The borrower's no, which nobody has to justify and no list forbids."""

    new_business = False

    def act(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Close the application."""
        applications.decline_agreement(agreement_id=pending_agreement(visit).id, now=visit.now)
        return None


class BankAccount(Step):
    """An account of the borrower's own, where the scene knew none."""

    def take(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Add it in the borrower's name."""
        drawing.add_account(visit, sent)
        return None


class Draw(Step):
    """Step 4: the money."""

    def take(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Hold the limit and have the money paid out once that is committed."""
        found = latest(visit)
        if found is None or found.status != ApplicationStatus.CONTRACTED:
            raise NothingToSign
        drawing.draw(visit, found, amount=amount_in(sent), days=days_in(sent), account=account_in(sent))
        return None


def amount_in(sent: dict[str, str]) -> Money:
    """Return the amount that was typed; raises `MoneyInvalid` or `FieldMissing`."""
    text = sent.get("amount", "").replace(",", "").replace("¥", "").strip()
    if not text:
        raise FieldMissing
    return Money.parse(text)


def days_in(sent: dict[str, str]) -> int | None:
    """Return the days that were chosen, if there was a choice."""
    text = sent.get("tenor_days", "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        raise FieldMissing
    return int(text)


def account_in(sent: dict[str, str]) -> UUID:
    """Return the account that was chosen."""
    return drawing.account_key(sent.get("bank_account", ""))


_AT: Final = "embed/v1/application"
paths: Final[list[URLPattern]] = [
    path(_AT, Application.as_view()),
    path(f"{_AT}/identity", Identity.as_view()),
    path(f"{_AT}/consents", Consent.as_view()),
    path(f"{_AT}/submission", Submission.as_view()),
    path(f"{_AT}/quote", Quote.as_view()),
    path(f"{_AT}/confirmation", Confirmation.as_view()),
    path(f"{_AT}/signature", Signature.as_view()),
    path(f"{_AT}/refusal", Refusing.as_view()),
    path(f"{_AT}/bank_accounts", BankAccount.as_view()),
    path(f"{_AT}/drawdowns", Draw.as_view()),
]
