"""Writing down what is known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from kernel.periods import Period
from kernel.refusals import Kind, Phrase, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from risk.knowledge.models import KnowledgeEntry
from risk.knowledge.queries import EntryView, entry_view, try_condition
from risk.strategies.queries import strategies
from risk.strategies.variants import rules_of

LONGEST_LIFE_DAYS: Final = 730


class EntryInvalid(Refusal):
    """The entry is not whole."""

    code = "knowledge.entry_invalid"
    kind = Kind.INVALID
    message = "{path}: {problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """What is to be known. `evidence` rows are {"title", "url"}; link a rule, or give a condition."""

    code: str
    title_en: str
    title_zh: str
    text_en: str
    text_zh: str
    evidence: Sequence[Mapping[str, str]]
    owner: str
    expires_date: date
    tags: Sequence[str] = ()
    strategy_sha256: str = ""
    rule_code: str = ""
    condition: Mapping[str, Any] | None = None
    heard_at: datetime | None = None


@in_transaction
def write_entry(
    *, draft: EntryDraft, tested_over: Period, written_by: str, on_date: date, now: datetime
) -> EntryView:
    """Write the next version of an entry, with what its condition did over a period of past decisions.

    Refuses one that lacks a text, evidence or an owner, ends before tomorrow or after two years, links a rule
    that no signed strategy has, or a condition that the rules' language does not know.
    """
    _require_whole(draft, on_date, now)
    condition = draft.condition
    if draft.rule_code or draft.strategy_sha256:
        linked = _linked_rule(draft)
        condition = linked if condition is None else condition
    if condition is None:
        raise EntryInvalid(path="condition", problem=Phrase("link a rule, or give a condition that runs"))
    tested = try_condition(condition, period=tested_over)
    hold_name("knowledge", draft.code)
    rows = KnowledgeEntry.objects.filter(code=draft.code)
    last = rows.order_by("-version").values_list("version", flat=True).first() or 0
    row = KnowledgeEntry.objects.create(
        code=draft.code,
        version=last + 1,
        title_en=draft.title_en,
        title_zh=draft.title_zh,
        text_en=draft.text_en,
        text_zh=draft.text_zh,
        tags=list(draft.tags),
        evidence=[dict(item) for item in draft.evidence],
        strategy_sha256=draft.strategy_sha256,
        rule_code=draft.rule_code,
        condition=condition,
        backtest={
            "from": tested_over.start_date.isoformat(),
            "to": tested_over.end_date.isoformat(),
            **tested.row(),
        },
        owner=draft.owner,
        expires_date=draft.expires_date,
        heard_at=draft.heard_at,
        recorded_at=now,
    )
    audit.record(
        actor=written_by,
        action="knowledge.write",
        subject=draft.code,
        detail={"version": last + 1, "hits": tested.hits, "cases": tested.cases},
        now=now,
    )
    return entry_view(row, on_date)


def _require_whole(draft: EntryDraft, on_date: date, now: datetime) -> None:
    if not draft.code.replace("_", "").isalnum() or not draft.code.isascii() or len(draft.code) > 60:
        raise EntryInvalid(path="code", problem=Phrase("letters, digits and underscores, 60 at most"))
    for name in ("title_en", "title_zh", "text_en", "text_zh", "owner"):
        if not str(getattr(draft, name)).strip():
            raise EntryInvalid(path=name, problem=Phrase("it is missing"))
    if not draft.evidence:
        raise EntryInvalid(path="evidence", problem=Phrase("say what it rests on"))
    for index, item in enumerate(draft.evidence):
        if set(item) != {"title", "url"} or not item["title"] or not item["url"].startswith("https://"):
            raise EntryInvalid(path=f"evidence.{index}", problem=Phrase("a title and an https address"))
    if not 0 < (draft.expires_date - on_date).days <= LONGEST_LIFE_DAYS:
        raise EntryInvalid(path="expires_date", problem=Phrase("from tomorrow to two years from now"))
    if draft.heard_at is not None and draft.heard_at > now:
        raise EntryInvalid(path="heard_at", problem=Phrase("nobody hears of it before it is known"))


def _linked_rule(draft: EntryDraft) -> Mapping[str, Any]:
    """Return what a linked rule holds against somebody; refuses a link to nothing."""
    signed = next((view for view in strategies() if view.sha256 == draft.strategy_sha256), None)
    rows = () if signed is None else linkable(signed.document)
    found = next((held for code, held in rows if code == draft.rule_code), None)
    if found is None:
        raise EntryInvalid(
            path="rule_code", problem=Phrase("no signed strategy of this hash has such a rule")
        )
    return found


def linkable(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the code of each rule of a strategy with the condition that is held against somebody."""
    for _, code, row in rules_of(document):
        if "require" in row:
            yield code, {"op": "not", "of": row["require"]}
        elif "when" in row:
            yield code, dict(row["when"])
