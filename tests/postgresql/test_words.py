"""Statements and their parameters, as PostgreSQL gets them: SQLAlchemy's own, remembered."""

from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from conectar.adapters.outbound.sql.connection import Statement
from conectar.adapters.outbound.sql.postgresql import said_in
from conectar.adapters.outbound.sql.words import words

THINGS = Table(
    "things", MetaData(), Column("id", Integer, primary_key=True), Column("name", String)
)
C = THINGS.c


def said(statement: Statement, **values: Any) -> tuple[str, list[Any]]:
    """Its words on one line, and its parameters."""
    made = words(statement, values)
    return " ".join(made.text.split()), made.parameters(values)


def test_values_are_those_of_the_statement_that_is_said_and_not_of_one_like_it() -> None:
    alike = [select(C.id).where(C.name == name, C.id > least) for name, least in ZIP]
    texts = {said(one)[0] for one in alike}
    assert texts == {
        "SELECT things.id FROM things WHERE things.name = $1::VARCHAR AND things.id > $2::INTEGER"
    }
    assert [said(one)[1] for one in alike] == [list(pair) for pair in ZIP]
    assert [said(one)[1] for one in alike] == [list(pair) for pair in ZIP], "asked again"


ZIP = [("a", 1), ("b", 2), ("a", 3)]


def test_what_is_left_open_is_given_each_time() -> None:
    query = select(C.id).where(C.name == bindparam("named"), C.id == 7)
    assert said(query, named="a")[1] == ["a", 7]
    assert said(query, named="b")[1] == ["b", 7]
    with pytest.raises(KeyError):
        said(query)


def test_a_list_is_written_out_as_long_as_it_is() -> None:
    for ids in ([1], [1, 2, 3], [4, 5]):
        among = ", ".join(f"${n}::INTEGER" for n in range(1, len(ids) + 1))
        found = said(select(C.id).where(C.id.in_(ids)))
        assert found == (f"SELECT things.id FROM things WHERE things.id IN ({among})", ids)


def test_a_list_may_be_left_open() -> None:
    query = select(C.id).where(C.id.in_(bindparam("ids", expanding=True)), C.name == "x")
    begins = "SELECT things.id FROM things WHERE things.id IN"
    ends = "AND things.name = $1::VARCHAR"
    assert said(query, ids=[1, 2]) == (
        f"{begins} ($2::INTEGER, $3::INTEGER) {ends}",
        ["x", 1, 2],
    )
    assert said(query, ids=[3]) == (f"{begins} ($2::INTEGER) {ends}", ["x", 3])


def test_a_change_depends_on_the_columns_that_are_given() -> None:
    new = insert(THINGS)
    assert said(new, id=1, name="a") == (
        "INSERT INTO things (id, name) VALUES ($1::INTEGER, $2::VARCHAR)",
        [1, "a"],
    )
    assert said(new, id=2) == ("INSERT INTO things (id) VALUES ($1::INTEGER)", [2])
    change = update(THINGS).where(C.id == bindparam("key_id"))
    assert said(change, name="b", key_id=1) == (
        "UPDATE things SET name=$1::VARCHAR WHERE things.id = $2::INTEGER",
        ["b", 1],
    )


def test_what_a_type_says_differently_is_said_so() -> None:
    made = select(bindparam("told", type_=JSONB()))
    assert said(made, told={"a": 1})[1] == ['{"a": 1}']


def test_words_by_hand_are_said_as_they_are() -> None:
    assert said(text("SELECT 1")) == ("SELECT 1", [])
    assert said(text("SELECT :a"), a=5) == ("SELECT $1", [5])


def test_a_url_means_the_same_to_the_application_and_to_who_migrates() -> None:
    assert said_in("postgresql+asyncpg://u:p%40@h:5433/db?ssl=verify-full") == {
        "user": "u",
        "password": "p@",
        "host": "h",
        "port": 5433,
        "database": "db",
        "ssl": "verify-full",
    }
    aside = "postgresql+asyncpg://u@/db?host=/run/postgresql&prepared_statement_cache_size=0"
    assert said_in(aside) == {"user": "u", "host": "/run/postgresql", "database": "db"}
