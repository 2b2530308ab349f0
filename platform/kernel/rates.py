"""Rates: an annual fraction with its day basis."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

from kernel.money import whole_at, with_decimals
from kernel.refusals import Kind, Refusal, brief

PPM: Final = 1_000_000
PPM_DECIMALS: Final = 6
BASES: Final = (360, 365)


class RateInvalid(Refusal):
    """The rate is not a fraction between 0 and 10 with at most six decimals."""

    code = "rate_invalid"
    kind = Kind.INVALID
    message = "{given} is not an annual rate: write a fraction such as 0.072000."


@dataclass(frozen=True, slots=True)
class AnnualRate:
    """An annual rate in whole millionths, with the days its year has for interest (360 or 365)."""

    ppm: int
    basis: int = 360

    def __post_init__(self) -> None:
        """Refuse negative or absurd rates and unknown bases."""
        if type(self.ppm) is not int or not 0 <= self.ppm <= 10 * PPM or self.basis not in BASES:
            raise RateInvalid(given=f"{brief(self.ppm)} ppm / {brief(self.basis)}")

    @classmethod
    def parse(cls, fraction: str | Decimal, basis: int = 360) -> Self:
        """Return the rate from a fraction, e.g. `"0.072000"` for 7.2 %; refuses more than six decimals."""
        ppm = whole_at(fraction, PPM_DECIMALS) if isinstance(fraction, str | Decimal) else None
        if ppm is None:
            raise RateInvalid(given=brief(fraction))
        return cls(ppm, basis)

    @property
    def fraction(self) -> Decimal:
        """The rate as a fraction with six decimals."""
        return with_decimals(self.ppm, PPM_DECIMALS)

    def on_basis(self, basis: int) -> Decimal:
        """Return the same daily rate as a fraction a year of `basis` days: 10.8 % (360) is 10.95 % (365)."""
        return Decimal(self.ppm * basis) / Decimal(self.basis * PPM)

    def __str__(self) -> str:
        return str(self.fraction)


def is_exact(fraction: Decimal) -> bool:
    """Say whether a fraction is a number that the tables hold exactly: finite, in whole millionths."""
    whole = whole_at(fraction, PPM_DECIMALS)
    return whole is not None and abs(whole) < 1_000 * PPM
