"""What goes out: views to Spanish JSON, by one rule for all of them.

Names and codes come from the vocabulary. An amount is a number with two decimals, a rate a
number of percent, a time RFC 3339 in UTC. A field marked `wire=False` stays inside.
"""

import dataclasses
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from conectar.adapters.vocabulary.codes import CODES, NEVER_SHOWN, code
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.views import Lasting, View
from conectar.domain.kernel.money import Money, Rate

Present = Callable[[Any], Any]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def to_bytes(value: Any) -> bytes:
    """A view, a tuple of views, or plain data, as JSON."""
    return _ENCODER.encode(plain(value))


def plain(value: Any) -> Any:
    """Views become records with the names of the wire; the rest stays."""
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, Lasting):
        return _encoded(value)
    cls: Any = type(value)
    return presenter(cls)(value) if issubclass(cls, View) else value


def _encoded(view: Lasting) -> msgspec.Raw:
    shown = getattr(view, "shown", None)
    if shown is None:
        cls: Any = type(view)
        shown = msgspec.Raw(_ENCODER.encode(presenter(cls)(view)))
        object.__setattr__(view, "shown", shown)
    return shown


@cache
def presenter(cls: type) -> Present:
    """How a view becomes a record that knows its names on the wire. KeyError if the vocabulary
    lacks one of its names."""
    fields = wire_fields(cls)
    record = msgspec.defstruct(
        cls.__name__,
        [(name, Any) for name, _, _ in fields],
        rename={name: wire for name, wire, _ in fields},
    )
    read = attrgetter(*(name for name, _, _ in fields))
    converts = [(i, convert) for i, (*_, hint) in enumerate(fields) if (convert := _present(hint))]

    def present(view: Any) -> Any:
        values = list(read(view)) if len(fields) > 1 else [read(view)]
        for i, convert in converts:
            if values[i] is not None:
                values[i] = convert(values[i])
        return record(*values)

    return present


def wire_fields(cls: type) -> list[tuple[str, str, Any]]:
    """(English name, Spanish name, type) of each field that goes out."""
    hints = get_type_hints(cls)
    return [
        (field.name, spanish(field.name, cls.__name__), hints[field.name])
        for field in dataclasses.fields(cls)
        if field.metadata.get("wire", True)
    ]


def _present(hint: Any) -> Present | None:
    """How a value that is there goes out; None: as it is."""
    kind = _base(_alternatives(hint)[0])
    if get_origin(kind) is tuple:
        return _list(_present(get_args(kind)[0]))
    if get_origin(kind) is dict:
        return _dictionary(*get_args(kind))
    if kind is Money:
        return attrgetter("decimal")
    if kind is Rate:
        return attrgetter("percent")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return code
    if dataclasses.is_dataclass(kind):
        return presenter(kind)  # type: ignore[arg-type]
    return None


def _list(inner: Present | None) -> Present | None:
    return inner and (lambda values: list(map(inner, values)))


def _dictionary(keys: Any, values: Any) -> Present:
    """Codes of an enum, or names of fields, with what they stand for."""
    name, inner = (code if issubclass(keys, Enum) else spanish), _present(values)
    if inner is None:
        return lambda found: {name(key): value for key, value in found.items()}
    return lambda found: {name(key): inner(value) for key, value in found.items()}


def _alternatives(hint: Any) -> list[Any]:
    if get_origin(hint) in (Union, UnionType):
        return [arg for arg in get_args(hint) if arg is not NoneType]
    return [hint]


def _base(hint: Any) -> Any:
    return getattr(hint, "__supertype__", hint)


# -- the same, as JSON schema ------------------------------------------------------------------

_SCHEMAS: dict[Any, dict[str, Any]] = {
    Money: {"type": "number", "multipleOf": 0.01, "examples": [15000.50]},
    Rate: {"type": "number", "description": "percent", "examples": [15.00]},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}


def schema_of(hint: Any, components: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of what goes out for a type; objects are added to `components`."""
    kinds = [_base(arg) for arg in _alternatives(hint)]
    schemas = [_schema(kind, components) for kind in kinds]
    if NoneType in get_args(hint):
        schemas.append({"type": "null"})
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _schema(kind: Any, components: dict[str, Any]) -> dict[str, Any]:
    if get_origin(kind) is tuple:
        return {"type": "array", "items": schema_of(get_args(kind)[0], components)}
    if get_origin(kind) is dict:
        inner = schema_of(get_args(kind)[1], components)
        return {"type": "object", "additionalProperties": inner}
    if kind in _SCHEMAS:
        return _SCHEMAS[kind]
    if issubclass(kind, Enum):
        words = [word for value, word in CODES[kind].items() if value not in NEVER_SHOWN]
        return {"type": "string", "enum": words}
    name = kind.__name__.removesuffix("View")
    if name not in components:
        components[name] = {}
        fields = wire_fields(kind)
        components[name] = {
            "type": "object",
            "description": kind.__doc__,
            "properties": {wire: schema_of(hint, components) for _, wire, hint in fields},
            "required": [wire for _, wire, _ in fields],
        }
    return {"$ref": f"#/components/schemas/{name}"}
