"""Before any credit: scenes join, banks list them, merchants are introduced and their receipts arrive."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from testkit.receipts import Merchant, Shape
from testkit.story.cast import OPERATOR, PASSWORD, SCOPES, START, Part, shop, takes_term_loan
from testkit.story.client import PersonClient, SceneClient, StoryBroken, checked, once
from testkit.story.telling import Teller

CONSENT_TEXT = "我同意将本店收款流水用于授信审查与贷后管理。"


@dataclass
class Enrolled:
    """A merchant as the scene knows it after enrolment."""

    merchant: Merchant
    business: str
    account: str
    consent: str
    rows: int = 0
    offer: str | None = None
    application: str | None = None
    line: str | None = None
    limit: str = "0"
    approved: str = "0"
    loans: list[str] = field(default_factory=list)

    @property
    def on_terms(self) -> bool:
        """Whether it takes a term loan in instalments."""
        return takes_term_loan(self.merchant)


@dataclass
class Place:
    """One bank and one scene at work together: their clients and their merchants."""

    part: Part
    scene: SceneClient
    accountant: PersonClient
    manager: PersonClient
    enrolled: list[Enrolled] = field(default_factory=list)
    limit_seconds: list[float] = field(default_factory=list)

    def key(self, *words: object) -> str:
        """Return an idempotency key that is the same whenever the story is told again."""
        return ":".join(["story", self.part.bank, *map(str, words)])

    @property
    def largest_line(self) -> Enrolled | None:
        """The merchant with the largest revolving line: it draws the sample loan and nothing else."""
        return max(self.revolving, key=lambda one: Decimal(one.limit), default=None)

    @property
    def revolving(self) -> list[Enrolled]:
        """Merchants with a line that they draw and repay any day; the real shop goes its own way."""
        return [
            one
            for one in self.enrolled
            if one.line and not one.on_terms and one.merchant.shape is not Shape.REAL
        ]

    @property
    def on_terms(self) -> list[Enrolled]:
        """Merchants with a term loan to draw."""
        return [one for one in self.enrolled if one.line and one.on_terms]

    @property
    def the_shop(self) -> Enrolled:
        """The real shop."""
        return next(one for one in self.enrolled if one.merchant.shape is Shape.REAL)


def sign_in(base_url: str, port: int, bank: str, person: str) -> PersonClient:
    """Sign a member of a bank's team in at the bank's own host."""
    client = PersonClient(base_url, f"{bank}.localhost:{port}")
    client.sign_in("/sign-in", f"{person}@{bank}.example", PASSWORD)
    return client


def sign_in_operator(base_url: str, port: int) -> PersonClient:
    """Sign the platform's operator in at the console."""
    client = PersonClient(base_url, f"ops.localhost:{port}")
    client.sign_in("/ops/sign-in", OPERATOR, PASSWORD)
    return client


def onboard(base_url: str, operator: PersonClient, part: Part, diary: Path, teller: Teller) -> Place:
    """Onboard a scene, sign its contract with the bank, put it on the bank's list, and give it its keys."""
    port = urlsplit(base_url).port or 80
    scene = once(
        lambda: the_one(operator.get("/ops/scenes")["scenes"], "code", part.scene_code),
        lambda: operator.post(
            "/ops/scenes",
            code=part.scene_code,
            name_zh=part.name_zh,
            name_en=part.name_en,
            provider_name=part.provider_name,
            uscc=part.uscc,
        ),
    )
    address, terms = f"/ops/scenes/{scene['id']}", {"fee_rate": part.fee_rate, "starts_date": f"{START}"}
    contract = once(
        lambda: the_one(operator.get(address)["contracts"], "bank", part.bank),
        lambda: operator.post(f"{address}/contracts", bank=part.bank, **terms),
    )
    keys = operator.post(f"{address}/clients", name=f"story-{uuid4().hex[:6]}", sandbox="on")
    manager = sign_in(base_url, port, part.bank, "product")
    accountant = sign_in(base_url, port, part.bank, "accounts")
    listing = {"scene_name": part.name_zh, "fee_rate": part.fee_rate, "listed_from": f"{START}"}
    once(
        lambda: the_one(manager.get("/partners")["partners"], "scene_id", scene["id"]),
        lambda: manager.post("/partners/list", scene_id=scene["id"], **listing),
    )
    funded = accountant.try_post("/accounting/funding", amount=part.settlement_funds, key="story")
    if "idempotency_conflict" not in funded.text:  # an earlier telling put the money in on its own day
        checked(funded)
    client = SceneClient(
        base_url, keys["client_id"], keys["client_secret"], contract["bank_id"], SCOPES, diary
    )
    let_in(PersonClient(base_url, f"localhost:{port}"), operator, address, part)
    teller.line(f"{part.name_zh} ({part.name_en}) may now ask {part.bank} for credit; the bank pays its fee")
    return Place(part=part, scene=client, accountant=accountant, manager=manager)


def let_in(owner: PersonClient, operator: PersonClient, address: str, part: Part) -> None:
    """Give a scene's portal its first person by invitation, unless an earlier telling did."""
    owner.page("/portal/sign-in")
    pair = {"scene": part.scene_code, "email": part.owner, "password": PASSWORD}
    if owner.try_post("/portal/sign-in", **pair).is_success:
        return
    invited = operator.post(f"{address}/team", email=part.owner, name=part.name_en)
    invitation = urlsplit(invited["link"]).path
    owner.page(invitation)
    owner.post(invitation, password=PASSWORD)


def the_one(rows: list[dict[str, Any]], name: str, value: str) -> dict[str, Any] | None:
    """Return the row of a list that an earlier telling of the story made, if there is one."""
    return next((row for row in rows if row[name] == value), None)


def introduce(place: Place, merchant: Merchant) -> Enrolled:
    """Introduce a merchant with its account, record its consents, and send its receipts."""
    scene, key = place.scene, merchant.external_id
    business = scene.post(
        "/businesses",
        {
            "external_id": merchant.external_id,
            "legal_name": merchant.legal_name,
            "registration_no": merchant.registration_no,
            "industry": merchant.industry,
            "area_code": merchant.area_code,
            "opened_date": merchant.opened_date.isoformat(),
            "representative": {
                "name": merchant.representative,
                "id_number": merchant.id_number,
                "phone": merchant.phone,
            },
        },
        key=place.key("business", key),
    )["id"]
    account = add_account(place, business, merchant, merchant.card)
    assessed = consent(place, business, "credit_assessment", key)
    consent(place, business, "marketing", key)
    batch = scene.feed(
        "/data_batches",
        b"".join(merchant.ndjson()),
        key=place.key("batch", key),
        business=business,
        consent=assessed,
    )
    if batch["rows_rejected"]:
        raise StoryBroken(f"{key}: {batch['rows_rejected']} rows rejected")
    return Enrolled(merchant, business, account, assessed, rows=batch["rows_accepted"])


def add_account(place: Place, business: str, merchant: Merchant, number: str) -> str:
    """Add a card to a business."""
    body = {"account_number": number, "bank_name": "示例银行", "holder_name": merchant.legal_name}
    key = place.key("account", merchant.external_id, number[-4:])
    return str(place.scene.post(f"/businesses/{business}/bank_accounts", body, key=key)["id"])


def consent(place: Place, business: str, purpose: str, key: str) -> str:
    """Record one consent for one purpose over the merchant's receipts."""
    body = {
        "business": business,
        "purpose": purpose,
        "data_classes": ["receipts"],
        "recipient": place.part.bank,
        "text_version": "receipts-2026-08",
        "text_sha256": sha256(f"{purpose}:{CONSENT_TEXT}".encode()).hexdigest(),
        "expires_at": _in_two_years(),
        "evidence": {"channel": "scene_page", "confirmed": True},
    }
    return str(place.scene.post("/consents", body, key=place.key("consent", purpose, key))["id"])


def _in_two_years() -> str:
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=730)
    return day.strftime("%Y-%m-%dT%H:%M:%SZ")


def enrol(place: Place, teller: Teller) -> None:
    """Bring every merchant of a part in; one is the real shop."""
    first = introduce(place, shop(place.part)) if place.part.bank == "qinglan" else None
    if first is not None:
        teller.line(f"the real shop: {first.rows:,} receipts of 13 months (UCI Online Retail, CC BY 4.0)")
        place.enrolled.append(first)
    done = teller.together(
        f"{place.part.name_zh}: merchants with synthetic receipts",
        place.part.merchants(),
        lambda merchant: introduce(place, merchant),
    )
    place.enrolled += [enrolled for _, enrolled in done]
    teller.line(f"{sum(one.rows for one in place.enrolled):,} receipts held at {place.part.bank}")
