"""Connecting a corp and removing it, across all rooms."""

from sqlalchemy.exc import DBAPIError

from scrm import wiring
from scrm.core import audit, clockwork, migrate, storage
from scrm.core.db import is_transient, platform_transaction, transaction
from scrm.core.settings import settings
from scrm.customers.file.queries import summary
from scrm.identity import accounts
from scrm.marketing.welcomes.actions import policy as welcomes
from scrm.wecom import corp_removal, corp_spec, corps, sync
from scrm.wecom.archive import watch as archive_watch

REMOVAL_ATTEMPTS = 10  # of three seconds each


def connect_corp(spec: corp_spec.CorpSpec, archive: dict[str, object] | None = None) -> int:
    """Connect a corp and start its first sync; an applied corp whose sync runs already is left to it."""
    wiring.wire()
    corp = corps.apply(spec, archive)
    with transaction(corp) as session:
        keys = {"apps": [app.key for app in spec.apps]}
        audit.record(session, audit.System.COMMAND_LINE, "corp.applied", f"corp:{spec.corp_id}", keys)
        clockwork.plan(session)
        if spec.welcome is not None:
            said = spec.welcome
            welcomes.set_policy(session, audit.System.COMMAND_LINE, enabled=said.enabled, text=said.text)
        if spec.archive is None:
            archive_watch.clear_all(session)
        if sync.running(session) is None:
            sync.start(session, audit.System.COMMAND_LINE)
    return corp


def corp_size(number: int) -> dict[str, int]:
    """How much would be gone if the corp was removed."""
    with transaction(number) as session:
        customers = summary.total(session)
    with platform_transaction() as session:
        return {"customers": customers, "accounts": accounts.count(session, number)}


def remove_corp(corp_id: str) -> None:
    """Serve a corp no longer, and drop all that is known of it with its accounts; raises `CorpUnknown`, `CorpInUse`.

    What is under way for the corp may end first: its tables are waited for.
    """
    with platform_transaction() as session:
        number = corps.by_corp_id(session, corp_id).id
    size = corp_size(number)
    corps.withdraw(corp_id)
    for attempt in range(REMOVAL_ATTEMPTS):
        try:
            with migrate.owner_session(settings().database_url) as session:
                accounts.remove_all(session, number)
                corp_removal.remove(session, number, audit.System.COMMAND_LINE, size)
                migrate.drop_corp_schema(session, number)
        except DBAPIError as error:
            if not is_transient(error):
                raise
            if attempt == REMOVAL_ATTEMPTS - 1:
                raise corp_removal.CorpInUse(corp_id=corp_id) from error
        else:
            storage.remove_all(number)
            return
