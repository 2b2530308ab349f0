"""Verbs of joint lending: agree, report figures; the lead's side; the partner's side."""

from lending.participations.operations.accruing import SharedFigures, share_accruals
from lending.participations.operations.agreements import (
    AgreementInvalid,
    FiguresMissing,
    report_figures,
    sign_agreement,
)
from lending.participations.operations.lead import (
    Standing,
    begin,
    cancel,
    follow,
    seek_partner,
    take_answer,
)
from lending.participations.operations.losses import cover_losses
from lending.participations.operations.partner import (
    NoOwnDecision,
    TermsDiffer,
    decide,
    take_cancelled,
    take_request,
    take_row,
    take_started,
)
from lending.participations.operations.post import mark_carried, receive

__all__ = [
    "AgreementInvalid",
    "FiguresMissing",
    "NoOwnDecision",
    "SharedFigures",
    "Standing",
    "TermsDiffer",
    "begin",
    "cancel",
    "cover_losses",
    "decide",
    "follow",
    "mark_carried",
    "receive",
    "report_figures",
    "seek_partner",
    "share_accruals",
    "sign_agreement",
    "take_answer",
    "take_cancelled",
    "take_request",
    "take_row",
    "take_started",
]
