"""What was posted is whole, a job has one open dispute, a refund knows who decided it.

Legs that cancel each other could still be added to a transaction of long ago, which changed what it
says of a job or a person. PostgreSQL takes legs from whoever makes their transaction, and only in
the unit that makes it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BALANCES = """
CREATE OR REPLACE FUNCTION conectar_asiento_cuadra() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asiento uuid;
    lineas bigint;
    suma numeric;
BEGIN
    IF TG_TABLE_NAME = 'asientos' THEN
        asiento := NEW.id;
    ELSE
        asiento := NEW.transaccion_id;@@WHOLE@@
    END IF;
    SELECT count(*), sum(cents) INTO lineas, suma
        FROM asiento_lineas WHERE transaccion_id = asiento;
    IF lineas < 2 OR suma <> 0 THEN
        RAISE EXCEPTION 'el asiento % no cuadra', asiento
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_asientos_cuadra';
    END IF;
    RETURN NULL;
END$$
"""
WHOLE = """
        PERFORM FROM asientos a
            WHERE a.id = asiento AND a.xmin = pg_current_xact_id()::xid;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'el asiento % ya estaba completo', asiento
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_asientos_completo';
        END IF;"""
OPEN = "estado = 'ABIERTA' OR estado = 'EN_REVISION'"


def upgrade() -> None:
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.create_index(
            "uq_disputes_open",
            ["trabajo_id"],
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        )
    with op.batch_alter_table("reembolsos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correlation_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("traza", sa.Text(), nullable=True))
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(BALANCES.replace("@@WHOLE@@", WHOLE))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(BALANCES.replace("@@WHOLE@@", ""))
    with op.batch_alter_table("reembolsos", schema=None) as batch_op:
        batch_op.drop_column("traza")
        batch_op.drop_column("correlation_id")
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_disputes_open", sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)
        )
