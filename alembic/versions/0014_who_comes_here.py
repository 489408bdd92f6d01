"""Who comes here, out of the index: those who do not travel so far are not read.

Near a large city, a search among whoever comes read everybody of it to leave most of them out.
`cobertura` is the diagonal of a box on the map around all places somebody travels to, and the
indexes leave out branches in which nobody's box has the place asked from. The index of grades has
the band of each, and that of bands the grade, so that who fails one of two filters is not fetched.
The table is written anew: two minutes for a million professionals, and nobody searches meanwhile.
"""

from collections.abc import Mapping

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

REACHED = """
CREATE FUNCTION conectar_cobertura(plano geometry, latitud double precision, km double precision)
RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT @@POSTGIS@@.ST_BoundingDiagonal(@@POSTGIS@@.ST_Expand(
        plano, 1010 * km / cos(radians(least(89, abs(latitud) + km / 111)))
    ))
$$
"""
"""Somewhat more than so many kilometres take on the map where it is stretched most."""
ADDED = """
ALTER TABLE busqueda ADD COLUMN cobertura geometry(LineString) GENERATED ALWAYS AS (
    conectar_cobertura(conectar_plano(latitude, longitude), latitude, radio_cobertura_km)
) STORED
"""
CONDITIONS = {
    "ix_busqueda_cerca": "oficio_id IS NULL AND nota <= 32767",
    "ix_busqueda_oficio_cerca": "oficio_id IS NOT NULL AND nota <= 32767",
    "ix_busqueda_nota": "nota IS NOT NULL",
    "ix_busqueda_franja": "franja IS NOT NULL",
}
BEFORE = {
    "ix_busqueda_cerca": "plano",
    "ix_busqueda_oficio_cerca": "oficio_id, plano",
    "ix_busqueda_nota": "oficio_id, nota, plano",
    "ix_busqueda_franja": "oficio_id, franja, plano",
}
AFTER = {
    "ix_busqueda_cerca": "plano, cobertura",
    "ix_busqueda_oficio_cerca": "oficio_id, plano, cobertura",
    "ix_busqueda_nota": "oficio_id, nota, plano, cobertura, franja",
    "ix_busqueda_franja": "oficio_id, franja, plano, cobertura, nota",
}
HOME_OF_POSTGIS = """
SELECT quote_ident(nspname) FROM pg_extension
    JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'postgis'
"""
"""A restore looks nowhere for what is not named in full."""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    home = op.get_bind().exec_driver_sql(HOME_OF_POSTGIS).scalar_one()
    op.execute(REACHED.replace("@@POSTGIS@@", home))
    _drop()
    op.execute(ADDED)
    _make(AFTER)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _drop()
    op.execute("ALTER TABLE busqueda DROP COLUMN cobertura")
    op.execute("DROP FUNCTION conectar_cobertura")
    _make(BEFORE)


def _drop() -> None:
    op.execute(f"DROP INDEX {', '.join(CONDITIONS)}")


def _make(columns: Mapping[str, str]) -> None:
    for name, condition in CONDITIONS.items():
        on = f"gist ({columns[name]}) WHERE {condition}"
        op.execute(f"CREATE INDEX {name} ON busqueda USING {on}")
