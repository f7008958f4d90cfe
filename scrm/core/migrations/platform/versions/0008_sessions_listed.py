"""Sessions have numbers to be ended by, and say where they are used; each says whether its cookie is this host's own.

The table is small, and written anew in a moment. Release 0.1 may still serve: what it writes gets the defaults.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_session", sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False), schema="scrm")
    op.create_unique_constraint(op.f("uq_login_session_id"), "login_session", ["id"], schema="scrm")
    for name in ("address", "browser", "system"):
        op.add_column("login_session", sa.Column(name, sa.Text(), nullable=True), schema="scrm")
    bound: sa.Column[bool] = sa.Column("host_bound", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("login_session", bound, schema="scrm")
