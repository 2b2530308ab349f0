"""Examples for the document, made of the fields' own: they cannot fall out of step with them."""

from typing import Any

from rest_framework import serializers


def example_of(shape: Any) -> Any:
    """Return an example of a shape, given as a class or an instance."""
    made = shape() if isinstance(shape, type) else shape
    if isinstance(made, serializers.ListSerializer):
        return [example_of(made.child)]
    if isinstance(made, serializers.ListField):
        return [example_of(made.child)]
    if hasattr(made, "example_document"):
        return made.example_document()
    if isinstance(made, serializers.Serializer):
        found = {name: example_of(field) for name, field in made.fields.items()}
        left_out = getattr(made, "left_out_of_example", ())
        return {name: value for name, value in found.items() if name not in left_out}
    return _of_field(made)


def _of_field(field: Any) -> Any:
    example = getattr(field, "example", None)
    if example is not None:
        return example
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices))
    if isinstance(field, serializers.BooleanField):
        return False
    if field.allow_null:
        return None
    raise TypeError(f"{field.field_name} has no example")
