"""Who comes here, out of the index: those who do not travel so far are not read.

Near a large city, a search among whoever comes read everybody of it to leave most of them out.
`cobertura` is the diagonal of a box on the map around all places somebody travels to, and the
indexes leave out branches in which nobody's box has the place asked from. The table is written
anew: a minute and a half for a million professionals, and nobody searches meanwhile.
"""

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
INDEXES = {
    "ix_busqueda_cerca": ("@@PLACE@@", "oficio_id IS NULL AND nota <= 32767"),
    "ix_busqueda_oficio_cerca": ("oficio_id, @@PLACE@@", "oficio_id IS NOT NULL AND nota <= 32767"),
    "ix_busqueda_nota": ("oficio_id, nota, @@PLACE@@", "nota IS NOT NULL"),
    "ix_busqueda_franja": ("oficio_id, franja, @@PLACE@@", "franja IS NOT NULL"),
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
    _make("plano, cobertura")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _drop()
    op.execute("ALTER TABLE busqueda DROP COLUMN cobertura")
    op.execute("DROP FUNCTION conectar_cobertura")
    _make("plano")


def _drop() -> None:
    op.execute(f"DROP INDEX {', '.join(INDEXES)}")


def _make(place: str) -> None:
    for name, (columns, condition) in INDEXES.items():
        of = columns.replace("@@PLACE@@", place)
        op.execute(f"CREATE INDEX {name} ON busqueda USING gist ({of}) WHERE {condition}")
