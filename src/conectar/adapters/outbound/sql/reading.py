"""What every reader does: run one statement, read values from its rows, cut a page."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conectar.adapters.outbound.sql.errors import translated
from conectar.adapters.outbound.sql.mapping import Entity
from conectar.application.message import TOTAL_MAX, Listed, Page

T = TypeVar("T")


class Reading:
    """A connection to read from."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """All rows."""
        with translated():
            return (await self._connection.execute(query)).all()

    async def row(self, query: Select[Any]) -> Row[Any] | None:
        """The first row."""
        with translated():
            return (await self._connection.execute(query)).first()

    async def scalar(self, query: Select[Any]) -> Any:
        """The first cell."""
        with translated():
            return (await self._connection.execute(query)).scalar()

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
        view: Callable[[Row[Any]], T],
    ) -> Listed[T]:
        """A page, newest first, with the bounded total, in one statement (two beyond the end)."""
        inner = query.with_only_columns(order[0], maintain_column_froms=True)
        total = select(func.count()).select_from(inner.limit(TOTAL_MAX + 1).subquery())
        ordered = query.order_by(*[column.desc() for column in order])
        shown = ordered.add_columns(total.scalar_subquery()).offset(page.skip).limit(page.limit)
        found = await self.rows(shown)
        length = found[0][-1] if found else await self.scalar(total) if page.skip else 0
        return Listed(tuple(map(view, found)), length)
