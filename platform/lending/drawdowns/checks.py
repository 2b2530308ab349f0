"""What must hold before part of a line is held for a draw: the product, the order, the offer, the line."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.credit_lines.queries import LineView
from lending.drawdowns.models import Drawdown
from lending.drawdowns.states import DrawdownStatus
from lending.guarantees.queries import borrowers_monthly_fee
from lending.products.cost_cap import require_draw_within_cap
from marketing.campaigns.queries import OfferNotFound, get_offer
from openbanking.consents import queries as consents
from plumbing.sql import hold_name

UNDONE: Final = (DrawdownStatus.FAILED, DrawdownStatus.EXPIRED)


class OrderAlreadyFinanced(Refusal):
    """The scene's order has a drawdown already (J4: different key, same order)."""

    code = "lending.order_already_financed"
    kind = Kind.CONFLICT
    message = "{external_id} is financed already."


class DrawTooSmall(Refusal):
    """Less than the product's smallest draw."""

    code = "lending.draw_too_small"
    message = "{asked} is less than the smallest draw of {smallest}."


class TenorNotOffered(Refusal):
    """The product does not lend for so many days."""

    code = "lending.tenor_not_offered"
    message = "A draw runs from {shortest} to {longest} days, not {asked}."


class LineDrawnOnce(Refusal):
    """A line that does not revolve is drawn once: that draw is the term loan."""

    code = "lending.line_drawn_once"
    kind = Kind.CONFLICT
    message = "This line was drawn already and does not revolve."


class AccountRefused(Refusal):
    """The rail refused the account: nothing is paid to it until another one is named and verified (J5)."""

    code = "lending.account_refused"
    message = "The rail refused this account ({reason}). Draw to another account, once it is verified."


def require_data_use(line: LineView, now: datetime) -> None:
    """Refuse a new draw once the consent its line rests on has ended; a debt that exists stays (J3)."""
    consents.require_not_ended(
        enterprise_id=line.enterprise_id,
        scene_id=line.scene_id,
        purpose=line.product.consent_purpose,
        data_classes=line.product.data_classes,
        now=now,
    )


def require_offered(line: LineView, amount: Money, tenor_days: int, on_date: date) -> None:
    """Refuse what the line's product does not lend, or costs more than the cap of the day (R-11)."""
    product = line.product
    if amount < product.draw_min:
        raise DrawTooSmall(asked=str(amount), smallest=str(product.draw_min))
    if not product.tenor_days_min <= tenor_days <= product.tenor_days_max:
        raise TenorNotOffered(
            asked=tenor_days, shortest=product.tenor_days_min, longest=product.tenor_days_max
        )
    require_draw_within_cap(
        product=product,
        amount=amount,
        days=tenor_days,
        on_date=on_date,
        annual_rate=line.annual_rate,
        monthly_fee=borrowers_monthly_fee(line_id=line.id),
    )


def require_undrawn(line: LineView) -> None:
    """Refuse a line that does not revolve and was drawn, or is being drawn; the line is locked."""
    rows = Drawdown.objects.filter(line_id=line.id).exclude(status__in=UNDONE)
    if not line.revolving and rows.exists():
        raise LineDrawnOnce


def require_own_offer(offer_id: UUID, line: LineView) -> None:
    """Refuse an offer that is not this borrower's now: once money has moved it has to be booked."""
    if get_offer(offer_id=offer_id, scene_id=line.scene_id).enterprise_id != line.enterprise_id:
        raise OfferNotFound(offer_id=offer_id)


def require_unfinanced(scene_id: UUID, external_id: str) -> None:
    """Refuse an order that is financed; draws on two lines for one order take turns on its name."""
    hold_name("order", scene_id, external_id)
    rows = Drawdown.objects.filter(scene_id=scene_id, external_id=external_id)
    if rows.exclude(status__in=UNDONE).exists():
        raise OrderAlreadyFinanced(external_id=external_id)
