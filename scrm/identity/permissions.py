"""Who may do what: permissions by name, and the roles that hold them."""

from enum import StrEnum

from scrm.identity.models import Role


class Permission(StrEnum):
    DASHBOARD_READ = "dashboard.read"
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_WRITE = "customers.write"  # enter companies and persons by hand, and change them
    CUSTOMERS_TAG = "customers.tag"  # put tags of the corp's own on a customer, and take them off
    CUSTOMERS_EXPORT = "customers.export"  # take a list of them as a file
    CUSTOMERS_REVEAL = "customers.reveal"  # unmask phone numbers, with a reason
    TAGS_WRITE = "tags.write"  # make, rename, order and delete tags of the corp's own
    STAFF_READ = "staff.read"
    ALERTS_READ = "alerts.read"
    ALERTS_HANDLE = "alerts.handle"
    ALERTS_EXPORT = "alerts.export"
    WELCOME_SET = "welcome.set"  # whether new customers are greeted, and with which words
    MESSAGES_READ = "messages.read"  # the chat archive, and alerts on what was said in it
    RULES_EDIT = "rules.edit"
    SYNC_READ = "sync.read"
    SYNC_START = "sync.start"
    CALLBACKS_READ = "callbacks.read"
    CALLBACKS_REPLAY = "callbacks.replay"
    TASKS_READ = "tasks.read"
    TASKS_REPLAY = "tasks.replay"
    ALARMS_READ = "alarms.read"  # states of the corp's connection that need a person
    AUDIT_READ = "audit.read"
    AUDIT_EXPORT = "audit.export"
    ACCOUNTS_READ = "accounts.read"  # who may sign in and as what, and departures that are held
    ACCOUNTS_MANAGE = "accounts.manage"  # roles, disabling, ending sessions, deciding on held departures
    HANDOVERS_READ = "handovers.read"
    HANDOVERS_HANDLE = "handovers.handle"  # choose successors, retry, close, export
    HANDOVERS_POLICY = "handovers.policy"  # deadlines and limits of the corp
    BROADCASTS_READ = "broadcasts.read"
    BROADCASTS_SEND = "broadcasts.send"  # write, submit, approve another's, hold and take back
    BROADCASTS_EXPORT = "broadcasts.export"
    BROADCASTS_SET = "broadcasts.set"  # the corp's quota and from when on a second person approves


_EVERYONE = frozenset({Permission.DASHBOARD_READ, Permission.CUSTOMERS_READ, Permission.STAFF_READ})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.SALES: _EVERYONE
    | {
        Permission.ALERTS_READ,
        Permission.CUSTOMERS_WRITE,
        Permission.CUSTOMERS_TAG,
        Permission.CUSTOMERS_REVEAL,
        Permission.HANDOVERS_READ,  # of members of departments one leads, never one's own
        Permission.HANDOVERS_HANDLE,
    },
    Role.COMPLIANCE: _EVERYONE
    | {
        Permission.ALERTS_READ,
        Permission.ALERTS_HANDLE,
        Permission.ALERTS_EXPORT,
        Permission.CUSTOMERS_EXPORT,
        Permission.CUSTOMERS_REVEAL,
        Permission.MESSAGES_READ,
        Permission.RULES_EDIT,
        Permission.CALLBACKS_READ,
        Permission.ALARMS_READ,
        Permission.AUDIT_READ,
        Permission.AUDIT_EXPORT,
        Permission.ACCOUNTS_READ,
        Permission.HANDOVERS_READ,
        Permission.HANDOVERS_HANDLE,
        Permission.HANDOVERS_POLICY,
        Permission.BROADCASTS_READ,
        Permission.BROADCASTS_EXPORT,
    },
    Role.MARKETER: _EVERYONE
    | {
        Permission.CUSTOMERS_TAG,
        Permission.CUSTOMERS_EXPORT,
        Permission.TAGS_WRITE,
        Permission.BROADCASTS_READ,
        Permission.BROADCASTS_EXPORT,
        Permission.BROADCASTS_SEND,
    },
}

# Roles whose data scope is the whole corp; the others see their own customers and those of departments they lead.
WHOLE_CORP = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE, Role.MARKETER})
