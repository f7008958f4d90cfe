"""The one page that knows everyone: who hears what, who takes which answer, which adapter fills which port."""

import yaml
from requests.adapters import HTTPAdapter
from sqlalchemy.exc import DBAPIError
from urllib3.util import Retry

from scrm.compliance import naming as compliance_naming
from scrm.compliance import ports as compliance_ports
from scrm.compliance.alerts import handlers as compliance
from scrm.compliance.alerts import queries as compliance_queries
from scrm.compliance.alerts.routes import api as alerts_api
from scrm.compliance.archive.actions import keying
from scrm.compliance.archive.actions.messages import MessageSink
from scrm.compliance.archive.routes import api as messages_api
from scrm.compliance.handovers import handlers as handovers
from scrm.compliance.handovers import jobs as compliance_jobs
from scrm.compliance.handovers.queries import cases as handover_queries
from scrm.compliance.handovers.routes import api as handovers_api
from scrm.compliance.rules import queries as rule_queries
from scrm.compliance.rules.actions import rules as rule_actions
from scrm.compliance.rules.actions import scans
from scrm.compliance.rules.routes import api as rules_api
from scrm.compliance.rules.schemas import RuleBody
from scrm.core import audit, clockwork, migrate, naming, outbox, storage
from scrm.core.alarms import AlarmRaised
from scrm.core.db import is_transient, platform_transaction, transaction
from scrm.core.event import Event
from scrm.core.http import Api
from scrm.core.outbound import Session
from scrm.core.outbox import Handler, listeners
from scrm.core.queue import registry
from scrm.core.queue.registry import Queue
from scrm.core.settings import DEMO_CORP_ID, settings
from scrm.customers.actions import refolding, untagging, welcome_policy
from scrm.customers.handlers import callbacks as customers
from scrm.customers.handlers import sync as customers_sync
from scrm.customers.queries import audience, names, ownership, people, snapshot
from scrm.customers.queries import naming as customer_naming
from scrm.customers.queries import summary as customer_figures
from scrm.customers.routes import api as customers_api
from scrm.events.archive import MessagesWaiting
from scrm.events.contact import (
    ContactAdded,
    ContactDeletedByStaff,
    ContactDeletedStaff,
    ContactEdited,
    CorpTagsChanged,
    GroupChatChanged,
    TransferFailed,
)
from scrm.events.conversation import ConversationsSeen
from scrm.events.directory import DepartmentChanged, StaffChanged, StaffDeleted, StaffDeparted, StaffMerged
from scrm.events.follow import FollowLost
from scrm.events.handover import CustomersTransferred, GroupsTransferred
from scrm.events.sync import SyncEnded, SyncStepDue
from scrm.identity import accounts, demo
from scrm.identity import handlers as identity
from scrm.identity import naming as identity_naming
from scrm.identity.models import Role
from scrm.identity.routes import api as identity_api
from scrm.marketing.broadcasts import handlers as marketing
from scrm.marketing.broadcasts import jobs as marketing_jobs
from scrm.marketing.broadcasts import ports as marketing_ports
from scrm.marketing.broadcasts.queries import broadcasts
from scrm.marketing.broadcasts.queries import naming as marketing_naming
from scrm.marketing.broadcasts.routes import api as marketing_api
from scrm.operations import handlers as operations
from scrm.operations import housekeeping, pulse
from scrm.operations.routes import api as operations_api
from scrm.wecom import carrier, corp_removal, corps, inbox, outcome, sync, unread
from scrm.wecom.archive import media as archive_media
from scrm.wecom.archive import pull as archive_pull
from scrm.wecom.archive import sink as archive_sink
from scrm.wecom.archive import status as archive_status
from scrm.wecom.archive import watch as archive_watch
from scrm.wecom.client.adapter import connect
from scrm.wecom.client.archive import connect_archive
from scrm.wecom.outcome import Reply
from scrm.wecom.port import archive as archive_port
from scrm.wecom.port import wecom as wecom_port

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
    (MessagesWaiting, "wecom.messages_waiting", archive_pull.messages_waiting),
    (SyncStepDue, "identity.sync_step_due", identity.sync_step_due),
    (SyncStepDue, "customers.sync_step_due", customers_sync.step_due),
    (StaffDeparted, "compliance.staff_departed", handovers.staff_departed),
    (SyncEnded, "compliance.sync_ended", handovers.sync_ended),
    (TransferFailed, "compliance.transfer_failed", handovers.transfer_failed),
    (ContactAdded, "compliance.contact_added", handovers.contact_added),
    (ContactDeletedByStaff, "compliance.contact_deleted_by_staff", handovers.contact_deleted_by_staff),
    (CustomersTransferred, "customers.customers_transferred", customers.customers_transferred),
    (GroupsTransferred, "customers.groups_transferred", customers.groups_transferred),
    (StaffMerged, "customers.staff_merged", customers.staff_merged),
    (AlarmRaised, "operations.alarm_raised", operations.alarm_raised),
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
    "customers.welcome_named": customers.welcome_named,
    "customers.sync_tags": customers_sync.tags_listed,
    "customers.sync_customers_of": customers_sync.customers_of,
    "customers.sync_contacts": customers_sync.contacts_listed,
    "customers.sync_unseen": customers_sync.unseen_fetched,
    "customers.sync_groups_of": customers_sync.groups_of,
    "customers.sync_leavers": customers_sync.leavers_listed,
    "customers.sync_groups": customers_sync.groups_listed,
    "customers.sync_group": customers_sync.group_fetched,
    "compliance.notice_answered": compliance.notice_answered,
    "compliance.slice_answered": handovers.slice_answered,
    "compliance.results_listed": handovers.results_listed,
    "compliance.handover_groups_listed": handovers.groups_listed,
    "compliance.unassigned_listed": handovers.unassigned_listed,
    "compliance.handover_notice_answered": handovers.notice_answered,
    "marketing.slice_answered": marketing.slice_answered,
    "marketing.media_uploaded": marketing.media_uploaded,
    "marketing.reconcile_list": marketing.reconcile_list,
    "marketing.reconcile_task": marketing.reconcile_task,
    "marketing.reconcile_result": marketing.reconcile_result,
    "marketing.task_polled": marketing.task_polled,
    "marketing.results_polled": marketing.results_polled,
    "marketing.cancel_answered": marketing.cancel_answered,
    "marketing.remind_answered": marketing.remind_answered,
    "compliance.hit_notice_answered": compliance.hit_notice_answered,
}

APIS: list[Api] = [
    identity_api,
    customers_api,
    alerts_api,
    handovers_api,
    messages_api,
    rules_api,
    marketing_api,
    operations_api,
]

# In the order in which a fact travels, so that one round carries it as far as it goes.
QUEUES: list[Queue] = [
    inbox.QUEUE,
    outbox.QUEUE,
    clockwork.QUEUE,
    compliance_jobs.QUEUE,
    marketing_jobs.QUEUE,
    carrier.QUEUE,
    archive_pull.QUEUE,
    archive_media.QUEUE,
    scans.QUEUE,
    untagging.QUEUE,
    refolding.QUEUE,
    keying.QUEUE,
]

# What a ``kind:id`` of the trail is called.
NAMERS: dict[str, naming.Namer] = {
    "customer": customer_naming.customers,
    "group": customer_naming.groups,
    "staff": identity_naming.staff,
    "account": identity_naming.accounts,
    "conversation": compliance_naming.conversations,
    "alert": compliance_naming.alerts,
    "handover": compliance_naming.handovers,
    "rule": compliance_naming.rules,
    "broadcast": marketing_naming.broadcasts,
}

# What the clock has each corp do. WeCom does not promise to deliver callbacks: a whole sync every night finds what none
# of them told.
CLOCK = [
    clockwork.Job(name="housekeeping", at=clockwork.daily(hour=3, minute=17), step=housekeeping.purge),
    clockwork.Job(name="sync", at=clockwork.daily(hour=4, minute=7), step=sync.nightly),
    clockwork.Job(name="unassigned", at=clockwork.hourly(minute=23), step=compliance_jobs.pull_unassigned),
]

# The demo corp's people behind the demo's logins.
_DEMO_USERIDS = {
    Role.ADMINISTRATOR: "qinlan",
    Role.SALES: "chenxiaoming",
    Role.COMPLIANCE: "shenyun",
    Role.MARKETER: "dengyifan",
}

REMOVAL_ATTEMPTS = 10  # of three seconds each

# A rule that the demo's chats trip over now and then.
_DEMO_AUTHOR = rule_actions.Author(display_name="演示", audit_name=audit.System.COMMAND_LINE.audit_name)
_DEMO_RULE = RuleBody(name="私下交易", words="私人微信\n返点\n私下接单\n个人支付宝\n不走公司账户\n别告诉公司")


def wire() -> None:
    """Connect the rooms of this process; safe to call again."""
    for event, name, handler in LISTENERS:
        listeners.listen(event, name, handler)
    for reply_name, reply in REPLIES.items():
        outcome.on_answer(reply_name, reply)
    for queue in QUEUES:
        registry.register(queue)
    registry.register_parked(unread.PARKED)
    for kind, namer in NAMERS.items():
        naming.register(kind, namer)
    naming.register_relatives(compliance_naming.relatives)
    for job in CLOCK:
        clockwork.register(job)
    wecom_port.install(connect)
    archive_port.install(connect_archive)
    compliance_ports.install(
        compliance_ports.CustomerFile(
            follow_snapshot=snapshot.follow_snapshot,
            follow_history=snapshot.follow_history,
            customers_of=ownership.customers_of,
            groups_of=ownership.groups_of,
            named=ownership.named,
            customer_counts=ownership.customer_counts,
            departed_owners=ownership.departed_owners,
        )
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
    compliance_ports.install_archive_people(compliance_ports.ArchivePeople(names=names.names, find=names.find))
    archive_sink.install(MessageSink())
    pulse.install(
        {
            "customers": people.version,
            "alerts": compliance_queries.version,
            "handovers": handover_queries.version,
            "broadcasts": broadcasts.version,
            "messages": lambda session, _actor: archive_status.version(session),
            "rules": lambda session, _actor: rule_queries.version(session),
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
        clockwork.plan(session)
        if spec.welcome is not None:
            said = spec.welcome
            welcome_policy.set_policy(session, audit.System.COMMAND_LINE, enabled=said.enabled, text=said.text)
        if spec.archive is None:
            archive_watch.clear_all(session)
        if sync.running(session) is None:
            sync.start(session, audit.System.COMMAND_LINE)
    return corp


def corp_size(number: int) -> dict[str, int]:
    """How much would be gone if the corp was removed."""
    with transaction(number) as session:
        customers = customer_figures.total(session)
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


def install_demo() -> list[tuple[str, str, str]]:
    """Connect the simulator's demo corp and make its logins; (role, name, password) of each.

    The demo's people exist in the simulator alone and come by sync and callbacks.
    """
    spec = corps.check(yaml.safe_load(_demo_corp_file()))
    corp = connect_corp(spec, corps.archive_values(spec, settings().data_dir))
    logins = demo.create_accounts(_DEMO_USERIDS)
    with transaction(corp) as session:
        rule_actions.create_if_none(session, _DEMO_AUTHOR, _DEMO_RULE)
    return [(login.role.value, login.name, login.password) for login in logins]


def put_demo_away() -> None:
    """After a demo on the same data: its corp is not served and its logins, which anybody has seen, open nothing."""
    corps.withdraw(DEMO_CORP_ID)
    accounts.set_disabled(DEMO_CORP_ID, disabled=True)


def _demo_corp_file() -> str:
    """The demo corp's file; the simulator may still be starting."""
    address = f"{settings().simulator_url}/_sim/corps/{DEMO_CORP_ID}/corp.yaml"
    with Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(total=60, backoff_factor=0.05, backoff_max=0.5)))
        answer = session.get(address, timeout=10)
        answer.raise_for_status()
        return answer.text
