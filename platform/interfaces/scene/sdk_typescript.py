"""The generated part of the TypeScript library: a module without a build step, and its declarations."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from interfaces.scene.sdk_shapes import NOTE, Api, Operation, Shape, Type, camel, sentence

_NOTE: Final = f"// {NOTE}\n"
_PLAIN: Final = {"integer": "number", "any": "unknown"}


def files(api: Api) -> Mapping[str, str]:
    """Return the generated files by their place below the library's folder."""
    return {
        "generated/client.js": _client(api),
        "generated/client.d.ts": _declared(api),
        "generated/types.d.ts": _types(api),
    }


def _type(one: Type, prefix: str = "") -> str:
    if one.kind == "enum":
        said = " | ".join(json.dumps(value, ensure_ascii=False) for value in one.values)
    elif one.kind in ("ref", "events"):
        said = prefix + (one.name or "EventType")
    elif one.kind == "list":
        said = f"Array<{_type(one.of[0], prefix)}>"
    elif one.kind == "map":
        said = f"Record<string, {_type(one.of[0], prefix)}>"
    elif one.kind == "union":
        said = " | ".join(_type(each, prefix) for each in one.of)
    else:
        said = _PLAIN.get(one.kind, one.kind)
    return f"{said} | null" if one.nullable else said


def _comment(text: str, indent: str = "") -> str:
    return f"{indent}/** {sentence(text)} */\n" if text else ""


def _types(api: Api) -> str:
    parts = [_NOTE, "\n", f'export declare const API_VERSION: "{api.version}";\n']
    parts += [_shape(shape) for shape in api.shapes]
    parts.append(
        "\n/** What an event's object is, by the event's type. */\nexport interface EventObjects {\n"
    )
    parts += [f'  "{name}": {shape};\n' for name, shape in api.events]
    parts.append("}\n\nexport type EventType = keyof EventObjects;\n")
    parts.append(
        "\n/** An event of one type, as a webhook carries it. */\n"
        "export interface EventOf<K extends EventType> extends Omit<Event, 'type' | 'data'> {\n"
        "  type: K;\n  data: { object: EventObjects[K]; changed: Array<string> };\n}\n"
        "\n/** Any event: `switch (event.type)` says what `event.data.object` is. */\n"
        "export type WebhookEvent = { [K in EventType]: EventOf<K> }[EventType];\n"
    )
    return "".join(parts)


def _shape(shape: Shape) -> str:
    head = f"\n{_comment(shape.text)}export "
    if shape.alias is not None:
        return f"{head}type {shape.name} = {_type(shape.alias)};\n"
    members = "".join(
        f"{_comment(each.text, '  ')}  {each.wire}{'' if each.required else '?'}: {_type(each.type)};\n"
        for each in shape.fields
    )
    return f"{head}interface {shape.name} {{\n{members}}}\n"


def _client(api: Api) -> str:
    methods = "".join(_method(each) for each in api.operations)
    return (
        f'{_NOTE}import {{ Transport, part }} from "../lib/transport.js";\n\n'
        f'export const API_VERSION = "{api.version}";\n\n'
        f"export class Sluice extends Transport {{{methods}}}\n"
    )


def _method(one: Operation) -> str:
    path = one.path
    for name in one.ids:
        path = path.replace(f"{{{name}}}", f"${{part({camel(name)})}}")
    sent = [f'method: "{one.method}"', f"path: `{path}`" if one.ids else f'path: "{path}"']
    sent += [name for name, there in (("query", one.query), ("body", one.body and not one.lines)) if there]
    if one.lines:
        sent += ["lines", "offset"] if one.uploads else ["lines"]
    sent += ["ifMatch"] if one.matched else []
    sent += ["keyed: true"] if one.keyed else []
    sent += ["movesMoney: true"] if one.moves_money else []
    names = [*(camel(name) for name in one.ids), *(name for name, _, _ in _arguments(one))]
    return (
        f"\n{_comment(one.summary, '  ')}"
        f"  {camel(one.name)}({', '.join([*names, 'options'])}) {{\n"
        f"    return this.send({{ {', '.join(sent)} }}, options);\n  }}\n"
    )


def _arguments(one: Operation) -> Iterator[tuple[str, str, bool]]:
    """Yield name, type and whether it must be given, of what follows the ids."""
    if one.query:
        members = "; ".join(
            f"{json.dumps(each.wire) if each.name != each.wire else each.wire}"
            f"{'' if each.required else '?'}: {_type(each.type, 'T.')}"
            for each in one.query
        )
        yield "query", f"{{ {members} }}", any(each.required for each in one.query)
    elif one.method == "GET":  # always there, so that a parameter that comes new moves no other
        yield "query", "Record<string, never>", False
    if one.matched:
        yield "ifMatch", "string", True
    if one.lines:
        yield "lines", "string | Uint8Array" if one.uploads else "Lines", True
        if one.uploads:
            yield "offset", "number", True
    elif one.body is not None:
        yield "body", _type(one.body, "T."), True


def _declared(api: Api) -> str:
    parts = [
        _NOTE,
        'import type * as T from "./types.js";\n',
        'import type { CallOptions, Lines } from "../lib/transport.js";\n',
        'import { Transport } from "../lib/transport.js";\n\n',
        f'export declare const API_VERSION: "{api.version}";\n\n',
        "/** The API of one bank: a method for each call of the reference. */\n",
        "export declare class Sluice extends Transport {\n",
    ]
    for one in api.operations:
        given = [f"{camel(name)}: string" for name in one.ids]
        given += [f"{name}{'' if must else '?'}: {said}" for name, said, must in _arguments(one)]
        given.append("options?: CallOptions")
        text = sentence(f"{sentence(one.summary)} {one.text}")
        head = f"{camel(one.name)}({', '.join(given)})"
        parts.append(f"{_comment(text, '  ')}  {head}: Promise<{_type(one.answer, 'T.')}>;\n")
    parts.append("}\n")
    return "".join(parts)
