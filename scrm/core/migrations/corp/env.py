"""Alembic environment of the corp line."""

from scrm.core.migrations import env_shared

env_shared.run()
