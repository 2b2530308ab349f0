"""Values made by the thousand are what `dataclass` makes, and as frozen."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace
from inspect import signature

import pytest

from kernel.money import Money
from kernel.values import made_often


@dataclass(frozen=True, slots=True)
class Slow:
    name: str
    count: int = 3
    note: str | None = None

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError(self.name)


@made_often
@dataclass(frozen=True, slots=True)
class Quick:
    name: str
    count: int = 3
    note: str | None = None

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowNamed:
    name: str
    count: int = 3


@made_often
@dataclass(frozen=True, slots=True, kw_only=True)
class QuickNamed:
    name: str
    count: int = 3


def test_what_must_be_named_still_must() -> None:
    assert signature(QuickNamed) == signature(SlowNamed)
    assert replace(QuickNamed(name="a"), count=4) == QuickNamed(count=4, name="a")
    with pytest.raises(TypeError):
        QuickNamed("a")  # type: ignore[misc]


def test_it_is_made_and_refused_as_before() -> None:
    assert signature(Quick) == signature(Slow)
    assert Quick("a") == Quick("a", 3, None) == Quick(name="a", note=None)
    assert replace(Quick("a"), count=4).count == 4
    assert repr(Quick("a", note="b")) == "Quick(name='a', count=3, note='b')"
    for wrong in ((), ("a", 1, None, 2)):
        with pytest.raises(TypeError):
            Quick(*wrong)
    with pytest.raises(TypeError):
        Quick("a", unknown=1)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="a"):
        Quick("a", -1)


def test_nothing_can_be_set_afterwards() -> None:
    made = Quick("a")
    for name in ("name", "count"):
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, 1)
    assert not hasattr(made, "__dict__")
    assert made == Quick("a") == pickle.loads(pickle.dumps(made)) == copy.deepcopy(made)  # noqa: S301
    assert {Money(5): 1}[Money(5, "CNY")] == 1


def test_what_is_more_than_plain_fields_is_not_taken() -> None:
    @dataclass(frozen=True, slots=True)
    class Listed:
        rows: list[int] = field(default_factory=list)

    with pytest.raises(TypeError, match="rows"):
        made_often(Listed)
