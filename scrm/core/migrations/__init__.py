"""Alembic migrations: a platform line, and a corp line that is run for every corp's schema."""
