"""Whether an answer is what the OpenAPI document says of it."""

from collections.abc import Iterator
from typing import Any

import httpx

KINDS: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def strays(
    document: dict[str, Any], operation: dict[str, Any], answer: httpx.Response
) -> list[str]:
    """Where an answer leaves what its operation declares; nothing if it doesn't."""
    declared = operation["responses"].get(str(answer.status_code))
    if declared is None:
        return [f"{answer.status_code} is not declared"]
    if not answer.content:
        return ["a body is declared"] if "content" in declared else []
    sent = answer.headers["content-type"].partition(";")[0]
    kinds = declared.get("content", {})
    schema = kinds.get(sent) or kinds.get(sent.partition("/")[0] + "/*")
    if schema is None:
        return [f"{sent} is not declared"]
    return list(_strays(document, schema["schema"], _said(answer, sent), "$"))


def _said(answer: httpx.Response, kind: str) -> Any:
    return answer.json() if kind.endswith("json") else answer.text


def _strays(document: dict[str, Any], schema: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        ways = [list(_strays(document, one, value, at)) for one in schema["anyOf"]]
        yield from min(ways, key=len)
        return
    kind = KINDS[schema["type"]]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        yield f"{at}: {value!r} is no {schema['type']}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from _strays(document, schema["items"], one, f"{at}[{n}]")
    elif isinstance(value, dict) and "properties" in schema:
        yield from _fields(document, schema, value, at)


def _fields(
    document: dict[str, Any], schema: dict[str, Any], value: dict[str, Any], at: str
) -> Iterator[str]:
    known = schema["properties"]
    yield from (f"{at}.{name} is missing" for name in schema["required"] if name not in value)
    yield from (f"{at}.{name} is not declared" for name in value if name not in known)
    for name in value.keys() & known.keys():
        yield from _strays(document, known[name], value[name], f"{at}.{name}")
