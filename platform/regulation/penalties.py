"""The bands of penalty rates (P-04): overdue 30 to 50 % above the contract's, misuse 50 to 100 %. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from kernel.refusals import Refusal


class Breach(StrEnum):
    """What a penalty rate is for."""

    OVERDUE = "overdue"
    MISUSE = "misuse"


class UpliftOutOfBand(Refusal):
    """The uplift is outside the band of P-04."""

    code = "regulation.uplift_out_of_band"
    message = "An uplift of {uplift_percent} % is outside {min_percent} to {max_percent} %."


@dataclass(frozen=True, slots=True)
class PenaltyBands:
    """Smallest and largest uplift of each breach, fractions of the contract's rate; both ends are allowed."""

    overdue: tuple[Decimal, Decimal]
    misuse: tuple[Decimal, Decimal]

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Self:
        """Read the parameters of P-04."""
        return cls(
            (Decimal(parameters["overdue_uplift_min"]), Decimal(parameters["overdue_uplift_max"])),
            (Decimal(parameters["misuse_uplift_min"]), Decimal(parameters["misuse_uplift_max"])),
        )

    def require(self, *, breach: Breach, uplift: Decimal) -> None:
        """Refuse an uplift outside its band: 29 % overdue is refused, 30 and 50 pass, 51 is refused."""
        low, high = self.overdue if breach is Breach.OVERDUE else self.misuse
        if not low <= uplift <= high:
            raise UpliftOutOfBand(
                uplift_percent=f"{uplift * 100:.2f}",
                min_percent=f"{low * 100:.2f}",
                max_percent=f"{high * 100:.2f}",
            )


def binding_uplift(uplifts: Mapping[Breach, Decimal]) -> Decimal:
    """Return the one uplift a loan bears: overdue and misused together, the higher one alone (P-04)."""
    return max(uplifts.values(), default=Decimal(0))
