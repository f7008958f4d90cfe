"""Groups and welcomes are rooms of their own and hear what waits; a greeting may go before its customer is entered."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("welcome", "customer_id", existing_type=sa.BigInteger(), nullable=True)
    op.execute(
        "UPDATE outbox SET listener = 'customers.groups_sync_step_due'"
        " WHERE listener = 'customers.sync_step_due' AND state <> 'done' AND payload->>'step' = 'groups'"
    )
    # Whose add has been taken over has been greeted then.
    op.execute(
        "INSERT INTO outbox (listener, event, payload, subject, lane, state, due_at, created_at, attempts)"
        " SELECT 'marketing.contact_added', event, payload, subject, lane, state, due_at, created_at, attempts"
        " FROM outbox WHERE listener = 'customers.contact_added' AND state = 'ready'"
    )
