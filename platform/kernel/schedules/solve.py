"""Exact solutions of a level instalment: whole numbers only, and one rounding at the very end.

A period multiplies what is owed by `(scale + step) / scale`: `step` is its rate as a numerator over `scale`.
Where all periods are equal the instalment has a closed form; elsewhere the balance after the last period is
linear in the instalment, so that one pass with whole numbers finds it.
"""

from collections.abc import Sequence
from math import gcd

from kernel.money import Rounding


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Round a fraction that is not negative to a whole number by a named rule."""
    whole, rest = divmod(numerator, denominator)
    if not rest or rounding is Rounding.DOWN:
        return whole
    if rounding is Rounding.UP:
        return whole + 1
    twice = 2 * rest
    if twice == denominator:
        return whole + 1 if rounding is Rounding.HALF_UP else whole + (whole & 1)
    return whole + (twice > denominator)


def level(*, balance: int, balloon: int, steps: Sequence[int], scale: int, extra: int = 0) -> tuple[int, int]:
    """Return the exact instalment, as numerator and denominator, that leaves `balloon` after the last period.

    `extra` is interest of the first period that does not follow from its opening balance (numerator over
    `scale`): a draw in the middle of it. The numerator is negative when the balloon is too large.
    """
    if not extra and steps.count(steps[0]) == len(steps):
        return _closed(balance, balloon, steps[0], scale, len(steps))
    common = gcd(scale, extra, *steps)
    scale, extra = scale // common, extra // common
    owed, paid, power = balance, 0, 1
    for step in steps:
        growth = scale + step // common
        owed = owed * growth + extra * power
        paid = paid * growth + power * scale
        power, extra = power * scale, 0
    return owed - balloon * power, paid


def _closed(balance: int, balloon: int, step: int, scale: int, count: int) -> tuple[int, int]:
    if not step:
        return balance - balloon, count
    common = gcd(step, scale)
    step, scale = step // common, scale // common
    grown, flat = (scale + step) ** count, scale**count
    return step * (balance * grown - balloon * flat), scale * (grown - flat)
