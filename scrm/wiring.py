"""The one page that knows everyone: who hears what, who takes which answer, which adapter fills which port."""

from pathlib import Path

import requests
import yaml
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from scrm.compliance import ports as compliance_ports
from scrm.compliance.handlers import alerts as compliance
from scrm.compliance.queries import alerts as compliance_queries
from scrm.compliance.routes.alerts import api as alerts_api
from scrm.core import audit, outbox, work
from scrm.core.db import transaction
from scrm.core.event import Event
from scrm.core.http import Api
from scrm.core.outbox import Handler, listeners
from scrm.core.settings import settings
from scrm.customers.handlers import callbacks as customers
from scrm.customers.handlers import sync as customers_sync
from scrm.customers.queries import audience, people, snapshot
from scrm.customers.routes import api as customers_api
from scrm.events.contact import (
    ContactAdded,
    ContactDeletedByStaff,
    ContactDeletedStaff,
    ContactEdited,
    CorpTagsChanged,
    GroupChatChanged,
)
from scrm.events.conversation import ConversationsSeen
from scrm.events.directory import DepartmentChanged, StaffChanged, StaffDeleted
from scrm.events.follow import FollowLost
from scrm.events.sync import SyncStepDue
from scrm.identity import accounts, demo
from scrm.identity import handlers as identity
from scrm.identity.models import Role
from scrm.identity.routes import api as identity_api
from scrm.marketing import handlers as marketing
from scrm.marketing import jobs as marketing_jobs
from scrm.marketing import ports as marketing_ports
from scrm.marketing.queries import broadcasts
from scrm.marketing.routes import api as marketing_api
from scrm.operations import pulse
from scrm.operations.routes import api as operations_api
from scrm.wecom import calls, client, corps, inbox, simulator, sync
from scrm.wecom.calls import Reply
from scrm.wecom.port import archive as archive_port
from scrm.wecom.port import wecom as wecom_port
from scrm.wecom.simulator.demo import CORP_ID as DEMO_CORP_ID

# Who hears what. The name is stored in outbox rows, so it stays when a function is renamed.
LISTENERS: list[tuple[type[Event], str, Handler]] = [
    (ContactAdded, "customers.contact_added", customers.contact_added),
    (ContactEdited, "customers.contact_edited", customers.contact_edited),
    (ContactDeletedByStaff, "customers.contact_deleted_by_staff", customers.contact_deleted_by_staff),
    (ContactDeletedStaff, "customers.contact_deleted_staff", customers.contact_deleted_staff),
    (CorpTagsChanged, "customers.corp_tags_changed", customers.corp_tags_changed),
    (GroupChatChanged, "customers.group_chat_changed", customers.group_chat_changed),
    (ConversationsSeen, "customers.conversations_seen", customers.conversations_seen),
    (StaffChanged, "identity.staff_changed", identity.staff_changed),
    (StaffDeleted, "identity.staff_deleted", identity.staff_deleted),
    (DepartmentChanged, "identity.department_changed", identity.department_changed),
    (FollowLost, "compliance.follow_lost", compliance.follow_lost),
    (SyncStepDue, "identity.sync_step_due", identity.sync_step_due),
    (SyncStepDue, "customers.sync_step_due", customers_sync.step_due),
]

# Who takes the answer of a call to WeCom. The name is stored in call rows.
REPLIES: dict[str, Reply] = {
    "identity.member_fetched": identity.member_fetched,
    "identity.departments_fetched": identity.departments_fetched,
    "identity.sync_departments": identity.sync_departments,
    "identity.sync_department_ids": identity.sync_department_ids,
    "identity.sync_member_ids": identity.sync_member_ids,
    "identity.sync_members": identity.sync_members,
    "customers.contact_fetched": customers.contact_fetched,
    "customers.tags_fetched": customers.tags_fetched,
    "customers.group_fetched": customers.group_fetched,
    "customers.welcome_answered": customers.welcome_answered,
    "customers.sync_tags": customers_sync.tags_listed,
    "customers.sync_customers_of": customers_sync.customers_of,
    "customers.sync_contacts": customers_sync.contacts_listed,
    "customers.sync_groups_of": customers_sync.groups_of,
    "customers.sync_groups": customers_sync.groups_listed,
    "customers.sync_group": customers_sync.group_fetched,
    "compliance.notice_answered": compliance.notice_answered,
    "marketing.slice_answered": marketing.slice_answered,
    "marketing.media_uploaded": marketing.media_uploaded,
    "marketing.reconcile_list": marketing.reconcile_list,
    "marketing.reconcile_task": marketing.reconcile_task,
    "marketing.reconcile_result": marketing.reconcile_result,
    "marketing.task_polled": marketing.task_polled,
    "marketing.results_polled": marketing.results_polled,
    "marketing.cancel_answered": marketing.cancel_answered,
    "marketing.remind_answered": marketing.remind_answered,
}

APIS: list[Api] = [identity_api, customers_api, alerts_api, operations_api, marketing_api]

# In the order in which a fact travels, so that one round carries it as far as it goes.
TOPICS = [inbox.TOPIC, outbox.TOPIC, marketing_jobs.TOPIC, calls.TOPIC]

# The demo corp's people behind the demo's logins.
_DEMO_USERIDS = {
    Role.ADMINISTRATOR: "qinlan",
    Role.SALES: "chenxiaoming",
    Role.COMPLIANCE: "shenyun",
    Role.MARKETER: "dengyifan",
}


def wire() -> None:
    """Connect the rooms of this process; safe to call again."""
    for event, name, handler in LISTENERS:
        listeners.listen(event, name, handler)
    for reply_name, reply in REPLIES.items():
        calls.on_answer(reply_name, reply)
    for topic in TOPICS:
        work.register(topic)
    wecom_port.install(client.connect)
    archive_port.install(client.connect_archive)
    compliance_ports.install(
        compliance_ports.CustomerFile(follow_snapshot=snapshot.follow_snapshot, follow_history=snapshot.follow_history)
    )
    marketing_ports.install(
        marketing_ports.CustomerFile(
            edges=audience.edges,
            unknown_tags=audience.unknown_tags,
            tag_names=audience.tag_names,
            names=audience.names,
            external_userids=audience.external_userids,
            ids=audience.customer_ids,
        )
    )
    pulse.install(
        {
            "customers": people.version,
            "alerts": compliance_queries.version,
            "broadcasts": broadcasts.version,
        },
        open_alerts=compliance_queries.open_count,
    )


def connect_corp(spec: corps.CorpSpec, archive: dict[str, object] | None = None) -> int:
    """Connect a corp and start its first sync; an applied corp whose sync runs already is left to it."""
    wire()
    corp = corps.apply(spec, archive)
    with transaction(corp) as session:
        keys = {"apps": [app.key for app in spec.apps]}
        audit.record(session, audit.System.COMMAND_LINE, "corp.applied", f"corp:{spec.corp_id}", keys)
        if sync.running(session) is None:
            sync.start(session, audit.System.COMMAND_LINE)
    return corp


def install_demo() -> list[tuple[str, str, str]]:
    """Connect the simulator's demo corp and make its logins; (role, name, password) of each.

    The demo's people exist in the simulator alone and come by sync and callbacks.
    """
    spec = corps.check(yaml.safe_load(_demo_corp_file()))
    connect_corp(spec, corps.archive_values(spec, settings().data_dir))
    demo.create_accounts(spec.corp_id, _DEMO_USERIDS)
    return [(login.role.value, login.name, login.password) for login in demo.logins()]


def put_demo_away() -> None:
    """After a demo on the same data: its corp is not served and its logins, which anybody has seen, open nothing."""
    corps.withdraw(DEMO_CORP_ID)
    accounts.set_disabled(DEMO_CORP_ID, disabled=True)


def _demo_corp_file() -> str:
    """The demo corp's file; the simulator may still be starting."""
    address = f"{settings().simulator_url}/_sim/corps/{DEMO_CORP_ID}/corp.yaml"
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", HTTPAdapter(max_retries=Retry(total=60, backoff_factor=0.05, backoff_max=0.5)))
        answer = session.get(address, timeout=10)
        answer.raise_for_status()
        return answer.text


def run_simulator(*, host: str, port: int, with_demo: bool, journal: str | None, callback_base: str) -> None:
    """Serve the WeCom simulator until stopped."""
    simulator.serve(
        host=host,
        port=port,
        with_demo=with_demo,
        journal=Path(journal) if journal else None,
        callback_base=callback_base,
    )
