"""Between frozen dataclasses and rows, derived once a class from its own annotations.

A field's name becomes a column through the vocabulary, its type decides the column's type and the
two conversions. There is no entity, no session and no identity map: values go in, values come out.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
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


class Kind(NamedTuple):
    """A column's type and how values go in and come out."""

    type: TypeEngine[Any]
    into: Convert = lambda value: value
    out: Convert = lambda value: value


PLAIN: Mapping[type, Kind] = {
    UUID: Kind(GUID()),
    datetime: Kind(DateTimeUTC(timezone=True)),
    timedelta: Kind(BigInteger(), lambda d: d // MICROSECOND, lambda n: n * MICROSECOND),
    bool: Kind(Boolean()),
    int: Kind(BigInteger()),
    float: Kind(Float()),
    bytes: Kind(LargeBinary()),
    str: Kind(Text()),
    Money: Kind(BigInteger(), lambda m: m.cents, Money),
    Rate: Kind(Integer(), lambda r: r.basis_points, Rate),
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
        self._fields = [_field(cls, f.name, hint) for f, hint in _hints(cls)]
        columns = [c for field in self._fields for c in field.columns(primary)]
        if currency_of:
            columns.append(column("currency", str))
        self.table = Table(TABLES[name], metadata, *columns, *items)

    def values(self, item: T) -> dict[str, Any]:
        """The row of a value, by column key."""
        row: dict[str, Any] = {}
        for field in self._fields:
            field.put(getattr(item, field.name), row)
        if self._currency_of:
            row["currency"] = getattr(item, self._currency_of).currency
        return row

    def read(self, row: Sequence[Any]) -> T:
        """The value of a row selected with `self.table`'s columns, in their order."""
        cells = iter(row)
        found = {field.name: field.take(cells) for field in self._fields}
        if self._currency_of:
            currency = next(cells)
            for name, value in found.items():
                if isinstance(value, Money):
                    found[name] = Money(value.cents, currency)
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

    def put(self, value: Any, row: dict[str, Any]) -> None:
        """Writes the cells of a value."""
        if self.kind is None:
            row["latitude"], row["longitude"] = value or (None, None)
        else:
            row[self.name] = None if value is None else self.kind.into(value)

    def take(self, cells: Any) -> Any:
        """Reads the value from the next cells."""
        if self.kind is None:
            latitude, longitude = next(cells), next(cells)
            return None if latitude is None else Point(latitude, longitude)
        cell = next(cells)
        return None if cell is None else self.kind.out(cell)


def _hints(cls: type[Any]) -> list[tuple[dataclasses.Field[Any], Any]]:
    hints = get_type_hints(cls)
    return [(field, hints[field.name]) for field in dataclasses.fields(cls)]


def _field(cls: type[Any], name: str, hint: Any) -> Field:
    inner, nullable = _optional(hint)
    if inner is Point:
        return Field(name, cls.__name__, None, nullable)
    return Field(name, cls.__name__, _kind(hint)[0], nullable)


def _record(cls: Any) -> Kind:
    """A value kept as a JSON object; what a row does not say is as the class has it."""
    words = {field.name: spanish(field.name, cls.__name__) for field in dataclasses.fields(cls)}

    def into(value: Any) -> dict[str, Any]:
        return {words[name]: cell for name, cell in msgspec.to_builtins(value).items()}

    def out(cell: Mapping[str, Any]) -> Any:
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
    decode = msgspec.convert
    return Kind(JsonB, msgspec.to_builtins, lambda cell: decode(cell, type=inner)), nullable
