"""Whoever searches by rating or by price is served by the indexes that know them, alone.

The indexes by place also qualified for those searches, and the planner, which prepares a statement
before it knows its values, took them for anybody who named a trade, too: thousands of rows were
read to find the twenty that met the filter. Their new condition is true of every row, and said by
whoever asks for neither rating nor price.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = {
    "ix_busqueda_cerca": "(plano) WHERE oficio_id IS NULL",
    "ix_busqueda_oficio_cerca": "(oficio_id, plano) WHERE oficio_id IS NOT NULL",
}
ANY_GRADE = " AND nota <= 32767"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _anew(ANY_GRADE)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _anew("")


def _anew(condition: str) -> None:
    """Searches go on until the new ones are made."""
    for name, on in COLUMNS.items():
        op.execute(f"CREATE INDEX {name}_anew ON busqueda USING gist {on}{condition}")
    for name in COLUMNS:
        op.execute(f"DROP INDEX {name}")
        op.execute(f"ALTER INDEX {name}_anew RENAME TO {name}")
