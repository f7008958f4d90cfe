"""What rooms ask of each other, and who answers; what stands behind the ports to WeCom."""

from scrm.compliance.alerts import hits
from scrm.compliance.archive.actions.messages import MessageSink
from scrm.compliance.archive.queries import chats
from scrm.compliance.handovers.queries import moved
from scrm.compliance.rules.actions import findings
from scrm.contracts import alerts, archive, customers, groups, handovers, identities, tags
from scrm.core import port
from scrm.customers.file.actions import contacts, entering, timeline, wearing
from scrm.customers.file.queries import audience, known, names, ownership, remarks, snapshot
from scrm.customers.groups import queries as group_queries
from scrm.customers.identities import actions as noting
from scrm.customers.identities import queries as called
from scrm.customers.tags import queries as tag_queries
from scrm.customers.tags.actions import lists
from scrm.wecom.client.adapter import connect
from scrm.wecom.client.archive import connect_archive
from scrm.wecom.port import archive as archive_port
from scrm.wecom.port import wecom as wecom_port


def fill() -> None:
    """Answer every question; safe to call again. Raises `RuntimeError` where one has no answer."""
    wecom_port.install(connect)
    archive_port.install(connect_archive)
    archive.sink.bind(MessageSink())
    customers.snapshots.bind(snapshot)
    customers.ownership.bind(ownership)
    customers.remarks.bind(remarks)
    customers.bulk.bind(audience)
    customers.people.bind(names)
    customers.entry.bind(entering)
    customers.sights.bind(known)
    customers.timeline.bind(timeline)
    identities.noting.bind(noting)
    identities.identities.bind(called)
    customers.wearers.bind(wearing)
    customers.contacts.bind(contacts)
    tags.tags.bind(tag_queries)
    tags.tag_lists.bind(lists)
    groups.groups.bind(group_queries)
    handovers.moves.bind(moved)
    alerts.hits.bind(hits)
    archive.watch.bind(findings)
    archive.chats.bind(chats)
    missing = port.unanswered()
    if missing:
        raise RuntimeError(f"nobody answers {', '.join(missing)}: bind them in scrm.wiring.ports")
