"""The house rules hold in this tree, and each of them finds a fault planted on purpose."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from sluice.house import calls, schemas, structure, translations, words
from sluice.house.rules import RULES
from sluice.house.source import SOURCE_FOLDERS, Violation
from sluice.stack.places import ROOT
from sluice.tests.planted import tree

Rule = Callable[[Path], list[Violation]]
OPERATIONS = "platform/lending/loans/operations.py"
QUERIES = "platform/lending/loans/queries.py"
LONG_FUNCTION = "def act() -> None:\n    pass\n" + "    pass\n" * 49
PLANTED: tuple[tuple[Rule, str, str, str], ...] = (
    (structure.platform_is_no_package, "platform/__init__.py", "", "shadows"),
    (structure.packages_are_declared, "platform/lending/products/rule.py", "", "is a package"),
    (structure.packages_are_declared, "platform/lending/__init__.py", "", "no docstring"),
    (structure.packages_are_declared, "platform/billing/__init__.py", '"""New."""', "declare billing"),
    (structure.two_levels, "platform/lending/loans/late/__init__.py", '"""Deep."""', "never three"),
    (structure.names_say_something, "platform/lending/loans/utils.py", "", "'utils' says nothing"),
    (structure.sizes, OPERATIONS, LONG_FUNCTION, "act has 51 lines"),
    (structure.sizes, OPERATIONS, "\n" * 401, "401 lines"),
    (structure.sizes, "platform/interfaces/settings.py", "\n" * 201, "201 lines"),
    (calls.time_is_an_argument, OPERATIONS, "from datetime import date\nDAY = date.today()\n", "date.today"),
    (
        calls.time_is_an_argument,
        OPERATIONS,
        "import datetime as d\nNOW = d.datetime.now(d.UTC)\n",
        "datetime.now",
    ),
    (calls.time_is_an_argument, OPERATIONS, "from django.utils.timezone import now\n", "timezone.now"),
    (calls.time_is_an_argument, OPERATIONS, "at = Field(default=timezone.now)\n", "timezone.now"),
    (calls.time_is_an_argument, OPERATIONS, "at = Field(auto_now_add=True)\n", "auto_now_add"),
    (calls.imports_stand_at_the_top, OPERATIONS, "def act():\n    import json\n", "inside a function"),
    (calls.no_bank_by_name, OPERATIONS, 'if bank == "qinglan":\n    pass\n', "compared with a name"),
    (
        calls.no_bank_by_name,
        OPERATIONS,
        'x = 1 if line.bank.schema_name in ("qinglan",) else 2\n',
        "compared",
    ),
    (calls.operations_demand, OPERATIONS, "@in_transaction\ndef act(loan): ...\n", "keyword-only"),
    (calls.operations_demand, OPERATIONS, "with transaction.atomic():\n    pass\n", "opens no transaction"),
    (calls.queries_read, QUERIES, "def loan():\n    Loan.objects.create()\n", "never writes"),
    (words.one_word_per_thing, OPERATIONS, "credit_quota = 1\n", "not 'quota' but limit"),
    (words.one_word_per_thing, OPERATIONS, "def act(*, amt): ...\n", "not 'amt' but amount"),
    (words.one_word_per_thing, OPERATIONS, "class LoanService: ...\n", "name the act"),
    (words.nothing_left_undone, "platform/interfaces/page.html", "<!-- FIX" + "ME -->", "unfinished"),
    (words.no_path_of_one_machine, "README.md", "see /" + "home/ann/sluice", "one machine"),
    (
        words.lock_names_no_host,
        "requirements.lock",
        "--index-url https" + "://example.test/simple\n",
        "names a host",
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_obeys(rule: Rule) -> None:
    found = rule(ROOT)
    assert not found, "\n" + "\n".join(str(violation) for violation in found)


@pytest.mark.parametrize(
    ("rule", "path", "text", "said"), PLANTED, ids=lambda value: getattr(value, "__name__", None)
)
def test_a_planted_fault_is_found(rule: Rule, path: str, text: str, said: str, tmp_path: Path) -> None:
    assert rule(tree(tmp_path, {})) == [], "the tree is sound before the fault is planted"

    found = rule(tree(tmp_path, {path: text}))

    assert found
    assert any(said in str(violation) for violation in found)


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for rule, *_ in PLANTED} == set(RULES)


def test_the_clock_may_be_read_in_a_door(tmp_path: Path) -> None:
    reading = "from datetime import date\nDAY = date.today()\n"
    assert calls.time_is_an_argument(tree(tmp_path, {"platform/interfaces/door.py": reading})) == []


def own_models() -> list[type[models.Model]]:
    """Return the models of this project's own rooms."""
    return [model for model in apps.get_models() if schemas.package(model) in schemas.FLOOR]


def test_the_folder_is_the_schema() -> None:
    with_tables = {apps.get_containing_app_config(model.__module__).name for model in own_models()}
    assert len(with_tables) > 10
    found = schemas.folder_is_schema(settings.SHARED_APPS, settings.TENANT_APPS, with_tables)
    assert [str(violation) for violation in found] == []


@pytest.mark.parametrize(
    ("shared", "per_bank", "app"),
    [
        ([], ["tenants.banks"], "tenants.banks"),
        (["tenants.banks"], ["tenants.banks"], "tenants.banks"),
        (["lending.loans"], [], "lending.loans"),
        (["lending.loans"], ["lending.loans"], "lending.loans"),
        ([], [], "lending.loans"),
    ],
)
def test_a_room_in_the_wrong_schema_is_found(shared: list[str], per_bank: list[str], app: str) -> None:
    assert schemas.folder_is_schema(shared, per_bank, [app])


def test_no_key_climbs_or_leaves_its_schema() -> None:
    assert [str(violation) for violation in schemas.keys_walk_down(own_models())] == []


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("lending.loans", "tenants.banks", "between a bank's schema and the public one"),
        ("tenants.banks", "ledger.chart", "between a bank's schema and the public one"),
        ("ledger.chart", "lending.loans", "climbs"),
        ("risk.decisions", "ledger.journal", "climbs"),
    ],
)
def test_a_key_that_climbs_or_crosses_is_found(source: str, target: str, said: str) -> None:
    with isolate_apps("django.contrib.contenttypes"):
        high = type("High", (models.Model,), {"__module__": f"{target}.models", "Meta": meta("high")})
        key = models.ForeignKey(high, on_delete=models.PROTECT)
        low = type(
            "Low", (models.Model,), {"__module__": f"{source}.models", "Meta": meta("low"), "high": key}
        )
        found = schemas.keys_walk_down([low])
    assert [said in str(violation) for violation in found] == [True]


def meta(label: str) -> type:
    """Return the options of a model that stands in no installed application."""
    return type("Meta", (), {"app_label": label})


def test_the_public_packages_are_the_source_folders() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders == set(SOURCE_FOLDERS) - {"platform"}


def test_the_catalogues_are_complete() -> None:
    assert translations.incomplete(ROOT / "platform" / "interfaces" / "locale") == []


def test_a_gap_in_a_catalogue_is_found(tmp_path: Path) -> None:
    catalogue = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    entries = (
        'msgid "Due"\nmsgstr ""',
        'msgid "{days} days"\nmsgstr "天"',
        '#, fuzzy\nmsgid "Paid"\nmsgstr "已付"',
    )
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"'
    catalogue.write_text("\n\n".join((header, *entries)), encoding="utf-8")

    found = translations.incomplete(tmp_path)

    assert [line.partition("' ")[2] for line in found] == [
        "is not translated",
        "loses a placeholder",
        "is not translated",
    ]
