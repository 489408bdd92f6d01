"""Search by rating and by price, each out of an index of its own, and prices in finer steps.

One index on both had to be read wide for whoever asks for one of them. `franja` is a twelfth of an
octave of the price, about six per cent, where it was a third. On PostgreSQL the table is written
anew: a minute or more for a million professionals, and nobody searches meanwhile.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BAND = (
    "CREATE OR REPLACE FUNCTION conectar_franja(centavos bigint) RETURNS smallint"
    " LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT CASE WHEN centavos IS NULL THEN 32767"
    " ELSE floor({steps} * ln(greatest(centavos, 1)::double precision)"
    " / ln(2::double precision)) END::smallint$$"
)
ADDED = "smallint GENERATED ALWAYS AS (conectar_franja(tarifa_por_hora)) STORED"
CHOSEN = "(oficio_id, nota, franja, plano) WHERE nota IS NOT NULL"
BY_GRADE = "(oficio_id, nota, plano) WHERE nota IS NOT NULL"
BY_BAND = "(oficio_id, franja, plano) WHERE franja IS NOT NULL"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_busqueda_elegida")
        _bands(12)
        op.execute(f"CREATE INDEX ix_busqueda_nota ON busqueda USING gist {BY_GRADE}")
        op.execute(f"CREATE INDEX ix_busqueda_franja ON busqueda USING gist {BY_BAND}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_busqueda_nota, ix_busqueda_franja")
        _bands(3)
        op.execute(f"CREATE INDEX ix_busqueda_elegida ON busqueda USING gist {CHOSEN}")


def _bands(steps: int) -> None:
    op.execute("ALTER TABLE busqueda DROP COLUMN franja")
    op.execute(BAND.format(steps=steps))
    op.execute(f"ALTER TABLE busqueda ADD COLUMN franja {ADDED}")
