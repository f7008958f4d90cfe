"""No migration was forgotten: a database made by the migrations is the one that the models describe.

``python -m tests.checks.migrations`` prints each difference and fails if there is one. It uses a database of its own.
"""

import os
import sys

from scrm import wiring
from scrm.core import migrate
from scrm.core.settings import settings
from scrm.runtime import postgres, throwaway
from scrm.wecom import corp_spec, corps
from tests.checks.corp import EXAMPLE


def differences() -> list[str]:
    """Where the models and a freshly migrated database differ, in the platform's schema and a corp's."""
    wiring.wire()  # knows all models
    with throwaway.postgres_server() as there:
        os.environ["SCRM_DATABASE_URL"] = postgres.owner_url(there)
        os.environ["SCRM_SECRET_KEY"] = "only-for-this-throwaway-database"
        settings.cache_clear()
        config = settings()
        migrate.upgrade(config.database_url, config.secret_key)
        corps.apply(corp_spec.check(EXAMPLE), None)
        return migrate.differences(config.database_url)


if __name__ == "__main__":
    found = differences()
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(1 if found else 0)
