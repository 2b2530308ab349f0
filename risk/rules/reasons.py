"""The registry of reasons: what staff read, and what may be said to the borrower (CFPB 2022-03: specific)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; the borrower texts are empty when it must not be disclosed."""

    code: str
    text_en: str
    text_zh: str
    borrower_en: str
    borrower_zh: str


def _load() -> Mapping[str, Reason]:
    rows = json.loads(Path(__file__).with_name("reasons.json").read_text(encoding="utf-8"))
    return MappingProxyType({row["code"]: Reason(**row) for row in rows})


REASONS: Final = _load()
