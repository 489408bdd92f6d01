"""What must never be: PostgreSQL itself refuses it, whoever asks.

On both databases an event says which step of whose life it is. On PostgreSQL triggers refuse a
ledger transaction that does not balance, a change to what was posted or happened, a job that moves
where the table of its life has no arrow, and a step without its event and its row of history.
"""

import sqlalchemy as sa
from advanced_alchemy.types import GUID
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

START = "PENDIENTE_PAGO/PENDIENTE/NINGUNA"
ARROWS = {
    "APROBADO/CONTRACARGO/NINGUNA": (
        "APROBADO/DIVIDIDO/NINGUNA",
        "APROBADO/LIBERADO/NINGUNA",
    ),
    "APROBADO/CONTRACARGO/RESUELTA": (
        "APROBADO/DIVIDIDO/RESUELTA",
        "APROBADO/LIBERADO/RESUELTA",
    ),
    "APROBADO/CONTRACARGO/RETIRADA": (
        "APROBADO/DIVIDIDO/RETIRADA",
        "APROBADO/LIBERADO/RETIRADA",
    ),
    "APROBADO/DIVIDIDO/NINGUNA": ("APROBADO/CONTRACARGO/NINGUNA",),
    "APROBADO/DIVIDIDO/RESUELTA": ("APROBADO/CONTRACARGO/RESUELTA",),
    "APROBADO/DIVIDIDO/RETIRADA": ("APROBADO/CONTRACARGO/RETIRADA",),
    "APROBADO/LIBERADO/NINGUNA": ("APROBADO/CONTRACARGO/NINGUNA",),
    "APROBADO/LIBERADO/RESUELTA": ("APROBADO/CONTRACARGO/RESUELTA",),
    "APROBADO/LIBERADO/RETIRADA": ("APROBADO/CONTRACARGO/RETIRADA",),
    "CANCELADO/REEMBOLSANDO/NINGUNA": (
        "CANCELADO/CONTRACARGO/NINGUNA",
        "CANCELADO/REEMBOLSADO/NINGUNA",
    ),
    "CANCELADO/REEMBOLSANDO/RESUELTA": (
        "CANCELADO/CONTRACARGO/RESUELTA",
        "CANCELADO/REEMBOLSADO/RESUELTA",
    ),
    "CANCELADO/REEMBOLSANDO/RETIRADA": (
        "CANCELADO/CONTRACARGO/RETIRADA",
        "CANCELADO/REEMBOLSADO/RETIRADA",
    ),
    "COMPLETADO/PAGADO_EN_ESCROW/NINGUNA": (
        "APROBADO/DIVIDIDO/NINGUNA",
        "APROBADO/LIBERADO/NINGUNA",
        "CANCELADO/CONTRACARGO/NINGUNA",
        "CANCELADO/REEMBOLSADO/NINGUNA",
        "CANCELADO/REEMBOLSANDO/NINGUNA",
        "EN_CURSO/PAGADO_EN_ESCROW/NINGUNA",
        "EN_DISPUTA/PAGADO_EN_ESCROW/ABIERTA",
    ),
    "COMPLETADO/PAGADO_EN_ESCROW/RETIRADA": (
        "APROBADO/DIVIDIDO/RETIRADA",
        "APROBADO/LIBERADO/RETIRADA",
        "CANCELADO/CONTRACARGO/RETIRADA",
        "CANCELADO/REEMBOLSADO/RETIRADA",
        "CANCELADO/REEMBOLSANDO/RETIRADA",
        "EN_CURSO/PAGADO_EN_ESCROW/RETIRADA",
        "EN_DISPUTA/PAGADO_EN_ESCROW/ABIERTA",
    ),
    "EN_CURSO/PAGADO_EN_ESCROW/NINGUNA": (
        "APROBADO/DIVIDIDO/NINGUNA",
        "CANCELADO/CONTRACARGO/NINGUNA",
        "CANCELADO/REEMBOLSADO/NINGUNA",
        "CANCELADO/REEMBOLSANDO/NINGUNA",
        "COMPLETADO/PAGADO_EN_ESCROW/NINGUNA",
        "EN_DISPUTA/PAGADO_EN_ESCROW/ABIERTA",
    ),
    "EN_CURSO/PAGADO_EN_ESCROW/RETIRADA": (
        "APROBADO/DIVIDIDO/RETIRADA",
        "CANCELADO/CONTRACARGO/RETIRADA",
        "CANCELADO/REEMBOLSADO/RETIRADA",
        "CANCELADO/REEMBOLSANDO/RETIRADA",
        "COMPLETADO/PAGADO_EN_ESCROW/RETIRADA",
        "EN_DISPUTA/PAGADO_EN_ESCROW/ABIERTA",
    ),
    "EN_DISPUTA/PAGADO_EN_ESCROW/ABIERTA": (
        "APROBADO/DIVIDIDO/RESUELTA",
        "APROBADO/LIBERADO/RESUELTA",
        "CANCELADO/CONTRACARGO/RESUELTA",
        "CANCELADO/REEMBOLSADO/RESUELTA",
        "CANCELADO/REEMBOLSANDO/RESUELTA",
        "COMPLETADO/PAGADO_EN_ESCROW/RETIRADA",
        "EN_CURSO/PAGADO_EN_ESCROW/RETIRADA",
        "EN_DISPUTA/PAGADO_EN_ESCROW/EN_REVISION",
    ),
    "EN_DISPUTA/PAGADO_EN_ESCROW/EN_REVISION": (
        "APROBADO/DIVIDIDO/RESUELTA",
        "APROBADO/LIBERADO/RESUELTA",
        "CANCELADO/CONTRACARGO/RESUELTA",
        "CANCELADO/REEMBOLSADO/RESUELTA",
        "CANCELADO/REEMBOLSANDO/RESUELTA",
        "COMPLETADO/PAGADO_EN_ESCROW/RETIRADA",
        "EN_CURSO/PAGADO_EN_ESCROW/RETIRADA",
    ),
    "PENDIENTE_PAGO/PENDIENTE/NINGUNA": (
        "CANCELADO/PENDIENTE/NINGUNA",
        "EN_CURSO/PAGADO_EN_ESCROW/NINGUNA",
    ),
}
"""From where to where a job may go: its own state, its money's, its dispute's."""

FINAL = ("asientos", "asiento_lineas", "historial")
"""What is written once."""
BALANCED = ("asientos", "asiento_lineas")
"""What must balance in the end."""

FUNCTIONS = {
    "conectar_es_definitivo()": """
BEGIN
    RAISE EXCEPTION '% se escribe una sola vez', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END""",
    "conectar_asiento_cuadra()": """
DECLARE
    asiento uuid;
    lineas bigint;
    suma numeric;
BEGIN
    IF TG_TABLE_NAME = 'asientos' THEN
        asiento := NEW.id;
    ELSE
        asiento := NEW.transaccion_id;
    END IF;
    SELECT count(*), sum(cents) INTO lineas, suma
        FROM asiento_lineas WHERE transaccion_id = asiento;
    IF lineas < 2 OR suma <> 0 THEN
        RAISE EXCEPTION 'el asiento % no cuadra', asiento
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_asientos_cuadra';
    END IF;
    RETURN NULL;
END""",
    "conectar_trabajo_avanza()": """
DECLARE
    desde text;
    hasta text := NEW.estado || '/' || NEW.escrow_estado || '/' || NEW.disputa_estado;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.version = 1 AND NEW.congelado_por = 'NINGUNO' AND hasta = '@@START@@' THEN
            RETURN NEW;
        END IF;
    ELSE
        desde := OLD.estado || '/' || OLD.escrow_estado || '/' || OLD.disputa_estado;
        IF NEW.version = OLD.version AND desde = hasta
            AND NEW.congelado_por = OLD.congelado_por THEN
            RETURN NEW;
        END IF;
        IF NEW.version = OLD.version + 1 AND (desde = hasta OR EXISTS (
            SELECT FROM transiciones t
            WHERE t.antes = desde
                AND t.despues = hasta)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'el trabajo % no puede pasar de % a %', NEW.id, desde, hasta
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_trabajos_avanza';
END""",
    "conectar_trabajo_cuenta()": """
BEGIN
    IF EXISTS (SELECT FROM eventos e
            WHERE e.sujeto_id = NEW.id AND e.version = NEW.version)
        AND EXISTS (SELECT FROM historial h
            WHERE h.sujeto_id = NEW.id AND h.version = NEW.version
                AND h.estado = NEW.estado AND h.escrow_estado = NEW.escrow_estado) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'el paso % del trabajo % no tiene evento o historial', NEW.version, NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_trabajos_cuenta';
END""",
    "conectar_oferta_respondida()": """
BEGIN
    RAISE EXCEPTION 'la oferta % ya fue respondida', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_ofertas_respondida';
END""",
}
DEFERRED = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
TRIGGERS = (
    *(
        f"TRIGGER tg_{table}_definitivo BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION conectar_es_definitivo()"
        for table in FINAL
    ),
    *(
        f"CONSTRAINT TRIGGER tg_{table}_cuadra AFTER INSERT ON {table} {DEFERRED}"
        " EXECUTE FUNCTION conectar_asiento_cuadra()"
        for table in BALANCED
    ),
    "TRIGGER tg_trabajos_avanza BEFORE INSERT OR UPDATE ON trabajos"
    " FOR EACH ROW EXECUTE FUNCTION conectar_trabajo_avanza()",
    f"CONSTRAINT TRIGGER tg_trabajos_nace AFTER INSERT ON trabajos {DEFERRED}"
    " EXECUTE FUNCTION conectar_trabajo_cuenta()",
    f"CONSTRAINT TRIGGER tg_trabajos_cuenta AFTER UPDATE ON trabajos {DEFERRED}"
    " WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION conectar_trabajo_cuenta()",
    "TRIGGER tg_ofertas_respondida BEFORE UPDATE ON ofertas FOR EACH ROW"
    " WHEN (OLD.estado <> 'PENDIENTE' AND NEW.estado <> OLD.estado)"
    " EXECUTE FUNCTION conectar_oferta_respondida()",
)


def upgrade() -> None:
    with op.batch_alter_table("eventos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sujeto_id", GUID(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.BigInteger(), nullable=True))
        batch_op.create_index("uq_eventos_step", ["sujeto_id", "version"], unique=True)
    if op.get_bind().dialect.name == "postgresql":
        guard()


def guard() -> None:
    arrows = op.create_table(
        "transiciones",
        sa.Column("antes", sa.Text(), primary_key=True),
        sa.Column("despues", sa.Text(), primary_key=True),
    )
    pairs = [{"antes": a, "despues": d} for a, many in ARROWS.items() for d in many]
    op.bulk_insert(arrows, pairs)
    for name, body in FUNCTIONS.items():
        said = body.replace("@@START@@", START)
        op.execute(f"CREATE FUNCTION {name} RETURNS trigger LANGUAGE plpgsql AS $${said}$$")
    for trigger in TRIGGERS:
        op.execute(f"CREATE {trigger}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name} CASCADE")
        op.drop_table("transiciones")
    with op.batch_alter_table("eventos", schema=None) as batch_op:
        batch_op.drop_index("uq_eventos_step")
        batch_op.drop_column("version")
        batch_op.drop_column("sujeto_id")
