"""Verbs of the application's life: draft, submit, assess, review, agree, sign, end."""

from lending.applications.operations.agreeing import (
    AgreementExpired,
    ApprovalExpired,
    DisclosureUnread,
    confirm_disclosure,
    decline_agreement,
    prepare_agreement,
    show_agreement,
    sign_agreement,
)
from lending.applications.operations.assessment import assess_application, resolve_review
from lending.applications.operations.drafting import (
    change_draft,
    draft_application,
    hold_draft,
    submit_draft,
    withdraw_draft,
)
from lending.applications.operations.ending import expire_applications, withdraw_application
from lending.applications.operations.submission import (
    AmountOutOfRange,
    ApplicationInProgress,
    DuplicateExternalId,
    LineOpen,
    OfferMismatch,
    OutOfArea,
    PurposeForbidden,
    PurposeNotOffered,
    TermNotOffered,
    submit_application,
)

__all__ = [
    "AgreementExpired",
    "AmountOutOfRange",
    "ApplicationInProgress",
    "ApprovalExpired",
    "DisclosureUnread",
    "DuplicateExternalId",
    "LineOpen",
    "OfferMismatch",
    "OutOfArea",
    "PurposeForbidden",
    "PurposeNotOffered",
    "TermNotOffered",
    "assess_application",
    "change_draft",
    "confirm_disclosure",
    "decline_agreement",
    "draft_application",
    "expire_applications",
    "hold_draft",
    "prepare_agreement",
    "resolve_review",
    "show_agreement",
    "sign_agreement",
    "submit_application",
    "submit_draft",
    "withdraw_application",
    "withdraw_draft",
]
