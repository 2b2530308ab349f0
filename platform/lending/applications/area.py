"""The area a local bank may serve (R-05): the prefixes of area codes the bank adopted in its own rule."""

from datetime import date

from parties.enterprises.identifiers import in_area
from regulation import queries as regulation


def serves(*, area_code: str, on_date: date) -> bool:
    """Say whether the bank may serve this area (GB/T 2260) on a day."""
    prefixes = regulation.rule("R-05", on_date).parameters["area_prefixes"]
    return in_area(area_code, area_prefixes=tuple(prefixes))
