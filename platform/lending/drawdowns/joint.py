"""Finding a partner for a draw of a joint product, before any money moves (J9)."""

from datetime import date, datetime
from uuid import UUID

from kernel.ids import public_id
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import get_line
from lending.drawdowns.models import Drawdown
from lending.drawdowns.operations import fail_unsent
from lending.drawdowns.queries import DrawdownNotFound
from lending.drawdowns.states import DrawdownStatus
from lending.participations import operations as participations
from parties.enterprises.queries import get_enterprise
from plumbing.sql import in_transaction


@in_transaction
def seek_partner(*, drawdown_id: UUID, now: datetime, business_date: date) -> str:
    """Return `alone`, `accepted`, `waiting` for a partner's decision, or `failed`.

    A draw that no partner takes part in, and that the bank's policy does not let it lend alone, fails: its
    limit is given back, and the scene is told why. One that is paid out already is left alone.
    """
    found = Drawdown.objects.filter(id=drawdown_id).first()
    if found is None:
        raise DrawdownNotFound(drawdown=public_id("drw", drawdown_id))
    lines.lock_line(line_id=found.line_id)
    row = Drawdown.objects.select_for_update().get(id=drawdown_id)
    if row.status not in (DrawdownStatus.CREATED, DrawdownStatus.AWAITING_FUNDS):
        return "accepted"
    line = get_line(line_id=row.line_id, scene_id=None)
    borrower = get_enterprise(enterprise_id=row.enterprise_id, scene_id=None)
    standing = participations.seek_partner(
        drawdown_id=row.id,
        product_code=line.product.code,
        scene_id=row.scene_id,
        registration_no=borrower.registration_no,
        total=row.amount,
        now=now,
        business_date=business_date,
    )
    if standing.state != "refused":
        return standing.state
    fail_unsent(drawdown_id=row.id, failure_code=standing.reason.partition(":")[0], now=now)
    return "failed"
