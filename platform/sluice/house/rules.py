"""The list of rules over files; each takes the root of a tree and returns where the tree breaks it."""

from collections.abc import Callable
from pathlib import Path

from sluice.house import calls, structure, words
from sluice.house.source import Violation

Rule = Callable[[Path], list[Violation]]

RULES: tuple[Rule, ...] = (
    structure.platform_is_no_package,
    structure.packages_are_declared,
    structure.two_levels,
    structure.names_say_something,
    structure.sizes,
    calls.time_is_an_argument,
    calls.imports_stand_at_the_top,
    calls.no_bank_by_name,
    calls.operations_demand,
    calls.queries_read,
    words.one_word_per_thing,
    words.nothing_left_undone,
    words.no_path_of_one_machine,
    words.lock_names_no_host,
)
