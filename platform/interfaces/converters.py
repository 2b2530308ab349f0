"""Public ids in addresses: `lon_01H...` in the path, the UUID in the view."""

from typing import Any, ClassVar, Final
from uuid import UUID

from django.urls import register_converter

from kernel.ids import MalformedId, parse_id, public_id


class PublicIdConverter:
    """Turns a public id of one kind into its UUID; anything else is no such page."""

    prefix: ClassVar[str] = ""
    regex: ClassVar[str] = "[a-z]{3}_[0-9A-Z]{26}"

    def to_python(self, value: str) -> UUID:
        """Return the UUID; the router takes ValueError for no match."""
        try:
            return parse_id(self.prefix, value)
        except MalformedId as malformed:
            raise ValueError(value) from malformed

    def to_url(self, value: UUID | str) -> str:
        """Return the public id."""
        return value if isinstance(value, str) else public_id(self.prefix, value)


class SceneIdConverter(PublicIdConverter):
    """`scn_...`."""

    prefix = "scn"


class ApplicationIdConverter(PublicIdConverter):
    """`app_...`."""

    prefix = "app"


class BusinessIdConverter(PublicIdConverter):
    """`biz_...`."""

    prefix = "biz"


class LineIdConverter(PublicIdConverter):
    """`lin_...`."""

    prefix = "lin"


class LoanIdConverter(PublicIdConverter):
    """`lon_...`."""

    prefix = "lon"


class EntryIdConverter(PublicIdConverter):
    """`jrn_...`."""

    prefix = "jrn"


class CampaignIdConverter(PublicIdConverter):
    """`cmp_...`."""

    prefix = "cmp"


class BreakIdConverter(PublicIdConverter):
    """`brk_...`."""

    prefix = "brk"


class StrategyIdConverter(PublicIdConverter):
    """`stg_...`."""

    prefix = "stg"


class ProposalIdConverter(PublicIdConverter):
    """`prp_...`."""

    prefix = "prp"


class BacktestIdConverter(PublicIdConverter):
    """`btr_...`."""

    prefix = "btr"


class ShadowIdConverter(PublicIdConverter):
    """`shd_...`."""

    prefix = "shd"


class DecisionIdConverter(PublicIdConverter):
    """`dec_...`."""

    prefix = "dec"


class CaseIdConverter(PublicIdConverter):
    """`cas_...`."""

    prefix = "cas"


class ModelIdConverter(PublicIdConverter):
    """`mdl_...`."""

    prefix = "mdl"


class MemberIdConverter(PublicIdConverter):
    """`mem_...`."""

    prefix = "mem"


class EndpointIdConverter(PublicIdConverter):
    """`whe_...`."""

    prefix = "whe"


class DeliveryIdConverter(PublicIdConverter):
    """`whd_...`."""

    prefix = "whd"


class ClockIdConverter(PublicIdConverter):
    """`clk_...`."""

    prefix = "clk"


class SettlementIdConverter(PublicIdConverter):
    """`stb_...`."""

    prefix = "stb"


class ServiceRequestIdConverter(PublicIdConverter):
    """`srq_...`."""

    prefix = "srq"


# Registered here, once, for the doors that have people in them: Django warns of a second registration.
_CONVERTERS: Final[tuple[tuple[str, type[Any]], ...]] = (
    ("scene", SceneIdConverter),
    ("application", ApplicationIdConverter),
    ("business", BusinessIdConverter),
    ("line", LineIdConverter),
    ("loan", LoanIdConverter),
    ("entry", EntryIdConverter),
    ("campaign", CampaignIdConverter),
    ("break", BreakIdConverter),
    ("strategy", StrategyIdConverter),
    ("proposal", ProposalIdConverter),
    ("backtest", BacktestIdConverter),
    ("shadow", ShadowIdConverter),
    ("decision", DecisionIdConverter),
    ("case", CaseIdConverter),
    ("model", ModelIdConverter),
    ("member", MemberIdConverter),
    ("endpoint", EndpointIdConverter),
    ("delivery", DeliveryIdConverter),
    ("clock", ClockIdConverter),
    ("settlement", SettlementIdConverter),
    ("service_request", ServiceRequestIdConverter),
)
for _name, _converter in _CONVERTERS:
    register_converter(_converter, _name)
