"""Search texts are folded in a new way: the index of those still to be derived anew goes by the new version."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # At once empty of what it held, and full of all: the service derives every text anew in the background.
    op.drop_index("ix_customer_stale_text", table_name="customer")
    op.create_index("ix_customer_stale_text", "customer", ["id"], postgresql_where=sa.text("text_version < 2"))
