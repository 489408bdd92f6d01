"""chargebacks of a part"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW = ("contracargado", "contracargado_asentado")


def upgrade() -> None:
    with op.batch_alter_table("pagos", schema=None) as batch_op:
        for name in NEW:
            batch_op.add_column(
                sa.Column(
                    name,
                    sa.BigInteger(),
                    autoincrement=False,
                    nullable=False,
                    server_default=sa.text("0"),
                )
            )
    with op.batch_alter_table("propuestas", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("moneda", sa.Text(), nullable=False, server_default=sa.text("'ARS'"))
        )
    # until now a lost chargeback took all that was left
    op.execute(
        "UPDATE pagos SET contracargado = monto - reembolsado,"
        " contracargado_asentado = monto - reembolsado"
        " WHERE estado = 'charged_back' AND estado_detalle = 'settled' AND alerta IS NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("propuestas", schema=None) as batch_op:
        batch_op.drop_column("moneda")
    with op.batch_alter_table("pagos", schema=None) as batch_op:
        for name in NEW:
            batch_op.drop_column(name)
