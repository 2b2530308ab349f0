"""Checked expressions as one Python function each set: generated once, run many times. Pure.

The source is made of names that this module invents (`f0`, `k1`, `v2`, `t3`) and of nothing else: every text,
number and name of a document is a constant passed by reference, never spelled. The function sees no builtins,
so it reaches no attribute, file, import or network; it reads facts through the one getter it is handed.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from risk.features.facts import Facts, FactType
from risk.rules.arithmetic import QUANTUM, ROUNDINGS, divided, minus, plus, rounded, times
from risk.rules.syntax import Truthy, Value

Truth = bool | None
_SIGNS: Final = ("+", "-", "*")
_ACTS: Final = {"+": plus, "-": minus, "*": times, "min": min, "max": max}


class Program:
    """Collects conditions and values that are worked out together; equal parts are worked out once."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._constants: dict[str, object] = {}
        self._facts: dict[str, str] = {}
        self._done: dict[Value | Truthy, str] = {}

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the facts read so far, in order of first reading."""
        return tuple(self._facts)

    def function(self, outputs: Sequence[str]) -> Callable[[Facts], tuple[Any, ...]]:
        """Return the function from facts to the values of `outputs`, names that `value` and `test` gave."""
        body = "".join(f"    {line}\n" for line in self._lines)
        answer = "".join(f"{name}, " for name in outputs)
        source = f"def judge(facts):\n    g = facts.get\n{body}    return ({answer})\n"
        scope: dict[str, Any] = {"__builtins__": {}, **self._constants}
        exec(compile(source, "<expressions>", "exec"), scope)  # noqa: S102  only names made here, see above
        judge: Callable[[Facts], tuple[Any, ...]] = scope["judge"]
        return judge

    def value(self, node: Value) -> str:
        """Return the name that holds a value."""
        if node not in self._done:
            self._done[node] = self._value(node)
        return self._done[node]

    def test(self, node: Truthy) -> str:
        """Return the name that holds a condition's truth."""
        if node not in self._done:
            self._done[node] = self._test(node)
        return self._done[node]

    def _value(self, node: Value) -> str:
        if node.op == "fact":
            if node.fact not in self._facts:
                name = self._facts[node.fact] = f"f{len(self._facts)}"
                self._lines.append(f"{name} = g({self._constant(node.fact)})")
            return self._facts[node.fact]
        if node.op == "literal":
            return self._constant(node.literal)
        parts = [self.value(part) for part in node.parts]
        given = list(parts)
        if node.op == "/":
            act: object = divided
            given += [self._constant(QUANTUM[node.type]), self._constant(ROUNDINGS[node.rounding])]
        elif node.op == "round":
            act = rounded
            given += [self._constant(node.step), self._constant(ROUNDINGS[node.rounding])]
        elif node.type is FactType.COUNT and node.op in _SIGNS:
            return self._keep("v", f"{_unless_unknown(parts)}{f' {node.op} '.join(parts)}")
        else:
            act = _ACTS[node.op]
        call = f"{self._constant(act)}({', '.join(given)})"
        return self._keep("v", f"{_unless_unknown(parts)}{call}")

    def _test(self, node: Truthy) -> str:
        if node.op == "known":
            return self._keep("t", f"{self.value(node.values[0])} is not None")
        if node.op == "in":
            name = self.value(node.values[0])
            return self._keep("t", f"{_unless_unknown([name])}{name} in {self._constant(node.members)}")
        if node.values:
            left, right = (self.value(value) for value in node.values)
            sign = "==" if node.op == "is" else node.op
            return self._keep("t", f"{_unless_unknown([left, right])}{left} {sign} {right}")
        parts = [self.test(part) for part in node.parts]
        if node.op == "not":
            return self._keep("t", f"{_unless_unknown(parts)}not {parts[0]}")
        ends, else_ = ("False", "True") if node.op == "all" else ("True", "False")
        ended = " or ".join(f"{part} is {ends}" for part in parts)
        unsure = " or ".join(f"{part} is None" for part in parts)
        return self._keep("t", f"{ends} if {ended} else None if {unsure} else {else_}")

    def _constant(self, value: object) -> str:
        name = f"k{len(self._constants)}"
        self._constants[name] = value
        return name

    def _keep(self, letter: str, expression: str) -> str:
        name = f"{letter}{len(self._lines)}"
        self._lines.append(f"{name} = {expression}")
        return name


def _unless_unknown(names: Sequence[str]) -> str:
    """Return the guard that makes an operation over anything unknown unknown; constants are known."""
    doubted = [name for name in dict.fromkeys(names) if not name.startswith("k")]
    return f"None if {' or '.join(f'{name} is None' for name in doubted)} else " if doubted else ""


def named_values(node: Value | Truthy) -> tuple[Value, ...]:
    """Return the parts that the document named, to be shown in the trace; in order of reading."""
    inner: tuple[Value | Truthy, ...] = node.parts
    if isinstance(node, Truthy):
        inner = (*node.values, *node.parts)
    found = [value for part in inner for value in named_values(part)]
    return (*found, node) if isinstance(node, Value) and node.name else tuple(found)
