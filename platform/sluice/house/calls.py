"""What code may not do, wherever it stands: read the clock below a door, name a bank, hide an import."""

import ast
from collections.abc import Iterator
from pathlib import Path

from sluice.house.source import Module, Violation, modules, written_by_hand

CLOCKS = frozenset(
    {
        ("date", "today"),
        ("datetime", "today"),
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("timezone", "now"),
        ("timezone", "localdate"),
        ("timezone", "localtime"),
        ("time", "time"),
    }
)
CLOCK_IMPORTS = {"django.utils.timezone": {"now", "localdate", "localtime"}, "time": {"time"}}
CLOCK_OPTIONS = frozenset({"auto_now", "auto_now_add"})
BANK_NAMES = frozenset({"bank", "bank_code", "bank_schema", "schema", "schema_name", "tenant", "tenant_name"})
WRITES = frozenset(
    {"save", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "create"}
)


def time_is_an_argument(root: Path) -> list[Violation]:
    """Find code below a door that reads the clock; a test clock cannot reach it there."""
    found = []
    for module in written_by_hand(root):
        if module.in_door:
            continue
        for line, what in clocks(module.tree):
            found.append(module.violation(line, f"{what} below a door: take the time as an argument"))
    return found


def clocks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield every place that reads the clock."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (last_name(node.value), node.attr) in CLOCKS:
            yield node.lineno, f"{last_name(node.value)}.{node.attr}"
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name in CLOCK_IMPORTS.get(node.module or "", set()):
                    yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.keyword) and node.arg in CLOCK_OPTIONS:
            yield node.value.lineno, str(node.arg)


def imports_stand_at_the_top(root: Path) -> list[Violation]:
    """Find imports inside functions: they hide a dependency from the reader and from the contracts."""
    found = []
    for module in modules(root):
        found += [
            module.violation(line, "an import inside a function: move it to the top")
            for line in hidden_imports(module.tree, inside=False)
        ]
    return found


def hidden_imports(node: ast.AST, *, inside: bool) -> Iterator[int]:
    """Yield the lines of the imports that stand inside a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            if inside:
                yield child.lineno
        elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from hidden_imports(child, inside=inside or function)


def no_bank_by_name(root: Path) -> list[Violation]:
    """Find code that asks which bank it serves: what differs between banks is data."""
    found = []
    for module in written_by_hand(root):
        if module.parts[0] == "testkit":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Compare) and names_a_bank(node):
                found.append(
                    module.violation(node.lineno, "a bank compared with a name: make the difference data")
                )
    return found


def names_a_bank(node: ast.Compare) -> bool:
    """Tell whether a comparison holds a bank against a written name."""
    sides = [node.left, *node.comparators]
    banks = any(last_name(side) in BANK_NAMES for side in sides)
    return banks and any(is_text(side) for side in sides)


def is_text(node: ast.expr) -> bool:
    """Tell whether an expression is a written text, or a row of them."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(is_text(element) for element in node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""


def operations_demand(root: Path) -> list[Violation]:
    """Find operations that take positions, or open the transaction that their door has to open."""
    found = []
    for module in rooms(root, "operations"):
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found += acts_badly(module, node)
        found += [
            module.violation(inner.lineno, "an operation opens no transaction: the door does")
            for inner in ast.walk(module.tree)
            if isinstance(inner, ast.Attribute)
            and (last_name(inner.value), inner.attr) == ("transaction", "atomic")
        ]
    return found


def acts_badly(module: Module, node: ast.FunctionDef) -> list[Violation]:
    """Find what is wrong with one operation's signature."""
    if not any(last_name(decorator) == "in_transaction" for decorator in node.decorator_list):
        return []
    if node.args.args or node.args.posonlyargs:
        return [module.violation(node.lineno, f"{node.name}: an operation's arguments are keyword-only")]
    return []


def queries_read(root: Path) -> list[Violation]:
    """Find queries that write."""
    found = []
    for module in rooms(root, "queries"):
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES
            ):
                found.append(module.violation(node.lineno, f".{node.func.attr}(): a query never writes"))
    return found


def rooms(root: Path, kind: str) -> Iterator[Module]:
    """Yield the rooms' modules of one kind, also where the module has become a package."""
    for module in written_by_hand(root):
        if not module.in_door and kind in module.parts:
            yield module


def last_name(node: ast.expr) -> str:
    """Return the last name of `a`, `a.b` or `a.b()`."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
