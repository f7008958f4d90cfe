"""Tags are a room of their own and begin their step of a sync themselves."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE outbox SET listener = 'customers.tags_sync_step_due'"
        " WHERE listener = 'customers.sync_step_due' AND state <> 'done' AND payload->>'step' = 'tags'"
    )
