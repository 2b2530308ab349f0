"""What a guarantor answers for, and how recoveries are shared. Pure; fen, coverage in millionths."""

from kernel.money import Money
from kernel.rates import PPM


def covered(*, owed: int, coverage_ppm: int, room: int) -> int:
    """Return what may be claimed: the coverage of what is owed, rounded down, within what the cap leaves."""
    return max(0, min(owed * coverage_ppm // PPM, room))


def shared(*, amount: int, coverage_ppm: int, owed_to_guarantor: int, owed_to_bank: int) -> tuple[int, int]:
    """Return what of a recovery is the bank's and what the guarantor's, by the coverage.

    The parts add up, the odd fen by the largest remainder; what one is owed no more goes to the other. The
    amount is at most what both are owed.
    """
    bank, guarantor = (part.minor for part in Money(amount).split((PPM - coverage_ppm, coverage_ppm)))
    guarantor += max(0, bank - owed_to_bank)
    guarantor = min(guarantor, owed_to_guarantor)
    return amount - guarantor, guarantor
