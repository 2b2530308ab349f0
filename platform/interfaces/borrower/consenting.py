"""Consents as the frame asks for them: each alone, in words that are kept, nothing ticked (D-02, P-09)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext

from interfaces.borrower.templatetags.plain import data_name, use_name
from interfaces.borrower.visit import Visit
from kernel.refusals import Kind, Refusal
from lending.products.terms import ProductView
from openbanking.consents import operations as consents
from openbanking.consents.queries import (
    ConsentExpired,
    ConsentRequired,
    ConsentRevoked,
    require_consent,
)

NOT_IN_FORCE: Final = (ConsentRequired, ConsentRevoked, ConsentExpired)
TEXT_VERSION: Final = "frame-2026-11"
LASTS: Final = timedelta(days=365)
TICKED: Final = frozenset({"on", "true", "1"})
IDENTITY: Final = ("identity_verification", "identity_document")
PAYMENT: Final = ("payment", "bank_account")

Use = tuple[str, str]  # what for, and which class of data


class ConsentUnticked(Refusal):
    """Nobody consents by pressing a button alone."""

    code = "frame.consent_unticked"
    kind = Kind.INVALID
    message = "Tick the box if you agree."


class WordingChanged(Refusal):
    """What was agreed to is not what would be kept: the page was open over a change."""

    code = "frame.wording_changed"
    kind = Kind.CONFLICT
    message = "The text has changed. Read it again, please."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a borrower agrees to, word for word, and until when."""

    purpose: str
    data_class: str
    text: str
    sha256: str
    expires_at: datetime


def wording(visit: Visit, use: Use) -> Wording:
    """Return the words for one use, in the reader's language; the same throughout a session."""
    purpose, data_class = use
    until = visit.session.created_at.date() + LASTS
    text = gettext(
        "{borrower} allows {lender} to use: {data}. What for: {use}. {scene} passes it on to the bank. "
        "This holds until {until}. You can withdraw it on this page at any time; what you owe by then stays."
    ).format(
        borrower=visit.enterprise.legal_name,
        lender=visit.lender,
        data=data_name(data_class),
        use=use_name(purpose),
        scene=visit.scene_name,
        until=until,
    )
    return Wording(
        purpose=purpose,
        data_class=data_class,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        expires_at=datetime.combine(until, time(0), UTC),
    )


def uses_of(product: ProductView) -> tuple[Use, ...]:
    """Return what a product needs consent to: its data, class by class, and the account for the money."""
    return (*((product.consent_purpose, name) for name in sorted(product.data_classes)), PAYMENT)


def holds(visit: Visit, use: Use) -> bool:
    """Return whether a consent to a use is in force."""
    purpose, data_class = use
    try:
        require_consent(
            enterprise_id=visit.enterprise.id,
            scene_id=visit.scene.id,
            purpose=purpose,
            data_class=data_class,
            now=visit.now,
        )
    except NOT_IN_FORCE:
        return False
    return True


def missing(visit: Visit, uses: Iterable[Use]) -> tuple[Wording, ...]:
    """Return the words of those uses to which there is no consent in force."""
    return tuple(wording(visit, use) for use in uses if not holds(visit, use))


def grant(visit: Visit, use: Use, sent: dict[str, str]) -> None:
    """Record a consent with the very words that were shown; refuses one that is not ticked."""
    words = wording(visit, use)
    if sent.get("confirmed") not in TICKED:
        raise ConsentUnticked
    if sent.get("text_sha256") != words.sha256:
        raise WordingChanged
    consents.grant_consent(
        enterprise_id=visit.enterprise.id,
        scene_id=visit.scene.id,
        purpose=words.purpose,
        data_classes=(words.data_class,),
        recipient=visit.bank.name_zh,
        text_version=TEXT_VERSION,
        text_sha256=words.sha256,
        expires_at=words.expires_at,
        evidence={
            "channel": "frame",
            "session": visit.session.public_id,
            "language": visit.language,
            "text": words.text,
            "confirmed": True,
        },
        now=visit.now,
    )
