"""Turns, of what one program at a time does; versions, of what the public reads."""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turnos",
        sa.Column("nombre", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("titular", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hasta", DateTimeUTC(timezone=True), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("nombre"),
    )
    op.create_table(
        "versiones",
        sa.Column("tema", sa.Text(), nullable=False),
        sa.Column("parte", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tema", "parte"),
    )


def downgrade() -> None:
    op.drop_table("versiones")
    op.drop_table("turnos")
