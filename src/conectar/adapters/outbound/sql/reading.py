"""What every reader does: run one statement, read values from its rows, cut a page."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Table,
    bindparam,
    func,
    select,
    true,
)

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
        self, query: Select[Any], page: Page, view: Callable[[Row], T], **values: Any
    ) -> Listed[T]:
        """A page, newest first, with the bounded total."""
        rows, length = await self.cut(query, page, **values)
        return Listed(tuple(map(view, rows)), length)

    async def cut(self, query: Select[Any], page: Page, **values: Any) -> tuple[Sequence[Row], int]:
        """A page's rows, and how long the list is; the query is one of `paged` or `dressed`."""
        found = await self.rows(query, skip=page.skip, limit=page.limit, **values)
        beyond = found[0][0] is None
        return () if beyond else found, found[0][-1]


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


def paged(query: Select[Any], order: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """A page of a query, each row with how long the whole list is; where the page is beyond the
    end, one row of nothing but that. `order` is total and begins with what the list is sorted by,
    newest first. A query's first column is never null."""
    return _beside(_total(query, order), _page(query, order), order)


def dressed(
    table: Table,
    where: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    dress: Callable[[FromClause], Select[Any]],
) -> Select[Any]:
    """The same of one table's rows, which are counted and cut before they are dressed: each finds
    one of everything that is joined to it, at least."""
    met = select(table).where(*where)
    return _beside(_total(met, order), dress(_page(met, order)).subquery("shown"), order)


def _page(query: Select[Any], order: Sequence[ColumnElement[Any]]) -> Subquery:
    newest = query.order_by(*[column.desc() for column in order])
    return newest.offset(SKIP).limit(LIMIT).subquery("page")


def _total(query: Select[Any], order: Sequence[ColumnElement[Any]]) -> Subquery:
    counted = query.with_only_columns(order[0], maintain_column_froms=True).limit(TOTAL_MAX + 1)
    return select(func.count()).select_from(counted.subquery()).subquery("total")


def _beside(length: Subquery, shown: Subquery, order: Sequence[ColumnElement[Any]]) -> Select[Any]:
    newest = [_same(column, shown).desc() for column in order]
    joined = length.outerjoin(shown, true())
    return select(*shown.c, *length.c).select_from(joined).order_by(*newest)


def _same(column: ColumnElement[Any], rows: Subquery) -> ColumnElement[Any]:
    found = rows.exported_columns.corresponding_column(column)
    assert found is not None, "a list shows what it is sorted by"
    return found
