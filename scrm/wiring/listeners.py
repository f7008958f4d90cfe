"""The one page that names who hears what across rooms."""

from scrm.compliance.alerts import handlers as alerts
from scrm.compliance.handovers import handlers as handovers
from scrm.contracts.archive import ConversationsSeen
from scrm.contracts.callbacks import (
    ContactAdded,
    ContactDeletedByStaff,
    ContactDeletedStaff,
    ContactEdited,
    CorpTagsChanged,
    DepartmentChanged,
    GroupChatChanged,
    MessagesWaiting,
    StaffChanged,
    StaffDeleted,
    TransferFailed,
)
from scrm.contracts.customers import FollowLost
from scrm.contracts.directory import StaffDeparted, StaffMerged
from scrm.contracts.handovers import CustomersTransferred, GroupsTransferred
from scrm.contracts.sync import SyncEnded, SyncStepDue
from scrm.contracts.welcomes import WelcomeEnded
from scrm.core.alarms import AlarmRaised
from scrm.core.event import Event
from scrm.core.outbox import Handler
from scrm.customers.file.handlers import callbacks as customers
from scrm.customers.file.handlers import sync as customers_sync
from scrm.customers.groups.handlers import callbacks as groups
from scrm.customers.groups.handlers import sync as groups_sync
from scrm.customers.tags.handlers import callbacks as tags
from scrm.customers.tags.handlers import sync as tags_sync
from scrm.identity import handlers as identity
from scrm.marketing.welcomes import handlers as welcomes
from scrm.operations import handlers as operations
from scrm.wecom.archive import pull as archive

# Who hears what. The name is stored in outbox rows, so it stays when a function is renamed.
LISTENERS: list[tuple[type[Event], str, Handler]] = [
    (ContactAdded, "customers.contact_added", customers.contact_added),
    (ContactAdded, "marketing.contact_added", welcomes.contact_added),
    (WelcomeEnded, "customers.welcome_ended", customers.welcome_ended),
    (ContactEdited, "customers.contact_edited", customers.contact_edited),
    (ContactDeletedByStaff, "customers.contact_deleted_by_staff", customers.contact_deleted_by_staff),
    (ContactDeletedStaff, "customers.contact_deleted_staff", customers.contact_deleted_staff),
    (CorpTagsChanged, "customers.corp_tags_changed", tags.corp_tags_changed),
    (GroupChatChanged, "customers.group_chat_changed", groups.group_chat_changed),
    (ConversationsSeen, "customers.conversations_seen", customers.conversations_seen),
    (StaffChanged, "identity.staff_changed", identity.staff_changed),
    (StaffDeleted, "identity.staff_deleted", identity.staff_deleted),
    (DepartmentChanged, "identity.department_changed", identity.department_changed),
    (FollowLost, "compliance.follow_lost", alerts.follow_lost),
    (MessagesWaiting, "wecom.messages_waiting", archive.messages_waiting),
    (SyncStepDue, "identity.sync_step_due", identity.sync_step_due),
    (SyncStepDue, "customers.sync_step_due", customers_sync.step_due),
    (SyncStepDue, "customers.tags_sync_step_due", tags_sync.step_due),
    (SyncStepDue, "customers.groups_sync_step_due", groups_sync.step_due),
    (StaffDeparted, "compliance.staff_departed", handovers.staff_departed),
    (SyncEnded, "compliance.sync_ended", handovers.sync_ended),
    (TransferFailed, "compliance.transfer_failed", handovers.transfer_failed),
    (ContactAdded, "compliance.contact_added", handovers.contact_added),
    (ContactDeletedByStaff, "compliance.contact_deleted_by_staff", handovers.contact_deleted_by_staff),
    (CustomersTransferred, "customers.customers_transferred", customers.customers_transferred),
    (CustomersTransferred, "compliance.customers_transferred", alerts.customers_transferred),
    (GroupsTransferred, "customers.groups_transferred", groups.groups_transferred),
    (StaffMerged, "customers.staff_merged", customers.staff_merged),
    (AlarmRaised, "operations.alarm_raised", operations.alarm_raised),
]

# A welcome message has twenty seconds; entering the customer and whatever else hears of them may follow.
FIRST = frozenset({"marketing.contact_added"})
