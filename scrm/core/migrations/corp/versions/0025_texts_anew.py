"""Numbers in customers' names are found whole alone, single characters by the index: texts are derived anew."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # At once empty of what it held, and full of all: the service derives every text anew in the background.
    op.execute("DROP INDEX IF EXISTS ix_customer_stale_text")
    if not op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM customer)")).scalar():
        op.create_index("ix_customer_stale_text", "customer", ["id"], postgresql_where=sa.text("text_version < 3"))
    # Else it is built beside who writes: `scrm.core.late_indexes`.
