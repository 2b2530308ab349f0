"""Partner scenes, marketing campaigns, products and the risk strategy in force."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from interfaces.bank.frame import actor_of, framed
from interfaces.door import StaffView, now
from interfaces.middleware import bank_of
from interfaces.pages import Form, act, shown
from kernel.ids import public_id
from lending.products.offers import make_offers
from lending.products.queries import products
from marketing.attribution.queries import campaign_results
from marketing.campaigns import operations as marketing
from marketing.campaigns.queries import campaign_funnel, campaigns, get_campaign
from openbanking.partners import operations as listing
from openbanking.partners.queries import PartnerView, partners
from plumbing.audit import operations as audit
from plumbing.clock.queries import business_date
from plumbing.outbox import operations as outbox


class Partners(StaffView):
    """The bank's own published list of scenes (R-09)."""

    capability = "partner.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list."""
        listed = partners()
        context = framed(request, "partners", partners=listed, today=business_date())
        body = {"partners": [{"scene_id": public_id("scn", one.scene_id)} for one in listed]}
        return shown(request, "bank/partners.html", context, body)


def tell_scene(request: HttpRequest, partner: PartnerView) -> None:
    """Tell a scene, in the transaction of the entry, whether the bank takes business from it today (R-09)."""
    bank, today = bank_of(request), business_date()
    if bank is None:
        raise Http404
    begun = partner.listed_from <= today
    said = {
        "id": public_id("bnk", bank.id),
        "object": "bank",
        "status": bank.status,
        "partner_listed": begun and (partner.listed_until is None or today < partner.listed_until),
        "listed_from": partner.listed_from.isoformat(),
        "listed_until": None if partner.listed_until is None else partner.listed_until.isoformat(),
    }
    outbox.emit_to_each(
        type="bank.status_changed",
        subject=public_id("bnk", bank.id),
        data={"object": said, "changed": ["partner_listed"]},
        scene_ids=[partner.scene_id],
        now=now(),
    )


class PartnerListing(StaffView):
    """Puts a scene on the list."""

    capability = "partner.list"

    def post(self, request: HttpRequest) -> HttpResponse:
        """List a scene; the bank pays its fee (R-10)."""
        form, actor = Form(request), actor_of(request)

        def put() -> Mapping[str, Any]:
            scene_id = form.key("scene_id", "scn")
            partner = listing.list_scene(
                scene_id=scene_id,
                scene_name=form.text("scene_name"),
                fee_rate=form.number("fee_rate"),
                approved_by=actor,
                listed_from=form.day("listed_from"),
                now=now(),
            )
            tell_scene(request, partner)
            subject = public_id("scn", scene_id)
            audit.record(actor=actor, action="partner.list", subject=subject, detail={}, now=now())
            return {"scene_id": subject, "listed_from": partner.listed_from}

        return act(request, put, to="/partners", status=201)


class PartnerRemoval(StaffView):
    """Takes a scene off the list."""

    capability = "partner.list"

    def post(self, request: HttpRequest, scene_id: UUID) -> HttpResponse:
        """Delist a scene: no new business from today; what there is, is serviced on."""
        form, actor = Form(request), actor_of(request)

        def take() -> Mapping[str, Any]:
            reason = form.text("reason")
            partner = listing.delist_scene(
                scene_id=scene_id, listed_until=business_date(), reason=reason, delisted_by=actor, now=now()
            )
            tell_scene(request, partner)
            subject = public_id("scn", scene_id)
            audit.record(
                actor=actor, action="partner.delist", subject=subject, detail={"reason": reason}, now=now()
            )
            return {"scene_id": subject}

        return act(request, take, to="/partners")


class Campaigns(StaffView):
    """Campaigns with what each has brought."""

    capability = "campaign.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        rows = [{"campaign": one, "results": campaign_results(campaign_id=one.id)} for one in campaigns()]
        context = framed(request, "campaigns", rows=rows, products=products())
        body = {"campaigns": [{"id": public_id("cmp", one.id), "code": one.code} for one in campaigns()]}
        return shown(request, "bank/campaigns.html", context, body)


class CampaignDrafting(StaffView):
    """Drafts a campaign."""

    capability = "campaign.draft"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Draft a campaign with its audience rule over receipts."""
        form = Form(request)

        def draft() -> Mapping[str, Any]:
            campaign = marketing.draft_campaign(
                code=form.text("code", longest=40),
                name_zh=form.text("name_zh"),
                name_en=form.text("name_en"),
                product_code=form.text("product_code"),
                rule={
                    "median_daily_receipts_min": str(form.number("median_daily_receipts_min")),
                    "active_days_min": form.count("active_days_min"),
                },
                max_amount_multiple=form.number("max_amount_multiple", "30"),
                offer_days=form.count("offer_days", "30"),
                now=now(),
            )
            return {"id": public_id("cmp", campaign.id)}

        return act(request, draft, to="/campaigns", status=201)


class CampaignLaunch(StaffView):
    """Launches a campaign."""

    capability = "campaign.launch"

    def post(self, request: HttpRequest, campaign_id: UUID) -> HttpResponse:
        """Launch it and make its offers to everybody who is in its audience today and consented."""

        def launch() -> Mapping[str, Any]:
            if get_campaign(campaign_id=campaign_id).launched_at is None:
                marketing.launch_campaign(campaign_id=campaign_id, now=now())
            made = make_offers(campaign_id=campaign_id, as_of_date=business_date(), now=now())
            return {"offers": made}

        return act(request, launch, to=f"/campaigns/{public_id('cmp', campaign_id)}")


class Campaign(StaffView):
    """One campaign: audience, funnel, attribution."""

    capability = "campaign.view"

    def get(self, request: HttpRequest, campaign_id: UUID) -> HttpResponse:
        """Show it."""
        context = framed(
            request,
            "campaigns",
            campaign=get_campaign(campaign_id=campaign_id),
            funnel=campaign_funnel(campaign_id=campaign_id),
            results=campaign_results(campaign_id=campaign_id),
        )
        return shown(request, "bank/campaign.html", context)


class Products(StaffView):
    """Products in every version."""

    capability = "product.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them with their cost to the borrower."""
        return shown(request, "bank/products.html", framed(request, "products", products=products()))
