"""Counting of failed sign-ins in the account's row has ended; its columns go with the release after this one.

So does the table of the clock's claims, ``tick``: each corp has its own table of the clock's jobs.

Release 0.1 may still serve while this runs, and reads and writes them: dropped now, each of its sign-ins would fail.
Until then a row that is written without them needs a default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("account", "failed_logins", server_default=sa.text("0"), schema="scrm")
