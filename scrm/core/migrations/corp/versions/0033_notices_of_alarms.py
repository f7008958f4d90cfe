"""Pages that show alarms say who was told of them."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER touch_alarms_{event.lower()} AFTER {event} ON notice FOR EACH ROW"
            f" WHEN ({row}.record = 'alarm') EXECUTE FUNCTION touch_everybody('alarms')"
        )
