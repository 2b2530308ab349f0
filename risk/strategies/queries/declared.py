"""Which facts a decision of a day keeps: those that some document of the day, or a recent draft, declares."""

from functools import lru_cache
from typing import Final

from risk.features.facts import CATALOGUE
from risk.strategies.models import StrategyDraft, StrategyVersion

DRAFT_DAYS: Final = 180  # for so long a draft keeps the facts it declares recorded, to be tried on them


@lru_cache(maxsize=256)
def declared_by(hashes: str) -> frozenset[str]:
    """Return the facts of the documents with these hashes, spaces between; read once a process.

    Kept by the documents' hashes, so no bank's data is shared.
    """
    wanted = hashes.split()
    versions = StrategyVersion.objects.filter(sha256__in=wanted).values_list("document__facts", flat=True)
    drafts = StrategyDraft.objects.filter(sha256__in=wanted).values_list("document__facts", flat=True)
    names: set[str] = set()
    for facts in (*versions, *drafts):
        names.update(facts if isinstance(facts, dict) else ())
    return frozenset(names & CATALOGUE.keys())
