"""The strategy document, format 2: JSON in, a compiled strategy or all that is wrong with it out. Pure.

A document holds everything a decision needs but the facts: declared facts, the stages in their fixed order,
what a decline tries instead, what facts cost. Nothing is looked up when it runs, so a replay needs nothing
else. Optional stages are left out; what is not a part of the format is refused, not ignored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from kernel.refusals import Refusal
from risk.cross_checks.stage import CrossStage, compile_cross
from risk.features.facts import CATALOGUE, FactType
from risk.graph.stage import GraphStage, compile_graph
from risk.limits.stage import LimitStage, compile_limit, compile_named
from risk.pricing.stage import PriceStage, compile_price
from risk.rules.expressions import passes_by_absence
from risk.rules.numbers import number, shown
from risk.rules.policy import PolicyStage, Rule, compile_admit, compile_fraud, compile_rule
from risk.rules.shape import shape_problem
from risk.rules.stages import ORDER, Stage, StageInvalid
from risk.rules.tables import compile_table
from risk.scoring.card import Card
from risk.scoring.dual import compile_dual
from risk.scoring.house import compile_house
from risk.strategies.assessing import (
    GradeStage,
    GradeStep,
    PdStage,
    compile_grade,
    compile_pd,
    compile_watch,
)
from risk.strategies.checking import policy_problems
from risk.strategies.offering import SECURED, TENOR, Alternatives, compile_alternatives

FORMAT: Final = 2
NEEDED: Final = ("admit", "pd", "grade", "limit", "price", "watch")
ALWAYS_READ: Final = ("application.amount", "rules.annual_cost_cap", "rules.online_unsecured_max")
MAX_FACTS: Final = 500
Compile = Callable[..., Stage]
T = TypeVar("T")
_ABOUT: Final = frozenset(
    {"format", "code", "title_en", "title_zh", "about", "facts", "alternatives", "costs"}
)
COMPILERS: Final[Mapping[str, Compile]] = {
    "admit": compile_admit,
    "fraud": compile_fraud,
    "cross": compile_cross,
    "dual": compile_dual,
    "house": compile_house,
    "graph": compile_graph,
    "pd": compile_pd,
    "grade": compile_grade,
    "limit": compile_limit,
    "price": compile_price,
    "watch": compile_watch,
}
_OF_GRADES: Final = ("limit", "price")  # these two have a figure for every grade


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document, and where."""

    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class Strategy:
    """A compiled document: its stages in order, and the parts that others look into by name.

    `tolerates` are the facts whose absence may leave a decision an approval: the document names them in
    `may_be_unknown`, or a card, recipe or price has a careful figure for them. No other absence ever may.
    """

    code: str
    types: Mapping[str, FactType]
    stages: tuple[tuple[str, Stage], ...]
    tolerates: frozenset[str]
    alternatives: Alternatives
    costs: Mapping[str, Decimal]
    warnings: tuple[Problem, ...]

    def stage(self, name: str) -> Any:
        """Return a stage by its name; KeyError when the document leaves it out."""
        return dict(self.stages)[name]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the policies, admission first."""
        policies = [stage for _, stage in self.stages if isinstance(stage, PolicyStage)]
        return tuple(rule for policy in policies for rule in policy.rules)

    @property
    def card(self) -> Card:
        """The points card."""
        pd: PdStage = self.stage("pd")
        return pd.card

    @property
    def grades(self) -> tuple[GradeStep, ...]:
        """The grades in order."""
        grade: GradeStage = self.stage("grade")
        return grade.steps

    @property
    def limit(self) -> LimitStage:
        """The limit stage."""
        limit: LimitStage = self.stage("limit")
        return limit

    @property
    def price(self) -> PriceStage:
        """The price stage."""
        price: PriceStage = self.stage("price")
        return price


class _Reader:
    """Reads a document once and notes every problem instead of stopping at the first."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def take(self, path: str, build: Callable[[], T]) -> T | None:
        """Return what `build` makes; a refusal or a malformed part becomes a problem at its place."""
        try:
            return build()
        except Refusal as refusal:
            said = refusal.params
            placed = "path" in said and "problem" in said
            self.note(
                str(said["path"]) if placed else path, str(said["problem"]) if placed else refusal.text()
            )
        except (LookupError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            self.note(path, f"{type(error).__name__}: {error}"[:200])
        return None

    def note(self, path: str, problem: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(path, problem))


def read_document(document: Mapping[str, Any]) -> Strategy | tuple[Problem, ...]:
    """Return the compiled strategy, or everything that is wrong with the document; runs nothing of it."""
    shape = shape_problem(document)
    if shape is not None:
        return (Problem(*shape),)
    reader = _Reader(document)
    _check_parts(reader)
    if reader.problems:
        return tuple(reader.problems)
    declared = reader.take("facts", lambda: _types(document["facts"])) or {}
    stages = _stages(reader, declared)
    costs = reader.take("costs", lambda: _costs(document.get("costs", {}), declared))
    alternatives = reader.take("alternatives", lambda: compile_alternatives(document, declared))
    for name in ALWAYS_READ:
        if name not in declared:
            reader.note("facts", f"every strategy reads {name}")
    for name, stage in stages:
        if isinstance(stage, PolicyStage):
            for path, problem in policy_problems(stage, path=name):
                reader.note(path, problem)
        for screen in stage.screens if isinstance(stage, CrossStage) else ():
            for absent in sorted(passes_by_absence(screen.require.node, when=True)):
                reader.note(f"{name}.{screen.code}", f"leaving out {absent} would pass")
    if reader.problems or alternatives is None or costs is None:
        return tuple(reader.problems)
    warnings = _warnings(stages, declared)
    return Strategy(document["code"], declared, stages, _tolerated(stages), alternatives, costs, warnings)


def _check_parts(reader: _Reader) -> None:
    document = reader.document
    if not isinstance(document, dict):
        reader.note("document", "a strategy is a document of named parts")
        return
    for part in ("facts", *NEEDED):
        if part not in document:
            reader.note(part, "the stage is missing")
    for part, section in document.items():
        if part in ("facts", *ORDER) and not isinstance(section, list if part == "watch" else dict):
            reader.note(part, "the stage is not of its shape")
        elif part not in ORDER and part not in _ABOUT:
            reader.note(part, "the format has no such part")
    if document.get("format") != FORMAT:
        reader.note("format", f"this engine reads format {FORMAT}")
    if not isinstance(document.get("code"), str) or not document["code"]:
        reader.note("code", "a strategy has a code")


def _types(rows: Mapping[str, object]) -> dict[str, FactType]:
    if len(rows) > MAX_FACTS:
        raise StageInvalid(path="facts", problem=f"at most {MAX_FACTS} facts")
    types = {}
    for name, kind in rows.items():
        if name not in CATALOGUE or CATALOGUE[name].type.value != kind:
            raise StageInvalid(path="facts", problem=f"the catalogue has no {shown(kind)} fact {shown(name)}")
        types[name] = CATALOGUE[name].type
    return types


def _stages(reader: _Reader, declared: Mapping[str, FactType]) -> tuple[tuple[str, Stage], ...]:
    """Return the stages that compile, in order; each may read what those before it derive."""
    types, found = dict(declared), []
    grades: tuple[str, ...] = ()
    for name in ORDER:
        if name not in reader.document:
            continue
        section, extra = reader.document[name], {"grades": grades} if name in _OF_GRADES else {}
        whole = _Reader(reader.document)
        stage = whole.take(name, lambda: COMPILERS[name](section, types, path=name, **extra))  # noqa: B023
        if stage is None:
            parts = _Reader(reader.document)
            _each_part(parts, name, section, types, grades)
            reader.problems += parts.problems or whole.problems
            continue
        if isinstance(stage, GradeStage):
            grades = stage.grades
        both = sorted(set(stage.derives) & set(types))
        if both:
            reader.note(name, f"{both[0]} is declared as a fact and derived by the stage")
        types |= stage.derives
        found.append((name, stage))
    return tuple(found)


def _each_part(
    reader: _Reader, name: str, section: Any, types: Mapping[str, FactType], grades: tuple[str, ...]
) -> None:
    """Note the problems of each rule, table and cap by itself, so that all are told at once."""
    lists: dict[str, Callable[[Any], object]] = {}
    if name in ("admit", "fraud"):
        lists["rules"] = lambda row: compile_rule(row, types, path=name)
        lists["tables"] = lambda row: compile_table(row, types, path=name)
    elif name == "limit":
        lists["caps"] = lambda row: compile_named(row, types, path=name, grades=grades)
    for part, build in lists.items():
        rows = section.get(part, [])
        for row in rows if isinstance(rows, list) else []:
            reader.take(name, lambda: build(row))  # noqa: B023  called at once


def _costs(rows: object, declared: Mapping[str, FactType]) -> dict[str, Decimal]:
    if not isinstance(rows, dict):
        raise StageInvalid(path="costs", problem="costs are a figure in yuan by fact")
    stray = next((name for name in rows if name not in declared), None)
    if stray is not None:
        raise StageInvalid(path="costs", problem=f"the strategy declares no fact {shown(stray)}")
    return {name: number(text, 0, 100_000) for name, text in rows.items()}


def _tolerated(stages: tuple[tuple[str, Stage], ...]) -> frozenset[str]:
    """Return what some stage tolerates, but for the facts that a rule of their own asks for."""
    found: frozenset[str] = frozenset()
    asked: set[str] = set()
    for _, stage in stages:
        found |= getattr(stage, "tolerates", frozenset())
        if isinstance(stage, CrossStage):  # more sources than asked for: any of them may be missing
            spare = [one.sources for one in stage.checks if len(one.sources) > one.minimum_sources]
            found |= {source[0] for sources in spare for source in sources}
        if isinstance(stage, GraphStage) and "core" in stage.caps:  # a ceiling that the bank may not have set
            found |= {"graph.core_headroom"}
        for rule in stage.rules if isinstance(stage, PolicyStage) else ():
            if len(rule.condition.reads) == 1 and not rule.waived and rule.outcome != "note":
                asked.update(rule.condition.reads)
    return found - asked


def _warnings(stages: tuple[tuple[str, Stage], ...], declared: Mapping[str, FactType]) -> tuple[Problem, ...]:
    read = {name for _, stage in stages for name in stage.reads} | {*ALWAYS_READ, TENOR, SECURED}
    return tuple(Problem("facts", f"nothing reads {name}") for name in declared if name not in read)
