"""Search by place: on PostgreSQL, the nearest first out of an index.

`plano` is the point on a map that keeps angles (Mercator's), in metres of our sphere at the
equator: near any place, what is nearer there is nearer on the ground. `nota` and `franja` are the
rating and the price in steps, so that an index can leave out whole branches of those who do not
meet a filter. Every row has a `nota`: that index's condition keeps it from whoever asks for no
filter, whom the planner would otherwise lead there by the chance of its estimates.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RADIUS = "6371008.8::double precision"
FUNCTIONS = {
    "conectar_plano(latitud double precision, longitud double precision)": (
        "geometry",
        f"@@POSTGIS@@.ST_MakePoint({RADIUS} * radians(longitud),"
        f" {RADIUS} * ln(tan(pi() / 4 + radians(least(89, greatest(-89, latitud))) / 2)))",
    ),
    "conectar_nota(rating double precision)": (
        "smallint",
        "width_bucket(coalesce(rating, 0),"
        " '{3,3.5,4,4.3,4.5,4.6,4.7,4.8,4.9,5}'::double precision[])::smallint",
    ),
    "conectar_franja(centavos bigint)": (
        "smallint",
        "CASE WHEN centavos IS NULL THEN 32767"
        " ELSE floor(3 * ln(greatest(centavos, 1)::double precision) / ln(2::double precision))"
        " END::smallint",
    ),
}
COLUMNS = {
    "plano": ("geometry(Point)", "conectar_plano(latitude, longitude)"),
    "nota": ("smallint", "conectar_nota(rating_promedio)"),
    "franja": ("smallint", "conectar_franja(tarifa_por_hora)"),
}
INDEXES = {
    "ix_busqueda_cerca": "(plano) WHERE oficio_id IS NULL",
    "ix_busqueda_oficio_cerca": "(oficio_id, plano) WHERE oficio_id IS NOT NULL",
    "ix_busqueda_elegida": "(oficio_id, nota, franja, plano) WHERE nota IS NOT NULL",
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
    for name, (returns, body) in FUNCTIONS.items():
        said = body.replace("@@POSTGIS@@", home)
        op.execute(
            f"CREATE FUNCTION {name} RETURNS {returns} LANGUAGE sql IMMUTABLE PARALLEL SAFE"
            f" AS $$SELECT {said}$$"
        )
    added = (
        f"ADD COLUMN {name} {kind} GENERATED ALWAYS AS ({made}) STORED"
        for name, (kind, made) in COLUMNS.items()
    )
    op.execute(f"ALTER TABLE busqueda {', '.join(added)}")
    op.execute("DROP INDEX ix_busqueda_place")
    for name, on in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON busqueda USING gist {on}")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
    op.execute("CREATE INDEX ix_busqueda_place ON busqueda (oficio_id, latitude, longitude)")
    op.execute(f"ALTER TABLE busqueda {', '.join(f'DROP COLUMN {name}' for name in COLUMNS)}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
