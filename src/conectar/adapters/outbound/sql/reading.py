"""What every reader does: run one statement, read values from its rows, cut a page."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Integer, Select, Table, bindparam, func, select

from conectar.adapters.outbound.sql.connection import Connection, Row
from conectar.adapters.outbound.sql.mapping import Entity
from conectar.application.message import TOTAL_MAX, Listed, Page

T = TypeVar("T")
SKIP, LIMIT = (bindparam(name, type_=Integer()) for name in ("skip", "limit"))


class Reading:
    """A connection to read from."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def rows(self, query: Select[Any], **values: Any) -> Sequence[Row]:
        """All rows; `values` are those that the statement left open."""
        return await self._connection.rows(query, values)

    async def row(self, query: Select[Any], **values: Any) -> Row | None:
        """The first row."""
        return await self._connection.row(query, values)

    async def scalar(self, query: Select[Any], **values: Any) -> Any:
        """The first cell."""
        return await self._connection.cell(query, values)

    async def one(self, entity: Entity[T], *where: ColumnElement[bool]) -> T | None:
        """One value of a table."""
        row = await self.row(select(entity.table).where(*where))
        return entity.read(row) if row else None

    async def all(
        self, entity: Entity[T], *where: ColumnElement[bool], newest: Sequence[ColumnElement[Any]]
    ) -> Sequence[T]:
        """Every value of a table for which this holds, newest first."""
        query = select(entity.table).where(*where).order_by(*(column.desc() for column in newest))
        return [entity.read(row) for row in await self.rows(query)]

    async def page(
        self,
        query: Select[Any],
        order: Sequence[ColumnElement[Any]],
        page: Page,
        view: Callable[[Row], T],
    ) -> Listed[T]:
        """A page of a list that is made for the occasion."""
        return await self.listed(paged(query, order), page, view)

    async def listed(
        self, of: "Paged", page: Page, view: Callable[[Row], T], **values: Any
    ) -> Listed[T]:
        """A page, newest first, with the bounded total, in one statement (two beyond the end)."""
        found = await self.rows(of.shown, skip=page.skip, limit=page.limit, **values)
        length = found[0][-1] if found else 0
        if not found and page.skip:
            length = await self.scalar(of.total, **values)
        return Listed(tuple(map(view, found)), length)


class Latest(Generic[T]):
    """What was read from the row that an id had last: a row that says the same is not read again.
    Those looked at longest ago are forgotten."""

    def __init__(self, read: Callable[[Sequence[Any]], T], most: int) -> None:
        self._read = read
        self._most = most
        self._known: OrderedDict[UUID, tuple[Sequence[Any], T]] = OrderedDict()

    def get(self, id: UUID, row: Sequence[Any]) -> T:
        """What the row says."""
        known = self._known.get(id)
        if known is None or known[0] != row:
            known = self._known[id] = (row, self._read(row))
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        self._known.move_to_end(id)
        return known[1]


class Paged(NamedTuple):
    """A list as it is shown, a page of it with how long it is; and how long it is."""

    shown: Select[Any]
    total: Select[Any]


def paged(query: Select[Any], order: Sequence[ColumnElement[Any]]) -> Paged:
    """`order` is total and begins with what the list is sorted by, newest first."""
    total = _total(query.with_only_columns(order[0], maintain_column_froms=True))
    shown = _newest(query, order).add_columns(total.scalar_subquery())
    return Paged(shown.offset(SKIP).limit(LIMIT), total)


def cut(
    table: Table,
    where: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    dressed: Callable[[FromClause], Select[Any]],
) -> Paged:
    """The same of one table's rows, which are counted and cut before they are `dressed`: each finds
    exactly one of everything that is joined to it."""
    met = select(table).where(*where)
    total = _total(met.with_only_columns(order[0]))
    page = _newest(met, order).offset(SKIP).limit(LIMIT).subquery("page")
    shown = _newest(dressed(page), [page.c[str(column.key)] for column in order])
    return Paged(shown.add_columns(total.scalar_subquery()), total)


def _newest(query: Select[Any], order: Sequence[ColumnElement[Any]]) -> Select[Any]:
    return query.order_by(*[column.desc() for column in order])


def _total(query: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(query.limit(TOTAL_MAX + 1).subquery())
