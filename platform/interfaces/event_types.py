"""Every type of event a scene may hear of (`api.md`, section 4), and what each says of its object.

The members are those that the rooms write: what is read from the feed in tests is held against them.
"""

from dataclasses import dataclass
from typing import Any, Final

ID: Final = "01JEHV5GYMFSF8MTVWHT7G38DJ"


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object in an event: its JSON type, an example, and whether it may be null."""

    example: Any
    nullable: bool = False
    form: str = "string"


@dataclass(frozen=True, slots=True)
class EventType:
    """What happened, to which kind of object, the status it then has, and which of its members changed."""

    text: str
    object: str
    status: str
    changed: tuple[str, ...] = ("status",)


def _id(prefix: str, nullable: bool = False) -> Member:
    return Member(f"{prefix}_{ID}", nullable)


def _text(example: str, nullable: bool = False) -> Member:
    return Member(example, nullable)


_COUNT: Final = Member(120, form="integer")
_BUSINESS: Final = _id("biz")
_LINE: Final = _id("lin")
_DAY_OR_NONE: Final = _text("2026-11-24", nullable=True)
_FAILURE: Final = _text("account_closed", nullable=True)

CODES: Final = {"product": r"^[a-z0-9_]{1,40}$"}  # whose ids the bank chose: codes without a prefix
PREFIXES: Final = {
    "bank": "bnk",
    "consent": "cns",
    "data_batch": "bat",
    "offer": "ofr",
    "application": "app",
    "agreement": "agr",
    "credit_line": "lin",
    "line_proposal": "lpr",
    "drawdown": "drw",
    "loan": "lon",
    "repayment": "rpy",
    "refund": "rfd",
    "service_request": "srq",
    "statement": "stm",
    "test_clock": "clk",
    "webhook_endpoint": "whe",
}
MEMBERS: Final[dict[str, dict[str, Member]]] = {
    "bank": {
        "partner_listed": Member(True, form="boolean"),
        "listed_from": _DAY_OR_NONE,
        "listed_until": _DAY_OR_NONE,
    },
    "product": {"version": Member(2, form="integer"), "effective_date": _DAY_OR_NONE},
    "consent": {
        "business": _BUSINESS,
        "purpose": _text("credit_assessment"),
        "data_classes": Member(["receipts"], form="array"),
    },
    "data_batch": {
        "business": _BUSINESS,
        "rows_accepted": _COUNT,
        "rows_rejected": _COUNT,
        "rows_duplicate": _COUNT,
    },
    "offer": {
        "business": _BUSINESS,
        "product": _text("receipts_revolving"),
        "max_amount": Member({"amount": "30000.00", "currency": "CNY"}, form="money"),
        "expires_date": _text("2026-12-03"),
    },
    "application": {"external_id": _text("order-8841", nullable=True), "business": _BUSINESS},
    "agreement": {"application": _id("app"), "credit_line": _id("lin", nullable=True)},
    "credit_line": {"business": _BUSINESS},
    "line_proposal": {"credit_line": _LINE},
    "drawdown": {
        "external_id": _text("order-8841", nullable=True),
        "failure_code": _FAILURE,
        "loan": _id("lon", nullable=True),
    },
    "loan": {
        "drawdown": _id("drw"),
        "due_date": _text("2027-01-30", nullable=True),
        "next_due_date": _text("2026-12-30", nullable=True),
    },
    "repayment": {
        "external_id": _text("order-8841", nullable=True),
        "failure_code": _FAILURE,
        "loan": _id("lon"),
    },
    "refund": {"failure_code": _FAILURE, "repayment": _id("rpy"), "loan": _id("lon")},
    "statement": {
        "credit_line": _LINE,
        "business": _BUSINESS,
        "month": _text("2026-11-01"),
        "payment_due_date": _text("2026-12-18"),
    },
    "service_request": {
        "number": _text("20261103-0001"),
        "type": _text("complaint"),
        "business": _BUSINESS,
        "due_date": _text("2026-11-18", nullable=True),
    },
    "test_clock": {"frozen_date": _text("2027-01-30")},
    "webhook_endpoint": {"disabled_reason": _text("gone")},
}
TYPES: Final[dict[str, EventType]] = {
    "bank.status_changed": EventType(
        "The bank put the scene on its list of partners, or took it off: new business begins or ends, what "
        "there is goes on.",
        "bank",
        "active",
        ("partner_listed",),
    ),
    "product.changed": EventType(
        "A product is on offer in a new version, or no longer.",
        "product",
        "published",
        ("status", "version"),
    ),
    "consent.authorised": EventType("A consent was recorded.", "consent", "authorised"),
    "consent.revoked": EventType("A consent was withdrawn; its data is used no more.", "consent", "revoked"),
    "consent.expired": EventType("A consent ran out.", "consent", "expired"),
    "data_batch.completed": EventType("A batch was taken in.", "data_batch", "completed"),
    "data_batch.failed": EventType(
        "An upload was not completed in time, or its consent ended: nothing of it was taken in.",
        "data_batch",
        "failed",
    ),
    "offer.created": EventType("The bank made an offer.", "offer", "created"),
    "offer.delivered": EventType("The merchant was shown an offer.", "offer", "delivered"),
    "offer.viewed": EventType("The merchant looked at an offer.", "offer", "viewed"),
    "offer.applied": EventType("An offer was applied for.", "offer", "applied"),
    "offer.replaced": EventType("A newer offer took an offer's place.", "offer", "replaced"),
    "offer.expired": EventType("An offer's last day has passed.", "offer", "expired"),
    "offer.withdrawn": EventType("An offer was withdrawn.", "offer", "withdrawn"),
    "application.submitted": EventType("An application came in.", "application", "submitted"),
    "application.in_review": EventType(
        "A person at the bank looks at an application.", "application", "in_review"
    ),
    "application.approved": EventType(
        "An application was approved, in full or below what was asked.", "application", "approved"
    ),
    "application.declined": EventType("An application was declined.", "application", "declined"),
    "application.withdrawn": EventType("An application was withdrawn.", "application", "withdrawn"),
    "application.expired": EventType("An approval's last day has passed.", "application", "expired"),
    "agreement.ready": EventType("An agreement waits for its signature.", "agreement", "pending"),
    "agreement.signed": EventType("An agreement was signed.", "agreement", "signed"),
    "agreement.declined": EventType(
        "An agreement was not signed and no longer can be.", "agreement", "declined"
    ),
    "agreement.expired": EventType("An agreement ran out unsigned.", "agreement", "expired"),
    "credit_line.activated": EventType(
        "A credit line may be drawn on.", "credit_line", "active", ("status", "limit")
    ),
    "credit_line.limit_changed": EventType(
        "A credit line has another limit, perhaps with another rate for draws to come.",
        "credit_line",
        "active",
        ("limit",),
    ),
    "credit_line.rate_changed": EventType(
        "A credit line has another rate for draws to come.", "credit_line", "active", ("annual_rate",)
    ),
    "credit_line.frozen": EventType("A credit line takes no new draws.", "credit_line", "frozen"),
    "credit_line.closed": EventType("A credit line has ended.", "credit_line", "closed"),
    "line_proposal.made": EventType(
        "Better or dearer terms of a line wait for the borrower's answer.", "line_proposal", "open"
    ),
    "line_proposal.accepted": EventType(
        "The borrower agreed to a line's new terms.", "line_proposal", "accepted"
    ),
    "line_proposal.declined": EventType(
        "The borrower did not agree to a line's new terms.", "line_proposal", "declined"
    ),
    "drawdown.created": EventType("A drawdown holds part of its line.", "drawdown", "created"),
    "drawdown.paid_out": EventType(
        "A drawdown's money has arrived.", "drawdown", "paid_out", ("status", "loan")
    ),
    "drawdown.failed": EventType(
        "A drawdown's payment was refused; its limit is free again.",
        "drawdown",
        "failed",
        ("status", "failure_code"),
    ),
    "loan.activated": EventType("A loan has begun.", "loan", "active"),
    "loan.due_soon": EventType("A loan falls due in a few days.", "loan", "active", ()),
    "loan.overdue": EventType("A loan is past its due date.", "loan", "overdue"),
    "loan.rate_changed": EventType("A loan bears another rate.", "loan", "active", ("annual_rate",)),
    "loan.rescheduled": EventType(
        "A loan's instalments fall due on other days, or are others.", "loan", "active", ("schedule",)
    ),
    "loan.restructured": EventType(
        "A loan was given more time, or what was overdue joined its instalments again.",
        "loan",
        "active",
        ("schedule",),
    ),
    "loan.paid_off": EventType("A loan is repaid in full.", "loan", "paid_off", ("status", "outstanding")),
    "loan.written_off": EventType(
        "The bank took a loan off its books; it is owed still.",
        "loan",
        "written_off",
        ("status", "outstanding"),
    ),
    "repayment.processing": EventType("A repayment is being collected.", "repayment", "processing"),
    "repayment.succeeded": EventType(
        "A repayment arrived and was used.", "repayment", "succeeded", ("status", "allocation")
    ),
    "repayment.failed": EventType(
        "A repayment could not be collected.", "repayment", "failed", ("status", "failure_code")
    ),
    "repayment.returned": EventType(
        "A repayment was taken back.", "repayment", "returned", ("status", "failure_code")
    ),
    "refund.created": EventType("What a repayment left over is to go back.", "refund", "created"),
    "refund.paid_out": EventType("What a repayment left over has gone back.", "refund", "paid_out"),
    "refund.failed": EventType("What a repayment left over could not go back.", "refund", "failed"),
    "service_request.updated": EventType(
        "A service request came in, was taken on, given more time, or answered.",
        "service_request",
        "in_progress",
    ),
    "statement.available": EventType("A line's statement of a month was issued.", "statement", "available"),
    "test_clock.ready": EventType(
        "A test clock has come to where it was moved.", "test_clock", "ready", ("status", "frozen_date")
    ),
    "webhook_endpoint.disabled": EventType(
        "An endpoint is no longer called.", "webhook_endpoint", "disabled"
    ),
    "webhook_endpoint.ping": EventType("A ping that was asked for.", "webhook_endpoint", "enabled", ()),
}
EVENT_TYPES: Final[dict[str, str]] = {name: kind.text for name, kind in TYPES.items()}


def example_data(name: str) -> dict[str, Any]:
    """Return an example of the `data` of a type of event."""
    kind = TYPES[name]
    members = {member: described.example for member, described in MEMBERS[kind.object].items()}
    fits = "failure_code" in kind.changed or kind.status == "failed"
    if "failure_code" in members and not fits:
        members["failure_code"] = None
    own = f"{PREFIXES[kind.object]}_{ID}" if kind.object in PREFIXES else "receipts_revolving"
    head = {"id": own, "object": kind.object, "status": kind.status}
    return {"object": {**head, **members}, "changed": list(kind.changed)}
