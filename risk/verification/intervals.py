"""What chance alone explains: Wilson's interval of a share, and the exact p of a paired change. Pure.

Wilson 1927, at 95 % unless told; McNemar 1947. Exact intervals of rare events: `risk.monitoring.intervals`.
Shares are floats: they are shown, never lent.
"""

import math
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95


def wilson(part: int, whole: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the interval of a share; of nothing, everything is possible."""
    if whole <= 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = part / whole, z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return (0.0 if part == 0 else middle - half), (1.0 if part == whole else middle + half)


def paired_p(more: int, fewer: int) -> float:
    """Return the exact two-sided p of McNemar's test: changes this way and that, equally likely by chance."""
    changed, least = more + fewer, min(more, fewer)
    if not changed:
        return 1.0
    if changed > 1000:  # the exact sum says the same to four digits
        z = (abs(more - fewer) - 1) / math.sqrt(changed)
        return min(1.0, 2 * (1 - NormalDist().cdf(max(0.0, z))))
    tail = sum(math.comb(changed, k) for k in range(least + 1))
    return float(min(1.0, 2 * tail / 2**changed))
