"""What each member wrote of a customer is found for itself; rows of before are derived anew by the service."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("follow_relation", sa.Column("search_text", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("customer", sa.Column("text_version", sa.Integer(), server_default=sa.text("0"), nullable=False))
