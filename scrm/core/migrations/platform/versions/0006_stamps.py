"""The trail's moments are the database's own: its time plus the clock's offset, whatever the service sends."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Owned by the migrating role, whose rights they have: the roles of corps may not read the clock.
    op.execute(
        "CREATE OR REPLACE FUNCTION scrm.moved_now() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp AS $$"
        " SELECT now() + make_interval(secs => (SELECT offset_seconds FROM scrm.clock)) $$"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION scrm.stamp_at() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp AS $$"
        " BEGIN NEW.at := scrm.moved_now(); RETURN NEW; END $$"
    )
