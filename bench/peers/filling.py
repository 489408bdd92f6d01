"""Fills the peers' database with exactly what is in ours: rows go from one to the other through
COPY, so that everybody has the same people, offers and jobs."""

import subprocess

from sqlalchemy import create_engine, make_url

from bench.peers.models import Base
from bench.production.servers import Ground

AVERAGE = "CASE WHEN resenas > 0 THEN round(rating_suma::numeric / resenas, 2) END"
COPIES = {
    "users (id, email, password_hash, first_name, last_name, role, active, created_at)": (
        "SELECT id, email, password_hash, nombre, apellido, rol, is_active, created_at"
        " FROM usuarios"
    ),
    "trades (id, name, description)": "SELECT id, nombre, descripcion FROM oficios",
    "professionals (id, biography, radius_km, takes_instant, available, hourly_rate, latitude,"
    " longitude, verification, points, rating_average, total_reviews)": (
        "SELECT id, biografia, radio_cobertura_km, acepta_instant, disponible, tarifa_por_hora,"
        f" latitude, longitude, estado_verificacion, puntos, {AVERAGE}, resenas"
        " FROM profesionales"
    ),
    "professional_trades (professional_id, trade_id)": (
        "SELECT id, jsonb_array_elements_text(oficios::jsonb)::uuid FROM profesionales"
    ),
    "offers (id, client_id, professional_id, proposed_by, description, amount, status, version,"
    " expires_at, created_at, updated_at)": (
        "SELECT id, cliente_id, profesional_id, propuesta_por, descripcion, monto, estado,"
        " version, vence_at, created_at, updated_at FROM ofertas"
    ),
    "jobs (id, offer_id, client_id, professional_id, description, amount, commission_rate,"
    " status, escrow, accepted_at, expires_at)": (
        "SELECT id, oferta_id, cliente_id, profesional_id, descripcion, monto, comision_tasa,"
        " estado, escrow_estado, aceptado_at, vence_at FROM trabajos"
    ),
}


def fill(on: Ground, source: str = "", target: str = "") -> None:
    """Tables, rows, statistics; from our database of this ground into the peers' unless told."""
    source, target = source or on.ours, target or on.peers
    url = make_url(target).set(drivername="postgresql+psycopg")
    owner = create_engine(url.set(username=make_url(on.databases.owners(target)).username))
    Base.metadata.create_all(owner)
    with owner.begin() as connection:
        connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {url.username}")
    owner.dispose()
    for table, query in COPIES.items():
        _copy(on, source, target, table, query)
    on.vacuum(target)


def _copy(on: Ground, source: str, target: str, table: str, query: str) -> None:
    psql = [on.program("psql"), "-q", "-v", "ON_ERROR_STOP=1"]
    here, there = on.libpq(on.owner(source)), on.libpq(on.owner(target))
    with subprocess.Popen(
        [*psql, *here, "-c", f"COPY ({query}) TO STDOUT"], stdout=subprocess.PIPE
    ) as rows:
        into = [*psql, *there, "-c", f"COPY {table} FROM STDIN"]
        subprocess.run(into, stdin=rows.stdout, check=True)
    if rows.returncode:
        raise RuntimeError(f"{table}: nothing came")
