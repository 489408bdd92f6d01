"""Between frozen dataclasses and rows, derived once a class from its own annotations.

A field's name becomes a column through the vocabulary, its type decides the column's type and the
two conversions. There is no entity, no session and no identity map: values go in, values come out.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Generic, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from advanced_alchemy.types import GUID, DateTimeUTC, JsonB
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from conectar.adapters.vocabulary.codes import code, values
from conectar.adapters.vocabulary.fields import spanish
from conectar.adapters.vocabulary.tables import TABLES
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.people.professional import Point

T = TypeVar("T")
Convert = Callable[[Any], Any]
MICROSECOND = timedelta(microseconds=1)
RECORDS_KEPT = 1024


class Kind(NamedTuple):
    """A column's type and how values go in and come out; None: as they are. What is kept as JSON
    comes out as its text."""

    type: TypeEngine[Any]
    into: Convert | None = None
    out: Convert | None = None


PLAIN: Mapping[type, Kind] = {
    UUID: Kind(GUID().with_variant(postgresql.UUID(), "postgresql")),
    datetime: Kind(
        DateTimeUTC(timezone=True).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
    ),
    timedelta: Kind(BigInteger(), lambda d: d // MICROSECOND, lambda n: n * MICROSECOND),
    bool: Kind(Boolean()),
    int: Kind(BigInteger()),
    float: Kind(Float()),
    bytes: Kind(LargeBinary()),
    str: Kind(Text()),
    Money: Kind(BigInteger(), attrgetter("cents"), Money),
    Rate: Kind(Integer(), attrgetter("basis_points"), Rate),
}


def column(name: str, of: Any, *, owner: str = "", **options: Any) -> Column[Any]:
    """A column by its English name (its key) and its type."""
    kind, nullable = _kind(of)
    return Column(spanish(name, owner), kind.type, key=name, nullable=nullable, **options)


class Entity(Generic[T]):
    """A class with its table.

    `primary` names the key's fields. With `currency_of`, the table has a currency column, that of
    this field, and every amount of the row is in it; without, amounts are pesos. A `Point` becomes
    two columns.
    """

    def __init__(
        self,
        metadata: MetaData,
        name: str,
        cls: type[T],
        *items: SchemaItem,
        primary: tuple[str, ...] = ("id",),
        currency_of: str | None = None,
    ) -> None:
        self.cls = cls
        self.primary = primary
        self._currency_of = currency_of
        fields = [_field(cls, f.name, hint) for f, hint in _hints(cls)]
        columns = [c for field in fields for c in field.columns(primary)]
        if currency_of:
            columns.append(column("currency", str))
        self.table = Table(TABLES[name], metadata, *columns, *items)
        self._names = [field.name for field in fields]
        self._all = attrgetter(*self._names)
        self._cells = [c.key for c in columns]
        self._points = [field.name for field in fields if field.kind is None]
        kinds = [(field.name, field.kind) for field in fields if field.kind]
        self._into = [(name, kind.into) for name, kind in kinds if kind.into]
        self._out = [(name, kind.out) for name, kind in kinds if kind.out]
        self._amounts = [name for name, kind in kinds if kind.out is Money]

    def values(self, item: T) -> dict[str, Any]:
        """The row of a value, by column key."""
        row: dict[str, Any] = dict(zip(self._names, self._all(item), strict=True))
        for name, into in self._into:
            if row[name] is not None:
                row[name] = into(row[name])
        for name in self._points:
            row["latitude"], row["longitude"] = row.pop(name) or (None, None)
        if self._currency_of:
            row["currency"] = getattr(item, self._currency_of).currency
        return row

    def read(self, row: Sequence[Any]) -> T:
        """The value of a row that begins with `self.table`'s columns, in their order."""
        found = dict(zip(self._cells, row, strict=False))
        for name, out in self._out:
            if found[name] is not None:
                found[name] = out(found[name])
        for name in self._points:
            latitude, longitude = found.pop("latitude"), found.pop("longitude")
            found[name] = None if latitude is None else Point(latitude, longitude)
        if self._currency_of:
            currency = found.pop("currency")
            for name in self._amounts:
                if found[name] is not None:
                    found[name] = Money(found[name].cents, currency)
        return self.cls(**found)

    def read_any(self, row: Sequence[Any]) -> T | None:
        """The value of a row that may have been joined to none."""
        return None if row[0] is None else self.read(row)

    @property
    def width(self) -> int:
        """How many columns `read` takes."""
        return len(self.table.columns)


class Field(NamedTuple):
    """One field of a class: one column, or two for a point."""

    name: str
    owner: str
    kind: Kind | None
    nullable: bool

    def columns(self, primary: tuple[str, ...]) -> list[Column[Any]]:
        """Its columns."""
        if self.kind is None:
            return [column(n, float | None) for n in ("latitude", "longitude")]
        return [
            Column(
                spanish(self.name, self.owner),
                self.kind.type,
                key=self.name,
                nullable=self.nullable,
                primary_key=self.name in primary,
                autoincrement=False,
            )
        ]


def _hints(cls: type[Any]) -> list[tuple[dataclasses.Field[Any], Any]]:
    hints = get_type_hints(cls)
    return [(field, hints[field.name]) for field in dataclasses.fields(cls)]


def _field(cls: type[Any], name: str, hint: Any) -> Field:
    inner, nullable = _optional(hint)
    if inner is Point:
        return Field(name, cls.__name__, None, nullable)
    return Field(name, cls.__name__, _kind(hint)[0], nullable)


def _record(cls: Any) -> Kind:
    """A value kept as a JSON object; what a row does not say is as the class has it. The same
    words are read once: most rows of a table say the same."""
    words = {field.name: spanish(field.name, cls.__name__) for field in dataclasses.fields(cls)}

    def into(value: Any) -> dict[str, Any]:
        return {words[name]: cell for name, cell in msgspec.to_builtins(value).items()}

    @lru_cache(RECORDS_KEPT)
    def out(text: str) -> Any:
        cell = msgspec.json.decode(text)
        said = {name: cell[word] for name, word in words.items() if word in cell}
        return msgspec.convert(said, type=cls)

    return Kind(JsonB, into, out)


def _optional(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType):
        inner = [arg for arg in get_args(hint) if arg is not NoneType]
        assert len(inner) == 1, hint
        return inner[0], True
    return hint, False


def _kind(hint: Any) -> tuple[Kind, bool]:
    inner, nullable = _optional(hint)
    base = getattr(inner, "__supertype__", inner)
    if isinstance(base, type) and issubclass(base, Enum):
        back = values(base)
        return Kind(String(40), code, back.__getitem__), nullable
    if base in PLAIN:
        return PLAIN[base], nullable
    if dataclasses.is_dataclass(base):
        return _record(base), nullable
    return Kind(JsonB, msgspec.to_builtins, msgspec.json.Decoder(inner).decode), nullable
