"""The words of a statement and its parameters, as PostgreSQL gets them.

SQLAlchemy makes them from the tables; each statement's are made once and kept. Those that are built
for the occasion are known again by SQLAlchemy's own key, which tells statements apart by all but
their values.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.engine import Compiled
from sqlalchemy.sql.dml import UpdateBase

from conectar.adapters.outbound.sql.connection import Statement, Values

KEPT_MAX = 1000
DIALECT: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]


class Words(NamedTuple):
    """A statement with `$1` and so on, the names of its parameters in their order, which of them
    (by position) are said differently than they are given, and the values it brings along."""

    text: str
    names: tuple[str, ...]
    into: tuple[tuple[int, Callable[[Any], Any]], ...]
    brought: Mapping[str, Any]

    def parameters(self, values: Values) -> list[Any]:
        """In their order. KeyError if one is not given."""
        given = {**self.brought, **values} if self.brought else values
        found = [given[name] for name in self.names]
        for position, convert in self.into:
            found[position] = convert(found[position])
        return found


_LASTING: WeakKeyDictionary[Any, dict[tuple[str, ...], Words | None]] = WeakKeyDictionary()
_ALIKE: OrderedDict[Any, Any] = OrderedDict()


def words(statement: Statement, values: Values) -> Words:
    """Those of a statement for which these values are given."""
    columns = tuple(values) if isinstance(statement, UpdateBase) else ()
    made = _LASTING.get(statement)
    if made is None:
        made = _LASTING[statement] = {}
    if columns not in made:
        made[columns] = _made(statement, columns)
    return made[columns] or _spread(statement, values)


def _made(statement: Any, columns: tuple[str, ...]) -> Words | None:
    """None: there is a list in it, whose length changes the words."""
    if isinstance(statement, Compiled):
        return _read(statement, statement.params)
    key = statement._generate_cache_key()
    if key is None:
        compiled = _compiled(statement, columns)
        return None if _lists(compiled) else _read(compiled, compiled.params)
    compiled = _ALIKE.get((key.key, columns))
    if compiled is None:
        compiled = _ALIKE[key.key, columns] = _compiled(statement, columns, cache_key=key)
        if len(_ALIKE) > KEPT_MAX:
            _ALIKE.popitem(last=False)
    else:
        _ALIKE.move_to_end((key.key, columns))
    if _lists(compiled):
        return None
    given = compiled.construct_params(extracted_parameters=key.bindparams, _check=False)
    return _read(compiled, given)


def _lists(compiled: Any) -> bool:
    return any(bind.expanding for bind in compiled.binds.values())


def _spread(statement: Any, values: Values) -> Words:
    """With its lists written out."""
    said = statement.params(**values) if values else statement
    compiled = _compiled(said, (), compile_kwargs={"render_postcompile": True})
    return _read(compiled, compiled.params)


def _compiled(statement: Any, columns: tuple[str, ...], **more: Any) -> Any:
    return statement.compile(dialect=DIALECT, column_keys=columns or None, **more)


def _read(compiled: Any, brought: Mapping[str, Any]) -> Words:
    names = tuple(compiled.positiontup or ())
    binds = {name: compiled.binds[name] for name in names if name in compiled.binds}
    converts = {name: _convert(bind.type) for name, bind in binds.items()}
    return Words(
        str(compiled),
        names,
        tuple((i, convert) for i, name in enumerate(names) if (convert := converts.get(name))),
        {name: brought[name] for name in names if not (name in binds and binds[name].required)},
    )


def _convert(kind: Any) -> Callable[[Any], Any] | None:
    processor: Callable[[Any], Any] | None = kind.dialect_impl(DIALECT).bind_processor(DIALECT)
    return processor
