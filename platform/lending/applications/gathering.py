"""Everything the bank may know of a business on a day, fetched from where it is kept.

An application, a pre-qualification and the review of a line are decided on the same facts.
"""

from datetime import date, datetime

from lending.applications import area, facts
from lending.applications.interviews import interview_given
from lending.applications.observed import Observed
from lending.applications.relations import graph_facts
from lending.credit_lines import queries as credit_lines
from lending.products.terms import ProductView
from parties.enterprises import queries as enterprises
from parties.enterprises.views import EnterpriseView
from risk.features.facts import FactValue
from risk.features.wanted import Wanted


def gather_known(
    *,
    observed: Observed,
    enterprise: EnterpriseView,
    request: facts.Request,
    product: ProductView,
    on_date: date,
    now: datetime,
    wanted: Wanted,
) -> dict[str, FactValue]:
    """Return what is wanted: what was observed, what the bank has on file, and what the graph knows."""
    gathered = facts.gather(
        observed=observed,
        enterprise=enterprise,
        request=request,
        product=product,
        area_ok=area.serves(area_code=enterprise.area_code, on_date=on_date),
        born_date=enterprises.representative_birth_date(enterprise_id=enterprise.id),
        first_time=not credit_lines.has_ever_had_a_line(enterprise_id=enterprise.id),
        as_of_date=on_date,
        graph=graph_facts(
            registration_no=enterprise.registration_no, on_date=on_date, now=now, wanted=wanted
        ),
        wanted=wanted,
    )
    return gathered | interview_given(enterprise_id=enterprise.id, on_date=on_date, wanted=wanted)
