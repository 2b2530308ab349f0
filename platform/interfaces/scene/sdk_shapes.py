"""What the three client libraries are made from: the shapes and calls of the OpenAPI document, in few words.

One reading of the document serves Python, TypeScript and Java, so that a call has the same name and a member
the same meaning in all of them. Names of calls are the operation ids without their articles.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

NOTE: Final = "Made from api_docs/openapi/scene.yaml by ./sluice generate openapi: change that, never this."
JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
NOT_A_METHOD: Final = frozenset({"issue_token", "get_authorization_server"})  # the transport's own business
_ARTICLES: Final = re.compile(r"_(?:a|an|the)(?=_)")
_PREFIX: Final = "#/components/schemas/"
_MONEY_LIKE: Final = ("amount", "currency")


@dataclass(frozen=True, slots=True)
class Type:
    """`string`, `integer`, `number`, `boolean`, `any`; `events`, the types of events; or made of others.

    `enum` of `values`; `ref` to a shape `name`; `list`, `map` or `union` `of` other types.
    """

    kind: str
    name: str = ""
    values: tuple[str, ...] = ()
    of: tuple["Type", ...] = ()
    nullable: bool = False

    def refs(self) -> Iterator[str]:
        """Yield the names of the shapes it leads to."""
        if self.kind == "ref":
            yield self.name
        for each in self.of:
            yield from each.refs()


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a shape, or a parameter of a call; `wire` is its name in JSON or in the address."""

    wire: str
    type: Type
    required: bool
    text: str = ""

    @property
    def name(self) -> str:
        """Return the name as a parameter: `created_at[gte]` becomes `created_at_gte`."""
        return re.sub(r"\W+", "_", self.wire).strip("_")


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with members, or (with `alias`) another name for a type."""

    name: str
    text: str
    fields: tuple[Field, ...] = ()
    alias: Type | None = None

    def refs(self) -> Iterator[str]:
        """Yield the names of the shapes that its members lead to."""
        for each in self.fields:
            yield from each.type.refs()
        if self.alias is not None:
            yield from self.alias.refs()


@dataclass(frozen=True, slots=True)
class Operation:
    """A call: one method of every library."""

    name: str
    method: str
    path: str
    summary: str
    text: str
    answer: Type
    ids: tuple[str, ...] = ()
    query: tuple[Field, ...] = ()
    body: Type | None = None
    lines: bool = False  # the body is NDJSON: rows, or the bytes of an upload
    keyed: bool = False
    matched: bool = False  # takes the tag of the state that is changed
    moves_money: bool = False

    @property
    def uploads(self) -> bool:
        """Tell whether the lines are the bytes of an upload, which begin at an offset, and not rows."""
        return self.lines and self.method == "PATCH"


@dataclass(frozen=True, slots=True)
class Api:
    """All of it, in the order of the document: what the libraries need and nothing else."""

    version: str
    shapes: tuple[Shape, ...]
    operations: tuple[Operation, ...]
    events: tuple[tuple[str, str], ...]  # type of event, shape of its object


@dataclass
class Reader:
    """Reads a document; inline objects become shapes named by where they stand."""

    document: Mapping[str, Any]
    found: dict[str, Shape] = field(default_factory=dict)
    alike: dict[tuple[Field, ...], str] = field(default_factory=dict)

    def type_of(self, told: Mapping[str, Any], name: str) -> Type:
        """Return the type of a schema; `name` is what an inline object would be called."""
        if "$ref" in told:
            return Type("ref", self.shape(told["$ref"].removeprefix(_PREFIX)))
        for word in ("oneOf", "anyOf", "allOf"):
            if word in told:
                return self._union(told[word], name)
        if "const" in told or "enum" in told:
            values = [told["const"]] if "const" in told else told["enum"]
            if set(map(str, values)) == set(self.document["webhooks"]):
                return Type("events")
            if all(isinstance(value, str) for value in values):
                return Type("enum", values=tuple(values))
        kinds = told.get("type", "object" if "properties" in told else "any")
        several = [kinds] if isinstance(kinds, str) else list(kinds)
        nullable = "null" in several
        left = [each for each in several if each != "null"] or ["any"]
        plain = [self._plain(told, kind, name, nullable) for kind in left]
        return plain[0] if len(plain) == 1 else Type("union", of=tuple(plain), nullable=nullable)

    def _plain(self, told: Mapping[str, Any], kind: str, name: str, nullable: bool) -> Type:
        if kind == "array":
            item = self.type_of(told.get("items", {}), name.removesuffix("s"))
            return Type("list", of=(item,), nullable=nullable)
        if kind != "object":
            return Type(kind, nullable=nullable)
        if told.get("properties"):
            return Type("ref", self._inline(told, name), nullable=nullable)
        values = told.get("additionalProperties", True)
        inner = Type("any") if isinstance(values, bool) else self.type_of(values, f"{name}Value")
        return Type("map", of=(inner,), nullable=nullable)

    def _union(self, schemas: list[Mapping[str, Any]], name: str) -> Type:
        kept = [each for each in schemas if each.get("type") != "null"]
        types = tuple(dict.fromkeys(self.type_of(each, name) for each in kept))
        nullable = len(kept) < len(schemas)
        if len(types) == 1:
            (one,) = types
            return Type(one.kind, one.name, one.values, one.of, nullable or one.nullable)
        return Type("union", of=types, nullable=nullable)

    def _inline(self, told: Mapping[str, Any], name: str) -> str:
        """Note an inline object; those that are alike share one shape."""
        if tuple(told["properties"]) == _MONEY_LIKE:
            name = "AnyMoney"
        shape = self._object(told, name)
        known = self.alike.setdefault(shape.fields, name)
        if known == name:
            if name in self.found and self.found[name].fields != shape.fields:
                raise ValueError(f"two shapes are called {name}")
            self.found[name] = shape
        return known

    def shape(self, name: str) -> str:
        """Read a schema of the components once; return what it is called here."""
        called = name.removeprefix("Patched")
        if called not in self.found:
            told = self.document["components"]["schemas"][name]
            self.found[called] = Shape(called, "")  # for schemas that lead back to themselves
            if "properties" in told:
                self.found[called] = self._object(told, called)
            else:
                text = told.get("description", "")
                self.found[called] = Shape(called, text, alias=self.type_of(told, called))
        return called

    def _object(self, told: Mapping[str, Any], name: str) -> Shape:
        required = frozenset(told.get("required", ()))
        fields = tuple(
            Field(
                wire,
                self.type_of(member, name + pascal(wire)),
                wire in required,
                member.get("description", ""),
            )
            for wire, member in told["properties"].items()
        )
        return Shape(name, told.get("description", ""), fields)

    def operation(self, path: str, method: str, said: Mapping[str, Any]) -> Operation:
        """Read one call."""
        name = _ARTICLES.sub("", said["operationId"])
        given = said.get("parameters", ())
        ((media, content),) = said.get("requestBody", {}).get("content", {"": {}}).items()
        lines = media == NDJSON
        body = None
        if media:
            upload = lines and method == "patch"
            body = Type("any") if upload else self.type_of(content["schema"], pascal(name) + "Body")
        (answer,) = (each for status, each in said["responses"].items() if status < "300")
        query = tuple(
            Field(
                each["name"],
                self.type_of(each["schema"], pascal(name)),
                each.get("required", False),
                each.get("description", ""),
            )
            for each in given
            if each["in"] == "query"
        )
        return Operation(
            name=name,
            method=method.upper(),
            path=path,
            summary=said["summary"],
            text=said.get("description", ""),
            answer=self.type_of(answer["content"][JSON]["schema"], pascal(name)),
            ids=tuple(re.findall(r"{(\w+)}", path)),
            query=query,
            body=None if body is not None and body.name == "EmptyBody" else body,
            lines=lines,
            keyed=any(each["name"] == "Idempotency-Key" for each in given),
            matched=any(each["name"] == "If-Match" for each in given),
            moves_money="x-sluice-signed" in said,
        )


def read(document: Mapping[str, Any]) -> Api:
    """Return what the libraries are made from."""
    reader = Reader(document)
    operations = tuple(
        reader.operation(path, method, said)
        for path, item in document["paths"].items()
        for method, said in item.items()
        if said["operationId"] not in NOT_A_METHOD
    )
    events = []
    for name in sorted(document["webhooks"]):
        content = document["webhooks"][name]["post"]["requestBody"]["content"][JSON]["schema"]
        body = document["components"]["schemas"][content["$ref"].removeprefix(_PREFIX)]
        subject = body["properties"]["data"]["properties"]["object"]
        events.append((name, reader.type_of(subject, f"{pascal(name)}Object").name))
    reader.shape("Problem")
    reader.found.pop("EmptyBody", None)
    shapes = tuple(reader.found[name] for name in sorted(reader.found))
    names = [each.name for each in operations]
    if len(set(names)) < len(names):
        raise ValueError("two calls have one name")
    return Api(document["info"]["version"], shapes, operations, tuple(events))


def pascal(name: str) -> str:
    """Return `credit_line.activated` as `CreditLineActivated`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"\W|_", name) if word)


def camel(name: str) -> str:
    """Return `draw_down` as `drawDown`."""
    whole = pascal(name)
    return whole[:1].lower() + whole[1:]


def sentence(text: str) -> str:
    """Return a text with an end, for a comment of one line."""
    flat = " ".join(text.replace("*/", "").split())
    return flat if not flat or flat.endswith((".", "!", "?", ":", "…")) else f"{flat}."
