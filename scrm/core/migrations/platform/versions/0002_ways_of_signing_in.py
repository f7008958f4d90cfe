"""Sessions remember whether a password opened them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column: sa.Column[bool] = sa.Column("by_password", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    op.add_column("login_session", column, schema="scrm")
