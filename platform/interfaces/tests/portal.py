"""What the tests of the pages share: who signs in, and the addresses of every page of a small world."""

from django.test import Client

from kernel.ids import public_id
from testkit.banks import TEAM_PASSWORD
from testkit.worlds import World

HOST = "qinglan.localhost"
OPS_HOST = "localhost"
OPERATOR = "operator@sluice.example"
PEOPLE = {
    "product": "product@qinglan.example",
    "risk": "risk@qinglan.example",
    "accounts": "accounts@qinglan.example",
    "audit": "audit@qinglan.example",
}
LANGUAGES = ("zh-hans", "en")


def bank_pages(world: World) -> dict[str, tuple[str, str]]:
    """Return every page of the portal: its address, and who opens it."""
    return {
        "home": ("/", "audit"),
        "applications": ("/applications", "risk"),
        "applications-declined": ("/applications?status=declined", "risk"),
        "application": (f"/applications/{public_id('app', world.application_id)}", "risk"),
        "application-declined": (f"/applications/{public_id('app', world.declined_id)}", "risk"),
        "customers": ("/customers", "accounts"),
        "customers-none": ("/customers?q=nobody", "accounts"),
        "customer": (f"/customers/{public_id('biz', world.enterprise_id)}", "accounts"),
        "lines": ("/lines", "accounts"),
        "line": (f"/lines/{public_id('lin', world.line_id)}", "accounts"),
        "loans": ("/loans", "accounts"),
        "loans-overdue": ("/loans?status=overdue", "accounts"),
        "loan": (f"/loans/{public_id('lon', world.loan_id)}", "accounts"),
        "loan-repaid": (f"/loans/{public_id('lon', world.repaid_loan_id)}", "accounts"),
        "accounting": ("/accounting", "accounts"),
        "accounting-clearing": ("/accounting/clearing", "accounts"),
        "accounting-day-ends": ("/accounting/day-ends", "audit"),
        "accounting-account": ("/accounting/accounts/1303.01", "accounts"),
        "accounting-periods": ("/accounting/periods", "accounts"),
        "accounting-rules": ("/accounting/rules", "accounts"),
        "reports": ("/reports", "accounts"),
        "report-statement": ("/reports/account-statement?account=1303.01", "accounts"),
        "partners": ("/partners", "product"),
        "campaigns": ("/campaigns", "product"),
        "campaign": (f"/campaigns/{public_id('cmp', world.campaign_id)}", "product"),
        "products": ("/products", "product"),
        "prequalification": ("/prequalification", "product"),
        "strategy": ("/strategy", "risk"),
        "strategy-document": (f"/strategy/documents/{public_id('stg', world.strategy_id)}", "risk"),
        "strategy-edit": (f"/strategy/documents/{public_id('stg', world.strategy_id)}/edit", "risk"),
        "decisions": ("/decisions", "risk"),
        "decisions-none": ("/decisions?verdict=refer&from=2020-01-01&until=2020-02-01", "audit"),
        **{
            f"decision-{number}": (f"/decisions/{public_id('dec', key)}", "risk")
            for number, key in enumerate(world.decision_ids)
        },
        "monitors": ("/monitors", "risk"),
        "monitors-year": ("/monitors?horizon=mob12", "audit"),
        "models": ("/models", "risk"),
        "model": (f"/models/{public_id('mdl', world.model_id)}", "audit"),
        "knowledge": ("/knowledge", "risk"),
        "knowledge-expired": ("/knowledge?status=expired&rule=months", "audit"),
        "knowledge-entry": ("/knowledge/entries/young_shops", "risk"),
        "cases": ("/cases", "risk"),
        "cases-closed": ("/cases?status=closed&kind=drift", "audit"),
        "case": (f"/cases/{public_id('cas', world.case_id)}", "risk"),
        "service-requests": ("/service-requests", "risk"),
        "service-requests-answered": ("/service-requests?status=resolved&kind=complaint", "audit"),
        "service-request": (f"/service-requests/{public_id('srq', world.service_request_id)}", "risk"),
        "calendar": ("/calendar", "risk"),
        "performance": ("/performance", "risk"),
        "audit-log": ("/audit-log", "audit"),
    }


def ops_pages(world: World) -> dict[str, str]:
    """Return every page of the console."""
    return {
        "ops-signpost": "/",
        "ops-banks": "/ops/",
        "ops-bank-new": "/ops/banks/new",
        "ops-bank": "/ops/banks/qinglan",
        "ops-day-ends": "/ops/banks/qinglan/day-ends",
        "ops-scenes": "/ops/scenes",
        "ops-scene": f"/ops/scenes/{public_id('scn', world.scene_id)}",
        "ops-jobs": "/ops/jobs",
        "ops-events": "/ops/events",
        "ops-audit": "/ops/audit",
    }


def scene_pages() -> dict[str, tuple[str, str]]:
    """Return every page of the scenes' portal: its address, and the role of who opens it."""
    return {
        "portal-start": ("/portal/", "business"),
        "portal-overview": ("/portal/overview", "business"),
        "portal-keys": ("/portal/keys", "owner"),
        "portal-requests": ("/portal/requests", "developer"),
        "portal-team": ("/portal/team", "owner"),
        "portal-endpoints": ("/portal/endpoints", "owner"),
        "portal-deliveries": ("/portal/deliveries", "developer"),
        "portal-clocks": ("/portal/clocks", "developer"),
        "portal-embed": ("/portal/embed", "developer"),
        "portal-data": ("/portal/data", "business"),
        "portal-settlements": ("/portal/settlements", "business"),
        "portal-audit": ("/portal/audit", "owner"),
        "portal-go-live": ("/portal/go-live", "owner"),
    }


def browser(host: str, *, json: bool = False, language: str = "en") -> Client:
    """Return a person's browser at a host, or a script that asks for JSON."""
    accept = "application/json" if json else "text/html"
    return Client(headers={"host": host, "accept": accept, "accept-language": language})


def of_scene(scene: str, role: str, *, json: bool = False, language: str = "en") -> Client:
    """Sign somebody of a scene's team in to the scenes' portal through the page itself."""
    client = browser(OPS_HOST, json=json, language=language)
    sent = {"scene": scene, "email": f"{role}@{scene}.example", "password": TEAM_PASSWORD}
    answer = client.post("/portal/sign-in", sent)
    assert answer.status_code in {200, 302}, answer.content
    return client


def signed_in(host: str, email: str, *, json: bool = False, language: str = "en") -> Client:
    """Sign somebody in through the page itself."""
    client = browser(host, json=json, language=language)
    path = "/ops/sign-in" if host == OPS_HOST else "/sign-in"
    answer = client.post(path, {"email": email, "password": TEAM_PASSWORD})
    assert answer.status_code in {200, 302}, answer.content
    return client
