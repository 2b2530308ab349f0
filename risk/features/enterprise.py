"""Facts that follow from other facts: the sector from the industry code, "new" from the months open. Pure."""

from typing import Final

from risk.features.facts import FactValue

NEW_MONTHS: Final = 24  # SBA: a new business is two years old or less

# GB/T 4754-2017 sections and divisions to the sectors that the card knows.
_SECTIONS: Final = {
    "A": "agriculture",
    "B": "mining",
    "C": "manufacturing",
    "D": "utilities",
    "E": "construction",
    "G": "transport",
    "H": "accommodation_food",
    "I": "information",
    "J": "finance",
    "K": "real_estate",
    "L": "administrative",
    "M": "professional",
    "O": "other_services",
    "P": "education",
    "Q": "health",
    "R": "recreation",
}
_DIVISIONS: Final = {"F51": "wholesale", "F52": "retail"}


def sector_of_industry(code: str) -> str | None:
    """Return the sector of a GB/T 4754 code such as `F5227`; None for a section the card does not know."""
    return _DIVISIONS.get(code[:3]) or _SECTIONS.get(code[:1])


def with_derived(facts: dict[str, FactValue]) -> dict[str, FactValue]:
    """Return the facts with what follows from them; a fact that was given stays as given."""
    derived = dict(facts)
    months = facts.get("enterprise.months_open")
    if derived.get("enterprise.is_new") is None and isinstance(months, int):
        derived["enterprise.is_new"] = months <= NEW_MONTHS
    industry = facts.get("enterprise.industry")
    if derived.get("enterprise.industry_sector") is None and isinstance(industry, str):
        derived["enterprise.industry_sector"] = sector_of_industry(industry)
    return derived
