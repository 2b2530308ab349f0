"""Decision tables: columns of facts or formulas, rows of cells, one hit policy. Pure.

    {"table": "size", "hit": "first", "on_unknown": "refer",
     "columns": [{"fact": "enterprise.months_open"}, {"value": VALUE}],
     "rows": [{"row": "young", "cells": [{"below": 12}, null], "then": {"outcome": "refer", "reason": CODE}}],
     "otherwise": {"outcome": "pass"}, "overlaps": [["young", "indebted"]]}
    Cells: null (any), {"from" | "over": x, "below" | "up_to": y}, {"in": [...]}, {"is": true}

`first`: the first row that holds decides. `collect`: every row that holds has its say. `sum` and `max`: rows
carry {"value": x} of the table's `unit`, and the table derives one figure. A row that cannot be known, before
one that holds, makes a `first` table unknown; any such row does for `sum` and `max`, and adds `on_unknown` to
`collect`. Where rows of a `first` table overlap, the pair is declared, the stronger row first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from risk.features.facts import Facts, FactType, FactValue, encode
from risk.rules.arithmetic import QUANTUM, Number, plus
from risk.rules.coverage import Cell, check_rows
from risk.rules.generating import Program, Truth
from risk.rules.numbers import shown
from risk.rules.stages import Finding, Outcome, StageInvalid, demand_keys, demand_reason
from risk.rules.syntax import Checker, Truthy, Value, literal_of

HIT_POLICIES: Final = ("first", "collect", "sum", "max")
MAX_ROWS: Final = 200
MAX_COLUMNS: Final = 8
_BOUNDS: Final = {"from": ">=", "over": ">", "below": "<", "up_to": "<="}
STATUS: Final = {True: "hit", False: "miss", None: "unknown"}
_NOTHING: Final = {unit: quantum * 0 for unit, quantum in QUANTUM.items()}
_OPTIONAL: Final = {"otherwise", "overlaps", "unit"}


@dataclass(frozen=True, slots=True)
class Then:
    """What a row says: pass, note, refer or decline with a reason; or a figure."""

    outcome: str = "pass"
    reason: str = ""
    value: Number | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells, column by column (an empty cell takes anything), and what it says."""

    code: str
    cells: tuple[Cell, ...]
    then: Then


@dataclass(frozen=True, slots=True)
class TableResult:
    """What a table found: findings, its row of the trace, and its figure when it has a unit."""

    findings: tuple[Finding, ...]
    trace: Mapping[str, Any]
    value: FactValue = None


@dataclass(frozen=True, slots=True)
class Table:
    """A compiled table."""

    name: str
    hit: str
    unit: FactType | None
    rows: tuple[Row, ...]
    otherwise: Then | None
    on_unknown: str
    reads: tuple[str, ...]
    judge: Callable[[Facts], tuple[Truth, ...]]

    def run(self, facts: Facts) -> TableResult:
        """Return what the table says about these facts, each row with its status."""
        truths = self.judge(facts)
        said, value = self._figure(truths) if self.unit else (self._said(truths), None)
        findings = self._findings(said)
        trace: dict[str, Any] = {
            "table": self.name,
            "rows": [
                {"row": row.code, "status": STATUS[truth]}
                for row, truth in zip(self.rows, truths, strict=True)
            ],
            "outcome": "unknown" if said is None else [then.outcome for then in said],
            "read": {name: encode(facts.get(name)) for name in self.reads},
        }
        if self.unit:
            trace["value"] = encode(value)
        return TableResult(findings, trace, value)

    def _said(self, truths: tuple[Truth, ...]) -> list[Then] | None:
        """Return what the rows that count say; None: it cannot be known."""
        if self.hit == "collect":
            held = [row.then for row, truth in zip(self.rows, truths, strict=True) if truth]
            if None in truths:
                held.append(Then(self.on_unknown, "fact_unknown"))
            return held or ([self.otherwise] if self.otherwise else [])
        for row, truth in zip(self.rows, truths, strict=True):
            if truth is None:
                return None
            if truth:
                return [row.then]
        return [self.otherwise] if self.otherwise else None

    def _figure(self, truths: tuple[Truth, ...]) -> tuple[list[Then] | None, FactValue]:
        if None in truths:
            return None, None
        values = [row.then.value for row, truth in zip(self.rows, truths, strict=True) if truth]
        if not values and self.otherwise:
            values = [self.otherwise.value]
        known = [value for value in values if value is not None]
        if self.hit == "max":
            return ([], max(known)) if known else (None, None)
        if self.unit is FactType.COUNT:
            return [], sum(int(value) for value in known)
        return [], plus(_NOTHING[self.unit or FactType.COUNT], *known)

    def _findings(self, said: list[Then] | None) -> tuple[Finding, ...]:
        if said is None:
            said = [Then(self.on_unknown, "fact_unknown")]
        return tuple(
            Finding(cast(Outcome, then.outcome), then.reason) for then in said if then.outcome != "pass"
        )


def compile_table(row: object, types: Mapping[str, FactType], *, path: str) -> Table:
    """Return the table behind its JSON; refuses gaps, undeclared overlaps and rows that never count."""
    if not isinstance(row, dict) or not isinstance(row.get("table"), str) or not row["table"].isidentifier():
        raise StageInvalid(path=path, problem="every table has a name in plain letters")
    path = f"{path}.{row['table']}"
    demand_keys(row, {"table", "hit", "on_unknown", "columns", "rows"}, _OPTIONAL, path)
    if row["hit"] not in HIT_POLICIES or row["on_unknown"] not in ("refer", "decline"):
        raise StageInvalid(
            path=path, problem=f"hit is one of {', '.join(HIT_POLICIES)}; unknown never approves"
        )
    unit = _unit(row, path)
    columns = _columns(row["columns"], types, path)
    rows = _rows(row["rows"], columns, unit, path)
    otherwise = _then(row["otherwise"], unit, f"{path}.otherwise") if "otherwise" in row else None
    check_rows(
        tuple((one.code, one.cells) for one in rows),
        columns,
        hit=row["hit"],
        covered=otherwise is not None,
        overlaps=row.get("overlaps", []),
        path=path,
    )
    program = Program()
    for column in columns:
        program.value(column)
    judge = program.function([program.test(_condition(one, columns)) for one in rows])
    return Table(row["table"], row["hit"], unit, rows, otherwise, row["on_unknown"], program.reads, judge)


def _unit(row: Mapping[str, Any], path: str) -> FactType | None:
    numeric = row["hit"] in ("sum", "max")
    if numeric is not ("unit" in row) or (numeric and row["unit"] not in list(QUANTUM)):
        raise StageInvalid(path=path, problem="sum and max name their unit: money, ratio or count")
    return FactType(row["unit"]) if numeric else None


def _columns(rows: object, types: Mapping[str, FactType], path: str) -> tuple[Value, ...]:
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_COLUMNS:
        raise StageInvalid(path=path, problem=f"a table has 1 to {MAX_COLUMNS} columns")
    found = []
    for at, row in enumerate(rows):
        place = f"{path}.columns.{at}"
        inner = row["value"] if isinstance(row, dict) and set(row) == {"value"} else row
        found.append(Checker(types, place).value(inner))
    return tuple(found)


def _rows(rows: object, columns: tuple[Value, ...], unit: FactType | None, path: str) -> tuple[Row, ...]:
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_ROWS:
        raise StageInvalid(path=path, problem=f"a table has 1 to {MAX_ROWS} rows")
    found: list[Row] = []
    for at, row in enumerate(rows):
        place = f"{path}.rows.{at}"
        if (
            not isinstance(row, dict)
            or set(row) != {"row", "cells", "then"}
            or not isinstance(row["row"], str)
        ):
            raise StageInvalid(path=place, problem="a row has a code, cells, and then")
        cells = row["cells"]
        if not isinstance(cells, list) or len(cells) != len(columns) or all(cell is None for cell in cells):
            raise StageInvalid(path=place, problem="one cell a column, one of them at least not empty")
        if any(row["row"] == other.code for other in found):
            raise StageInvalid(path=place, problem=f"two rows are called {shown(row['row'])}")
        read = tuple(_cell(cell, column, place) for cell, column in zip(cells, columns, strict=True))
        found.append(Row(row["row"], read, _then(row["then"], unit, place)))
    return tuple(found)


def _cell(cell: object, column: Value, path: str) -> Cell:
    """Return the cell's comparisons, all of which must hold."""
    if cell is None:
        return ()
    name, unit = column.fact or "the column", column.type
    if not isinstance(cell, dict) or not cell:
        raise StageInvalid(path=path, problem="a cell is null, a span, in, or is")
    if set(cell) == {"is"}:
        return (("is", literal_of(cell["is"], name, unit, path)),)
    if set(cell) == {"in"} and isinstance(cell["in"], list) and 1 <= len(cell["in"]) <= 1_000:
        return (("in", frozenset(literal_of(value, name, unit, path) for value in cell["in"])),)
    lower, upper = set(cell) & {"from", "over"}, set(cell) & {"below", "up_to"}
    if set(cell) != lower | upper or len(lower) > 1 or len(upper) > 1 or unit not in QUANTUM:
        raise StageInvalid(
            path=path, problem=f"a cell over {unit.value} does not read like {shown(str(cell))}"
        )
    return tuple((_BOUNDS[key], literal_of(cell[key], name, unit, path)) for key in cell)


def _condition(row: Row, columns: tuple[Value, ...]) -> Truthy:
    tests = [
        Truthy("in", (column,), bound)
        if isinstance(bound, frozenset)
        else Truthy(op, (column, Value(column.type, "literal", literal=bound)))
        for column, cell in zip(columns, row.cells, strict=True)
        for op, bound in cell
    ]
    return Truthy("all", parts=tuple(tests))


def _then(row: object, unit: FactType | None, path: str) -> Then:
    if not isinstance(row, dict):
        raise StageInvalid(path=path, problem="then is a part of its own")
    if unit is not None:
        if set(row) != {"value"}:
            raise StageInvalid(path=path, problem="rows of sum and max carry a value")
        return Then(value=cast(Number, literal_of(row["value"], "value", unit, path)))
    outcome = row.get("outcome")
    if outcome == "pass" and set(row) == {"outcome"}:
        return Then()
    if outcome not in ("note", "refer", "decline") or set(row) != {"outcome", "reason"}:
        raise StageInvalid(path=path, problem="then passes, or notes, refers or declines with a reason")
    return Then(outcome, demand_reason(row["reason"], path))
