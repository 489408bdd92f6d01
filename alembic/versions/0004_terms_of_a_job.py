"""terms of a job"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
UNTIL_NOW = {
    "plazo_pago": "P1D",
    "plazo_pago_pendiente": "P3D",
    "plazo_trabajo": "P75D",
    "plazo_aprobacion": "P14D",
    "plazo_cambios": "P14D",
    "plazo_disputa": "P60D",
    "plazo_tras_disputa": "P2D",
    "plazo_maximo": "P150D",
    "dias_revocacion": 10,
    "cambios": 3,
    "aviso_trabajo": "P3D",
    "aviso_aprobacion": "P2D",
}
"""What jobs were accepted under, where nobody had set anything else."""


def upgrade() -> None:
    with op.batch_alter_table("trabajos", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "condiciones",
                JSON,
                autoincrement=False,
                nullable=False,
                server_default=sa.text(f"'{json.dumps(UNTIL_NOW)}'"),
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("trabajos", schema=None) as batch_op:
        batch_op.drop_column("condiciones")
