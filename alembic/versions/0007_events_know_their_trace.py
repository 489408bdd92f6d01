"""An event knows the span it came of, so that what reacts to it later is part of the same trace.

Events from before know none; what reacts to those begins a trace of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("eventos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("traza", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("eventos", schema=None) as batch_op:
        batch_op.drop_column("traza")
