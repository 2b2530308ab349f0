"""The generated part of the Java library: a class per shape over the JSON that came, a method per call."""

from collections.abc import Iterator, Mapping
from typing import Final

from interfaces.scene.sdk_shapes import NOTE, Api, Field, Operation, Shape, Type, camel, pascal, sentence

_NOTE: Final = f"// {NOTE}\n"
FOLDER: Final = "src/main/java/example/sluice"
_PLAIN: Final = {
    "integer": "Long",
    "number": "Double",
    "boolean": "Boolean",
    "any": "Object",
    "union": "Object",
}
_RESERVED: Final = frozenset({"class", "default", "new", "package", "public", "return", "short", "long"})


def files(api: Api) -> Mapping[str, str]:
    """Return the generated files by their place below the library's folder."""
    return {f"{FOLDER}/Types.java": _types(api), f"{FOLDER}/Sluice.java": _client(api)}


def _asked(one: Operation) -> Shape | None:
    """Return the parameters in the address as a shape of their own."""
    if not one.query:
        return None
    return Shape(f"{pascal(one.name)}Query", f"What {one.name} may be asked with.", one.query)


def _type(one: Type) -> str:
    if one.kind == "ref":
        return "Shape" if one.name == "DataRow" else f"Types.{one.name}"
    if one.kind == "list":
        return f"List<{_type(one.of[0])}>"
    if one.kind == "map":
        return f"Map<String, {_type(one.of[0])}>"
    return _PLAIN.get(one.kind, "String")


def _reading(one: Type) -> str:
    """Return a function from what JSON holds to the type."""
    if one.kind == "ref":
        return f"value -> new {_type(one)}(object(value))"
    return "value -> value" if _type(one) == "Object" else f"value -> ({_type(one)}) value"


def _read(each: Field) -> str:
    one = each.type
    if one.kind == "ref":
        return f'shape("{each.wire}", Types.{one.name}::new)'
    if one.kind == "list":
        return f'list("{each.wire}", {_reading(one.of[0])})'
    if one.kind == "map":
        return f'map("{each.wire}", {_reading(one.of[0])})'
    return f'({_type(one)}) get("{each.wire}")'


def _name(each: Field) -> str:
    name = camel(each.name)
    return f"{name}_" if name in _RESERVED else name


def _reached(api: Api, start: Iterator[str]) -> frozenset[str]:
    shapes, found, left = {shape.name: shape for shape in api.shapes}, set[str](), list(start)
    while left:
        name = left.pop()
        if name not in found and name in shapes:
            found.add(name)
            left += shapes[name].refs()
    return frozenset(found)


def _types(api: Api) -> str:
    bodies = [name for each in api.operations if each.body for name in each.body.refs()]
    answers = [name for each in api.operations for name in each.answer.refs()]
    told = [name for _, name in api.events]
    given, read = _reached(api, iter(bodies)), _reached(api, iter([*answers, *told, "Problem"]))
    parts = [
        _NOTE,
        "package example.sluice;\n\nimport java.util.List;\nimport java.util.Map;\n\n",
        "/** The shapes of the API: views of JSON as it travels; what has no name here is in members(). */\n",
        "public final class Types {\n  private Types() {}\n",
    ]
    for shape in api.shapes:
        if shape.alias is None:
            parts.append(_shape(shape, reads=shape.name in read, gives=shape.name in given))
    for each in api.operations:
        query = _asked(each)
        if query is not None:
            parts.append(_shape(query, reads=False, gives=True))
    parts.append("}\n")
    return "".join(parts)


def _shape(shape: Shape, *, reads: bool, gives: bool) -> str:
    name = shape.name
    parts = [
        f"\n  /** {sentence(shape.text) or name} */\n  public static final class {name} extends Shape {{\n"
    ]
    parts.append(f"    public {name}() {{}}\n" if gives else "")
    parts.append(f"    public {name}(Map<String, Object> members) {{ super(members); }}\n")
    for each in shape.fields:
        note = _note(each, must=gives and not reads)
        if reads:
            parts.append(f"{note}    public {_type(each.type)} {_name(each)}() {{ return {_read(each)}; }}\n")
        if gives:
            parts.append(
                f"{note}    public {name} {_name(each)}({_type(each.type)} value)"
                f' {{ return with("{each.wire}", value, this); }}\n'
            )
    return "".join([*parts, "  }\n"])


def _note(each: Field, *, must: bool) -> str:
    words = [sentence(each.text)] if each.text else []
    words += [f"One of {', '.join(each.type.values)}."] if each.type.kind == "enum" else []
    words += ["Needed."] if must and each.required else []
    return f"    /** {' '.join(words)} */\n" if words else ""


def _client(api: Api) -> str:
    methods = "".join(text for each in api.operations for text in _methods(each))
    return (
        f"{_NOTE}package example.sluice;\n\nimport java.util.List;\nimport java.util.Map;\n\n"
        "/** The API of one bank: a method for each call of the reference. */\n"
        "public final class Sluice extends Transport {\n"
        f'  public static final String API_VERSION = "{api.version}";\n\n'
        "  public Sluice(Settings settings) {\n    super(settings);\n  }\n\n"
        "  /** The same client at another bank: bnk_…, or the resource of a test clock. */\n"
        "  public Sluice at(String bank) {\n    return new Sluice(settings().at(bank));\n  }\n"
        f"{methods}}}\n"
    )


def _methods(one: Operation) -> Iterator[str]:
    """Yield the method, and before it those that make up a key, or ask for nothing in particular."""
    given, query = [(f"String {camel(name)}", camel(name)) for name in one.ids], _asked(one)
    if query is not None:
        given.append((f"Types.{query.name} query", "query"))
    given += [("String ifMatch", "ifMatch")] if one.matched else []
    if one.lines:
        declared = "byte[] lines" if one.uploads else "Iterable<? extends Shape> lines"
        given += [(declared, "lines"), *([("long offset", "offset")] if one.uploads else [])]
    elif one.body is not None:
        given.append((f"{_type(one.body)} body", "body"))
    text = f"\n  /** {sentence(f'{sentence(one.summary)} {one.text}')} */\n"
    answer, name = _type(one.answer), camel(one.name)
    if query is not None and not any(each.required for each in query.fields) and one.method == "GET":
        passed = ", ".join([*(argument for _, argument in given[:-1]), "null"])
        head = ", ".join(declared for declared, _ in given[:-1])
        yield f"{text}  public {answer} {name}({head}) {{\n    return {name}({passed});\n  }}\n"
    if one.keyed:
        passed = ", ".join([*(argument for _, argument in given), "newKey()"])
        head = ", ".join(declared for declared, _ in given)
        yield f"{text}  public {answer} {name}({head}) {{\n    return {name}({passed});\n  }}\n"
        given.append(("String idempotencyKey", "idempotencyKey"))
    head = ", ".join(declared for declared, _ in given)
    yield (f"{text}  public {answer} {name}({head}) {{\n    return new {answer}(send({_call(one)}));\n  }}\n")


def _call(one: Operation) -> str:
    path = f'"{one.path}"'
    for name in one.ids:
        path = path.replace(f"{{{name}}}", f'" + part({camel(name)}) + "')
    path = path.removesuffix(' + ""')
    call = f'new Call("{one.method}", {path})'
    if one.query:
        call += ".query(query)"
    if one.lines:
        call += ".lines(lines)" + (".offset(offset)" if one.uploads else "")
    elif one.body is not None:
        call += ".body(body)"
    if one.matched:
        call += ".ifMatch(ifMatch)"
    if one.keyed:
        call += ".key(idempotencyKey)"
    return call + (".movesMoney()" if one.moves_money else "")
