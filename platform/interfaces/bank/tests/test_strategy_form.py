"""The editor's form: what it shows brings the same document back; what is typed is put where it stands."""

import json
from typing import Any

import pytest

from interfaces.bank.strategy_form import FormBroken, read_form
from interfaces.bank.strategy_shown import Field, sections
from risk.strategies.document import Strategy, read_document
from risk.strategies.operations import first_document

YOUNG = {
    "table": "size",
    "hit": "first",
    "on_unknown": "refer",
    "columns": [{"fact": "enterprise.months_open"}, {"fact": "enterprise.industry_sector"}],
    "rows": [
        {
            "row": "young",
            "cells": [{"from": 6, "below": 12}, {"in": ["retail", "health"]}],
            "then": {"outcome": "refer", "reason": "enterprise_young"},
        }
    ],
    "otherwise": {"outcome": "pass"},
}

# A new rule that asks what another asks already is dead; one of fraud needs a reason of a family of fraud.
NEW = {"add:admit/rules": ["admit.new_rule"], "add:fraud/rules": ["fraud.new_rule"]}


def document() -> dict[str, Any]:
    found = first_document()
    found["admit"]["tables"] = [YOUNG]
    return found


def posted(working: dict[str, Any]) -> dict[str, str]:
    """Return what a browser posts: the hidden document and every field."""
    fields = {"document": json.dumps(working, ensure_ascii=False)}
    for field in every_field(working):
        fields[field.name] = field.value
    for section in sections(working):
        for rule in section.rules:
            if rule.json:
                fields[rule.json[0]] = json.dumps(rule.json[1])
    return fields


def every_field(working: dict[str, Any]) -> list[Field]:
    found: list[Field] = []
    for section in sections(working):
        found += section.fields
        for rule in section.rules:
            found += [rule.code, *rule.condition, *rule.says]
        for table in section.tables:
            found.append(table.hit)
            for _, name, cells, says in table.rows:
                found += [name, *says, *(field for _, fields in cells for field in fields)]
        for _, fields in section.pieces:
            found += fields
    return found


def test_a_form_that_nobody_touched_brings_the_same_document_back() -> None:
    working = document()
    assert read_form(posted(working)) == working


def test_every_field_is_there_once() -> None:
    names = [field.name for field in every_field(document())]
    assert len(names) == len(set(names)) > 100


def test_what_is_typed_is_put_where_it_stands_in_its_own_type() -> None:
    fields = posted(document())
    fields["c:admit/rules/1/require/value"] = "270"
    fields["d:price/rates/A"] = "0.080000"
    fields["t:admit/tables/0/rows/0/cells/0/high"] = "18"
    fields["t:admit/tables/0/rows/0/cells/0/low"] = ""
    fields["t:admit/tables/0/rows/0/cells/1/in"] = ""
    changed = read_form(fields)
    assert changed["admit"]["rules"][1]["require"]["value"] == 270
    assert changed["price"]["rates"]["A"] == "0.080000"
    assert changed["admit"]["tables"][0]["rows"][0]["cells"] == [{"below": 18}, None]
    assert isinstance(read_document(changed), Strategy)


@pytest.mark.parametrize("act", ["add:admit/rules", "add:limit/caps", "add:admit/tables", "add:fraud/rules"])
def test_a_row_is_added_and_the_check_has_a_word_on_it_alone(act: str) -> None:
    changed = read_form(posted(first_document()) | {"act": act})
    assert changed != first_document()
    read = read_document(changed)
    found = [] if isinstance(read, Strategy) else [one.path for one in read]
    assert found == NEW.get(act, [])


def test_rows_are_copied_moved_and_removed() -> None:
    before = document()["admit"]["rules"]
    copied = read_form(posted(document()) | {"act": "copy:admit/rules/1"})["admit"]["rules"]
    assert [row["code"] for row in copied[:3]] == [
        before[0]["code"],
        before[1]["code"],
        f"{before[1]['code']}_2",
    ]
    moved = read_form(posted(document()) | {"act": "up:admit/rules/1"})["admit"]["rules"]
    assert moved[:2] == [before[1], before[0]]
    removed = read_form(posted(document()) | {"act": "remove:admit/rules/0"})["admit"]["rules"]
    assert removed == before[1:]


@pytest.mark.parametrize("act", ["add:watch", "remove:watch/0", "add:grade/steps", "remove:grade/steps/3"])
def test_grades_and_signals_come_and_go_and_the_check_has_nothing_to_say(act: str) -> None:
    changed = read_form(posted(first_document()) | {"act": act})
    assert changed != first_document()
    assert isinstance(read_document(changed), Strategy)
    grades = [step["grade"] for step in changed["grade"]["steps"]]
    multiple = changed["limit"]["caps"][0]["parameters"]["multiple"]
    assert grades == list(changed["price"]["rates"]) == list(multiple)
    assert set(changed["grade"]["review"]) <= set(grades)


def test_a_new_grade_begins_with_the_figures_of_the_one_above_it() -> None:
    rates = read_form(posted(first_document()) | {"act": "add:grade/steps"})["price"]["rates"]
    assert rates == first_document()["price"]["rates"] | {"E": rates["D"]}


def test_every_row_of_a_list_can_be_removed_where_it_stands() -> None:
    places = [place for section in sections(document()) for place, _ in section.pieces]
    assert {place.rpartition("/")[0] for place in places} == {"grade/steps", "limit/caps", "watch"}
    for place in places:
        left = read_form(posted(document()) | {"act": f"remove:{place}"})
        assert len([one for section in sections(left) for one in section.pieces]) == len(places) - 1


@pytest.mark.parametrize(
    "typed",
    [
        '{"op": "in", "fact": "enterprise.industry_sector", "values": 5}',
        '{"op": "not", "of": 5}',
        '{"op": ">=", "left": {"op": "+", "of": 5}, "right": {"fact": ["x"]}}',
        '{"op": ">=", "fact": ["x"], "value": 1}',
        "5",
    ],
)
def test_a_condition_that_is_none_is_still_shown_beside_what_the_check_says(typed: str) -> None:
    changed = read_form({"document": json.dumps(document()), "j:admit/rules/0/require": typed})
    assert not isinstance(read_document(changed), Strategy)
    assert sections(changed)[0].rules[0].words


def test_a_fact_that_a_rule_reads_is_declared() -> None:
    fields = posted(document())
    fields["c:admit/rules/1/require/fact"] = "enterprise.is_franchise"
    fields["c:admit/rules/1/require/op"] = "is"
    fields["c:admit/rules/1/require/value"] = "false"
    changed = read_form(fields)
    assert changed["facts"]["enterprise.is_franchise"] == "flag"
    assert changed["admit"]["rules"][1]["require"] == {
        "op": "is",
        "fact": "enterprise.is_franchise",
        "value": False,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"document": "no json"},
        {"document": "[]"},
        {"document": "{}", "d:admit/rules/0/code": "x"},
        {"document": '{"a": [1]}', "d:a/7": "x"},
        {"document": "{}", "act": "add:nowhere"},
        {"document": '{"a": [1]}', "act": "burn:a/0"},
        {"document": "[" * 100_000},
        {"document": '{"a": ' + "[" * 500 + "]" * 500 + "}"},
        {"document": '{"watch": 5}', "act": "add:watch"},
        {"document": '{"a": {"x": {"op": "is", "fact": "f", "value": 1}}}', "j:a/x": "{"},
    ],
)
def test_a_broken_form_is_refused_with_its_place(fields: dict[str, str]) -> None:
    with pytest.raises(FormBroken):
        read_form(fields)


def test_a_fraction_stays_text_so_that_the_check_can_judge_it() -> None:
    changed = read_form({"document": '{"a": 0.1, "b": NaN}'})
    assert changed == {"a": "0.1", "b": "NaN"}
