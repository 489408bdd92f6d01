"""Two indexes go that served no statement: what is due of refunds is found among the outstanding
ones, which have an index, and nobody asks for the movements of a job.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_reembolsos_due", "reembolsos")
    op.drop_index("ix_transactions_job", "transactions")


def downgrade() -> None:
    due = sa.text("proximo_at IS NOT NULL")
    op.create_index(
        "ix_reembolsos_due", "reembolsos", ["proximo_at"], sqlite_where=due, postgresql_where=due
    )
    op.create_index("ix_transactions_job", "transactions", ["trabajo_id"])
