"""How long a bad loan stays bad: the cure clock (C-05), the observation after restructuring (C-06). Pure."""

from collections.abc import Sequence
from datetime import date

from risk.classification.policy import ClassificationPolicy

_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months on; the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    leap = month == 1 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return date(year, month + 1, min(day.day, _LAST_DAYS[month] + leap))


def earliest_upgrade(
    *, arrears_cleared_date: date, due_dates: Sequence[date] = (), policy: ClassificationPolicy
) -> date:
    """Return the first day on which a non-performing loan may be better: all paid, then time (C-05).

    The later of six months after all arrears were paid and the second due date after it, both kept. All paid
    on 2026-11-01 with nothing more due: 2027-05-01. New arrears start the clock again.
    """
    after = sorted(due for due in due_dates if due > arrears_cleared_date)
    by_months = months_after(arrears_cleared_date, policy.cure_months)
    by_periods = after[min(policy.cure_periods, len(after)) - 1] if after else arrears_cleared_date
    return max(by_months, by_periods)


def may_upgrade(
    *,
    on_date: date,
    arrears_cleared_date: date | None,
    due_dates: Sequence[date] = (),
    can_keep_paying: bool,
    has_impaired_assets: bool,
    policy: ClassificationPolicy,
) -> bool:
    """Tell whether a non-performing loan may be better: clock, ability to pay, nothing impaired (C-05)."""
    if arrears_cleared_date is None or not can_keep_paying or has_impaired_assets:
        return False
    earliest = earliest_upgrade(arrears_cleared_date=arrears_cleared_date, due_dates=due_dates, policy=policy)
    return on_date >= earliest


def observation_end(
    *, first_new_due_date: date, due_dates: Sequence[date] = (), policy: ClassificationPolicy
) -> date:
    """Return the first day after the observation of a restructured loan (C-06).

    The later of a year after the first new due date and the second new due date. After a failure it starts
    again: pass the first due date after the failure.
    """
    new = sorted(due for due in due_dates if due >= first_new_due_date)
    by_periods = new[min(policy.observation_periods, len(new)) - 1] if new else first_new_due_date
    return max(months_after(first_new_due_date, policy.observation_months), by_periods)
