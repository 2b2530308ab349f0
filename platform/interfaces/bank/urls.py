"""The bank portal, on each bank's own hosts."""

from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

import interfaces.converters  # noqa: F401  registers the public ids that addresses carry
from interfaces.bank import (
    books,
    business,
    calendars,
    clearing,
    day_ends,
    offering,
    overview,
    posting_rules,
    reports,
)
from interfaces.theme import theme

app_name = "bank"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.Home.as_view(), name="home"),
    path("language", set_language, name="language"),
    path("theme.<slug:digest>.css", theme, name="theme"),
    path("sign-in", overview.SignIn.as_view(), name="sign_in"),
    path("sign-out", overview.SignOut.as_view(), name="sign_out"),
    path("performance", overview.Performance.as_view(), name="performance"),
    path("audit-log", overview.AuditLog.as_view(), name="audit_log"),
    path("calendar", calendars.Calendars.as_view(), name="calendar"),
    path("calendar/propose", calendars.YearProposing.as_view(), name="calendar_propose"),
    path("calendar/<uuid:proposal_id>/adopt", calendars.YearAdopting.as_view(), name="calendar_adopt"),
    path(
        "calendar/<uuid:proposal_id>/reject",
        calendars.YearAdopting.as_view(approves=False),
        name="calendar_reject",
    ),
    path("applications", business.Applications.as_view(), name="applications"),
    path("applications/<application:application_id>", business.Application.as_view(), name="application"),
    path("applications/<application:application_id>/replay", business.Replay.as_view(), name="replay"),
    path("customers", business.Customers.as_view(), name="customers"),
    path("customers/<business:enterprise_id>", business.Customer.as_view(), name="customer"),
    path("lines", business.Lines.as_view(), name="lines"),
    path("lines/<line:line_id>", business.Line.as_view(), name="line"),
    path("loans", business.Loans.as_view(), name="loans"),
    path("loans/<loan:loan_id>", business.Loan.as_view(), name="loan"),
    path("loans/<loan:loan_id>/receipts", business.CounterReceipts.as_view(), name="receipts"),
    path("accounting", books.TrialBalance.as_view(), name="accounting"),
    path("accounting/day-ends", day_ends.DayEnds.as_view(), name="day_ends"),
    path("accounting/day-ends/live", day_ends.DayEndLive.as_view(), name="day_end_live"),
    path("accounting/day-ends/start", day_ends.DayEndStart.as_view(), name="day_end_start"),
    path("accounting/clearing", clearing.Clearing.as_view(), name="clearing"),
    path("accounting/clearing/statements", clearing.StatementUpload.as_view(), name="statement_upload"),
    path("accounting/clearing/breaks/<break:break_id>/assign", clearing.BreakAssign.as_view()),
    path("accounting/clearing/breaks/<break:break_id>/propose", clearing.BreakPropose.as_view()),
    path("accounting/clearing/breaks/<break:break_id>/approve", clearing.BreakApprove.as_view()),
    path("accounting/clearing/breaks/<break:break_id>/reject", clearing.BreakReject.as_view()),
    path("accounting/rules", posting_rules.PostingRules.as_view(), name="posting_rules"),
    path("accounting/funding", books.Funding.as_view(), name="funding"),
    path("accounting/periods", books.Periods.as_view(), name="periods"),
    path("accounting/periods/<str:month>/close", books.PeriodClose.as_view(), name="period_close"),
    path("accounting/accounts/<str:code>", books.Account.as_view(), name="account"),
    path("accounting/entries/<entry:entry_id>", books.Entry.as_view(), name="entry"),
    path("reports", reports.Reports.as_view(), name="reports"),
    path("reports/<slug:name>", reports.ReportPage.as_view(), name="report"),
    path("partners", offering.Partners.as_view(), name="partners"),
    path("partners/list", offering.PartnerListing.as_view(), name="partner_list"),
    path("partners/<scene:scene_id>/delist", offering.PartnerRemoval.as_view(), name="partner_delist"),
    path("campaigns", offering.Campaigns.as_view(), name="campaigns"),
    path("campaigns/draft", offering.CampaignDrafting.as_view(), name="campaign_draft"),
    path("campaigns/<campaign:campaign_id>", offering.Campaign.as_view(), name="campaign"),
    path(
        "campaigns/<campaign:campaign_id>/launch", offering.CampaignLaunch.as_view(), name="campaign_launch"
    ),
    path("products", offering.Products.as_view(), name="products"),
    path("strategy", offering.Strategy.as_view(), name="strategy"),
]
