"""The one page that names who hears what across rooms."""

from scrm.compliance.alerts import handlers as alerts
from scrm.compliance.handovers import handlers as handovers
from scrm.core.alarms import AlarmRaised
from scrm.core.event import Event
from scrm.core.outbox import Handler
from scrm.customers.handlers import callbacks as customers
from scrm.customers.handlers import sync as customers_sync
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
from scrm.identity import handlers as identity
from scrm.operations import handlers as operations
from scrm.wecom.archive import pull as archive

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
    (FollowLost, "compliance.follow_lost", alerts.follow_lost),
    (MessagesWaiting, "wecom.messages_waiting", archive.messages_waiting),
    (SyncStepDue, "identity.sync_step_due", identity.sync_step_due),
    (SyncStepDue, "customers.sync_step_due", customers_sync.step_due),
    (StaffDeparted, "compliance.staff_departed", handovers.staff_departed),
    (SyncEnded, "compliance.sync_ended", handovers.sync_ended),
    (TransferFailed, "compliance.transfer_failed", handovers.transfer_failed),
    (ContactAdded, "compliance.contact_added", handovers.contact_added),
    (ContactDeletedByStaff, "compliance.contact_deleted_by_staff", handovers.contact_deleted_by_staff),
    (CustomersTransferred, "customers.customers_transferred", customers.customers_transferred),
    (CustomersTransferred, "compliance.customers_transferred", alerts.customers_transferred),
    (GroupsTransferred, "customers.groups_transferred", customers.groups_transferred),
    (StaffMerged, "customers.staff_merged", customers.staff_merged),
    (AlarmRaised, "operations.alarm_raised", operations.alarm_raised),
]
