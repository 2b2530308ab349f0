"""A scene's texts stay that scene's own."""

import pytest

from kernel.ids import new_id
from plumbing.labels.models import Label
from plumbing.labels.operations import pin
from plumbing.labels.queries import pinned
from plumbing.schemas import bank_schema
from plumbing.sql import TransactionMissing
from testkit.clock import NOON

SCENE, OTHER = new_id(), new_id()


def test_each_scene_sees_its_own_texts(qinglan: str) -> None:
    pin(subject="drw_1", scene_id=SCENE, metadata={"table": "7"}, now=NOON)
    pin(subject="drw_1", scene_id=OTHER, metadata={"till": "2"}, now=NOON)
    assert pinned(subjects=["drw_1", "drw_2"], scene_id=SCENE) == {"drw_1": {"table": "7"}}
    assert pinned(subjects=["drw_1"], scene_id=OTHER) == {"drw_1": {"till": "2"}}
    with bank_schema("lian"):
        assert pinned(subjects=["drw_1"], scene_id=SCENE) == {}


def test_texts_pinned_again_replace_and_none_leave_no_row(qinglan: str) -> None:
    pin(subject="drw_1", scene_id=SCENE, metadata={}, now=NOON)
    assert Label.objects.count() == 0
    pin(subject="drw_1", scene_id=SCENE, metadata={"a": "1"}, now=NOON)
    pin(subject="drw_1", scene_id=SCENE, metadata={"b": "2"}, now=NOON)
    assert pinned(subjects=["drw_1"], scene_id=SCENE) == {"drw_1": {"b": "2"}}


def test_pinning_demands_a_transaction(committed_qinglan: str) -> None:
    with pytest.raises(TransactionMissing):
        pin(subject="drw_1", scene_id=SCENE, metadata={"a": "1"}, now=NOON)
    assert Label.objects.count() == 0
