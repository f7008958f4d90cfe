"""Alembic environment of the platform line."""

from scrm.core.migrations import env_shared

env_shared.run()
