"""What a field interview found out about an applicant, as facts of the next decision on it (S2-32)."""

from datetime import date
from uuid import UUID

from kernel.ids import public_id
from risk.cross_checks.queries import interview_facts
from risk.features.facts import FactValue
from risk.features.wanted import Wanted, only_wanted

ROOM = "interview."


def interview_given(*, enterprise_id: UUID, on_date: date, wanted: Wanted = None) -> dict[str, FactValue]:
    """Return the wanted facts of the enterprise's newest interview form; none where nobody was asked."""
    if wanted is not None and not any(name.startswith(ROOM) for name in wanted):
        return {}
    return only_wanted(interview_facts(subject=public_id("biz", enterprise_id), on_date=on_date), wanted)
