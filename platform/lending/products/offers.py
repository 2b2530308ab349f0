"""Pre-approved offers of a campaign, made only while their product may be sold (R-11).

Marketing knows no product's price; lending looks it up before it lets a campaign make offers.
"""

from datetime import date, datetime
from uuid import UUID

from lending.products.cost_cap import require_product_within_cap
from lending.products.queries import current_product
from marketing.campaigns import operations as campaigns
from marketing.campaigns.queries import get_campaign
from plumbing.sql import in_transaction


@in_transaction
def make_offers(*, campaign_id: UUID, as_of_date: date, now: datetime) -> int:
    """Make the offers of a launched campaign and return how many are new.

    Refuses a product that is not on offer that day, or that costs more than the cap of that day, with the
    computed figure; then no offer is made and none is replaced.
    """
    campaign = get_campaign(campaign_id=campaign_id)
    product = current_product(code=campaign.product_code, on_date=as_of_date)
    require_product_within_cap(product=product, on_date=as_of_date)
    return campaigns.make_offers(campaign_id=campaign_id, as_of_date=as_of_date, now=now)
