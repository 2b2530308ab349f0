"""What objects and lists of the embedded API have in common."""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from interfaces.scene.answer_fields import BankField, LivemodeField, PinnedField
from interfaces.scene.calls import Shape
from interfaces.scene.fields import FlagField, IdField, InstantField, QueryWholeField, TextField
from interfaces.scene.parsing import Body

SINCE: Final = "created_at[gte]"
BEFORE: Final = "created_at[lt]"
DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 100


class ObjectShape(serializers.Serializer[Any]):
    """What every object of the API begins with. `bank` is the bank the token was issued for."""

    livemode = LivemodeField(help_text="False: nothing here is real money.")
    bank = BankField()

    def get_fields(self) -> dict[str, Any]:
        """Put what the object is before where it lives."""
        fields = super().get_fields()
        first = [name for name in ("id", "object") if name in fields]
        rest = [name for name in fields if name not in first]
        return {name: fields[name] for name in [*first, *rest]}


class PinnedShape(ObjectShape):
    """An object that also carries the scene's own texts."""

    metadata = PinnedField()


class PageQuery(Body):
    """Paging: `limit` objects after the object `after`, newest first."""

    limit = QueryWholeField(required=False, default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT)

    @classmethod
    def of(cls, prefix: str, **filters: Any) -> type["PageQuery"]:
        """Return the paging of one resource, with its own filters."""
        members = {
            "after": IdField(prefix, required=False, help_text="The last id of the page before."),
            **filters,
        }
        return type(f"PageOf{prefix.title()}", (cls,), {**members, "__doc__": cls.__doc__})


class MadeQuery(PageQuery):
    """Paging of what carries the instant it was made: `limit` objects after `after`, made in a window."""

    @classmethod
    def of(cls, prefix: str, **filters: Any) -> type[PageQuery]:
        """Return the paging of one resource, with its window and its own filters."""
        bounds = {
            SINCE: InstantField(required=False, help_text="Made at this instant or later."),
            BEFORE: InstantField(required=False, help_text="Made before this instant."),
        }
        return super().of(prefix, **filters, **bounds)


def window(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bounds of a window in the words of the rooms."""
    return {"since": asked.get(SINCE), "before": asked.get(BEFORE)}


def external_id() -> TextField:
    """Return the filter by the scene's own id."""
    return TextField(required=False, max_length=100, example="O-8841", help_text="The scene's own id of it.")


def page_shape(shape: Shape) -> Shape:
    """Return the list envelope of a resource."""
    name = shape.__name__.removesuffix("Shape")
    members = {
        "object": serializers.ChoiceField(choices=["list"]),
        "data": shape(many=True),
        "has_more": FlagField(example=False),
        "next_cursor": serializers.CharField(
            allow_null=True, help_text="Give it as `after` for the next page."
        ),
        "__doc__": "A page of objects.",
    }
    return type(f"{name}ListShape", (serializers.Serializer,), members)
