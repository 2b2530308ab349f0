"""Values that are made by the thousand: frozen dataclasses whose making costs little."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar, cast

T = TypeVar("T")


def made_often(cls: type[T]) -> type[T]:
    """Give a frozen dataclass with slots an `__init__` that fills the slots directly.

    The one that `dataclass` writes asks `object.__setattr__` for every field, which costs twice as much. All
    else stays: parameters, defaults, `__post_init__`, and that nothing can be set afterwards.
    """
    names = [field.name for field in fields(cast("Any", cls))]
    scope: dict[str, Any] = {f"_set_{name}": getattr(cls, name).__set__ for name in names}
    parameters: list[str] = []
    named = ["*"]
    for field in fields(cast("Any", cls)):
        if not field.init or field.default_factory is not MISSING:
            raise TypeError(f"{cls.__qualname__}.{field.name} is more than a plain field")
        scope[f"_default_{field.name}"] = field.default
        parameter = field.name if field.default is MISSING else f"{field.name}=_default_{field.name}"
        (named if field.kw_only else parameters).append(parameter)
    body = [f"_set_{name}(self, {name})" for name in names]
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    parameters += named if len(named) > 1 else []
    source = f"def __init__(self, {', '.join(parameters)}):\n  " + "\n  ".join(body)
    exec(compile(source, "<made_often>", "exec"), scope)  # noqa: S102  a class's own field names, nothing else
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = cast("Any", cls).__init__.__annotations__
    cast("Any", cls).__init__ = made
    return cls
