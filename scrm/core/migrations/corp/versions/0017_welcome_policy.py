"""New customers are greeted only with words that an administrator has set; those of before are offered."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# What releases before 0.2 sent to everybody.
_BEFORE = "您好，很高兴认识您！我是您的专属顾问，有任何问题都可以直接在这里联系我。"


def upgrade() -> None:
    op.create_table(
        "welcome_policy",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_welcome_policy_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welcome_policy")),
    )
    op.execute(
        sa.text(
            "INSERT INTO welcome_policy (id, enabled, text) SELECT 1, false, :text WHERE EXISTS (SELECT FROM welcome)"
        ).bindparams(text=_BEFORE)
    )
    op.execute(
        "INSERT INTO alarm (kind, subject, facts, raised_at, seen_at)"
        " SELECT 'welcome_off', '', '{}', now(), now() FROM welcome_policy"
    )
