"""The OpenAPI 3.1 document, from the routes and what each says of itself."""

import inspect
import re
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Annotated, Any, get_type_hints

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from conectar.adapters.inbound.http.call import Proposed, signed_in
from conectar.adapters.inbound.http.fields import ABSENT, AMOUNT, Amount, Body
from conectar.adapters.inbound.http.spec import Spec
from conectar.adapters.inbound.http.wire import schema_of
from conectar.adapters.vocabulary.fields import spanish

PROBLEM = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457. `error` is a stable word; `detail` is for people.",
    "required": ["type", "title", "status", "detail", "instance", "error", "correlation_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "error": {"type": "string"},
        "correlation_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [spanish("field"), spanish("told")],
                "properties": {
                    spanish("field"): {"type": "string"},
                    spanish("told"): {"type": "string"},
                },
            },
        },
    },
}
_TYPED = re.compile(r":\w+}")


@cache
def document(app: Litestar) -> dict[str, Any]:
    """The whole interface."""
    components: dict[str, Any] = {"Problem": PROBLEM_SCHEMA}
    paths: dict[str, Any] = {}
    for path, method, handler, spec in sorted(operations(app), key=lambda one: one[:2]):
        paths.setdefault(path, {})[method.lower()] = {
            "operationId": f"{method.lower()}_{_named(path)}",
            **_operation(path, handler, spec, components),
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Conectar", "version": version("conectar")},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def operations(app: Litestar) -> list[tuple[str, str, HTTPRouteHandler, Spec]]:
    """(path, method, handler, what it says of itself) of every route that says something."""
    return [
        (_TYPED.sub("}", route.path_format), method, handler, handler.opt["spec"])
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if "spec" in handler.opt
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
    ]


def _operation(
    path: str, handler: HTTPRouteHandler, spec: Spec, components: dict[str, Any]
) -> dict[str, Any]:
    guarded = signed_in in handler.resolve_guards()
    operation: dict[str, Any] = {
        "summary": inspect.getdoc(handler.fn) or "",
        "description": inspect.getdoc(spec.message) or "",
        "tags": handler.resolve_tags(),
        "parameters": _parameters(path, spec, handler),
        "responses": _responses(handler, spec, guarded, components),
    }
    if body := _body(spec, components):
        operation["requestBody"] = body
    if guarded:
        operation["security"] = [{"bearer": []}]
    return operation


def _named(path: str) -> str:
    return re.sub(r"\W+", "_", path.removeprefix("/api/v1")).strip("_")


def _parameters(path: str, spec: Spec, handler: HTTPRouteHandler) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    for name, schema in spec.query.items():
        required = bool(schema.get("required"))
        plain = {key: value for key, value in schema.items() if key != "required"}
        found.append({"name": name, "in": "query", "required": required, "schema": plain})
    if spec.keyed and not handler.http_methods & {"GET"}:
        schema = {"type": "string", "minLength": 8, "maxLength": 255}
        found.append(
            {"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}
        )
    return found


def _body(spec: Spec, components: dict[str, Any]) -> dict[str, Any] | None:
    if spec.body is not None:
        (schema,), defined = msgspec.json.schema_components(
            [described(spec.body)], ref_template="#/components/schemas/{name}"
        )
        components.update(defined)
        required = bool(defined[spec.body.__name__].get("required"))
        return {"required": required, "content": {"application/json": {"schema": schema}}}
    if spec.form:
        schema = _object(spec.form, {"type": "string"})
        content = {"application/x-www-form-urlencoded": {"schema": schema}}
        return {"required": True, "content": content}
    if spec.parts:
        file = {"type": "string", "contentMediaType": "application/octet-stream"}
        schema = _object(spec.parts, file)
        schema["properties"].update({name: {"type": "string"} for name in spec.texts})
        schema["required"] += spec.texts
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    return None


def described(body: type[Body]) -> type[msgspec.Struct]:
    """The body with its raw amounts as what they may look like, for a schema can't be raw."""
    hints = get_type_hints(body, include_extras=True)
    fields: list[Any] = []
    for field in msgspec.structs.fields(body):
        hint = Annotated[Any, AMOUNT] if hints[field.name] == Amount else hints[field.name]
        absent = None if field.default is ABSENT else field.default
        default = () if field.default is msgspec.NODEFAULT else (absent,)
        fields.append((field.encode_name, hint, *default))
    return msgspec.defstruct(body.__name__, fields, forbid_unknown_fields=True, kw_only=True)


def _object(names: tuple[str, ...], schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict.fromkeys(names, schema),
        "required": list(names),
    }


def _responses(
    handler: HTTPRouteHandler, spec: Spec, guarded: bool, components: dict[str, Any]
) -> dict[str, Any]:
    good = _good(spec, components)
    seconded = {"202": _proposed(components)} if spec.seconded else {}
    own = 204 if spec.answers is None else handler.status_code
    answers = {own, *(code for code in spec.errors if code < 300)}
    refusals = {code for code in spec.errors if code >= 300} | {429, 500}
    refusals |= {401, 403} if guarded else set()
    keyed = spec.keyed and not handler.http_methods & {"GET"}
    refusals |= {409, 422} if keyed else set()
    if spec.body or spec.form or spec.parts or spec.query:
        refusals |= {422}
    if spec.body or spec.form or spec.parts:
        refusals |= {413, 415}
    content = {"application/problem+json": {"schema": PROBLEM}}
    unchanged = {"304": {"description": "Not Modified"}} if spec.tagged else {}
    return {
        **{str(code): good for code in sorted(answers)},
        **seconded,
        **unchanged,
        **{
            str(code): {"description": HTTPStatus(code).phrase, "content": content}
            for code in sorted(refusals)
        },
    }


def _good(spec: Spec, components: dict[str, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "OK"}
    if spec.answers is not None:
        schema = _answered(spec.answers, components)
        good["content"] = {media: {"schema": schema} for media in spec.media}
    if headers := (("X-Total-Count",) if spec.listed else ()) + spec.headers:
        good["headers"] = {name: {"schema": {"type": "string"}} for name in headers}
    return good


def _answered(answers: Any, components: dict[str, Any]) -> dict[str, Any]:
    if answers is dict:
        return {"type": "object"}
    return {"type": "string"} if answers is bytes else schema_of(answers, components)


def _proposed(components: dict[str, Any]) -> dict[str, Any]:
    """What an administrator gets where a second one has to agree."""
    schema = schema_of(Proposed, components)
    return {"description": "Accepted", "content": {"application/json": {"schema": schema}}}
