"""Calculators: the documents of `quote`, `apr` and `allocate` over HTTP; any token, nothing stored."""

from typing import Any, ClassVar

from django.urls import URLPattern, path
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.calls import ANY_SCOPE, call
from interfaces.scene.resource import Resource
from lending.calculators.documents import Calculator, DocumentInvalid, load
from lending.calculators.registry import calculator


class DocumentShape(serializers.Serializer[Any]):
    """A document with a committed JSON Schema: the calculator reads it, the schema describes it."""

    calculator: ClassVar[Calculator]
    is_request: ClassVar[bool] = True

    def to_internal_value(self, data: Any) -> Any:
        """Leave the document as it came."""
        return data

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the committed JSON Schema of the document."""
        chosen = cls.calculator
        return load(chosen.request_schema if cls.is_request else chosen.response_schema)

    @classmethod
    def example_document(cls) -> Any:
        """Return the first example of the schema."""
        return cls.json_schema()["examples"][0]


class DocumentExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Puts the committed JSON Schema into the OpenAPI document, whole: what it refers to is written out."""

    target_class = DocumentShape
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the schema without its frame."""
        schema = self.target.json_schema()
        frame = {"$schema", "$id", "$defs", "examples", "title"}
        bare = {name: part for name, part in schema.items() if name not in frame}
        written: dict[str, Any] = _written_out(bare, schema.get("$defs", {}))
        return written


def _written_out(part: Any, parts: dict[str, Any]) -> Any:
    """Return a schema with every reference to its own parts replaced by the part."""
    if isinstance(part, list):
        return [_written_out(inner, parts) for inner in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        said = {name: inner for name, inner in part.items() if name != "$ref"}
        found: dict[str, Any] = _written_out(parts[part["$ref"].removeprefix("#/$defs/")], parts)
        return {**found, **said}
    return {name: _written_out(inner, parts) for name, inner in part.items()}


def resource(name: str, noun: str, summary: str, description: str) -> type[Resource]:
    """Return the address of one calculator."""
    chosen = calculator(name)
    asked = type(f"{noun}RequestShape", (DocumentShape,), {"calculator": chosen, "__doc__": summary})
    told = type(
        f"{noun}AnswerShape",
        (DocumentShape,),
        {"calculator": chosen, "is_request": False, "__doc__": summary},
    )

    @call(
        summary,
        scope=ANY_SCOPE,
        request=asked,
        answer=told,
        refusals=(DocumentInvalid, *chosen.refusals),
        description=description,
    )
    def handle_post(self: Resource, request: Request, context: SceneContext) -> Answer:
        """Answer one document."""
        return Answer(200, chosen.compute(self.members(request)))

    return type(noun, (Resource,), {"handle_post": handle_post, "__doc__": summary})


STORES_NOTHING = "Nothing is stored and nobody is bound; a document has at most 256 KiB."
CALCULATORS = {
    "schedules": resource(
        "quote",
        "CalculatedSchedule",
        "Calculate a repayment schedule",
        f"Every row and the totals from the terms alone, exact to the smallest unit. {STORES_NOTHING}",
    ),
    "apr": resource(
        "apr",
        "CalculatedCost",
        "Calculate the annual cost of cash flows",
        f"What advances, payments and every party's fees cost in a year, by convention. {STORES_NOTHING}",
    ),
    "allocations": resource(
        "allocate",
        "CalculatedAllocation",
        "Calculate what a payment pays",
        f"How a payment falls on instalments in the order of a policy. {STORES_NOTHING}",
    ),
}
paths: list[URLPattern] = [
    path(f"v1/calculator/{name}", view.as_view()) for name, view in CALCULATORS.items()
]
