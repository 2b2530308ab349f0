"""Verbs of classification: the nightly pass, people's flags and overrides, the ECL policy and its runs."""

from risk.classification.operations.day import ClassifyFigures, classify_set
from risk.classification.operations.flags import (
    NotWorse,
    SamePerson,
    begin_observation,
    flag_exposure,
    lift_override,
    override_tier,
    record_debtor_share,
)
from risk.classification.operations.reckoning import reckon_losses
from risk.classification.operations.signing import (
    FIRST_POLICY,
    seed_first_policy,
    sign_ecl_policy,
    sign_overlay,
)

__all__ = [
    "FIRST_POLICY",
    "ClassifyFigures",
    "NotWorse",
    "SamePerson",
    "begin_observation",
    "classify_set",
    "flag_exposure",
    "lift_override",
    "override_tier",
    "reckon_losses",
    "record_debtor_share",
    "seed_first_policy",
    "sign_ecl_policy",
    "sign_overlay",
]
